import CaptureFiles

/// Writes records of 100 bytes, each with direction and packet id, as a run does.
struct WriterLoad {
  let path: String
  let recordCount: Int

  /// - Returns: Records a second, with the file opened before and closed after counting.
  func run() throws -> Int {
    var packet = [UInt8](repeating: 0, count: 100)
    for index in packet.indices { packet[index] = UInt8(truncatingIfNeeded: index * 7) }
    let clock = ContinuousClock()
    let start = clock.now
    var writer = try PcapngWriter(path: path, overwrite: true)
    let interface = writer.add(InterfaceDescription(name: "bench", linkType: .ethernet))
    for record in 0..<recordCount {
      // The peer changes its packet as well, so that no compiler can take the copy out of the loop.
      packet[26] = UInt8(truncatingIfNeeded: record)
      unsafe writer.write(
        packet.span.bytes, interface: interface, time: 1_700_000_000_000_000_000 + Int64(record),
        originalByteCount: packet.count, flags: .outbound, packetID: UInt64(record))
    }
    try writer.finish()
    return Parts.rate(recordCount, in: clock.now - start)
  }
}

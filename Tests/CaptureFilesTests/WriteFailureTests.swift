import CaptureFiles
import Glibc
import Testing

@Suite struct WriteFailureTests {
  @Test func `A full disk is reported once and later packets are counted`() throws {
    var writer = try PcapngWriter(path: "/dev/full", overwrite: true)
    let tap = writer.add(InterfaceDescription())
    let packet = [UInt8](repeating: 7, count: 1000)
    for _ in 0..<5000 { writer.write(packet, interface: tap) }
    let expected = CaptureFileError.cannotWrite(
      path: "/dev/full", code: ENOSPC, safePackets: 0, safeByteCount: 0)
    #expect(writer.failure == expected)
    #expect(writer.discardedPacketCount == 5000)
    #expect(writer.packetCount == 0)
    #expect(failure(finishing: writer) == expected)
  }

  @Test func `Classic pcap reports a full disk the same way`() throws {
    var writer = try PcapWriter(path: "/dev/full", overwrite: true)
    let packet = [UInt8](repeating: 7, count: 1000)
    for _ in 0..<5000 {
      unsafe writer.write(packet.span.bytes, time: 0, originalByteCount: 1000)
    }
    let expected = CaptureFileError.cannotWrite(
      path: "/dev/full", code: ENOSPC, safePackets: 0, safeByteCount: 0)
    #expect(writer.failure == expected)
    #expect(writer.discardedPacketCount == 5000)
    #expect(writer.packetCount == 0)
  }

  @Test func `A file that may not grow is cut back to its last complete block`() async {
    await #expect(processExitsWith: .success) {
      for limit in 100_000..<100_060 {
        let file = TemporaryFile()
        var writer = try PcapngWriter(path: file.path, bufferByteCount: 30_000)
        limitFileSize(to: limit)
        let tap = writer.add(InterfaceDescription())
        let packet = [UInt8](repeating: 7, count: 1001)
        for number in 0..<200 { writer.write(packet, interface: tap, packetID: UInt64(number)) }
        let safe = writer.packetCount
        let length = writer.byteCount
        #expect(writer.packetCount + writer.discardedPacketCount == 200)
        #expect(
          failure(finishing: writer)
            == .cannotWrite(
              path: file.path, code: EFBIG, safePackets: safe, safeByteCount: length))
        #expect(Int(length) <= limit && Int(length) > limit - 1060)
        #expect(file.bytes.count == Int(length))
        let (packets, error) = readAll(file.path)
        #expect(error == nil)
        #expect(packets.count == Int(safe))
        #expect(packets.last?.record.packetID == safe - 1)
      }
    }
  }

  @Test func `Classic pcap is cut back to its last complete record`() async {
    await #expect(processExitsWith: .success) {
      for limit in 1_000_000..<1_000_020 {
        let file = TemporaryFile()
        var writer = try PcapWriter(path: file.path)
        limitFileSize(to: limit)
        let packet = [UInt8](repeating: 7, count: 1000)
        for number in 0..<1500 {
          unsafe writer.write(packet.span.bytes, time: Int64(number), originalByteCount: 1000)
        }
        let safe = writer.packetCount
        let length = writer.byteCount
        #expect(writer.packetCount + writer.discardedPacketCount == 1500)
        do throws(CaptureFileError) {
          try writer.finish()
          Issue.record("finish() hid the failure")
        } catch {
          #expect(
            error
              == .cannotWrite(
                path: file.path, code: EFBIG, safePackets: safe, safeByteCount: length))
        }
        #expect(Int(length) <= limit && Int(length) > limit - 1016)
        #expect(file.bytes.count == Int(length))
        let (packets, error) = readAll(file.path)
        #expect(error == nil)
        #expect(packets.count == Int(safe))
      }
    }
  }

  @Test func `A closed pipe is an error and not a crash`() async {
    await #expect(processExitsWith: .success) {
      signal(SIGPIPE, SIG_IGN)
      var ends: [Int32] = [0, 0]
      try #require(unsafe pipe(&ends) == 0)
      close(ends[0])
      var writer = PcapngWriter(fileDescriptor: ends[1], name: "the pipe", closing: true)
      let tap = writer.add(InterfaceDescription())
      writer.write([1, 2, 3], interface: tap)
      #expect(
        failure(finishing: writer)
          == .cannotWrite(path: "the pipe", code: EPIPE, safePackets: 0, safeByteCount: 0))
    }
  }
}

/// Makes the system refuse to let any file of this process grow beyond `byteCount`.
private func limitFileSize(to byteCount: Int) {
  signal(SIGXFSZ, SIG_IGN)
  var limit = rlimit(rlim_cur: rlim_t(byteCount), rlim_max: .max)
  let result = unsafe setrlimit(__rlimit_resource_t(1), &limit)  // RLIMIT_FSIZE
  precondition(result == 0, "the limit could not be set")
}

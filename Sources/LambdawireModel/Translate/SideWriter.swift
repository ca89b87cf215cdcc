import CaptureFiles
import EventSimulation
import PacketFormats

/// The output: a pcapng file with what was seen on both sides of the translator.
struct SideWriter: ~Copyable {
  enum Side {
    case inside
    case outside

    var other: Side { self == .inside ? .outside : .inside }
  }

  /// What one interface saw.
  private struct Sightings {
    var received: UInt64 = 0
    var dropped: UInt64 = 0
  }

  private var writer: PcapngWriter
  private var text = CommentText()
  private let comments: Bool
  private var sightings: [Sightings] = []
  /// Of the packet that is under way.
  private var time: Int64 = 0
  private(set) var originalByteCount = 0
  private(set) var packetID: UInt64 = 0
  private(set) var recordCount: UInt64 = 0

  init(_ writer: consuming PcapngWriter, comments: Bool) {
    self.writer = writer
    self.comments = comments
    self.writer.write(behind: WriteBehind(bufferCount: 4, bufferByteCount: 1 << 18, wakeCount: 1))
  }

  var hasFailed: Bool { writer.failure != nil }

  // MARK: Interfaces

  /// Describes one side of the translator to frames of a link type.
  mutating func add(_ side: Side, _ linkType: LinkType, _ options: TranslateOptions) -> UInt32 {
    let inside = options.inside.map(\.description).joined(separator: ", ")
    let outside = options.outside.map(\.description).joined(separator: ", ")
    var interface = InterfaceDescription(linkType: linkType)
    switch side {
    case .inside:
      interface.name = "inside"
      interface.description = "\(options.behaviorName), side of \(inside)"
      interface.ipv4Assignments = options.inside.prefix(1).map { network in
        InterfaceDescription.IPv4Assignment(
          address: options.ownInsideAddress.rawValue,
          mask: network.length == 0 ? 0 : ~0 << UInt32(32 - network.length))
      }
    case .outside:
      interface.name = "outside"
      interface.description = "\(options.behaviorName), \(inside) as \(outside)"
      interface.ipv4Assignments = options.outside.map {
        InterfaceDescription.IPv4Assignment(address: $0.rawValue, mask: ~0)
      }
    }
    sightings.append(Sightings())
    return writer.add(interface)
  }

  /// Names the translator's addresses.
  mutating func addNames(_ options: TranslateOptions) {
    writer.add(
      NameResolution(
        entries: options.outside.enumerated().map { number, address in
          NameResolution.Entry(
            .ipv4(address.rawValue), options.outside.count == 1 ? "nat" : "nat-\(number + 1)")
        }))
  }

  // MARK: Packets

  /// Begins with a packet of the input.
  @inline(__always)
  mutating func begin(_ record: PacketRecord, at time: Int64) {
    self.time = time
    originalByteCount = record.originalByteCount
    packetID = record.frameNumber
  }

  /// Goes on with a packet that was kept.
  mutating func begin(at time: Int64, packetID: UInt64, originalByteCount: Int) {
    self.time = time
    self.packetID = packetID
    self.originalByteCount = originalByteCount
  }

  /// Writes the packet as it came, or as it goes on unchanged.
  @inline(__always)
  mutating func write(
    _ bytes: RawSpan, _ link: CaptureTranslator.Link, _ side: Side, _ flags: PacketFlags
  ) {
    let interface = side == .inside ? link.inside : link.outside
    note(interface)
    writer.write(
      bytes, interface: interface, time: time, originalByteCount: originalByteCount, flags: flags,
      packetID: packetID)
  }

  /// Writes the packet with a comment.
  mutating func write(
    _ bytes: RawSpan, _ link: CaptureTranslator.Link, _ side: Side, _ flags: PacketFlags,
    verdict: PacketVerdict? = nil, comment: StaticString, detail: StaticString = ""
  ) {
    text.removeAll()
    text.append(comment)
    text.append(detail)
    writeWithText(bytes, link, side, flags, verdict)
  }

  /// Writes the packet with a comment that says which end it has now and which one it had.
  @inline(__always)
  mutating func write(
    _ bytes: RawSpan, _ link: CaptureTranslator.Link, _ side: Side, _ flags: PacketFlags,
    _ first: StaticString, _ new: PacketEnd, _ middle: StaticString, _ old: PacketEnd
  ) {
    if comments {
      text.removeAll()
      text.append(first)
      new.describe(in: &text)
      text.append(middle)
      old.describe(in: &text)
      text.append(")")
    }
    writeWithText(bytes, link, side, flags, nil)
  }

  /// Writes a packet both of whose ends were changed.
  mutating func write(
    _ bytes: RawSpan, _ link: CaptureTranslator.Link, _ side: Side, _ flags: PacketFlags,
    from source: PacketEnd, to destination: PacketEnd, was old: (PacketEnd, PacketEnd)
  ) {
    text.removeAll()
    text.append("NAT -> ")
    source.describe(in: &text)
    text.append(" to ")
    destination.describe(in: &text)
    text.append(" (was ")
    old.0.describe(in: &text)
    text.append(" to ")
    old.1.describe(in: &text)
    text.append(")")
    writeWithText(bytes, link, side, flags, nil)
  }

  /// Takes back the packet written last.
  ///
  /// - Returns: Whether that was possible.
  mutating func withdraw(_ link: CaptureTranslator.Link, _ side: Side) -> Bool {
    guard writer.withdrawLastPacket() else { return false }
    recordCount -= 1
    sightings[Int(side == .inside ? link.inside : link.outside)].received -= 1
    return true
  }

  /// Counts a packet that was dropped after it had been written.
  mutating func noteDrop(_ link: CaptureTranslator.Link, _ side: Side) {
    sightings[Int(side == .inside ? link.inside : link.outside)].dropped &+= 1
  }

  /// Writes a packet that the translator made.
  mutating func writeMade(
    _ bytes: RawSpan, id: UInt64, _ link: CaptureTranslator.Link, _ side: Side,
    comment: StaticString, detail: StaticString
  ) {
    let packet = (packetID, originalByteCount)
    packetID = id
    originalByteCount = bytes.byteCount
    write(bytes, link, side, .outbound, comment: comment, detail: detail)
    (packetID, originalByteCount) = packet
  }

  @inline(__always)
  private mutating func writeWithText(
    _ bytes: RawSpan, _ link: CaptureTranslator.Link, _ side: Side, _ flags: PacketFlags,
    _ verdict: PacketVerdict?
  ) {
    let interface = side == .inside ? link.inside : link.outside
    note(interface)
    if verdict != nil { sightings[Int(interface)].dropped &+= 1 }
    guard comments else {
      writer.write(
        bytes, interface: interface, time: time, originalByteCount: originalByteCount,
        flags: flags, packetID: packetID, comment: RawSpan(), verdict: verdict)
      return
    }
    let (time, length, id) = (time, originalByteCount, packetID)
    text.withBytes { comment in
      writer.write(
        bytes, interface: interface, time: time, originalByteCount: length, flags: flags,
        packetID: id, comment: comment, verdict: verdict)
    }
  }

  @inline(__always)
  private mutating func note(_ interface: UInt32) {
    recordCount &+= 1
    sightings[Int(interface)].received &+= 1
  }

  // MARK: The end

  /// Adds what was counted and completes the file.
  ///
  /// - Returns: Why it could not be written, if so.
  consuming func finish(from start: Int64, to end: Int64) -> (any Error)? {
    for (interface, seen) in sightings.enumerated() {
      writer.add(
        InterfaceStatistics(
          interface: interface, time: end, startTime: start, endTime: end,
          receivedCount: seen.received, droppedCount: seen.dropped))
    }
    do throws(CaptureFileError) {
      try writer.finish()
      return nil
    } catch {
      return error
    }
  }
}

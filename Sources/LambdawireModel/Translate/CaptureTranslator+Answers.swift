import AddressTranslation
import PacketFormats

/// Packets that the translator owes to those whose packets it refused.
extension CaptureTranslator {
  /// Sends the RST that the segment in ``frame`` earned, back to where it came from.
  mutating func sendReset(_ packet: CapturedPacket, _ link: Link, _ side: SideWriter.Side) {
    let answer = frame.withBytes(first: frame.byteCount) {
      ResetSegment(answering: $0, at: packet.offset)
    }
    guard let answer else { return }
    let base = packet.offset
    let byteCount = base + IPv4Header.byteCount + TCPHeader.byteCount
    // The link header that is there is the one to turn round.
    frame.setByteCount(byteCount)
    frame.edit { bytes in
      link.framing.reverse(&bytes)
      IPv4Header(
        totalLength: UInt16(byteCount - base), protocol: .tcp,
        source: answer.source.address, destination: answer.destination.address
      ).write(to: &bytes, at: base)
      let header = TCPHeader(
        sourcePort: answer.source.port, destinationPort: answer.destination.port,
        sequenceNumber: answer.sequenceNumber,
        acknowledgmentNumber: answer.acknowledgmentNumber, flags: answer.flags, window: 0)
      header.write(
        to: &bytes, at: base + IPv4Header.byteCount,
        checksum: header.checksum(
          source: answer.source.address, destination: answer.destination.address,
          payload: RawSpan()))
    }
    Self.writeMade(frame, &output, id: nextMadeID(), link, side, "RST from nat: no translation")
  }

  /// Sends the ICMP error that the packet in ``frame`` earned, back to where it came from.
  mutating func sendError(
    _ answer: ICMPAnswer, _ reason: DropReason, _ packet: CapturedPacket, _ link: Link,
    _ side: SideWriter.Side
  ) {
    let base = packet.offset
    let source = ownAddress(towards: side, packet)
    let byteCount = Self.write(
      answer, from: source, about: frame, packet, link.framing, to: &made)
    guard let byteCount else { return }
    made.setByteCount(base + byteCount)
    Self.writeMade(
      made, &output, id: nextMadeID(), link, side, "ICMP from nat: ", detail: reason.sentence)
  }

  private static func write(
    _ answer: ICMPAnswer, from source: IPv4Address, about frame: borrowing FrameBuffer,
    _ packet: CapturedPacket, _ framing: LinkFraming, to made: inout FrameBuffer
  ) -> Int? {
    frame.withBytes(first: frame.byteCount) { bytes in
      // The link header that is there is the one to turn round.
      made.load(
        bytes.extracting(0..<packet.offset),
        byteCount: packet.offset + ICMPAnswer.maximumByteCount)
      return made.edit { output in
        framing.reverse(&output)
        return answer.write(
          answering: bytes, at: packet.offset, from: source, to: &output, at: packet.offset)
      }
    }
  }

  /// The translator's address on one of its sides.
  private func ownAddress(towards side: SideWriter.Side, _ packet: CapturedPacket) -> IPv4Address {
    switch side {
    case .inside: return options.ownInsideAddress
    case .outside:
      let destination = UInt32(truncatingIfNeeded: packet.addresses)
      return sides.isOutside(destination)
        ? IPv4Address(rawValue: destination) : options.outside.first ?? options.ownInsideAddress
    }
  }

  private mutating func nextMadeID() -> UInt64 {
    summary.madeCount += 1
    return Self.firstMadeID + summary.madeCount - 1
  }

  private static func writeMade(
    _ frame: borrowing FrameBuffer, _ output: inout SideWriter, id: UInt64, _ link: Link,
    _ side: SideWriter.Side, _ comment: StaticString, detail: StaticString = ""
  ) {
    frame.withBytes(first: frame.byteCount) { bytes in
      output.writeMade(bytes, id: id, link, side, comment: comment, detail: detail)
    }
  }
}

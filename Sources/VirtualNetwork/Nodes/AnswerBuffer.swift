import AddressTranslation
import EventSimulation
import PacketFormats

/// Room in which a node writes down an ICMP error while it still holds the packet that the error is
/// about; made once.
struct AnswerBuffer {
  private var bytes = [UInt8](repeating: 0, count: ICMPAnswer.maximumIPv6ByteCount)

  /// Makes the frame that tells the sender of `frame` what became of it.
  ///
  /// - Parameters:
  ///   - answer: What became of it.
  ///   - frame: A frame with an IP packet.
  ///   - address: Whose answer it is, by the family of the packet.
  ///   - header: The Ethernet header of the answer; its type is set here.
  ///   - place: Who answers, if there is no frame free.
  ///   - network: Where the frames are.
  /// - Returns: `nil` if the packet may not be answered (RFC 1122, section 3.2.2; RFC 4443,
  ///   section 2.4), if there is no address of its family, or no frame.
  mutating func makeAnswer(
    _ answer: ICMPAnswer, to frame: borrowing Frame, from address: IPAddress,
    under header: EthernetHeader, at place: String, _ network: inout Network
  ) -> Frame? {
    var header = header
    let base = EthernetHeader.byteCount
    var storage = bytes.mutableSpan
    var output = unsafe storage.mutableBytes
    let byteCount: Int?
    switch address {
    case .v4(let address):
      header.etherType = .ipv4
      byteCount = network.frames.withContents(of: frame) {
        answer.write(answering: $0, at: base, from: address, to: &output, at: 0)
      }
    case .v6(let address):
      header.etherType = .ipv6
      byteCount = network.frames.withContents(of: frame) {
        answer.write(answering: $0, at: base, from: address, to: &output, at: 0)
      }
    }
    guard let byteCount else { return nil }
    guard let made = network.frames.makeFrame(byteCount: base + byteCount) else {
      network.reportUnmadeFrame(at: place)
      return nil
    }
    network.frames.withBytes(of: made) { target in
      header.write(to: &target, at: 0)
      target.copyBytes(from: output.bytes.extracting(0..<byteCount), at: base)
    }
    return made
  }
}

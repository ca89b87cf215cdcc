import PacketFormats

/// Protocol, two addresses and two ports, packed to be compared and hashed quickly.
///
/// The interface that saw them may be part of the key: execution environments all have the same
/// address, and only the interface tells their flows apart.
struct FlowTuple: Equatable {
  var sourceHigh: UInt64
  var sourceLow: UInt64
  var destinationHigh: UInt64
  var destinationLow: UInt64
  /// From the top: 16 bits interface, 8 unused, 8 protocol, 16 source port, 16 destination port.
  private var rest: UInt64

  @inline(__always)
  init(
    sourceHigh: UInt64, sourceLow: UInt64, destinationHigh: UInt64, destinationLow: UInt64,
    protocol: UInt8, sourcePort: UInt16, destinationPort: UInt16
  ) {
    self.sourceHigh = sourceHigh
    self.sourceLow = sourceLow
    self.destinationHigh = destinationHigh
    self.destinationLow = destinationLow
    rest =
      UInt64(`protocol`) &<< 32 | UInt64(sourcePort) &<< 16 | UInt64(destinationPort)
  }

  static let none = FlowTuple(
    sourceHigh: 0, sourceLow: 0, destinationHigh: 0, destinationLow: 0, protocol: 0,
    sourcePort: 0, destinationPort: 0)

  var sourcePort: UInt16 { UInt16(truncatingIfNeeded: rest &>> 16) }
  var destinationPort: UInt16 { UInt16(truncatingIfNeeded: rest) }
  var `protocol`: IPProtocol { IPProtocol(rawValue: UInt8(truncatingIfNeeded: rest &>> 32)) }
  /// The interface, where it is part of the key.
  var tap: Int { Int(truncatingIfNeeded: rest &>> 48) }

  var source: Endpoint {
    Endpoint(NetworkAddress(high: sourceHigh, low: sourceLow), port: sourcePort)
  }

  var destination: Endpoint {
    Endpoint(NetworkAddress(high: destinationHigh, low: destinationLow), port: destinationPort)
  }

  /// The same with the interface as part of the key.
  @inline(__always)
  func at(_ tap: Int) -> FlowTuple {
    var result = self
    result.rest = rest & 0xffff_ffff_ffff | UInt64(truncatingIfNeeded: tap) &<< 48
    return result
  }

  /// The way back.
  var reversed: FlowTuple {
    var result = self
    swap(&result.sourceHigh, &result.destinationHigh)
    swap(&result.sourceLow, &result.destinationLow)
    result.rest =
      rest & 0xffff_ffff_0000_0000 | (rest & 0xffff) &<< 16 | rest &>> 16 & 0xffff
    return result
  }

  /// Whether the source is the larger of the two ends, so that both directions have one key when
  /// those are turned round.
  var isDescending: Bool {
    if sourceHigh != destinationHigh { return sourceHigh > destinationHigh }
    if sourceLow != destinationLow { return sourceLow > destinationLow }
    return sourcePort > destinationPort
  }

  var hash: UInt64 {
    let words = HashMixing.mix(sourceLow ^ HashMixing.first, destinationLow ^ HashMixing.second)
    let more = HashMixing.mix(
      sourceHigh &* 3 &+ destinationHigh ^ HashMixing.third, rest ^ HashMixing.first)
    return HashMixing.mix(words ^ more, HashMixing.second)
  }

  /// Whether one end is the same in both.
  func sharesEnd(with other: FlowTuple) -> Bool {
    if (rest ^ other.rest) & 0xff_0000_0000 != 0 { return false }
    let sameDestination =
      destinationHigh == other.destinationHigh && destinationLow == other.destinationLow
      && destinationPort == other.destinationPort
    let sameSource =
      sourceHigh == other.sourceHigh && sourceLow == other.sourceLow
      && sourcePort == other.sourcePort
    return sameDestination || sameSource
  }
}

extension FlowTuple: CustomStringConvertible {
  var description: String { "\(`protocol`) \(source) → \(destination)" }
}

import PacketFormats

/// The fixed mappings of a translator, found from either side.
///
/// A mapping may leave its protocol, its ports or both open, so that up to four keys are tried,
/// the most particular first.
struct FixedMappings: ~Copyable {
  private var mappings: [FixedMapping] = []
  private var byInside = HashIndex()
  private var byOutside = HashIndex()

  /// - Throws: ``BehaviorError/fixedMappingTwice(_:)``.
  static func check(_ mappings: [FixedMapping]) throws(BehaviorError) {
    var seen: (inside: Set<[UInt64]>, outside: Set<[UInt64]>) = ([], [])
    for mapping in mappings {
      let (inside, outside) = (insideKey(mapping), outsideKey(mapping))
      guard seen.inside.insert([inside.local, inside.remote]).inserted,
        seen.outside.insert([outside.local, outside.remote]).inserted
      else { throw .fixedMappingTwice(mapping) }
    }
  }

  /// - Precondition: ``check(_:)`` found nothing wrong.
  init(_ mappings: [FixedMapping]) {
    self.mappings = mappings
    for (position, mapping) in mappings.enumerated() {
      byInside.insert(Self.insideKey(mapping).tag, UInt32(position + 1))
      byOutside.insert(Self.outsideKey(mapping).tag, UInt32(position + 1))
    }
  }

  var isEmpty: Bool { mappings.isEmpty }

  /// What stands outside for the local end of `key`, or `nil` if that has no fixed mapping.
  func outsideEnd(of key: FlowKey) -> (address: UInt32, port: UInt16)? {
    guard let mapping = first(key, byInside, { Self.insideKey($0) }) else { return nil }
    return (mapping.outside.rawValue, mapping.ports?.outside ?? key.localPort)
  }

  /// What stands inside for the local end of `key`, or `nil` if that has no fixed mapping.
  func insideEnd(of key: FlowKey) -> (address: UInt32, port: UInt16)? {
    guard let mapping = first(key, byOutside, { Self.outsideKey($0) }) else { return nil }
    return (mapping.inside.rawValue, mapping.ports?.inside ?? key.localPort)
  }

  /// Whether the local address of `key` is one inside host's for its protocol, with all its ports.
  func takeWholeAddress(of key: FlowKey) -> Bool {
    guard !mappings.isEmpty else { return false }
    for protocolNumber in [key.protocolNumber, nil] {
      let candidate = Self.key(protocolNumber, key.localAddress, nil)
      let found = byOutside.first(candidate.tag) {
        Self.outsideKey(mappings[Int($0) - 1]) == candidate
      }
      if found != 0 { return true }
    }
    return false
  }

  /// Hands over each outside port that mappings of single ports have at the local address of
  /// `key` for its protocol.
  func forEachPort(of key: FlowKey, _ body: (UInt16) -> Void) {
    for mapping in mappings where mapping.outside.rawValue == key.localAddress {
      guard let ports = mapping.ports,
        mapping.protocol == nil || mapping.protocol?.rawValue == key.protocolNumber
      else { continue }
      body(ports.outside)
    }
  }

  private func first(
    _ key: FlowKey, _ index: borrowing HashIndex, _ keyOf: (FixedMapping) -> FlowKey
  ) -> FixedMapping? {
    guard !mappings.isEmpty else { return nil }
    for port in [key.localPort, nil] {
      for protocolNumber in [key.protocolNumber, nil] {
        let candidate = Self.key(protocolNumber, key.localAddress, port)
        let found = index.first(candidate.tag) { keyOf(mappings[Int($0) - 1]) == candidate }
        if found != 0 { return mappings[Int(found) - 1] }
      }
    }
    return nil
  }

  private static func insideKey(_ mapping: FixedMapping) -> FlowKey {
    key(mapping.protocol?.rawValue, mapping.inside.rawValue, mapping.ports?.inside)
  }

  private static func outsideKey(_ mapping: FixedMapping) -> FlowKey {
    key(mapping.protocol?.rawValue, mapping.outside.rawValue, mapping.ports?.outside)
  }

  /// Port and protocol are both real numbers, so that what is open needs marks of its own.
  private static func key(_ protocolNumber: UInt8?, _ address: UInt32, _ port: UInt16?) -> FlowKey {
    FlowKey(
      protocolNumber: protocolNumber ?? 0, localAddress: address, localPort: port ?? 0,
      remoteAddress: protocolNumber == nil ? 1 : 0, remotePort: port == nil ? 1 : 0)
  }
}

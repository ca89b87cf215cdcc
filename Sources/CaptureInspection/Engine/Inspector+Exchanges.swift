/// Where addresses are exchanged and nothing is remembered.
extension Inspector {
  /// An address that has a partner on the other side of an exchange.
  struct ExchangeKey: Hashable {
    let pair: TranslationTable.PointPair
    /// Interface that tells apart addresses that look the same.
    let tap: Int
    let isInside: Bool
    let address: NetworkAddress
  }

  /// What is done between two points, as far as their names tell.
  ///
  /// - Returns: `nil` if a translator with memory may lie between them, seen or not.
  func exchange(
    between pair: TranslationTable.PointPair, _ inside: FlowTuple
  ) -> TranslationMethod? {
    let isIPv4 = inside.source.address.ipv4 != nil
    switch points[pair.outer].exchange {
    case .oneToOne where isIPv4:
      // From elsewhere than a NAT gateway the way may have led through one that was not captured.
      let isStraight =
        points[pair.inner].isNATGateway
        || isComplete && points.contains { $0.isNATGateway }
      return isStraight ? .oneToOne : nil
    case .prefix where !isIPv4: return .prefix
    default: return nil
    }
  }

  /// How a translation was made.
  ///
  /// Where the way to an internet gateway is not known in full, a port that stayed as it was tells.
  func method(of entry: TranslationTable.Entry) -> TranslationMethod {
    if let known = exchange(between: entry.pair, entry.inside) { return known }
    let keepsPort = entry.inside.sourcePort == entry.outside.sourcePort
    return points[entry.pair.outer].exchange == .oneToOne && keepsPort
      && entry.inside.source.address.ipv4 != nil ? .oneToOne : .addressAndPort
  }

  /// Checks a new translation where addresses may only be exchanged.
  mutating func checkExchange(_ position: Int, _ sighting: Sighting) {
    let entry = translations[position]
    guard verifies, let method = exchange(between: entry.pair, entry.inside) else { return }
    rules.check(.addressExchange)
    let (inside, outside) = (entry.inside.source, entry.outside.source)
    if inside.port != outside.port {
      rules.violate(
        .addressExchange, sighting, found: "\(inside) as \(outside)",
        expected: "port \(inside.port), for only addresses are exchanged here")
    }
    if method == .prefix, inside.address.onesComplementSum != outside.address.onesComplementSum {
      rules.violate(
        .addressExchange, sighting, found: "\(inside.address) as \(outside.address)",
        expected: "an address with the same sum, so that checksums stay as they are")
    }
    // One VPC's addresses are told apart by its internet gateway, guests by their own interface.
    checkPartner(
      ExchangeKey(
        pair: entry.pair, tap: method == .prefix ? entry.inside.tap : entry.outside.tap,
        isInside: true, address: inside.address), position, sighting)
    checkPartner(
      ExchangeKey(
        pair: entry.pair, tap: entry.outside.tap, isInside: false, address: outside.address),
      position, sighting)
  }

  /// Checks that an address has the partner it had in other flows, unless that is long ago.
  private mutating func checkPartner(_ key: ExchangeKey, _ position: Int, _ sighting: Sighting) {
    guard let known = exchanges.updateValue(position, forKey: key) else { return }
    let (other, entry) = (translations[known], translations[position])
    let hasSamePartner =
      key.isInside
      ? other.outside.source.address == entry.outside.source.address
      : other.inside.source.address == entry.inside.source.address
    let elapsed = SaturatedTime.elapsed(from: other.lastTime, to: sighting.time)
    guard !hasSamePartner, elapsed < settings.translationLifetimes.certain else { return }
    // The one that was there first is what others are held against.
    exchanges[key] = known
    let place = place(of: other.lastFrame)
    rules.violate(
      .addressExchange, sighting,
      found: "\(entry.inside.source.address) as \(entry.outside.source.address)",
      expected: "\(other.inside.source.address) as \(other.outside.source.address), as in \(place)")
  }
}

extension NetworkAddress {
  /// Sum of the address's 16-bit words, in one's complement (RFC 1071); 0xffff counts as 0.
  fileprivate var onesComplementSum: UInt16 {
    var sum: UInt64 = 0
    for half in [high, low] {
      for shift in [0, 16, 32, 48] as [UInt64] { sum += half &>> shift & 0xffff }
    }
    return UInt16(sum % 0xffff)
  }
}

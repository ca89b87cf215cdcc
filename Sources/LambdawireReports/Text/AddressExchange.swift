import CaptureInspection

/// An address that became another one, in all flows of a crossing in which it did.
struct AddressExchange {
  let inside: NetworkAddress
  let outside: NetworkAddress
  /// Whose it is, if it is not everybody's.
  let environment: String?
  private let method: TranslationMethod
  private(set) var flowCount: UInt64 = 0
  private(set) var outwardCount: UInt64 = 0
  private(set) var inwardCount: UInt64 = 0

  private init(_ translation: Translation) {
    inside = translation.inside.address
    outside = translation.outside.address
    environment = Self.environment(of: translation)
    method = translation.method
  }

  /// Each environment has a slot of its own, but all share an internet gateway.
  private static func environment(of translation: Translation) -> String? {
    translation.method == .prefix ? translation.environment : nil
  }

  /// How it was done.
  var words: String { method == .prefix ? "prefix exchanged" : "one to one" }

  /// The exchanges among translations, in the order in which they show first.
  static func all(in translations: [Translation]) -> [AddressExchange] {
    struct Ends: Hashable {
      var inside: NetworkAddress
      var outside: NetworkAddress
      var environment: String?
    }
    var exchanges: [AddressExchange] = []
    var positions: [Ends: Int] = [:]
    for translation in translations where translation.method.isExchange {
      let ends = Ends(
        inside: translation.inside.address, outside: translation.outside.address,
        environment: environment(of: translation))
      let position = positions[ends] ?? exchanges.count
      if position == exchanges.count {
        positions[ends] = position
        exchanges.append(AddressExchange(translation))
      }
      exchanges[position].flowCount += 1
      exchanges[position].outwardCount += translation.outwardCount
      exchanges[position].inwardCount += translation.inwardCount
    }
    return exchanges
  }
}

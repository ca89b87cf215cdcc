import CaptureInspection

/// The translations of one flow, crossing after crossing, from the inside out.
struct TranslationChain {
  /// At least one.
  private(set) var translations: [Translation]

  /// What the flow's source is called behind the last crossing.
  var outside: Endpoint? { translations.last?.outside }

  /// All chains that begin with a translation for which `isFirst` holds, the shorter ones too.
  ///
  /// - Complexity: a path has few crossings, and each end few translations that go on from it.
  static func all(
    in translations: [Translation], startingWhere isFirst: (Translation) -> Bool
  ) -> [TranslationChain] {
    var byInside: [Endpoint: [Translation]] = [:]
    for translation in translations {
      byInside[translation.inside, default: []].append(translation)
    }
    var chains = translations.filter(isFirst).map { TranslationChain(translations: [$0]) }
    var next = 0
    while next < chains.count {
      let chain = chains[next]
      next += 1
      guard let last = chain.translations.last, chain.translations.count < 8 else { continue }
      for candidate in byInside[last.outside] ?? [] where candidate.continues(last) {
        chains.append(TranslationChain(translations: chain.translations + [candidate]))
      }
    }
    return chains
  }
}

extension Translation {
  /// Whether this is what becomes of `earlier` farther out.
  fileprivate func continues(_ earlier: Translation) -> Bool {
    inside == earlier.outside && remote == earlier.outsideRemote
      && `protocol` == earlier.protocol && crossing != earlier.crossing
      && firstTime >= earlier.firstTime
  }
}

extension ScenarioDecoder {
  /// The model's numbers with those of `node` in place of the defaults.
  mutating func decodeSettings(_ node: SourceNode?) -> ModelSettings {
    var settings = ModelSettings()
    guard let node else { return settings }
    guard let entries = node.entries else {
      if node.content != .reported {
        log.report(
          at: node.location, found: node.summary, expected: Grammar.Root.settings.type.expected)
      }
      return settings
    }
    let names = ModelSettings.settings.map(\.name)
    for entry in entries {
      guard let setting = ModelSettings.settings.first(where: { $0.name == entry.key }) else {
        log.report(
          at: entry.location, found: "the unknown setting \(quoted(entry.key))",
          expected: "one of those that `lambdawire validate --show-defaults` lists",
          suggestion: Suggestion.nearest(to: entry.key, among: names))
        continue
      }
      setting.store(entry.value, &settings, &log)
    }
    // Each pair is in order by default, so if it is not, one of the two stands in the file.
    for (low, high) in ModelSettings.ordered {
      guard let lower = names.firstIndex(of: low), let upper = names.firstIndex(of: high),
        let place = entries.last(where: { $0.key == low || $0.key == high })
      else { continue }
      let (a, b) = (ModelSettings.settings[lower], ModelSettings.settings[upper])
      guard a.measure(settings) > b.measure(settings) else { continue }
      log.report(
        at: place.value.location,
        found: "`\(low)` of \(a.describe(settings)) above `\(high)` of \(b.describe(settings))",
        expected: "`\(low)` to be at most `\(high)`")
    }
    return settings
  }
}

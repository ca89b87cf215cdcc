extension Scenario {
  /// Reads the scenario in the file at `path`.
  ///
  /// - Parameters:
  ///   - path: also what diagnostics call the file.
  ///   - overrides: changes made to the file's content before it is read, in this order.
  /// - Throws: everything that is wrong, not only the first.
  public init(
    contentsOf path: String, overrides: [ScenarioOverride] = []
  ) throws(ScenarioError) {
    try self.init(yaml: ScenarioFile.text(at: path), file: path, overrides: overrides)
  }

  /// Reads a scenario from the text of its file.
  ///
  /// - Parameters:
  ///   - text: YAML.
  ///   - file: what diagnostics call the file.
  ///   - overrides: changes made to the file's content before it is read, in this order.
  /// - Throws: everything that is wrong, not only the first.
  public init(
    yaml text: String, file: String = "scenario.yaml", overrides: [ScenarioOverride] = []
  ) throws(ScenarioError) {
    var log = DiagnosticLog()
    var reader = SourceReader(file: file)
    let root = reader.read(text, log: &log)
    if var root, Self.checkVersion(of: root, log: &log) {
      for (index, override) in overrides.enumerated() {
        override.apply(to: &root, number: index + 1, log: &log)
      }
      let parameters = ParameterTable(of: root, log: &log)
      let replaced = Self.replacingParameters(in: root, parameters, log: &log)
      var decoder = ScenarioDecoder(
        replaced, parameters: parameters.parameters, log: log)
      if let scenario = decoder.decode() {
        self = scenario
        return
      }
      log = decoder.log
    }
    // Decoding fails only after having reported why.
    guard let error = log.error(mainFile: file) else {
      preconditionFailure("a scenario was refused without a diagnostic")
    }
    throw error
  }

  /// Reports a file of another version or of none, which is not worth reading any further.
  private static func checkVersion(of root: SourceNode, log: inout DiagnosticLog) -> Bool {
    let key = Grammar.Root.version.name
    guard root.entries != nil else {
      log.report(
        at: root.location, found: root.summary,
        expected: "a mapping that begins `\(key): \(Grammar.version)`")
      return false
    }
    guard let version = root[key] else {
      log.report(
        at: root.location, found: "a file without `\(key):`",
        expected: "`\(key): \(Grammar.version)`, which says that it is a scenario")
      return false
    }
    guard version.text == "\(Grammar.version)" else {
      log.report(
        at: version.location, found: "version \(version.summary)",
        expected: "version \(Grammar.version), the one that this program reads")
      return false
    }
    return true
  }

  /// `root` with parameters replaced everywhere but in text for people and in their own section.
  private static func replacingParameters(
    in root: SourceNode, _ parameters: ParameterTable, log: inout DiagnosticLog
  ) -> SourceNode {
    let literal = [
      Grammar.Root.title.name, Grammar.Root.description.name, Grammar.Root.parameters.name,
    ]
    var result = root
    result.content = .mapping(
      (root.entries ?? []).map { entry in
        var entry = entry
        if !literal.contains(entry.key) {
          entry.value = parameters.replacing(in: entry.value, log: &log)
        }
        return entry
      })
    return result
  }
}

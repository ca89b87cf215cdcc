/// One number of the model: what it is called, what it may be, and how sure it is.
///
/// The default itself stands in ``ModelSettings`` and is read from there.
public struct Setting: Sendable {
  /// Its name under `settings:` in a scenario, and in `--set settings.NAME=VALUE`.
  public let name: String
  /// What it means, in one sentence.
  public let documentation: String
  /// Where the default comes from: a fact (A-nn, N-nn), an RFC, an observation, an assumption.
  public let source: String
  /// What may be written, with range and an example.
  public let expected: String

  let schema: JSONValue
  let describe: @Sendable (ModelSettings) -> String
  /// The value as a number, in the smallest unit of its kind.
  let measure: @Sendable (ModelSettings) -> Int
  let store: @Sendable (SourceNode, inout ModelSettings, inout DiagnosticLog) -> Void

  init<Value>(
    _ name: String, _ path: any WritableKeyPath<ModelSettings, Value> & Sendable,
    _ quantity: Quantity<Value>, _ documentation: String, source: String
  ) {
    let type = ValueType<Value>.quantity(quantity)
    self.name = name
    self.documentation = documentation
    self.source = source
    expected = type.expected
    schema = type.schema
    describe = { quantity.describe($0[keyPath: path]) }
    measure = { quantity.measure($0[keyPath: path]) }
    store = { node, settings, log in
      if let value = type.read(node, &log) { settings[keyPath: path] = value }
    }
  }

  /// A setting that says how long something takes, which may be a distribution.
  init(
    _ name: String,
    _ path: any WritableKeyPath<ModelSettings, Scenario.Timing> & Sendable,
    _ notation: TimingNotation, _ documentation: String, source: String
  ) {
    let type = ValueType<Scenario.Timing>.timing(notation)
    self.name = name
    self.documentation = documentation
    self.source = source
    expected = type.expected
    schema = type.schema
    describe = { notation.describe($0[keyPath: path]) }
    // Nothing is in order with a distribution.
    measure = { _ in 0 }
    store = { node, settings, log in
      if let value = type.read(node, &log) { settings[keyPath: path] = value }
    }
  }

  /// The value in `settings`, as it would be written in a scenario.
  public func value(in settings: ModelSettings) -> String {
    describe(settings)
  }
}

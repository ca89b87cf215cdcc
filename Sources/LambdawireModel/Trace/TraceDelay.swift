/// A setting that says how long a hop takes.
public struct TraceDelay: Hashable, Sendable, Encodable {
  /// Its name under `settings:` in a scenario.
  public var setting: String
  /// As it would be written in a scenario.
  public var value: String
  /// Where the number comes from.
  public var source: String
}

extension TraceDelay {
  /// A setting as `settings` has it.
  init(setting name: String, of settings: ModelSettings) {
    guard let setting = ModelSettings.settings.first(where: { $0.name == name }) else {
      preconditionFailure("a trace names a setting that does not exist")
    }
    self.init(setting: name, value: setting.value(in: settings), source: setting.source)
  }
}

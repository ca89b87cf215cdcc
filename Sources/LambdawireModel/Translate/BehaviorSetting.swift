public import AddressTranslation

/// One field of a translator's behaviour: what it is called on the command line, what it may be,
/// and where its value comes from.
public struct BehaviorSetting: Sendable {
  /// Its name in `--set KEY=VALUE`.
  public let key: String
  /// What it means, in one sentence.
  public let documentation: String
  /// What may be written.
  public let expected: String

  private let describe: @Sendable (Behavior) -> String
  private let store: @Sendable (String, inout Behavior) throws(ValueProblem) -> Void

  /// Makes a setting that is read and described by `type`.
  init<Value>(
    _ key: String, _ path: any WritableKeyPath<Behavior, Value> & Sendable,
    _ type: SettingValue<Value>, _ documentation: String
  ) {
    self.key = key
    self.documentation = documentation
    expected = type.expected
    describe = { type.describe($0[keyPath: path]) }
    store = { text, behavior throws(ValueProblem) in
      behavior[keyPath: path] = try type.parse(text)
    }
  }

  /// The value in `behavior`, as it would be written.
  public func value(in behavior: Behavior) -> String { describe(behavior) }

  /// Changes a behaviour as `--set` asks for.
  ///
  /// - Parameters:
  ///   - text: `KEY=VALUE`.
  ///   - behavior: What to change.
  /// - Throws: What is wrong with the key or the value.
  public static func apply(_ text: String, to behavior: inout Behavior) throws(TranslateError) {
    guard let equals = text.firstIndex(of: "=") else { throw .settingWithoutValue(text: text) }
    let key = String(text[..<equals])
    let value = String(text[text.index(after: equals)...])
    guard let setting = all.first(where: { $0.key == key }) else {
      throw .unknownSetting(key: key)
    }
    do throws(ValueProblem) {
      try setting.store(value, &behavior)
    } catch {
      throw .badSetting(
        key: key, found: error.found ?? "`\(value)`", expected: error.expected ?? setting.expected,
        suggestion: error.suggestion)
    }
  }

  /// The behaviour of this name.
  public static func profile(named name: String) throws(TranslateError) -> Behavior {
    for profile in Behavior.profiles where profile.key == name { return profile.value }
    throw .unknownBehavior(name: name)
  }
}

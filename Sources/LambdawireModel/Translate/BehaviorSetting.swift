public import AddressTranslation
import SimulatedTime

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
    for profile in profiles where profile.key == name { return profile.value }
    throw .unknownBehavior(name: name)
  }
}

/// How the value of a setting is written.
struct SettingValue<Value: Sendable>: Sendable {
  let expected: String
  let parse: @Sendable (String) throws(ValueProblem) -> Value
  let describe: @Sendable (Value) -> String
}

extension SettingValue {
  /// A number with a unit and a range.
  static func quantity(_ quantity: Quantity<Value>) -> Self {
    Self(
      expected: quantity.expectation,
      parse: { text throws(ValueProblem) in try quantity.parse(text) },
      describe: { value in
        // Without the space, as it need not be quoted in a shell.
        quantity.describe(value).filter { $0 != " " }
      })
  }

  /// What `value` describes, or `none`.
  static func optional<Wrapped>(_ value: SettingValue<Wrapped>) -> Self where Value == Wrapped? {
    Self(
      expected: "`none`, or \(value.expected)",
      parse: { text throws(ValueProblem) in text == "none" ? nil : try value.parse(text) },
      describe: { $0.map(value.describe) ?? "none" })
  }
}

extension SettingValue where Value: Equatable {
  /// One of a few words.
  static func choice(_ words: KeyValuePairs<String, Value>) -> Self {
    let names = words.map(\.key)
    return Self(
      expected: "one of \(names.joined(separator: ", "))",
      parse: { text throws(ValueProblem) in
        for word in words where word.key == text { return word.value }
        throw ValueProblem(suggestion: Suggestion.nearest(to: text, among: names))
      },
      describe: { value in words.first { $0.value == value }?.key ?? "" })
  }
}

extension SettingValue<Bool> {
  static let flag = choice(["yes": true, "no": false])
}

extension SettingValue<Duration> {
  /// From a nanosecond to the 100 years that a translator's timers can run.
  static let timer = quantity(.duration(.nanoseconds(1), .seconds(36_525 * 86_400)))
}

extension SettingValue<ClosedRange<UInt16>> {
  /// Two ports, or one.
  static func range(from lowest: UInt16) -> Self {
    Self(
      expected: "two numbers from \(lowest) to 65535, the lower first, such as `1024-65535`",
      parse: { text throws(ValueProblem) in
        let ends = text.split(separator: "-", omittingEmptySubsequences: false)
        guard (1...2).contains(ends.count), let low = UInt16(ends[0]),
          let high = UInt16(ends[ends.count - 1]), low <= high, low >= lowest
        else { throw ValueProblem() }
        return low...high
      },
      describe: { "\($0.lowerBound)-\($0.upperBound)" })
  }
}

extension SettingValue<UInt8> {
  static let hops = Self(
    expected: "a whole number from 0 to 255",
    parse: { text throws(ValueProblem) in
      guard let value = UInt8(text) else { throw ValueProblem() }
      return value
    },
    describe: { "\($0)" })
}

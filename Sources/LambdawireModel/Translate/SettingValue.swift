import AddressTranslation
import SimulatedTime

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

extension SettingValue<Behavior.Dependence> {
  static let dependence = choice([
    "endpoint-independent": .endpointIndependent, "address-dependent": .addressDependent,
    "address-and-port-dependent": .addressAndPortDependent,
  ])
}

extension SettingValue<Behavior.FragmentTreatment> {
  static let fragments = choice(["drop": .drop, "in-order": .inOrder, "any-order": .anyOrder])
}

extension SettingValue<Behavior.Protocols> {
  private static var words: KeyValuePairs<String, Behavior.Protocols> {
    ["tcp": .tcp, "udp": .udp, "icmp": .icmpQueries]
  }

  static let protocols = Self(
    expected: "some of tcp, udp and icmp, separated by commas",
    parse: { text throws(ValueProblem) in
      var value: Behavior.Protocols = []
      for part in text.split(separator: ",", omittingEmptySubsequences: false) {
        guard let word = words.first(where: { $0.key == part }) else { throw ValueProblem() }
        value.formUnion(word.value)
      }
      return value
    },
    describe: { value in
      words.filter { value.contains($0.value) }.map(\.key).joined(separator: ",")
    })
}

extension SettingValue<[UInt16: Duration]> {
  static let timersByPort = Self(
    expected: "`none`, or ports and times such as `53:30s,123:60s`",
    parse: { text throws(ValueProblem) in
      var value: [UInt16: Duration] = [:]
      if text == "none" { return value }
      for part in text.split(separator: ",", omittingEmptySubsequences: false) {
        let halves = part.split(separator: ":", omittingEmptySubsequences: false)
        guard halves.count == 2, let port = UInt16(halves[0]), value[port] == nil else {
          throw ValueProblem()
        }
        value[port] = try SettingValue<Duration>.timer.parse(String(halves[1]))
      }
      return value
    },
    describe: { value in
      // In the order of ports: a dictionary has none of its own.
      let parts = value.sorted { $0.key < $1.key }.map { port, time in
        "\(port):\(SettingValue<Duration>.timer.describe(time))"
      }
      return parts.isEmpty ? "none" : parts.joined(separator: ",")
    })
}

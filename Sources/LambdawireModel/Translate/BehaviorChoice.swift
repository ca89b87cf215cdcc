public import AddressTranslation

/// A behaviour as a user asks for it: the name of a profile, and settings that are changed.
public struct BehaviorChoice: Sendable {
  public let profile: String

  /// The names there are.
  public static var profiles: [String] { Behavior.profiles.map(\.key) }

  /// The changes, each as `KEY=VALUE`.
  public let overrides: [String]
  public let behavior: Behavior

  /// - Parameters:
  ///   - profile: One of ``profiles``.
  ///   - overrides: Settings to change, as `KEY=VALUE`; of two for one key, the later counts.
  /// - Throws: Which name or value is wrong.
  public init(profile: String, overrides: [String] = []) throws(TranslateError) {
    var behavior = try BehaviorSetting.profile(named: profile)
    for text in overrides { try BehaviorSetting.apply(text, to: &behavior) }
    self.profile = profile
    self.overrides = overrides
    self.behavior = behavior
  }

  /// The profile and the changes, for people.
  public var name: String { ([profile] + overrides).joined(separator: " ") }

  /// The settings with their values and where those come from, for a terminal.
  ///
  /// Lines without a `#` can be handed to `--set` as they are.
  public var listing: String {
    let changed = Set(overrides.map { $0.prefix { $0 != "=" } })
    var lines = ["# The behaviour \(profile), as --set takes it", ""]
    for setting in BehaviorSetting.all {
      lines.append("# \(setting.documentation)")
      let source = changed.contains(Substring(setting.key)) ? "--set" : setting.source(in: profile)
      if let source { lines.append("# Source: \(source)") }
      lines += ["\(setting.key)=\(setting.value(in: behavior))", ""]
    }
    return lines.dropLast().joined(separator: "\n") + "\n"
  }
}

/// A number that went into a comparison.
public struct ComparedSetting: Hashable, Sendable, Encodable {
  public var group: String
  public var name: String
  public var documentation: String
  /// As it would be written in a scenario.
  public var value: String
  /// What the model would have used unasked, if that is another value.
  public var usual: String?
  public var source: String
  public var certainty: Setting.Certainty

  /// Every setting of a scenario, in the order of the reference.
  package static func all(of settings: ModelSettings) -> [ComparedSetting] {
    let defaults = ModelSettings()
    return ModelSettings.groups.flatMap { group in
      group.settings.map { setting in
        let (value, usual) = (setting.value(in: settings), setting.value(in: defaults))
        return ComparedSetting(
          group: group.title, name: setting.name, documentation: setting.documentation,
          value: value, usual: value == usual ? nil : usual, source: setting.source,
          certainty: setting.certainty)
      }
    }
  }
}

extension Setting {
  /// How sure a number is.
  public enum Certainty: String, Hashable, Sendable, Encodable, CaseIterable {
    /// AWS, a standard or a manual says so.
    case documented
    /// AWS staff said so in a talk, paper or post.
    case reported
    /// Others measured or saw it.
    case observed
    /// Nobody says; the value is ours.
    case assumed
  }

  /// How sure the default is, by the words of ``source``.
  ///
  /// A source that says "assumed" of anything is counted as that: the weakest word decides.
  public var certainty: Certainty {
    let words: [(Certainty, [String])] = [
      (.assumed, ["assumed"]),
      (.observed, ["observed", "measured"]),
      (.documented, ["documented", "RFC ", "of Linux"]),
      (.reported, ["reported", "talk", "paper", "specification"]),
    ]
    return words.first { $0.1.contains { source.contains($0) } }?.0 ?? .assumed
  }
}

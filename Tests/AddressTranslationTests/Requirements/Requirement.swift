/// What an RFC asks of a translator, and what each profile makes of it.
struct Requirement {
  /// The word the RFC uses (RFC 2119).
  enum Level: String {
    case must = "MUST"
    case mustNot = "MUST NOT"
    case should = "SHOULD"
    case shouldNot = "SHOULD NOT"
    case recommended = "RECOMMENDED"
    case may = "MAY"
  }

  enum Standing: String {
    case holds = "✓"
    /// It is not met, and on purpose.
    case violated = "✗"
    case doesNotApply = "–"
  }

  /// What is said of some profiles.
  struct Statement {
    var standing: Standing
    var profiles: [Profile]
    /// Why it is not met or does not apply.
    var why: String?

    static func holds(_ profiles: [Profile]) -> Statement {
      Statement(standing: .holds, profiles: profiles)
    }

    static func violated(_ profiles: [Profile], _ why: String) -> Statement {
      Statement(standing: .violated, profiles: profiles, why: why)
    }

    static func doesNotApply(_ profiles: [Profile], _ why: String) -> Statement {
      Statement(standing: .doesNotApply, profiles: profiles, why: why)
    }
  }

  /// The RFC's number and its own name for the requirement, as in "4787 REQ-1".
  ///
  /// Where an RFC asks for two things under one name, the second has a letter of ours.
  var id: String
  var level: Level
  /// Where in the RFC.
  var section: String
  var text: String
  var statements: [Statement]

  init(
    _ id: String, _ level: Level, section: String, _ text: String, _ statements: Statement...
  ) {
    self.id = id
    self.level = level
    self.section = section
    self.text = text
    self.statements = statements
  }

  /// The number of the RFC.
  var rfc: String { String(id.prefix(4)) }

  /// What is said of a profile, or `nil` if that is not exactly one thing.
  func statement(of profile: Profile) -> Statement? {
    let all = statements.filter { $0.profiles.contains(profile) }
    return all.count == 1 ? all.first : nil
  }

  /// Every requirement, in the order of RFCs and their numbers.
  static let all = rfc4787 + rfc5382 + rfc5508 + rfc6888 + rfc7857
}

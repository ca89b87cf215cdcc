extension Grammar {
  /// What happens to the network while a run goes on, each known by its action.
  enum Events {
    static let sections =
      [fail, degrade, replace, update, removeVPC, delete] + NetworkChanges.all.map(\.section)
    static let list = ValueType<[SourceNode]>.list(of: sections, called: "events")

    static let fail = Section(
      name: "failure", documentation: "A part of the network breaks.",
      keys: [
        Failure.component.declaration, time.declaration, span.declaration, owner.declaration,
      ])
    static let degrade = Section(
      name: "brownout", documentation: "A cell of Hyperplane loses some packets and delays others.",
      keys: [
        Brownout.component.declaration, time.declaration, span.declaration, owner.declaration,
        Brownout.loss.declaration, Brownout.delay.declaration,
      ])
    static let replace = Section(
      name: "replacement",
      documentation: "Lambda replaces a shared network interface; the flows on it die (A-27).",
      keys: [
        Replacement.function.declaration, time.declaration, Replacement.subnet.declaration,
      ])

    static let update = Section(
      name: "update",
      documentation: "A function is connected to its VPC by other subnets or groups.",
      keys: [
        Update.function.declaration, time.declaration, Update.subnets.declaration,
        Update.securityGroups.declaration,
      ])
    static let removeVPC = Section(
      name: "removal", documentation: "A function leaves its VPC.",
      keys: [Removal.function.declaration, time.declaration])
    static let delete = Section(
      name: "deletion",
      documentation: "A function is deleted, with its versions.",
      keys: [Deletion.function.declaration, time.declaration])

    static let time = Key<Duration>(
      "at", .quantity(.duration(.zero, .seconds(31_536_000))), .required,
      "When it happens, counted from the start of the run.")
    static let span = Key<Duration>(
      "for", .quantity(.duration(.nanoseconds(1), .seconds(31_536_000))),
      .optional("it stays so"), "After how long it is mended: a node comes back empty.")
    static let owner = Key<String>(
      "of", .reference(to: "a VPC"), .optional("all of Hyperplane is counted"),
      "Counts only the nodes that this VPC was dealt.")
  }

  enum Failure {
    static let component = Key<Scenario.Component>(
      "fail", .component, .required, "What breaks.")
  }

  enum Brownout {
    static let component = Key<Scenario.Component>(
      "degrade", .component, .required, "The cell, `hyperplane-cell/NUMBER`.")
    static let loss = Key<Ratio>(
      "loss", .quantity(.ratio(0...1_000_000)), .defaulted("0 %"), "Share of packets that is lost.")
    static let delay = Key<Duration>(
      "delay", .quantity(.duration(.zero, .seconds(60))), .defaulted("0 s"),
      "How much longer the others take.")
  }

  enum Replacement {
    static let function = Key<String>(
      "replace", .reference(to: "a function"), .required,
      "The function whose shared interface is replaced.")
    static let subnet = Key<String>(
      "subnet", .reference(to: "a subnet of the function"), .optional("the function's only one"),
      "The subnet that the interface is in.")
  }
}

extension Grammar {
  enum Update {
    static let function = Key<String>(
      "update", .reference(to: "a function"), .required, "The function; with copies, each of them.")
    static let subnets = Key<[Located<String>]>(
      "subnets",
      .oneOrMore(
        .reference(to: "a subnet of the function's VPC"), whyNotEmpty: Function.coexist),
      .optional("those it has"), "Its subnets from now on.")
    static let securityGroups = Key<[Located<String>]>(
      "security-groups",
      .oneOrMore(
        .reference(to: "a security group of the function's VPC"), whyNotEmpty: Function.coexist),
      .optional("those it has"), "Its security groups from now on.")
  }

  enum Removal {
    static let function = Key<String>(
      "remove-vpc", .reference(to: "a function"), .required,
      "The function; with copies, each of them.")
  }

  enum Deletion {
    static let function = Key<String>(
      "delete", .reference(to: "a function"), .required, "The function; with copies, each of them.")
  }
}

extension ValueType<Scenario.Component> {
  /// A part of the network by its name.
  static let component = Self.text(
    "`hyperplane-top/NUMBER`, `hyperplane-flow-master/NUMBER-primary` or `-secondary`, "
      + "`hyperplane-cell/NUMBER`, `zone/NAME` or `ec2-api`",
    schema: [
      "type": "string",
      "pattern":
        "^(hyperplane-(top|cell)/[0-9]+|hyperplane-flow-master/[0-9]+-(primary|secondary)|zone/.+|ec2-api)$",
    ]
  ) { text throws(ValueProblem) in
    if text == "ec2-api" { return .ec2API }
    let kinds = ["hyperplane-top", "hyperplane-flow-master", "hyperplane-cell", "zone", "ec2-api"]
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    let kind = String(parts[0])
    guard kinds.contains(kind) else {
      let nearest = Suggestion.nearest(to: kind, among: kinds)
      let rest = parts.dropFirst().map(String.init)
      throw ValueProblem(
        suggestion: nearest.map { ([$0] + rest).joined(separator: "/") })
    }
    if kind == "ec2-api" { throw ValueProblem(suggestion: kind) }
    guard parts.count == 2, !parts[1].isEmpty else { throw ValueProblem() }
    if kind == "zone" { return .zone(String(parts[1])) }
    let words = parts[1].split(separator: "-", omittingEmptySubsequences: false)
    guard words[0].utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(words[0]) else {
      throw ValueProblem()
    }
    switch (kind, words.dropFirst().first, words.count) {
    case ("hyperplane-top", nil, 1): return .top(number, of: nil)
    case ("hyperplane-cell", nil, 1): return .cell(number, of: nil)
    case ("hyperplane-flow-master", "primary", 2):
      return .flowMaster(pair: number, isPrimary: true, of: nil)
    case ("hyperplane-flow-master", "secondary", 2):
      return .flowMaster(pair: number, isPrimary: false, of: nil)
    case ("hyperplane-flow-master", nil, 1):
      throw ValueProblem(suggestion: "hyperplane-flow-master/\(number)-primary")
    default: throw ValueProblem()
    }
  }
}

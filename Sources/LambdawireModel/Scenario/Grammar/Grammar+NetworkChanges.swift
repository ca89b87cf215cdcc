import PacketFormats

extension Grammar {
  /// What changes VPCs while a run goes on, each named after the command of EC2's API.
  enum NetworkChanges {
    /// An action on a security group, a route table or a network ACL.
    struct Action: Sendable {
      let subject: Key<String>
      let section: Section
    }

    static let authorizeIngress = rule(
      "authorize-security-group-ingress", "new ingress rule",
      "A security group lets something more in.", IngressRule.from.declaration)
    static let revokeIngress = rule(
      "revoke-security-group-ingress", "revoked ingress rule",
      "A security group loses an ingress rule. Connections that it tracks go on; those that it does "
        + "not end at once.", IngressRule.from.declaration)
    static let authorizeEgress = rule(
      "authorize-security-group-egress", "new egress rule",
      "A security group lets something more out.", EgressRule.to.declaration)
    static let revokeEgress = rule(
      "revoke-security-group-egress", "revoked egress rule",
      "A security group loses an egress rule. Connections that it tracks go on; those that it does "
        + "not end at once.", EgressRule.to.declaration)

    static let createRoute = route(
      "create-route", "new route", "A route table gets one more route.",
      [Route.via.declaration])
    static let replaceRoute = route(
      "replace-route", "replaced route", "A route leads elsewhere from now on.",
      [Route.via.declaration])
    static let deleteRoute = route(
      "delete-route", "deleted route", "A route table loses a route; the next packet goes without.",
      [])

    static let createEntry = entry(
      "create-network-acl-entry", "new ACL entry", "A network ACL gets one more rule.",
      content)
    static let replaceEntry = entry(
      "replace-network-acl-entry", "replaced ACL entry",
      "The rule of a network ACL with that number becomes another one.", content)
    static let deleteEntry = entry(
      "delete-network-acl-entry", "deleted ACL entry", "A network ACL loses a rule.", [])

    static let ofGroups = [authorizeIngress, revokeIngress, authorizeEgress, revokeEgress]
    static let ofTables = [createRoute, replaceRoute, deleteRoute]
    static let ofLists = [createEntry, replaceEntry, deleteEntry]
    static let all = ofGroups + ofTables + ofLists

    static let direction = Key<Scenario.Direction>(
      "direction", .choice, .required, "Whether it is about what enters the subnet or leaves it.")
    static let from = Key<IPPrefix?>(
      "from", ValueType<IPPrefix>.anyBlock, .optional("anybody"), "Who sends; only of `ingress`.")
    static let to = Key<IPPrefix?>(
      "to", ValueType<IPPrefix>.anyBlock, .optional("anybody"), "Who is sent to; only of `egress`.")

    private static let content = [
      ACLEntry.action.declaration, ACLEntry.protocol.declaration, ACLEntry.ports.declaration,
      from.declaration, to.declaration,
    ]

    private static func rule(
      _ action: String, _ name: String, _ documentation: String, _ peer: KeyDeclaration
    ) -> Action {
      let subject = subject(action, "a security group", "The group")
      return Action(
        subject: subject,
        section: Section(
          name: name, documentation: documentation,
          keys: [
            subject.declaration, Events.time.declaration, Rule.protocol.declaration,
            Rule.ports.declaration, peer,
          ]))
    }

    private static func route(
      _ action: String, _ name: String, _ documentation: String, _ target: [KeyDeclaration]
    ) -> Action {
      let subject = subject(action, "a route table", "The route table")
      return Action(
        subject: subject,
        section: Section(
          name: name, documentation: documentation,
          keys: [subject.declaration, Events.time.declaration, Route.to.declaration] + target))
    }

    private static func entry(
      _ action: String, _ name: String, _ documentation: String, _ content: [KeyDeclaration]
    ) -> Action {
      let subject = subject(action, "a network ACL", "The network ACL")
      return Action(
        subject: subject,
        section: Section(
          name: name, documentation: documentation,
          keys: [
            subject.declaration, Events.time.declaration, direction.declaration,
            ACLEntry.number.declaration,
          ] + content))
    }

    private static func subject(_ action: String, _ kind: String, _ what: String) -> Key<String> {
      Key(
        action, .reference(to: kind), .required,
        "\(what), or `VPC/NAME` where several VPCs have one of that name.")
    }
  }
}

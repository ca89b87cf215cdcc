import SimulatedTime

extension ScenarioDecoder {
  /// What events may refer to.
  struct EventContext {
    var vpcs: [VPCOutline]
    var callers: [Caller]
    /// `nil` if something about VPCs or functions was reported.
    var layout: HyperplaneLayout?
    /// When the scenario is over at the latest.
    var duration: Located<Duration>?
  }

  /// Decodes an event.
  ///
  /// - Returns: `nil` if something about it was reported.
  mutating func decodeEvent(_ node: SourceNode, _ context: EventContext) -> DecodedEvent? {
    guard let section = section(of: node, among: Grammar.Events.sections, called: "an event"),
      let fields = Fields(node, as: section, log: &log)
    else { return nil }
    let time = fields.read(Grammar.Events.time, log: &log)
    // A run that is cut short from outside sees fewer events, which is no mistake of the file.
    if let time, let end = context.duration, time.value > end.value,
      time.node.location.file == end.node.location.file
    {
      log.report(
        at: time.node.location, found: "\(time.node.summary), when the scenario is over",
        expected: "at most its `duration` of "
          + UnitTable.duration.describe(Int(end.value.wholeNanoseconds)))
    }
    let action = section.keys[0].name
    if let change = Grammar.NetworkChanges.all.first(where: { $0.subject.name == action }) {
      return decodeChange(change, fields, time, context)
    }
    return decodeEvent(action, fields, time, context).map { DecodedEvent(event: $0) }
  }

  private mutating func decodeEvent(
    _ action: String, _ fields: Fields, _ time: Located<Duration>?, _ context: EventContext
  ) -> Scenario.Event? {
    switch action {
    case Grammar.Failure.component.name:
      let component = component(fields, Grammar.Failure.component, context)
      let span = fields.read(Grammar.Events.span, log: &log)
      guard let component, let time else { return nil }
      return Scenario.Event(time: time.value, act: .fail(component), span: span?.value)
    case Grammar.Brownout.component.name:
      return decodeBrownout(fields, time, context)
    case Grammar.Update.function.name:
      return decodeUpdate(fields, time, context)
    case Grammar.Removal.function.name:
      return decodeEnd(fields, Grammar.Removal.function, time, context).map { name, time in
        Scenario.Event(time: time, act: .removeVPC(function: name), span: nil)
      }
    case Grammar.Deletion.function.name:
      return decodeEnd(fields, Grammar.Deletion.function, time, context).map { name, time in
        Scenario.Event(time: time, act: .delete(function: name), span: nil)
      }
    default:
      return decodeReplacement(fields, time, context)
    }
  }

  private mutating func decodeBrownout(
    _ fields: Fields, _ time: Located<Duration>?, _ context: EventContext
  ) -> Scenario.Event? {
    let component = component(fields, Grammar.Brownout.component, context)
    let span = fields.read(Grammar.Events.span, log: &log)
    let loss = fields.read(Grammar.Brownout.loss, log: &log)
    let delay = fields.read(Grammar.Brownout.delay, log: &log)
    guard let component, let time, let loss, let delay else { return nil }
    guard case .cell = component else {
      log.report(
        at: fields.node[Grammar.Brownout.component.name]?.location ?? fields.node.location,
        found: "`\(component)`",
        expected: "a cell, such as `hyperplane-cell/1`: only cells brown out")
      return nil
    }
    guard loss.value.partsPerMillion > 0 || delay.value > .zero else {
      log.report(
        at: fields.node.reportLocation, found: "a brownout without effect",
        expected: "`loss:` or `delay:` above zero")
      return nil
    }
    return Scenario.Event(
      time: time.value, act: .degrade(component, loss: loss.value, delay: delay.value),
      span: span?.value)
  }

  private mutating func decodeReplacement(
    _ fields: Fields, _ time: Located<Duration>?, _ context: EventContext
  ) -> Scenario.Event? {
    let name = fields.read(Grammar.Replacement.function, log: &log)
    let subnet = fields.read(Grammar.Replacement.subnet, log: &log)
    guard let name,
      check(name, isOneOf: context.callers.map(\.name), called: "a function")
    else { return nil }
    // One that could not be read was reported.
    guard let function = context.callers.first(where: { $0.name == name.value })?.function else {
      return nil
    }
    if let subnet {
      guard check(subnet, isOneOf: function.subnets, called: "a subnet of `\(name.value)`") else {
        return nil
      }
    } else if function.subnets.count > 1 {
      log.report(
        at: name.node.location, found: "a function with \(function.subnets.count) subnets",
        expected: "`subnet:` with one of them: "
          + function.subnets.map { "`\($0)`" }.joined(separator: ", "))
      return nil
    }
    // A function without subnets was reported.
    guard let time, let place = subnet?.value ?? function.subnets.first else { return nil }
    return Scenario.Event(
      time: time.value, act: .replace(function: name.value, subnet: place), span: nil)
  }

  private mutating func decodeUpdate(
    _ fields: Fields, _ time: Located<Duration>?, _ context: EventContext
  ) -> Scenario.Event? {
    let name = fields.read(Grammar.Update.function, log: &log)
    let subnets = fields.read(Grammar.Update.subnets, log: &log)
    let groups = fields.read(Grammar.Update.securityGroups, log: &log)
    guard let name,
      check(name, isOneOf: context.callers.map(\.name), called: "a function"),
      let caller = context.callers.first(where: { $0.name == name.value }),
      let function = caller.function, let vpc = caller.vpc
    else { return nil }
    if fields.node[Grammar.Update.subnets.name] == nil,
      fields.node[Grammar.Update.securityGroups.name] == nil
    {
      log.report(
        at: fields.node.reportLocation, found: "an update that changes nothing",
        expected: "`subnets:` or `security-groups:`, or both")
      return nil
    }
    let newSubnets =
      subnets.map { checkSubnets($0.value, of: vpc, in: context.vpcs) } ?? function.subnets
    let newGroups =
      groups.map { checkSecurityGroups($0.value, of: vpc, in: context.vpcs) }
      ?? function.securityGroups
    guard let time, let newSubnets, let newGroups else { return nil }
    return Scenario.Event(
      time: time.value,
      act: .update(function: name.value, subnets: newSubnets, securityGroups: newGroups),
      span: nil)
  }

  /// An event that names a function and nothing else.
  private mutating func decodeEnd(
    _ fields: Fields, _ key: Key<String>, _ time: Located<Duration>?, _ context: EventContext
  ) -> (function: String, time: Duration)? {
    guard let name = fields.read(key, log: &log),
      check(name, isOneOf: context.callers.map(\.name), called: "a function"), let time
    else { return nil }
    return (name.value, time.value)
  }

  /// The component that an event is about, once it is known to exist.
  private mutating func component(
    _ fields: Fields, _ key: Key<Scenario.Component>, _ context: EventContext
  ) -> Scenario.Component? {
    let component = fields.read(key, log: &log)
    var owner = fields.read(Grammar.Events.owner, log: &log)
    if let name = owner, !check(name, isOneOf: context.vpcs.map(\.name), called: "a VPC") {
      owner = nil
    }
    guard let component else { return nil }
    let found: Scenario.Component
    let number: Int
    switch component.value {
    case .top(let top, _): (found, number) = (.top(top, of: owner?.value), top)
    case .cell(let cell, _): (found, number) = (.cell(cell, of: owner?.value), cell)
    case .flowMaster(let pair, let isPrimary, _):
      found = .flowMaster(pair: pair, isPrimary: isPrimary, of: owner?.value)
      number = pair
    case .ec2API:
      if let owner {
        log.report(
          at: owner.node.location, found: "`of` beside `ec2-api`",
          expected: "`ec2-api` alone: it fails for every VPC of the Region")
      }
      return component.value
    case .zone(let name):
      if let owner {
        log.report(
          at: owner.node.location, found: "`of` beside a zone",
          expected: "a zone alone: everything in it fails")
      }
      guard let layout = context.layout else { return nil }
      let zone = Located(value: name, node: component.node)
      return checkZone(zone, layout.zones) ? component.value : nil
    }
    guard let layout = context.layout else { return nil }
    let count = layout.count(of: found)
    guard (1...max(count, 1)).contains(number), count > 0 else {
      let scope = owner.map { " that `\($0.value)` was dealt" } ?? ""
      log.report(
        at: component.node.location, found: "`\(found)`",
        expected: count > 0
          ? "a number from 1 to \(count)" + (scope.isEmpty ? "" : ", counting those\(scope)")
          : "one that exists, and there is none\(scope)")
      return nil
    }
    return found
  }

  private mutating func checkZone(_ zone: Located<String>, _ known: [String]) -> Bool {
    if known.contains(zone.value) { return true }
    log.report(
      at: zone.node.location, found: "`zone/\(zone.value)`",
      expected: "one of " + known.map { "`zone/\($0)`" }.joined(separator: ", "),
      suggestion: Suggestion.nearest(to: zone.value, among: known).map { "zone/\($0)" })
    return false
  }
}

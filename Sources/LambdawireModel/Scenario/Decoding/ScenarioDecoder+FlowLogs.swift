import VirtualNetwork

extension ScenarioDecoder {
  /// Decodes the flow logs of a VPC.
  ///
  /// - Parameters:
  ///   - entries: Their entries.
  ///   - outline: The VPC, with the names of its subnets and hosts.
  /// - Returns: Those that are sound.
  mutating func decodeFlowLogs(
    _ entries: [SourceEntry], in outline: VPCOutline
  ) -> [Scenario.FlowLog] {
    entries.compactMap { decodeFlowLog($0, in: outline) }
  }

  private mutating func decodeFlowLog(
    _ entry: SourceEntry, in outline: VPCOutline
  ) -> Scenario.FlowLog? {
    guard let fields = Fields(entry.value, as: Grammar.FlowLog.section, log: &log) else {
      return nil
    }
    let traffic = fields.read(Grammar.FlowLog.traffic, log: &log)
    let interval = fields.read(Grammar.FlowLog.interval, log: &log)
    let format = fields.read(Grammar.FlowLog.format, log: &log)
    let fileFormat = fields.read(Grammar.FlowLog.fileFormat, log: &log)
    let hivePrefixes = fields.read(Grammar.FlowLog.hivePrefixes, log: &log)
    let hourly = fields.read(Grammar.FlowLog.hourly, log: &log)
    let subnet = fields.read(Grammar.FlowLog.subnet, log: &log)
    let host = fields.read(Grammar.FlowLog.host, log: &log)
    var resource = Scenario.FlowLog.Resource.vpc
    if let subnet {
      _ = check(subnet, isOneOf: outline.subnets, called: "a subnet of this VPC")
      resource = .subnet(subnet.value)
    }
    if let host {
      _ = check(host, isOneOf: outline.hosts, called: "a host of this VPC")
      resource = .host(host.value)
      if subnet != nil {
        log.report(
          at: host.node.reportLocation, found: "`host` beside `subnet`",
          expected: "one of the two; a flow log belongs to one resource")
      }
    }
    guard let traffic, let interval, let fileFormat, let hivePrefixes, let hourly else {
      return nil
    }
    return Scenario.FlowLog(
      name: entry.key, resource: resource, traffic: traffic.value, interval: interval.value,
      format: format?.value ?? .default,
      destination: Scenario.FlowLog.Destination(
        fileFormat: fileFormat.value, hasHivePrefixes: hivePrefixes.value == .yes,
        isHourly: hourly.value == .yes))
  }
}

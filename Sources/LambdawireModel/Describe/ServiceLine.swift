import LambdaService
import PacketFormats
import SimulatedTime

/// One line of a run's record, as far as it is about what the control planes have.
struct ServiceLine: Sendable {
  enum Kind: Sendable {
    case interface(DescribedInterface)
    case function(DescribedFunction)
    case functionDeleted(arn: String)
    /// A record of CloudTrail, as JSON.
    case call(String)
    case epoch(CalendarTime)
    case other
  }

  let time: Instant
  let kind: Kind

  /// Reads a line; one with nothing on it says nothing.
  init(_ line: RawSpan) throws(JSONLine.Problem) {
    guard line.byteCount > 0 else {
      time = .start
      kind = .other
      return
    }
    var members = Members()
    try JSONLine.read(line) { key, value in members.values[key] = value }
    // Other lines may be anybody's.
    switch members.values["event"] {
    case .text("network-interface"): kind = .interface(try members.interface())
    case .text("function"): kind = .function(try members.function())
    case .text("function-deleted"): kind = .functionDeleted(arn: try members.text("arn"))
    case .text("cloudtrail"): kind = .call(try members.record())
    case .text("capture-begins"):
      let epoch = try members.number("epoch_ns")
      guard epoch >= 0 else {
        throw JSONLine.Problem(found: "`epoch_ns` \(epoch)", expected: "a time after 1970")
      }
      kind = .epoch(CalendarTime(nanosecondsSince1970: epoch))
    default:
      time = .start
      kind = .other
      return
    }
    time = Instant(nanoseconds: try members.number("time_ns"))
  }

  /// The members of a line's object.
  private struct Members {
    /// Only ever asked for one key, never walked.
    var values: [String: JSONLine.Value] = [:]

    func text(_ key: String) throws(JSONLine.Problem) -> String {
      guard case .text(let text) = values[key] else {
        throw JSONLine.Problem(
          found: values[key] == nil ? "no `\(key)`" : "a `\(key)` that is no text",
          expected: "a text for `\(key)`")
      }
      return text
    }

    func number(_ key: String) throws(JSONLine.Problem) -> Int64 {
      guard case .number(let number) = values[key] else {
        throw JSONLine.Problem(
          found: values[key] == nil ? "no `\(key)`" : "a `\(key)` that is no whole number",
          expected: "a whole number for `\(key)`")
      }
      return number
    }

    func words(_ key: String) throws(JSONLine.Problem) -> [String] {
      try text(key).split(separator: " ").map(String.init)
    }

    func interface() throws(JSONLine.Problem) -> DescribedInterface {
      let word = try text("status")
      guard let status = InterfaceRecord.Status(rawValue: word) else {
        throw JSONLine.Problem(
          found: "the status `\(word)`",
          expected: "one of "
            + InterfaceRecord.Status.allCases.map(\.rawValue).joined(separator: ", "))
      }
      var groups: [(identifier: String, name: String)] = []
      for word in try words("groups") {
        guard let sign = word.firstIndex(of: "=") else {
          throw JSONLine.Problem(
            found: "the group `\(word)`", expected: "an identifier and a name, sg-…=name")
        }
        groups.append((String(word[..<sign]), String(word[word.index(after: sign)...])))
      }
      var attachment: DescribedInterface.Attachment?
      if values["attachment"] != nil {
        attachment = DescribedInterface.Attachment(
          identifier: try text("attachment"),
          time: Instant(nanoseconds: try number("attached_ns")),
          deviceIndex: try number("device_index"), instanceOwner: try text("instance_owner"))
      }
      return DescribedInterface(
        identifier: try text("id"), status: status, vpc: try text("vpc_id"),
        subnet: try text("subnet_id"), zone: try text("zone"), zoneName: try text("zone_name"),
        address: try text("address"), linkLayerAddress: try text("mac"), groups: groups,
        type: try text("type"), description: try text("description"),
        requester: try text("requester"), owner: try text("owner"), attachment: attachment)
    }

    func function() throws(JSONLine.Problem) -> DescribedFunction {
      var vpc: DescribedFunction.VPC?
      if values["vpc_id"] != nil {
        vpc = DescribedFunction.VPC(
          identifier: try text("vpc_id"), subnets: try words("subnets"),
          groups: try words("groups"), ipv6AllowedForDualStack: try number("ipv6") != 0)
      }
      return DescribedFunction(
        name: try text("name"), arn: try text("arn"), version: try text("version"),
        role: try text("role"), runtime: try text("runtime"), memory: try number("memory_mib"),
        timeout: try number("timeout_s"),
        lastModified: Instant(nanoseconds: try number("modified_ns")),
        revision: try text("revision"), state: try text("state"),
        stateReason: try reason("state_reason"), lastUpdate: try text("last_update"),
        lastUpdateReason: try reason("last_update_reason"), vpc: vpc)
    }

    private func reason(_ key: String) throws(JSONLine.Problem) -> DescribedFunction.Reason? {
      guard values["\(key)_code"] != nil else { return nil }
      return DescribedFunction.Reason(code: try text("\(key)_code"), sentence: try text(key))
    }

    /// The record of a call, which must be an object, for it is passed on as it is.
    func record() throws(JSONLine.Problem) -> String {
      let record = try text("record")
      do throws(JSONLine.Problem) {
        try JSONLine.check(record)
      } catch {
        throw JSONLine.Problem(
          found: "a `record` with \(error.found)", expected: "\(error.expected) in `record`")
      }
      return record
    }
  }
}

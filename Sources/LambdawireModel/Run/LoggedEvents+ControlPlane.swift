import LambdaService
import PacketFormats
import SimulatedTime
import VirtualNetwork

/// What the control planes decide, with all that `describe` needs to show it again.
extension LoggedEvents {
  /// Adds a network interface as it is now.
  mutating func add(_ interface: InterfaceRecord, at time: Instant) {
    add("network-interface", at: time, .control) { line in
      line.add("id", interface.identifier.rawValue)
      line.add("status", interface.status.rawValue)
      line.add("name", interface.name)
      line.add("vpc", interface.vpc)
      line.add("vpc_id", interface.vpcIdentifier.rawValue)
      line.add("subnet", interface.subnet)
      line.add("subnet_id", interface.subnetIdentifier.rawValue)
      line.add("zone", interface.zone)
      line.add("zone_name", interface.zoneName)
      line.add("address", interface.address.description)
      line.add("mac", interface.linkLayerAddress.description)
      line.add(
        "groups",
        interface.groups.map { "\($0.identifier.rawValue)=\($0.name)" }.joined(separator: " "))
      line.add("type", interface.type.rawValue)
      line.add("description", interface.description)
      line.add("requester", interface.requester)
      line.add("owner", interface.owner.rawValue)
      if let attachment = interface.attachment {
        line.add("attachment", attachment.identifier)
        line.add("attached_ns", Int(attachment.time.nanoseconds))
        line.add("device_index", attachment.deviceIndex)
        line.add("instance_owner", attachment.instanceOwner)
      }
    }
  }

  /// Adds a function, or a version of one, as it is now.
  mutating func add(_ function: FunctionRecord, at time: Instant) {
    add("function", at: time, .control) { line in
      line.add("name", function.name)
      line.add("version", function.version)
      line.add("state", function.state.rawValue)
      line.add("state_reason", unlessEmpty: function.stateReason?.sentence ?? "")
      line.add("state_reason_code", unlessEmpty: function.stateReason?.code.rawValue ?? "")
      line.add("last_update", function.lastUpdate.rawValue)
      line.add("last_update_reason", unlessEmpty: function.lastUpdateReason?.sentence ?? "")
      line.add(
        "last_update_reason_code", unlessEmpty: function.lastUpdateReason?.code.rawValue ?? "")
      line.add("arn", function.arn)
      line.add("role", function.roleARN)
      line.add("runtime", function.runtime)
      line.add("memory_mib", function.memory)
      line.add("timeout_s", function.timeout)
      line.add("modified_ns", Int(function.lastModified.nanoseconds))
      line.add("revision", function.revision)
      if let reserved = function.reservedConcurrency { line.add("reserved_concurrency", reserved) }
      if let vpc = function.vpc {
        line.add("vpc_id", function.vpcIdentifier?.rawValue ?? "")
        line.add("subnets", vpc.subnets.map(\.rawValue).joined(separator: " "))
        line.add("groups", vpc.securityGroups.map(\.rawValue).joined(separator: " "))
        line.add("ipv6", vpc.ipv6AllowedForDualStack ? 1 : 0)
      }
    }
  }

  /// Adds that a function, or a version of one, exists no more.
  mutating func addDeletion(of function: FunctionRecord, at time: Instant) {
    add("function-deleted", at: time, .control) { line in
      line.add("name", function.name)
      line.add("version", function.version)
      line.add("arn", function.arn)
    }
  }

  /// Adds a call of an API; as in the answers of CloudTrail's `LookupEvents`, the record is a text.
  mutating func add(_ call: TrailRecord) {
    let epoch = epoch
    add("cloudtrail", at: call.time, .control) { line in
      line.add("name", call.name)
      line.add("source", call.source)
      line.add("error", unlessEmpty: call.errorCode ?? "")
      line.add("id", call.eventID)
      line.add("record", JSONValue(call, epoch: epoch).compactText)
    }
  }
}

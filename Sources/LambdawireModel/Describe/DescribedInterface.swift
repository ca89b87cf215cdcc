import LambdaService
import SimulatedTime

/// A network interface as a line of a record has it.
struct DescribedInterface: Sendable {
  struct Attachment: Sendable {
    var identifier: String
    var time: Instant
    var deviceIndex: Int64
    var instanceOwner: String
  }

  var identifier: String
  var status: InterfaceRecord.Status
  var vpc: String
  var subnet: String
  var zone: String
  var zoneName: String
  var address: String
  var linkLayerAddress: String
  /// Identifiers and names.
  var groups: [(identifier: String, name: String)]
  var type: String
  var description: String
  var requester: String
  var owner: String
  var attachment: Attachment?
}

extension JSONValue {
  /// An interface as `DescribeNetworkInterfaces` shows it, members in the order of the API model.
  ///
  /// There is no private DNS name: a VPC that is not the default one begins without DNS host names
  /// (AWS, "DNS attributes for your VPC").
  init(_ interface: DescribedInterface, epoch: CalendarTime) {
    var members: [(String, JSONValue)] = []
    if let attachment = interface.attachment {
      members.append(
        (
          "Attachment",
          [
            "AttachTime": .string(epoch.inAnswers(after: attachment.time)),
            "AttachmentId": .string(attachment.identifier), "DeleteOnTermination": .bool(false),
            "DeviceIndex": .integer(Int(attachment.deviceIndex)), "NetworkCardIndex": .integer(0),
            "InstanceOwnerId": .string(attachment.instanceOwner),
            "Status": .string(interface.attachmentStatus),
          ]
        ))
    }
    members += [
      ("AvailabilityZone", .string(interface.zoneName)),
      ("Description", .string(interface.description)),
      (
        "Groups",
        .array(
          interface.groups.map {
            ["GroupId": .string($0.identifier), "GroupName": .string($0.name)]
          })
      ),
      ("InterfaceType", .string(interface.type)), ("Ipv6Addresses", []),
      ("MacAddress", .string(interface.linkLayerAddress)),
      ("NetworkInterfaceId", .string(interface.identifier)),
      ("OwnerId", .string(interface.owner)), ("PrivateIpAddress", .string(interface.address)),
      (
        "PrivateIpAddresses",
        [["Primary": .bool(true), "PrivateIpAddress": .string(interface.address)]]
      ),
      ("RequesterId", .string(interface.requester)),
      ("RequesterManaged", .bool(InterfaceRecord.isRequesterManaged)),
      ("SourceDestCheck", .bool(InterfaceRecord.checksSourceAndDestination)),
      ("Status", .string(interface.status.rawValue)), ("SubnetId", .string(interface.subnet)),
      // Observed: none (lambda-vpc §3.3).
      ("TagSet", []), ("VpcId", .string(interface.vpc)),
      ("AvailabilityZoneId", .string(interface.zone)),
    ]
    self = .object(members)
  }
}

extension DescribedInterface {
  /// The status of the attachment, spelled as EC2's `AttachmentStatus`.
  fileprivate var attachmentStatus: String {
    switch status {
    case .attaching: "attaching"
    case .detaching: "detaching"
    case .pending, .available, .inUse, .gone: "attached"
    }
  }
}

extension CalendarTime {
  /// The date of `instant` as the AWS command line shows it, `2019-09-03T00:00:01+00:00`.
  func inAnswers(after instant: Instant) -> String {
    wholeSeconds(after: instant).dropLast() + "+00:00"
  }
}

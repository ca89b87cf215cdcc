/// A field of a flow log record, spelled as in a flow log's format (VPC guide, "Flow log records":
/// documented; observability-formats §1.2).
///
/// Version 6 belongs to the flow logs of transit gateways and has no field here.
public enum FlowLogField: String, Hashable, Sendable, CaseIterable {
  // Version 2: the default format, in its order.
  case version
  case accountID = "account-id"
  case interfaceID = "interface-id"
  case sourceAddress = "srcaddr"
  case destinationAddress = "dstaddr"
  case sourcePort = "srcport"
  case destinationPort = "dstport"
  case `protocol`
  case packets
  case bytes
  case start
  case end
  case action
  case logStatus = "log-status"
  // Version 3.
  case vpcID = "vpc-id"
  case subnetID = "subnet-id"
  case instanceID = "instance-id"
  case tcpFlags = "tcp-flags"
  case type
  case packetSourceAddress = "pkt-srcaddr"
  case packetDestinationAddress = "pkt-dstaddr"
  // Version 4.
  case region
  case zoneID = "az-id"
  case sublocationType = "sublocation-type"
  case sublocationID = "sublocation-id"
  // Version 5.
  case packetSourceService = "pkt-src-aws-service"
  case packetDestinationService = "pkt-dst-aws-service"
  case flowDirection = "flow-direction"
  case trafficPath = "traffic-path"
  // Version 7.
  case ecsClusterARN = "ecs-cluster-arn"
  case ecsClusterName = "ecs-cluster-name"
  case ecsContainerInstanceARN = "ecs-container-instance-arn"
  case ecsContainerInstanceID = "ecs-container-instance-id"
  case ecsContainerID = "ecs-container-id"
  case ecsSecondContainerID = "ecs-second-container-id"
  case ecsServiceName = "ecs-service-name"
  case ecsTaskDefinitionARN = "ecs-task-definition-arn"
  case ecsTaskARN = "ecs-task-arn"
  case ecsTaskID = "ecs-task-id"
  // Versions 8 to 10.
  case rejectReason = "reject-reason"
  case resourceID = "resource-id"
  case encryptionStatus = "encryption-status"
  // Version 11.
  case instanceTag = "instance-tag"
  case instanceTag2 = "instance-tag-2"
  case interfaceTag = "interface-tag"
  case interfaceTag2 = "interface-tag-2"
  case scalingGroupTag = "asg-tag"
  case scalingGroupTag2 = "asg-tag-2"
  case interfaceType = "interface-type"
  case nextHopInterfaceID = "next-hop-interface-id"
  case nextHopSubnetID = "next-hop-subnet-id"
  case nextHopZoneID = "next-hop-az-id"
  case nextHopVPCID = "next-hop-vpc-id"
  case nextHopInterfaceType = "next-hop-interface-type"
}

extension FlowLogField {
  /// The version of flow logs that brought the field.
  public var introducedIn: Int {
    switch self {
    case .version, .accountID, .interfaceID, .sourceAddress, .destinationAddress, .sourcePort,
      .destinationPort, .protocol, .packets, .bytes, .start, .end, .action, .logStatus:
      2
    case .vpcID, .subnetID, .instanceID, .tcpFlags, .type, .packetSourceAddress,
      .packetDestinationAddress:
      3
    case .region, .zoneID, .sublocationType, .sublocationID: 4
    case .packetSourceService, .packetDestinationService, .flowDirection, .trafficPath: 5
    case .ecsClusterARN, .ecsClusterName, .ecsContainerInstanceARN, .ecsContainerInstanceID,
      .ecsContainerID, .ecsSecondContainerID, .ecsServiceName, .ecsTaskDefinitionARN, .ecsTaskARN,
      .ecsTaskID:
      7
    case .rejectReason: 8
    case .resourceID: 9
    case .encryptionStatus: 10
    case .instanceTag, .instanceTag2, .interfaceTag, .interfaceTag2, .scalingGroupTag,
      .scalingGroupTag2, .interfaceType, .nextHopInterfaceID, .nextHopSubnetID, .nextHopZoneID,
      .nextHopVPCID, .nextHopInterfaceType:
      11
    }
  }

  /// What the column is called where columns are named for queries: with underscores (VPC guide,
  /// "Query flow logs using Amazon Athena": documented).
  public var columnName: String {
    String(rawValue.map { $0 == "-" ? "_" : $0 })
  }
}

/// What gateways say; AWS, "Reachability Analyzer explanation codes".
extension ExplanationCode {
  /// The sender has no public address.
  public static let internetGatewayNeedsPublicAddress = Self(
    rawValue: "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS")
  /// The destination is no public address of the VPC.
  public static let internetGatewayUnknownDestination = Self(
    rawValue: "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS")
  /// The destination is private.
  public static let internetGatewayPrivateDestination = Self(
    rawValue: "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS")
  /// The destination is shared.
  public static let internetGatewaySharedDestination = Self(
    rawValue: "IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS")
  /// The source is private.
  public static let internetGatewayPrivateSource = Self(
    rawValue: "IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS")
  /// The source is shared.
  public static let internetGatewaySharedSource = Self(
    rawValue: "IGW_SOURCE_ADDRESS_NOT_IN_RFC6598_INGRESS")
  /// The component takes other protocols only.
  public static let protocolRestriction = Self(rawValue: "PROTOCOL_RESTRICTION")
  /// A peering connection joins two VPCs and nothing beyond them.
  public static let peeringRequiresAddressInVPC = Self(
    rawValue: "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR")
  /// The attachment has no route table.
  public static let transitGatewayMissingTable = Self(
    rawValue: "TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION")
  /// The attachment has no subnet in the zone.
  public static let transitGatewayZoneRestriction = Self(rawValue: "TGW_ROUTE_AZ_RESTRICTION")
  /// The transit gateway's route table has no route.
  public static let transitGatewayNoRoute = Self(
    rawValue: "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT")
  /// The transit gateway's route leads nowhere.
  public static let transitGatewayBadRoute = Self(rawValue: "TGW_RTB_BAD_STATE_ROUTE")
  /// The regional NAT gateway is not in the zone.
  public static let regionalNATGatewayZoneRestriction = Self(
    rawValue: "REGIONAL_NGW_ROUTE_AZ_RESTRICTION")
  /// The source is no address of the VPC.
  public static let virtualPrivateGatewaySource = Self(
    rawValue: "VGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS")
  /// The destination is no address of the VPC.
  public static let virtualPrivateGatewayDestination = Self(
    rawValue: "VGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS")
  /// A gateway endpoint takes TCP and ICMP echo only.
  public static let gatewayEndpointProtocol = Self(rawValue: "VPCE_GATEWAY_PROTOCOL_RESTRICTION")
  /// A gateway endpoint lets in only what comes from its service.
  public static let gatewayEndpointSource = Self(
    rawValue: "VPCE_GATEWAY_EGRESS_SOURCE_ADDRESS_RESTRICTION")

  /// The sender claims an address of the VPC, but is not in it.
  public static let spoofedSource = Self(rawValue: "GATEWAY_REJECTS_SPOOFED_TRAFFIC")

  /// The interface or the flow sends more than it may.
  ///
  /// No code of the analyzer's, which sees no rates: the name of the counter that EC2's network driver
  /// has for it (`bw_out_allowance_exceeded`).
  public static let bandwidthAllowanceExceeded = Self(rawValue: "BW_OUT_ALLOWANCE_EXCEEDED")
  /// Only answers are let in.
  ///
  /// No code of the analyzer's, which has none for state.
  public static let unsolicited = Self(rawValue: "UNSOLICITED")
  /// The packet is longer than the next link takes.
  ///
  /// No code of the analyzer's, which sees no lengths; the same as that of the translators.
  public static let packetTooBig = Self(rawValue: "PACKET_TOO_BIG")
  /// The packet has no hops left.
  ///
  /// No code of the analyzer's, which counts no hops.
  public static let timeToLiveExceeded = Self(rawValue: "TIME_TO_LIVE_EXCEEDED")

  /// A gateway lets the packet through.
  public static let gateway = Self(rawValue: "ACCEPT_GATEWAY")
}

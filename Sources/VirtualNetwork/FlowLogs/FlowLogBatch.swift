import PacketFormats
import SimulatedTime

/// Records of a VPC's flow logs, and all that it takes to write them down.
public struct FlowLogBatch: Sendable {
  /// In order of the windows; in each one the flows by their first packets, then the interfaces
  /// without traffic.
  public let records: [FlowLogRecord]
  /// What the records count their interfaces by.
  public let subjects: [FlowLogSubject]
  /// The flow logs.
  public let logs: [FlowLog]
  /// When traffic of each log's interfaces was first seen, in nanoseconds since the run began.
  let firstTraffic: [Int64]
  public let scope: FlowLogScope
  let vpc: ResourceIdentifier
  /// The Region's name, such as `us-east-1`.
  public let region: String
  /// When the windows began that are still open, in seconds since 1970: no record that is yet to
  /// come ends earlier.
  public let openSince: Int64

  /// The records of one of the flow logs.
  ///
  /// - Parameter log: Its place among ``FlowLogRecorder/logs``.
  /// - Returns: Those of its interfaces and of its kind of traffic.
  public func records(of log: Int) -> [FlowLogRecord] {
    records.filter { record in
      let subject = subjects[record.subject]
      guard logs[log].covers(subject), logs[log].interval(of: subject) == record.interval else {
        return false
      }
      switch (record.traffic?.verdict, logs[log].traffic) {
      // "After you create a flow log, you won't see flow log data until there is active traffic"
      // (VPC guide, "Flow log limitations": documented).
      case (nil, _): return firstTraffic[log] <= record.last.nanoseconds
      case (.accept, .reject), (.reject, .accept): return false
      default: return true
      }
    }
  }

  /// When a record begins and ends, in seconds since 1970.
  public func seconds(of record: FlowLogRecord) -> ClosedRange<Int64> {
    seconds(record.first)...seconds(record.last)
  }

  private func seconds(_ time: Instant) -> Int64 {
    (scope.epoch.nanosecondsSince1970 + time.nanoseconds) / 1_000_000_000
  }
}

// MARK: - Text

extension FlowLogBatch {
  /// Adds a record as one line of text, without a line end.
  ///
  /// - Parameters:
  ///   - record: The record.
  ///   - format: Which fields it has.
  ///   - separator: What stands between two fields.
  ///   - absence: What stands for a field without a value.
  ///   - text: What the line is added to, in UTF-8.
  public func append(
    _ record: FlowLogRecord, as format: FlowLogFormat, separator: Character = " ",
    absence: String = "-", to text: inout [UInt8]
  ) {
    let version = format.version
    for (position, field) in format.fields.enumerated() {
      if position > 0 { text.append(contentsOf: separator.utf8) }
      let value = value(of: field, in: record, version: version)
      text.append(contentsOf: (value ?? absence).utf8)
    }
  }

  /// What stands in a field, or `nil` if it does not apply or nobody knows.
  ///
  /// Of an interface without traffic, the fields are known that AWS's example has; that the others
  /// are `-` is assumed.
  private func value(of field: FlowLogField, in record: FlowLogRecord, version: Int) -> String? {
    let subject = subjects[record.subject]
    switch field {
    case .version: return "\(version)"
    case .accountID: return scope.account
    case .interfaceID: return subject.identifier.rawValue
    case .start: return "\(seconds(record.first))"
    case .end: return "\(seconds(record.last))"
    case .logStatus: return record.traffic == nil ? "NODATA" : "OK"
    default:
      guard let traffic = record.traffic else { return nil }
      return value(of: field, in: traffic, at: subject)
    }
  }

  private func value(
    of field: FlowLogField, in traffic: FlowLogRecord.Traffic, at subject: FlowLogSubject
  ) -> String? {
    let isOut = traffic.direction == .egress
    switch field {
    case .version, .accountID, .interfaceID, .start, .end, .logStatus: return nil
    // The interface's own side always shows its primary address (VPC guide, "Flow log
    // limitations": documented).
    case .sourceAddress: return "\(isOut ? subject.own(traffic.source) : traffic.source)"
    case .destinationAddress:
      return "\(isOut ? traffic.destination : subject.own(traffic.destination))"
    case .packetSourceAddress: return "\(traffic.source)"
    case .packetDestinationAddress: return "\(traffic.destination)"
    case .sourcePort: return "\(traffic.sourcePort)"
    case .destinationPort: return "\(traffic.destinationPort)"
    case .protocol: return "\(traffic.protocol.rawValue)"
    case .packets: return "\(traffic.packetCount)"
    case .bytes: return "\(traffic.byteCount)"
    case .action: return traffic.verdict == .accept ? "ACCEPT" : "REJECT"
    case .tcpFlags: return "\(traffic.flags.rawValue)"
    case .type: return "\(traffic.source.family)"
    case .packetSourceService: return scope.service(at: traffic.source)
    case .packetDestinationService: return scope.service(at: traffic.destination)
    case .flowDirection: return traffic.direction.description
    case .trafficPath: return traffic.path.map { "\($0.rawValue)" }
    case .rejectReason: return traffic.rejectReason?.rawValue
    case .vpcID: return vpc.rawValue
    case .region: return region
    case .subnetID, .zoneID, .instanceID, .interfaceType: return value(of: field, of: subject)
    case .nextHopVPCID: return traffic.nextHop.map { _ in vpc.rawValue }
    case .nextHopInterfaceID: return value(of: .interfaceID, of: traffic.nextHop)
    case .nextHopSubnetID: return value(of: .subnetID, of: traffic.nextHop)
    case .nextHopZoneID: return value(of: .zoneID, of: traffic.nextHop)
    case .nextHopInterfaceType: return value(of: .interfaceType, of: traffic.nextHop)
    // Nothing in the model is in a Wavelength Zone, a Local Zone or on an Outpost, is a task of
    // ECS, or has tags; regional gateways have no interface, and who encrypts is not known.
    case .sublocationType, .sublocationID, .ecsClusterARN, .ecsClusterName,
      .ecsContainerInstanceARN, .ecsContainerInstanceID, .ecsContainerID, .ecsSecondContainerID,
      .ecsServiceName, .ecsTaskDefinitionARN, .ecsTaskARN, .ecsTaskID, .resourceID,
      .encryptionStatus, .instanceTag, .instanceTag2, .interfaceTag, .interfaceTag2,
      .scalingGroupTag, .scalingGroupTag2:
      return nil
    }
  }

  private func value(of field: FlowLogField, of place: Int?) -> String? {
    place.flatMap { value(of: field, of: subjects[$0]) }
  }

  private func value(of field: FlowLogField, of subject: FlowLogSubject) -> String? {
    switch field {
    case .interfaceID: subject.identifier.rawValue
    case .subnetID: subject.subnetIdentifier.rawValue
    case .zoneID: subject.zone
    case .instanceID: subject.instance?.rawValue
    case .interfaceType: subject.typeName
    default: nil
    }
  }
}

extension FlowLogSubject {
  /// How records name its side of a packet that has `address` there.
  fileprivate func own(_ address: IPAddress) -> IPAddress {
    switch address {
    case .v4: .v4(self.address)
    case .v6(let own) where !ipv6Addresses.contains(own):
      ipv6Addresses.first.map(IPAddress.v6) ?? address
    case .v6: address
    }
  }
}

extension FlowLogScope {
  /// The name of the service that has an address, if one has.
  fileprivate func service(at address: IPAddress) -> String? {
    services.first { $0.prefix.contains(address) }?.name
  }
}

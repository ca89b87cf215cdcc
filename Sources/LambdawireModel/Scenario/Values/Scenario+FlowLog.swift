public import VirtualNetwork

extension Scenario {
  /// A flow log of a VPC, or of a subnet or a host in it.
  public struct FlowLog: Hashable, Sendable {
    public package(set) var name: String
    /// Whose traffic is written down.
    public package(set) var resource: Resource
    /// Which traffic is.
    public package(set) var traffic: VirtualNetwork.FlowLog.Traffic
    /// The maximum aggregation interval.
    public package(set) var interval: VirtualNetwork.FlowLog.Interval
    public package(set) var format: FlowLogFormat
    public package(set) var destination: Destination

    package init(
      name: String, resource: Resource, traffic: VirtualNetwork.FlowLog.Traffic,
      interval: VirtualNetwork.FlowLog.Interval, format: FlowLogFormat, destination: Destination
    ) {
      self.name = name
      self.resource = resource
      self.traffic = traffic
      self.interval = interval
      self.format = format
      self.destination = destination
    }

    /// Whose traffic a flow log is about; names are those of the same VPC.
    public enum Resource: Hashable, Sendable {
      case vpc
      case subnet(String)
      /// A host's network interface.
      case host(String)
    }

    /// How records lie in files (EC2 API, `DestinationOptions`).
    public struct Destination: Hashable, Sendable {
      public package(set) var fileFormat: FileFormat
      /// Whether folders are named as Hive's tools want them.
      public package(set) var hasHivePrefixes: Bool
      /// Whether there is a folder for each hour instead of each day.
      public package(set) var isHourly: Bool

      package init(fileFormat: FileFormat, hasHivePrefixes: Bool, isHourly: Bool) {
        self.fileFormat = fileFormat
        self.hasHivePrefixes = hasHivePrefixes
        self.isHourly = isHourly
      }
    }

    /// What a file of records is.
    public enum FileFormat: String, Hashable, Sendable, CaseIterable {
      /// Lines of fields with spaces between them, compressed with gzip.
      case plainText = "plain-text"
      /// In place of AWS's `parquet`, for which there is no library to be had: the same columns
      /// under the same names.
      case csv
    }
  }
}

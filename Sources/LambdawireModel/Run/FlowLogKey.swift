import SimulatedTime
package import VirtualNetwork

/// Where an object of a flow log lies in its bucket (VPC guide, "Flow log files": documented).
package struct FlowLogKey {
  private let account: String
  private let region: String
  private let identifier: ResourceIdentifier
  private let destination: Scenario.FlowLog.Destination
  private let seed: UInt64

  /// - Parameters:
  ///   - account: The account: 12 digits.
  ///   - region: The Region's name.
  ///   - identifier: The flow log's.
  ///   - destination: What the scenario says of its files.
  ///   - seed: The seed of the run.
  package init(
    account: String, region: String, identifier: ResourceIdentifier,
    destination: Scenario.FlowLog.Destination, seed: UInt64
  ) {
    self.account = account
    self.region = region
    self.identifier = identifier
    self.destination = destination
    self.seed = seed
  }

  /// How long records end that go into one object, in seconds.
  package static let period: Int64 = 300
  /// The size at which an object is complete, however early, in bytes (documented: 75 MB; as it lies
  /// in the bucket, assumed).
  static let sizeLimit = 75_000_000

  /// The folder of records that end from `start` on, in seconds since 1970.
  package func folder(_ start: Int64) -> String {
    let (date, hour, _) = Self.stamp(start)
    let parts = date.split(separator: "-")
    let (year, month, day) = (parts[0], parts[1], parts[2])
    var path: String
    if destination.hasHivePrefixes {
      path =
        "AWSLogs/aws-account-id=\(account)/aws-service=vpcflowlogs/aws-region=\(region)/"
        + "year=\(year)/month=\(month)/day=\(day)"
      if destination.isHourly { path += "/hour=\(hour)" }
    } else {
      path = "AWSLogs/\(account)/vpcflowlogs/\(region)/\(year)/\(month)/\(day)"
      if destination.isHourly { path += "/\(hour)" }
    }
    return path
  }

  /// The name of the object in it.
  ///
  /// - Parameters:
  ///   - start: From when on its records end, in seconds since 1970.
  ///   - part: How many objects of that time there are before it.
  /// - Returns: `ACCOUNT_vpcflowlogs_REGION_fl-ID_TIME_HASH.log.gz`, the hash made up (assumed).
  package func name(_ start: Int64, part: Int) -> String {
    let (date, hour, minute) = Self.stamp(start)
    let day = date.filter { $0 != "-" }
    var hash = SeededHash(seed: seed)
    hash.add("\(identifier)/\(start)/\(part)")
    let digits = String(hash.value >> 32, radix: 16)
    let padded = String(repeating: "0", count: 8 - digits.count) + digits
    return "\(account)_vpcflowlogs_\(region)_\(identifier)_\(day)T\(hour)\(minute)Z_\(padded)"
      + destination.fileFormat.suffix
  }

  /// The date, the hour and the minute of a time, in UTC.
  private static func stamp(_ seconds: Int64) -> (date: String, hour: String, minute: String) {
    let text = CalendarTime(nanosecondsSince1970: seconds * 1_000_000_000).description
    let halves = text.split(separator: "T")
    let clock = halves[1].split(separator: ":")
    return (String(halves[0]), String(clock[0]), String(clock[1]))
  }
}

extension Scenario.FlowLog.FileFormat {
  /// How names of such objects end; there is no CSV at AWS.
  var suffix: String { self == .plainText ? ".log.gz" : ".log.csv" }
}

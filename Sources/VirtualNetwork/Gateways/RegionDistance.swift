/// How far apart Regions are.
public enum RegionDistance {
  /// The time that a packet takes from one Region to another, one way.
  ///
  /// Observed: about half of the round trips that public latency tables show, to the millisecond
  /// . Pairs that are not listed have ``unknown``; the same Region has none.
  public static func latency(from a: String, to b: String) -> Duration {
    guard a != b else { return .zero }
    for (first, second, milliseconds) in pairs
    where first == a && second == b || first == b && second == a {
      return .milliseconds(milliseconds)
    }
    return unknown
  }

  /// Assumed for Regions that are not in the table: half way around the world and back in 150 ms.
  public static let unknown = Duration.milliseconds(75)

  private static let pairs: [(String, String, Int)] = [
    ("us-east-1", "us-east-2", 6), ("us-east-1", "us-west-1", 31),
    ("us-east-1", "us-west-2", 32), ("us-east-2", "us-west-2", 25),
    ("us-west-1", "us-west-2", 11), ("us-east-1", "ca-central-1", 8),
    ("us-east-1", "eu-west-1", 34), ("us-east-1", "eu-west-2", 38),
    ("us-east-1", "eu-central-1", 46), ("us-east-1", "sa-east-1", 57),
    ("us-east-1", "ap-northeast-1", 75), ("us-east-1", "ap-southeast-1", 108),
    ("us-east-1", "ap-southeast-2", 99), ("us-east-1", "ap-south-1", 95),
    ("us-west-2", "eu-west-1", 62), ("us-west-2", "ap-northeast-1", 49),
    ("us-west-2", "ap-southeast-2", 70), ("eu-west-1", "eu-west-2", 6),
    ("eu-west-1", "eu-central-1", 13), ("eu-west-1", "eu-north-1", 20),
    ("eu-central-1", "eu-north-1", 12), ("eu-central-1", "ap-south-1", 60),
    ("ap-northeast-1", "ap-southeast-1", 35), ("ap-northeast-1", "ap-southeast-2", 52),
    ("ap-southeast-1", "ap-southeast-2", 46), ("ap-southeast-1", "ap-south-1", 31),
  ]
}

extension ModelSettings {
  /// What Lambda's and EC2's control planes go by.
  static let controlPlanes = SettingGroup(
    "Control planes",
    [
      Setting(
        "eni-quota", \.eniQuota, .integer(1...5000),
        "Most Hyperplane ENIs of a VPC.",
        source: "lambda-vpc §3.1, documented; 250 until about 2024."),
      Setting(
        "region-eni-quota", \.regionENIQuota, .integer(1...100_000),
        "Most ENIs of an account in a Region, whoever made them.",
        source: "lambda-vpc §3.1, documented."),
      Setting(
        "ec2-create-burst", \.ec2CreateBurst, .integer(1...100_000),
        "`CreateNetworkInterface` requests that EC2 takes at once from an account.",
        source: throttling),
      Setting(
        "ec2-create-rate", \.ec2CreateRate, .integer(1...100_000),
        "Such requests that it takes in a second after that.", source: throttling),
      Setting(
        "ec2-delete-burst", \.ec2DeleteBurst, .integer(1...100_000),
        "`DeleteNetworkInterface` requests that EC2 takes at once from an account.",
        source: throttling),
      Setting(
        "ec2-delete-rate", \.ec2DeleteRate, .integer(1...100_000),
        "Such requests that it takes in a second after that.", source: throttling),
      Setting(
        "ec2-backoff", \.ec2BackOff, .duration(.milliseconds(1), .seconds(600)),
        "What Lambda waits at most after its first throttled request to EC2; it doubles with each.",
        source: "A-30, assumed."),
      Setting(
        "ec2-longest-backoff", \.ec2LongestBackOff, .duration(.milliseconds(1), .seconds(3600)),
        "The longest such wait.", source: "A-30, assumed."),
      Setting(
        "ec2-attempts", \.ec2Attempts, .integer(1...1000),
        "Requests to EC2 for one ENI until Lambda gives up.", source: "A-30, assumed."),
      Setting(
        "inactive-after", \.inactiveAfter, .duration(.seconds(1), .seconds(31_536_000)),
        "How long a function may go without an invocation until it is Inactive.",
        source: "lambda-vpc §3.1, documented."),
      Setting(
        "eni-deletion-delay", \.eniDeletionDelay, .duration(.zero, .seconds(86_400)),
        "From the last use of a Hyperplane ENI to its deletion.",
        source: "A-31, assumed; documented as up to 20 minutes."),
      Setting(
        "own-eni-idle", \.ownENIIdle, .duration(.zero, .seconds(86_400)),
        "How long the ENI of an environment that has ended waits for the next one.",
        source: "A-33, assumed."),
      Setting(
        "eni-detachment", \.eniDetachment, .duration(.zero, .seconds(600)),
        "Time to detach an ENI.", source: "A-34, assumed."),
    ])

  private static let throttling =
    "documented as of 2026 (EC2 guide, \"Request throttling\"); unknown for 2019."
}

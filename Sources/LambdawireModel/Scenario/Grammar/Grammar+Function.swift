extension Grammar {
  enum Function {
    /// What AWS answers if only one of subnets and groups is given.
    static let coexist =
      "InvalidParameterValueException: SubnetIds and SecurityIds must coexist or be both empty list."

    static let memory = Key<Int>(
      "memory", .quantity(.byteCount(128_000_000...10_240_000_000)), .defaulted("128 MB"),
      "Memory of each execution environment, and with it its share of a vCPU.")
    static let vpc = Key<String>(
      "vpc", .reference(to: "a VPC"), .required, "The VPC it is connected to.")
    static let subnets = Key<[Located<String>]>(
      "subnets", .oneOrMore(.reference(to: "a subnet of that VPC"), whyNotEmpty: coexist),
      .required,
      "Subnets that it gets network interfaces in, up to sixteen.")
    static let securityGroups = Key<[Located<String>]>(
      "security-groups",
      .oneOrMore(.reference(to: "a security group of that VPC"), whyNotEmpty: coexist), .required,
      "Security groups of those interfaces, up to five.")
    static let networking = Key<Scenario.Networking>(
      "networking", .choice, .defaulted("hyperplane"), "Mechanism, that is, era.")
    static let environments = Key<Int>(
      "environments", .quantity(.integer(1...100_000)), .defaulted("1000"),
      "Most execution environments at one time, for each copy.")
    static let copies = Key<Int>(
      "copies", .quantity(.integer(1...10_000)), .defaulted("1"),
      "How many functions the entry stands for; with more than one, `NAME-1`, `NAME-2` and so on.")
    static let sourcePort = Key<UInt16>(
      "source-port", .quantity(.port(1024...65535)), .optional("the guest chooses"),
      "Port that each environment's first connection comes from; name look-ups use others.")
    static let created = Key<Duration>(
      "created", .quantity(.duration(.zero, .seconds(31_536_000))),
      .optional("long before the run, so that it is Active"),
      "When it is created; it is Pending until its network interface exists.")

    static let idle = Key<Scenario.Function.Idling>(
      "idle", .choice, .defaulted("awake"),
      "What its environments do between invocations; a frozen one sends nothing at all (A-23).")

    static let initialization = Key<Scenario.Timing>(
      "init", .timing(to: .seconds(900)), .defaulted("0 s"),
      "What its own code takes to initialise in each new environment.")
    static let initializationCPU = Key<Scenario.Function.InitializationCPU>(
      "init-cpu", .choice, .defaulted("whole"),
      "What `init` is for: `whole` takes it as it is, since environments have a whole vCPU while they "
        + "initialise (A-45); `share` stretches it where memory buys less than one vCPU.")
    static let timeout = Key<Duration>(
      "timeout", .quantity(.duration(.seconds(1), .seconds(900))),
      .optional("invocations take as long as they take"),
      "After how long an invocation is given up, and its environment with it; Lambda's own default is "
        + "3 s.")
    static let reservedConcurrency = Key<Int>(
      "reserved-concurrency", .quantity(.integer(0...1_000_000)),
      .optional("it shares its account's concurrency"),
      "Invocations that may be under way at one time, which are also kept for it alone; with copies, "
        + "for each of them.")

    static let permissions = Key<[Located<String>]>(
      "permissions", .oneOrMore(.action),
      .optional("what `AWSLambdaVPCAccessExecutionRole` allows"),
      "IAM actions that its execution role allows, such as `ec2:CreateNetworkInterface`.")
    static let callerPermissions = Key<[Located<String>]>(
      "caller-permissions", .oneOrMore(.action), .optional("everything"),
      "IAM actions that whoever creates, changes and deletes it is allowed.")
    static let dualStack = Key<YesOrNo>(
      "dual-stack", .choice, .defaulted("no"),
      "`Ipv6AllowedForDualStack`: whether it may use IPv6; all its subnets must be dual-stack.")
    static let versions = Key<Int>(
      "versions", .quantity(.integer(0...100)), .defaulted("0"),
      "Versions that are published when it is Active; their interfaces stay when it is updated.")

    static let section = Section(
      name: "function", documentation: "A Lambda function, or several alike, named by its key.",
      keys: [
        memory.declaration, vpc.declaration, subnets.declaration, securityGroups.declaration,
        networking.declaration, environments.declaration, copies.declaration,
        sourcePort.declaration, created.declaration, idle.declaration, initialization.declaration,
        initializationCPU.declaration, timeout.declaration, reservedConcurrency.declaration,
        permissions.declaration, callerPermissions.declaration, dualStack.declaration,
        versions.declaration,
      ])
  }
}

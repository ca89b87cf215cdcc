extension Grammar {
  enum Function {
    static let memory = Key<Int>(
      "memory", .quantity(.byteCount(128_000_000...10_240_000_000)), .defaulted("128 MB"),
      "Memory of each execution environment; recorded, but nothing depends on it yet.")
    static let vpc = Key<String>(
      "vpc", .reference(to: "a VPC"), .required, "The VPC it is connected to.")
    static let subnets = Key<[Located<String>]>(
      "subnets", .oneOrMore(.reference(to: "a subnet of that VPC")), .required,
      "Subnets that it gets network interfaces in, up to sixteen.")
    static let securityGroups = Key<[Located<String>]>(
      "security-groups", .oneOrMore(.reference(to: "a security group of that VPC")), .required,
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

    static let section = Section(
      name: "function", documentation: "A Lambda function, or several alike, named by its key.",
      keys: [
        memory.declaration, vpc.declaration, subnets.declaration, securityGroups.declaration,
        networking.declaration, environments.declaration, copies.declaration,
        sourcePort.declaration, created.declaration, idle.declaration,
      ])
  }
}

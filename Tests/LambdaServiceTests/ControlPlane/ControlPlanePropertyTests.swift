import LambdaService
import PacketFormats
import SimulatedTime
import TestSupport
import Testing
import VirtualNetwork

/// Random calls at random times, and what must hold whatever they are.
struct ControlPlanePropertyTests {
  /// What the occurrences alone say there is, kept by rules as simple as they are slow.
  private struct Books {
    var interfaces: [ResourceIdentifier: InterfaceRecord] = [:]
    var states: [String: FunctionState] = [:]
    var time = Instant.start
    var settings: ControlPlaneSettings

    mutating func take(_ occurrences: [Occurrence]) {
      for occurrence in occurrences {
        #expect(occurrence.time >= time, "time runs backwards")
        time = occurrence.time
        switch occurrence.kind {
        case .networkInterface(let record): take(record)
        case .function(_, let record) where record.version == "$LATEST":
          if let former = states[record.name], former != record.state {
            #expect(former.successors.contains(record.state), "\(former) to \(record.state)")
          } else if states[record.name] == nil {
            #expect([.pending, .active].contains(record.state))
          }
          #expect((record.state == .active) == (record.stateReason == nil))
          states[record.name] = record.state
        case .functionDeleted(_, let record) where record.version == "$LATEST":
          states[record.name] = nil
        default: break
        }
      }
    }

    private mutating func take(_ record: InterfaceRecord) {
      if let former = interfaces[record.identifier] {
        #expect(former.status.successors.contains(record.status))
        #expect(former.address == record.address)
        #expect(former.linkLayerAddress == record.linkLayerAddress)
      } else {
        #expect(record.status == .pending)
        // Nobody else has its address.
        #expect(
          !interfaces.values.contains {
            $0.status != .gone && $0.subnetIdentifier == record.subnetIdentifier
              && $0.address == record.address
          })
      }
      #expect(
        (record.attachment != nil)
          == [.attaching, .inUse, .detaching].contains(record.status))
      interfaces[record.identifier] = record
      let living = interfaces.values.filter { $0.status != .gone }
      #expect(living.count <= settings.interfacesPerRegion)
      #expect(
        living.count { $0.type == .lambda && $0.vpc == "shop" } <= settings.sharedInterfacesPerVPC)
    }
  }

  @Test(arguments: 0..<40 as Range<UInt64>)
  func
    `No address is lost or given out twice, no quota exceeded, no state reached but by its edges`(
      _ seed: UInt64
    ) throws
  {
    var random = SplitMix64(seed: seed)
    var settings = ControlPlaneSettings()
    settings.sharedInterfacesPerVPC = Int.random(in: 1...8, using: &random)
    settings.interfacesPerRegion = Int.random(in: 5...40, using: &random)
    settings.createRequests = Int.random(in: 1...20, using: &random)
    settings.deleteRequests = Int.random(in: 1...5, using: &random)
    settings.accountConcurrency = 120
    settings.ownIdleLifetime = .seconds(Int.random(in: 0...1200, using: &random))
    settings.sharedDeletionDelay = .seconds(Int.random(in: 0...1200, using: &random))
    settings.detachment = .seconds(Int.random(in: 0...10, using: &random))
    var shop = try Shop(settings)
    var books = Books(settings: settings)
    let free = ["a", "b", "tiny"].map { shop.plane.freeAddressCount(in: shop.subnet($0)) ?? 0 }
    var functions: [Int] = []
    var inFlight: [Int] = []
    var now = Instant.start

    for step in 0..<400 {
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<6: now = now.advanced(by: .milliseconds(Int.random(in: 0...20_000, using: &random)))
      case 6..<9: now = now.advanced(by: .seconds(Int.random(in: 0...2000, using: &random)))
      default: now = now.advanced(by: .seconds(Int.random(in: 0...20 * 86_400, using: &random)))
      }
      let vpc = shop.vpc(
        [["a"], ["b"], ["tiny"], ["a", "b"], ["b", "tiny", "a"]].randomElement(using: &random)
          ?? ["a"],
        [["orders"], ["billing"], ["orders", "billing"], ["billing", "orders"]].randomElement(
          using: &random) ?? ["orders"])
      let function = functions.randomElement(using: &random)
      switch (Int.random(in: 0..<14, using: &random), function) {
      case (0...2, _):
        let era: NetworkingEra = Bool.random(using: &random) ? .hyperplane : .perEnvironment
        let reserved = Int.random(in: 0..<5, using: &random) == 0 ? 3 : nil
        if let number = try? shop.plane.createFunction(
          shop.function(
            "f\(step)", vpc, era: era,
            role: .executionRole("role\(Int.random(in: 0..<2, using: &random))"),
            reserved: reserved),
          at: now)
        {
          functions.append(number)
        }
      case (3, let number?):
        try? shop.plane.updateFunctionConfiguration(
          number,
          FunctionUpdate(vpc: Bool.random(using: &random) ? .disconnect : .connect(vpc)), at: now)
      case (4, let number?): _ = try? shop.plane.publishVersion(of: number, at: now)
      case (5, let number?):
        try? shop.plane.deleteFunction(
          number, version: Bool.random(using: &random) ? 1 : nil, at: now)
      case (6...7, let number?):
        if shop.plane.admit(invokeOf: number, at: now) == .admitted { inFlight.append(number) }
      case (8...9, let number?):
        shop.plane.requestInterface(
          forEnvironment: number * 10 + Int.random(in: 0..<10, using: &random),
          named: "own-\(number)-\(Int.random(in: 0..<10, using: &random))-\(step)", of: number,
          at: now)
      case (10, let number?):
        shop.plane.releaseInterface(
          ofEnvironment: number * 10 + Int.random(in: 0..<10, using: &random), at: now)
      case (11, _):
        let rights = Permissions.lambdaVPCAccessExecutionRole
        shop.plane.setPermissions(
          [rights, rights.denying("ec2:DeleteNetworkInterface"), Permissions(allowing: [])]
            .randomElement(using: &random) ?? rights,
          ofRole: "role\(Int.random(in: 0..<2, using: &random))", at: now)
      case (12, _):
        shop.plane.loseInterfaces(
          subnet: vpc.subnets[0], securityGroups: vpc.securityGroups, at: now)
      default: shop.run(to: now)
      }
      if let done = inFlight.popLast(), Bool.random(using: &random) {
        shop.plane.finishInvoke(of: done)
      }
      books.take(shop.plane.takeOccurrences())
      // Every address is either free or some living interface's.
      for (number, name) in ["a", "b", "tiny"].enumerated() {
        let living = shop.living.count { $0.subnet == name && $0.vpc == "shop" }
        #expect(shop.plane.freeAddressCount(in: shop.subnet(name)) == free[number] - living)
      }
      #expect(shop.plane.interfaceCount == shop.living.count)
      #expect(
        shop.living
          == shop.plane.networkInterfaces.filter {
            books.interfaces[$0.identifier] == $0 && $0.status != .gone
          })
      if let due = shop.plane.nextDue { #expect(due >= now) }
    }

    // When everything is deleted and every role may delete, nothing stays.
    for role in ["role0", "role1"] {
      shop.plane.setPermissions(.lambdaVPCAccessExecutionRole, ofRole: role, at: now)
    }
    for number in functions {
      for version in 1...20 { try? shop.plane.deleteFunction(number, version: version, at: now) }
      try? shop.plane.deleteFunction(number, at: now)
      for place in 0..<10 {
        shop.plane.releaseInterface(ofEnvironment: number * 10 + place, at: now)
      }
    }
    shop.run(to: now.advanced(by: .seconds(40 * 86_400)))
    books.take(shop.plane.takeOccurrences())
    #expect(shop.living.isEmpty)
    #expect(books.states.isEmpty)
    #expect(shop.plane.nextDue == nil)
  }

  @Test func `The same calls have the same effects`() throws {
    func run() throws -> [Occurrence] {
      var shop = try Shop()
      let orders = try shop.plane.createFunction(
        shop.function("orders", shop.vpc(["a", "b"])), at: .start)
      let old = try shop.plane.createFunction(
        shop.function("old", era: .perEnvironment), at: .start)
      for environment in 0..<150 {
        shop.plane.requestInterface(
          forEnvironment: environment, named: "old-\(environment)", of: old, at: seconds(1))
      }
      shop.run(to: seconds(700))
      try shop.plane.deleteFunction(orders, at: seconds(700))
      shop.run(to: days(15))
      return shop.plane.takeOccurrences()
    }
    let first = try run()
    #expect(first.count > 500)
    #expect(try run() == first)
  }

  @Test func `Stopping at every due time and going there in one step come to the same`() throws {
    var fine = try Shop()
    var coarse = fine
    let configuration = fine.function("orders", fine.vpc(["a", "b", "tiny"]))
    _ = try fine.plane.createFunction(configuration, at: .start)
    _ = try coarse.plane.createFunction(configuration, at: .start)
    fine.run(to: days(20))
    coarse.plane.advance(to: days(20))
    #expect(fine.plane.takeOccurrences() == coarse.plane.takeOccurrences())
  }
}

import EventSimulation
import LambdaService
import Testing

@Suite struct TopFleetTests {
  private static let hand = [3, 17, 40, 77, 91]
  private static let fingerprints: [UInt64] = {
    var random = RandomStream(seed: 7, name: "fingerprints")
    return (0..<10_000).map { _ in random.next() }
  }()

  // MARK: Rings

  @Test func `Every Top of a hand takes about its share of the flows`() {
    let ring = TopRing(hand: Self.hand)
    let tops = Self.fingerprints.map { ring.top(for: $0) }
    for top in Self.hand {
      #expect((1_000...3_200).contains(tops.count { $0 == top }), "Top \(top)")
    }
    #expect(tops.allSatisfy { $0.map(Self.hand.contains) == true })
  }

  @Test func `When a Top goes only its flows move, and they come back with it`() {
    var ring = TopRing(hand: Self.hand)
    let before = Self.fingerprints.map { ring.top(for: $0) }
    ring.set(40, inService: false)
    let without = Self.fingerprints.map { ring.top(for: $0) }
    for (old, new) in zip(before, without) {
      #expect(old == 40 ? new != 40 : new == old)
    }
    #expect(Set(zip(before, without).filter { $0.0 == 40 }.map { $0.1 }).count == 4)
    ring.set(40, inService: true)
    #expect(Self.fingerprints.map { ring.top(for: $0) } == before)
  }

  @Test func `With no Top left nobody takes a packet, and other hands' Tops are nothing to it`() {
    var ring = TopRing(hand: [3])
    ring.set(4, inService: false)
    #expect(ring.top(for: 1) == 3)
    ring.set(3, inService: false)
    #expect(ring.top(for: 1) == nil)
  }

  // MARK: Caches

  @Test(arguments: [1, 2, 3])
  func `A cache holds what a set would`(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "cache")
    var cache = FlowCache()
    var set: Set<UInt64> = []
    for _ in 0..<20_000 {
      // Few different ones, zero among them, so that they are met again.
      let fingerprint = random.next(below: 600) &* 0x10001
      if random.next(below: 2) == 0 {
        #expect(cache.insert(fingerprint) == set.insert(fingerprint).inserted)
      } else {
        cache.remove(fingerprint)
        set.remove(fingerprint)
      }
      #expect(cache.count == set.count)
    }
    for candidate in 0..<600 as Range<UInt64> {
      #expect(cache.contains(candidate &* 0x10001) == set.contains(candidate &* 0x10001))
    }
    cache.removeAll()
    #expect(cache.count == 0 && !cache.contains(0x10001))
  }

  // MARK: The fleet

  @Test func `A fleet that was never disturbed knows every flow`() {
    var fleet = TopFleet(topCount: 100)
    let ring = fleet.add(TopRing(hand: Self.hand))
    for fingerprint in Self.fingerprints.prefix(100) {
      guard case .known(let top) = fleet.passage(for: fingerprint, ring: ring) else {
        Issue.record("a flow that the fleet does not know")
        continue
      }
      #expect(Self.hand.contains(top))
    }
  }

  @Test func `A Top that dies loses packets until that is noticed, then its flows ask once`() throws
  {
    var fleet = TopFleet(topCount: 100)
    let ring = fleet.add(TopRing(hand: Self.hand))
    let flows = Self.fingerprints.prefix(1_000)
    fleet.beginRemembering(flows.map { (ring, $0) })
    let victims = flows.filter { fleet.passage(for: $0, ring: ring) == .known(top: 17) }
    #expect(victims.count > 50)
    #expect(fleet.flowCount(of: 17) == victims.count)

    fleet.fail(17)
    #expect(victims.allSatisfy { fleet.passage(for: $0, ring: ring) == .lost(top: 17) })
    #expect(fleet.notice(17) == true)
    #expect(fleet.notice(17) == false, "only once")
    for flow in flows {
      guard case .unknown(let top) = fleet.passage(for: flow, ring: ring) else {
        #expect(!victims.contains(flow))
        continue
      }
      #expect(victims.contains(flow) && top != 17)
      fleet.learn(flow, ring: ring)
      #expect(fleet.passage(for: flow, ring: ring) == .known(top: top))
    }

    // The new node knows nothing; the others have forgotten nothing.
    fleet.repair(17)
    #expect(victims.allSatisfy { fleet.passage(for: $0, ring: ring) == .unknown(top: 17) })
    let first = try #require(victims.first)
    fleet.learn(first, ring: ring)
    fleet.forget(first, ring: ring)
    #expect(fleet.passage(for: first, ring: ring) == .unknown(top: 17))
  }

  @Test func `Customers with other hands do not notice`() {
    var fleet = TopFleet(topCount: 100)
    let one = fleet.add(TopRing(hand: [1, 2, 3]))
    let other = fleet.add(TopRing(hand: [4, 5, 6]))
    let flows = Self.fingerprints.prefix(100)
    fleet.beginRemembering(flows.flatMap { [(one, $0), (other, $0)] })
    for top in [1, 2, 3] {
      fleet.fail(top)
      _ = fleet.notice(top)
    }
    #expect(flows.allSatisfy { fleet.passage(for: $0, ring: one) == .noTop })
    for flow in flows {
      guard case .known = fleet.passage(for: flow, ring: other) else {
        Issue.record("a flow of the other customer is gone")
        continue
      }
    }
  }
}

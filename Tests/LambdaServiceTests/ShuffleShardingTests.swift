import EventSimulation
import LambdaService
import Testing

@Suite struct ShuffleShardingTests {
  private let sharding = ShuffleSharding(fleetSize: 100, handSize: 5)

  /// lambda-vpc §6.1: 77.0 % share no node, 21.1 % exactly one, 1.90 % two or more.
  @Test func `The talk's example shares as little as it says, by the exact numbers`() {
    let none = sharding.probability(ofSharing: 0)
    let one = sharding.probability(ofSharing: 1)
    let two = sharding.probability(ofSharing: 2)
    // C(95, 5) / C(100, 5) and so on, worked out as fractions of 75,287,520 hands.
    #expect(abs(none - 57_940_519 / 75_287_520) < 1e-12)
    #expect(abs(one - 15_917_725 / 75_287_520) < 1e-12)
    #expect(abs(two - 1_384_150 / 75_287_520) < 1e-12)
    #expect(Self.permille(none) == 770)
    #expect(Self.permille(one) == 211)
    #expect(Self.permille(two) == 18)
    #expect(((1 - none - one) * 10_000).rounded() == 190)
    #expect(abs((0...5).reduce(0) { $0 + sharding.probability(ofSharing: $1) } - 1) < 1e-12)
    #expect(sharding.probability(ofSharing: 6) == 0)
    #expect(sharding.probability(ofSharing: -1) == 0)
  }

  @Test func `Hands that are dealt share as little`() {
    var random = RandomStream(seed: 7, name: "hands")
    let rounds = 200_000
    var shared = [Int](repeating: 0, count: 6)
    for _ in 0..<rounds {
      let one = Set(sharding.deal(from: &random))
      shared[one.intersection(sharding.deal(from: &random)).count] += 1
    }
    // Four standard deviations of the commonest case are 0.4 %.
    #expect(abs(Double(shared[0]) / Double(rounds) - 0.7696) < 0.004)
    #expect(abs(Double(shared[1]) / Double(rounds) - 0.2114) < 0.004)
    #expect(abs(Double(shared[2...].reduce(0, +)) / Double(rounds) - 0.0190) < 0.0013)
  }

  @Test func `A hand has as many different nodes as it should, and every node its turn`() {
    var random = RandomStream(seed: 7, name: "hands")
    var turns = [Int](repeating: 0, count: 100)
    for _ in 0..<20_000 {
      let hand = sharding.deal(from: &random)
      #expect(Set(hand).count == 5 && hand == hand.sorted())
      for node in hand { turns[node] += 1 }
    }
    // A thousand each on average, with a standard deviation of 31.
    #expect(turns.allSatisfy { (850...1150).contains($0) })
  }

  @Test func `A hand as large as the fleet is the fleet`() {
    var random = RandomStream(seed: 7, name: "hands")
    let everything = ShuffleSharding(fleetSize: 4, handSize: 9)
    #expect(everything.handSize == 4)
    #expect(everything.deal(from: &random) == [0, 1, 2, 3])
    #expect(everything.probability(ofSharing: 4) == 1)
    #expect(everything.probability(ofSharing: 3) == 0)
  }

  private static func permille(_ share: Double) -> Int { Int((share * 1000).rounded()) }
}

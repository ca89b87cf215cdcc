import EventSimulation
import LambdaService
import Testing

@Suite struct InterfaceGroupTests {
  @Test func `Environments are spread evenly, and one that stays keeps its interface`() {
    var group = InterfaceGroup(member: 0, spares: [5, 6])
    var random = RandomStream(seed: 7, name: "environments")
    let identities = (0..<3_000).map { _ in random.next() }
    #expect(identities.allSatisfy { group.member(for: $0) == 0 })
    #expect(group.beginGrowing() == 5)
    #expect(group.isGrowing && group.beginGrowing() == nil, "one at a time")
    #expect(group.grow() == 5)
    #expect(group.members == [0, 5] && !group.isGrowing)
    let share = identities.count { group.member(for: $0) == 5 }
    #expect((1_350...1_650).contains(share))
    #expect(group.beginGrowing() == 6 && group.grow() == 6)
    #expect(group.beginGrowing() == nil, "there are no more")
    for member in [0, 5, 6] {
      #expect((850...1_150).contains(identities.count { group.member(for: $0) == member }))
    }
  }

  @Test func `A replaced interface gives its place to the new one`() {
    var group = InterfaceGroup(member: 0, spares: [5, 6])
    #expect(group.beginGrowing() == 5)
    #expect(group.replace(0) == 6, "not the one that is being made")
    #expect(group.members == [6])
    #expect(group.replace(6) == nil, "only that one is left")
    #expect(group.grow() == 5)
    #expect(group.members == [6, 5])
    #expect(group.replace(0) == nil, "it is gone")
  }

  @Test func `The threshold is passed once on the way up`() {
    // 80 % of 64,512 is 51,609.6: the first whole number that is not below.
    #expect(PortUse(capacity: 64_512, thresholdPerMillion: 800_000).threshold == 51_610)
    var use = PortUse(capacity: 10, thresholdPerMillion: 800_000)
    for _ in 0..<7 { #expect(use.take(isTCP: true) == false) }
    // The other protocol has a range of its own.
    for _ in 0..<7 { #expect(use.take(isTCP: false) == false) }
    #expect(use.take(isTCP: true) == true)
    #expect(use.take(isTCP: true) == false)
    #expect(use.taken == 9 && use.most == 9 && use.isAboveThreshold)
    use.release(isTCP: true)
    #expect(use.isAboveThreshold)
    use.release(isTCP: true)
    #expect(!use.isAboveThreshold)
    #expect(use.take(isTCP: true) == true, "and again")
    use.releaseAll()
    #expect(use.taken == 0 && use.most == 9 && !use.isAboveThreshold)
  }
}

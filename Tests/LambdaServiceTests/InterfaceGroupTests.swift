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
    #expect(group.growing == 5 && group.beginGrowing() == nil, "one at a time")
    #expect(group.open(5) == .grown)
    #expect(group.members == [0, 5] && group.growing == nil)
    let share = identities.count { group.member(for: $0) == 5 }
    #expect((1_350...1_650).contains(share))
    #expect(group.beginGrowing() == 6)
    #expect(group.open(6) == .grown)
    #expect(group.beginGrowing() == nil, "there are no more")
    for member in [0, 5, 6] {
      #expect((850...1_150).contains(identities.count { group.member(for: $0) == member }))
    }
  }

  @Test func `A replaced interface gives its place to the new one`() {
    var group = InterfaceGroup(member: 0, spares: [5, 6])
    #expect(group.beginGrowing() == 5)
    let replacement = group.beginReplacing()
    #expect(replacement?.former == 0)
    #expect(replacement?.successor == 6, "not the one that is being made")
    #expect(group.members == [0], "until the other is there")
    #expect(group.beginReplacing() == nil, "there are no more")
    #expect(group.open(6) == .replaced(former: 0))
    #expect(group.members == [6])
    #expect(group.open(5) == .grown)
    #expect(group.members == [6, 5])
  }

  @Test func `Two replacements at once follow each other`() {
    var group = InterfaceGroup(member: 0, spares: [5, 6])
    #expect(group.beginReplacing()?.former == 0)
    let second = group.beginReplacing()
    #expect(second?.former == 6)
    #expect(second?.successor == 5)
    #expect(group.open(6) == .replaced(former: 0))
    #expect(group.open(5) == .replaced(former: 6))
    #expect(group.members == [5])
  }

  @Test func `What is refused may be asked for again`() {
    var group = InterfaceGroup(member: 0, spares: [5, 6])
    #expect(group.beginGrowing() == 5)
    group.refuse(5)
    #expect(group.members == [0] && group.growing == nil)
    #expect(group.beginGrowing() == 5)
    #expect(group.beginReplacing()?.successor == 6)
    group.refuse(6)
    #expect(group.beginReplacing()?.successor == 6)
    group.refuse(0)
    #expect(group.members == [0], "nobody had asked for that one")
  }

  @Test func `A group whose interfaces are all gone begins anew with one`() {
    var group = InterfaceGroup(member: 0, spares: [5, 6])
    #expect(group.beginGrowing() == 5)
    #expect(group.open(5) == .grown)
    #expect(group.beginGrowing() == 6)
    #expect(group.open(0) == .begun)
    #expect(group.members == [0] && group.spares == [5, 6] && group.growing == nil)
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

import AddressTranslation
import PacketFormats
import SimulatedTime
import Testing

/// Random traffic through the fast translator and through ``SpecifiedTranslator``, packet by packet:
/// the same verdict, the same bytes, the same events, translations, counts and decisions.
@Suite struct TranslatorOracleTests {
  #if DEBUG
    static let inputsOfProfile = 2_000
    static let inputsOfBehavior = 300
    static let behaviorsOfGroup = 10
  #else
    static let inputsOfProfile = 100_000
    static let inputsOfBehavior = 10_000
    static let behaviorsOfGroup = 80
  #endif

  /// Sends random traffic through one case, and adds what was met to `coverage`.
  private func run(
    _ oracleCase: OracleCase, inputs count: Int, _ coverage: inout OracleCoverage
  ) throws {
    var run = try OracleRun(oracleCase)
    var traffic = OracleTraffic(seed: oracleCase.seed)
    var inputs: [OracleRun.Input] = []
    inputs.reserveCapacity(count)
    for _ in 0..<count {
      inputs.append(traffic.next(for: &run))
      if let difference = run.step(inputs[inputs.count - 1]) {
        Issue.record("\(OracleFailure(oracleCase, inputs, difference))")
        break
      }
    }
    coverage.merge(run.coverage)
  }

  @Test(arguments: Behavior.profiles.map(\.key), 1...3 as ClosedRange<UInt64>)
  func `Random traffic never tells a profile from its specification`(
    profile: String, seed: UInt64
  ) throws {
    let behavior = try #require(Behavior.profiles.first { $0.key == profile }?.value)
    var coverage = OracleCoverage()
    try run(
      OracleCase.profile(profile, behavior, seed: seed), inputs: Self.inputsOfProfile, &coverage)
    #if !DEBUG
      #expect(coverage.states == states(of: behavior))
      #expect(coverage.reasons == reasons(of: behavior))
    #endif
  }

  /// The states that translations of a profile come into.
  private func states(of behavior: Behavior) -> Set<Translation.State> {
    guard behavior.method == .stateful else { return [] }
    let all = Set(Translation.State.allCases)
    return behavior.protocols.contains(.icmpQueries) ? all : all.subtracting([.icmpQuery])
  }

  /// The reasons for which a profile drops packets.
  private func reasons(of behavior: Behavior) -> Set<DropReason> {
    guard behavior.method == .stateful else { return [.malformed] }
    var reasons = Set(DropReason.allCases).subtracting([.quotaExhausted])
    if behavior.mtu == nil { reasons.remove(.packetTooBig) }
    if behavior.filtering == .endpointIndependent { reasons.remove(.filtered) }
    let treatments = [behavior.fragments.tcp, behavior.fragments.udp, behavior.fragments.icmp]
    if !treatments.contains(.drop) { reasons.remove(.fragment) }
    return reasons
  }

  @Test(arguments: 0..<4 as Range<UInt64>)
  func `Random traffic never tells any behaviour from its specification`(group: UInt64) throws {
    var coverage = OracleCoverage()
    for number in 0..<UInt64(Self.behaviorsOfGroup) {
      try run(
        OracleCase.random(seed: group << 32 | number), inputs: Self.inputsOfBehavior, &coverage)
    }
    // A run that never gets anywhere proves nothing; a short one cannot get everywhere.
    #expect(coverage.states.count >= 6)
    #if !DEBUG
      #expect(coverage.states == Set(Translation.State.allCases))
      #expect(coverage.reasons == Set(DropReason.allCases))
      #expect(coverage.feats == Set(OracleCoverage.Feat.allCases))
      #expect(coverage.ends == Set(TranslationEvent.EndReason.allCases))
      #expect(coverage.kinds == OracleCoverage.allKinds)
    #endif
  }
}

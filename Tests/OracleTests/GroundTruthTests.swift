import CaptureFiles
import CaptureInspection
import Foundation
import LambdawireModel
import LambdawireReports
import LambdawireTesting
import PacketFormats
import Testing

/// What captures show on their own equals what the model wrote down, both ways.
@Suite struct GroundTruthTests {
  /// A line of `events.jsonl`, as far as it matters here.
  private struct Event: Decodable {
    var event: String
    var translator: String?
    var inside: String?
    var outside: String?
    var remote: String?
    var packet: UInt64?
    var place: String?

    /// The environment whose slot the translator is in.
    var slot: Substring { translator.map { $0.prefix { $0 != "/" } } ?? "" }
  }

  private func events(of run: LambdawireRun) throws -> [Event] {
    let text = try String(contentsOfFile: "\(run.folder)/events.jsonl", encoding: .utf8)
    return try text.split(separator: "\n").map {
      try JSONDecoder().decode(Event.self, from: Data($0.utf8))
    }
  }

  /// What the ground truth has.
  private struct Truth {
    /// The translations that were made, sorted.
    var translations: [String] = []
    /// Translations without memory, which hold for the whole run.
    var exchanges: [ExpectedExchange] = []
  }

  private func truth(of run: LambdawireRun) throws -> Truth {
    // A file without translations is refused, since nobody would want to expect nothing.
    let kinds = ["translation-made", "ipv6-translation-made", "static-translation"]
    guard try events(of: run).contains(where: { kinds.contains($0.event) }) else { return Truth() }
    let file = try ExpectationFile(path: "\(run.folder)/events.jsonl")
    // Who asks the program itself gets the same answer.
    let verification = Verification(
      files: [run.merged], expectations: file.translations, exchanges: file.exchanges)
    let result = verification[.expectedTranslations]
    #expect(result.violationCount == 0, "\(result.findings)")
    return Truth(
      translations: file.translations.map(\.description).sorted(), exchanges: file.exchanges)
  }

  /// The translations that captures show, sorted, as an expectation would describe them.
  private func found(_ translations: [Translation]) -> [String] {
    translations.map {
      ExpectedTranslation(
        crossing: $0.crossing, protocol: $0.protocol, inside: $0.inside, outside: $0.outside,
        remote: $0.outsideRemote
      ).description
    }.sorted()
  }

  @Test(arguments: ShippedRun.all.filter { $0.era != .hyperplaneEBPF })
  func `Captures show the translations that were made, each once, and no others`(
    shipped: ShippedRun
  ) throws {
    let run = try shipped.run()
    let truth = try truth(of: run)
    #expect(truth.translations.isEmpty == !shipped.hasTranslators)
    // The files of single points show the same as the merged one.
    for translations in [
      run.traffic.analysis.translations, CaptureAnalysis(files: run.taps).translations,
    ] {
      #expect(found(translations.filter { !$0.method.isExchange }) == truth.translations)
      for exchange in translations where exchange.method.isExchange {
        #expect(truth.exchanges.contains { $0.matches(exchange) }, "\(exchange)")
      }
    }
  }

  @Test(arguments: ShippedRun.all.filter { $0.era == .hyperplaneEBPF })
  func `A worker without state shows as one translation for each that Hyperplane made`(
    shipped: ShippedRun
  ) throws {
    let run = try shipped.run()
    let truth = try truth(of: run)
    let slots = Crossing(inner: "guest", outer: "slot")
    let translations = run.traffic.analysis.translations
    let beyond = translations.filter { $0.crossing != slots }
    #expect(found(beyond.filter { !$0.method.isExchange }) == truth.translations)
    for exchange in beyond where exchange.method.isExchange {
      #expect(truth.exchanges.contains { $0.matches(exchange) }, "\(exchange)")
    }
    // The worker's translation is a line that holds for the whole run, whatever the port.
    let rewriting = try events(of: run).filter { $0.event == "static-translation" }
    let atWorker = translations.filter { $0.crossing == slots }
    for translation in atWorker {
      #expect(translation.inside.port == translation.outside.port)
      let environment = translation.environment.map { $0.prefix { $0 != ":" } } ?? ""
      #expect(
        rewriting.contains {
          $0.translator == "\(environment)/slot" && $0.inside == "\(translation.inside.address)"
            && $0.outside == "\(translation.outside.address)"
        }, "\(translation) of \(environment)")
    }
    // What goes into Hyperplane has come out of a slot, though not all of it comes out again.
    let before = atWorker.map { "\($0.protocol) \($0.outside) \($0.remote)" }
    let behind = translations.filter { $0.crossing.inner == "hyperplane-in" }
      .map { "\($0.protocol) \($0.inside) \($0.remote)" }
    #expect(Set(before).isSuperset(of: behind))
    if !shipped.losesPackets { #expect(before.sorted() == behind.sorted()) }
  }

  @Test(arguments: ShippedRun.all.filter { $0.era == .hyperplane })
  func `Translations on the worker belong to the environment that has the slot`(
    shipped: ShippedRun
  ) throws {
    let run = try shipped.run()
    let made = try events(of: run).filter { $0.event == "translation-made" }
    let hosts = made.filter { $0.translator?.hasSuffix("/host") == true }
    // A packet whose hops end between the two translators of a slot shows what the first one made of it.
    let ended = made.filter { first in
      first.translator?.hasSuffix("/namespace") == true
        && !hosts.contains {
          $0.slot == first.slot && $0.inside == first.outside && $0.remote == first.remote
        }
    }
    #expect(ended.isEmpty || shipped.losesPackets)
    let slots = run.traffic.analysis.translations.filter {
      $0.crossing.outer == "slot" && !$0.method.isExchange
    }
    #expect(slots.count == hosts.count + ended.count)
    for translation in slots {
      let environment = translation.environment.map { $0.prefix { $0 != ":" } } ?? ""
      #expect(
        (hosts + ended).contains {
          $0.slot == environment && $0.outside == "\(translation.outside)"
            && $0.remote == "\(translation.remote)"
        }, "\(translation) of \(environment)")
    }
  }

  @Test(arguments: Scenario.Networking.allCases)
  func `The internet gateway exchanges the addresses that the scenario says`(
    era: Scenario.Networking
  ) throws {
    let run = try ShippedRun(scenario: "nat-gateway", era: era).run()
    let exchanges = run.traffic.analysis.translations.filter {
      $0.crossing.outer == "internet-gateway"
    }
    #expect(!exchanges.isEmpty)
    for exchange in exchanges {
      #expect(exchange.method == .oneToOne)
      #expect("\(exchange.inside.address) \(exchange.outside.address)" == "10.0.101.4 198.51.100.7")
      #expect(exchange.inside.port == exchange.outside.port)
    }
    let remembered = run.traffic.analysis.translations.filter {
      $0.crossing.outer == "nat-gateway-out"
    }
    #expect(remembered.map(\.outside).sorted() == exchanges.map(\.inside).sorted())
  }

  @Test(arguments: [Scenario.Networking.hyperplane, .hyperplaneEBPF])
  func `An IPv6 connection is followed through a prefix exchange and Hyperplane`(
    era: Scenario.Networking
  ) throws {
    let run = try ShippedRun(scenario: "dual-stack", era: era).run()
    let translations = run.traffic.analysis.translations.filter { $0.inside.address.ipv4 == nil }
    #expect(translations.map(\.method) == [.prefix, .addressAndPort])
    #expect(translations.map(\.crossing.outer) == ["slot", "hyperplane-out"])
    let (slot, hyperplane) = try (
      #require(translations.first), #require(translations.last)
    )
    #expect(slot.outside == hyperplane.inside)
    let flows = run.traffic.analysis.flows.filter {
      $0.protocol == .tcp && $0.responder.address.ipv4 == nil
    }
    #expect(
      flows.map(\.point) == [
        "guest", "slot", "tunnel", "hyperplane-in", "hyperplane-out", "eni",
        "egress-only-internet-gateway", "destination",
      ])
    for flow in flows {
      #expect("\(flow.responder)" == "[2001:db8:ffff::10]:80")
      #expect(flow.state == .closed)
      for translation in translations {
        #expect(flow.forward.packetCount == translation.outwardCount)
        #expect(flow.backward.packetCount == translation.inwardCount)
      }
    }
  }

  @Test(arguments: ShippedRun.all)
  func `Captures show the packets that died, and no others`(shipped: ShippedRun) throws {
    let run = try shipped.run()
    let drops = try events(of: run).filter { $0.event == "drop" }
    #expect(drops.isEmpty != shipped.losesPackets)
    // What dies within a host of a VPC, such as `shop/sink`, has been captured on its way there.
    let atPlaces = drops.filter { $0.place?.contains("/") == false }
    // A place without a point of its own, such as the internet's routers: the last point tells.
    let points = Set(run.traffic.analysis.points.map(\.point))
    let lastPoints = try LastPoints(in: run.merged)
    let truth = Dictionary(grouping: atPlaces) { drop in
      let place = drop.place ?? ""
      return points.contains(place) ? place : drop.packet.flatMap { lastPoints[$0] } ?? place
    }.mapValues { UInt64($0.count) }
    var shown: [String: UInt64] = [:]
    for drop in run.traffic.analysis.drops { shown[drop.point, default: 0] += drop.count }
    switch shipped.scenario {
    // What is found goes by flows, and later fragments belong to none that could be seen.
    case "fragments": #expect(Set(shown.keys) == Set(truth.keys))
    // What waits for a frozen guest when the run ends has not died, but no capture can tell.
    case "freeze-thaw":
      #expect(truth.isEmpty)
      #expect(Array(shown.keys) == [shipped.era == .perEnvironment ? "eni" : "slot"])
    default: #expect(shown == truth)
    }
  }

  /// Where each packet was captured last.
  private struct LastPoints {
    private var points: [UInt64: String] = [:]

    init(in path: String) throws {
      var reader = try CaptureReader(path: path)
      while let record = try reader.next() {
        guard let id = record.packetID else { continue }
        points[id] = reader.interfaces[record.interface].name
      }
    }

    subscript(packet: UInt64) -> String? { points[packet] }
  }

  @Test(arguments: ShippedRun.all)
  func `No rule is broken`(shipped: ShippedRun) throws {
    let run = try shipped.run()
    expectVerified(in: run)
    expectVerified(in: RecordedTraffic(files: run.taps))
  }

  @Test(arguments: ShippedRun.queries.filter { !$0.overrides.isEmpty })
  func `Environments that use the same port are kept apart`(shipped: ShippedRun) throws {
    let run = try shipped.run()
    let queries = run.traffic.analysis.flows.filter {
      $0.point == "guest" && $0.responder.port == 5432
    }
    #expect(queries.map(\.initiator.port) == [40_001, 40_001, 40_001])
    let questions = run.traffic.analysis.flows.filter {
      $0.point == "guest" && $0.responder.port == 53
    }
    #expect(questions.count == 3)
    #expect(questions.allSatisfy { $0.initiator.port != 40_001 })
    let atDatabase = run.traffic.analysis.flows.filter {
      $0.point == "destination" && $0.responder.port == 5432
    }
    #expect(Set(atDatabase.map(\.initiator)).count == 3)
  }
}

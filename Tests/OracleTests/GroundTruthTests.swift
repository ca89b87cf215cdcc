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
    var packet: UInt64?
    var place: String?
  }

  private func events(of run: LambdawireRun) throws -> [Event] {
    let text = try String(contentsOfFile: "\(run.folder)/events.jsonl", encoding: .utf8)
    return try text.split(separator: "\n").map {
      try JSONDecoder().decode(Event.self, from: Data($0.utf8))
    }
  }

  /// The translations that the ground truth has, sorted.
  private func recorded(in run: LambdawireRun) throws -> [String] {
    // A file without translations is refused, since nobody would want to expect nothing.
    guard try events(of: run).contains(where: { $0.event == "translation-made" }) else {
      return []
    }
    let file = try ExpectationFile(path: "\(run.folder)/events.jsonl")
    return file.translations.map(\.description).sorted()
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

  @Test(arguments: ShippedRun.inspected.filter { $0.era != .hyperplaneEBPF })
  func `Captures show the translations that were made, each once, and no others`(
    shipped: ShippedRun
  ) throws {
    let run = try shipped.run()
    let truth = try recorded(in: run)
    #expect(truth.isEmpty == (shipped.era == .perEnvironment))
    #expect(found(run.traffic.analysis.translations) == truth)
    // The files of single points show the same as the merged one.
    #expect(found(CaptureAnalysis(files: run.taps).translations) == truth)
  }

  @Test(arguments: ShippedRun.inspected.filter { $0.era == .hyperplaneEBPF })
  func `A worker without state shows as one translation for each that Hyperplane made`(
    shipped: ShippedRun
  ) throws {
    let run = try shipped.run()
    let slots = Crossing(inner: "guest", outer: "slot")
    let translations = run.traffic.analysis.translations
    #expect(
      try found(translations.filter { $0.crossing != slots }) == recorded(in: run))
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
    let afterwards = translations.filter { $0.crossing != slots }
    let before = atWorker.map { "\($0.protocol) \($0.outside) \($0.remote)" }
    let behind = afterwards.map { "\($0.protocol) \($0.inside) \($0.remote)" }
    #expect(Set(before).isSuperset(of: behind))
    if !shipped.losesPackets { #expect(before.sorted() == behind.sorted()) }
  }

  @Test(arguments: ShippedRun.inspected.filter { $0.era == .hyperplane })
  func `Translations on the worker belong to the environment that has the slot`(
    shipped: ShippedRun
  ) throws {
    let run = try shipped.run()
    let hosts = try events(of: run).filter {
      $0.event == "translation-made" && $0.translator?.hasSuffix("/host") == true
    }
    let slots = run.traffic.analysis.translations.filter { $0.crossing.outer == "slot" }
    #expect(slots.count == hosts.count)
    for translation in slots {
      let environment = translation.environment.map { $0.prefix { $0 != ":" } } ?? ""
      #expect(
        hosts.contains {
          $0.translator == "\(environment)/host" && $0.outside == "\(translation.outside)"
        }, "\(translation) of \(environment)")
    }
  }

  @Test(arguments: ShippedRun.all)
  func `Captures show the packets that died, and no others`(shipped: ShippedRun) throws {
    let run = try shipped.run()
    let drops = try events(of: run).filter { $0.event == "drop" }
    #expect(drops.isEmpty != shipped.losesPackets)
    // What dies within a host of a VPC, such as `shop/sink`, has been captured on its way there.
    let atPoints = drops.filter { $0.place?.contains("/") == false }
    let truth = Dictionary(grouping: atPoints) { $0.place ?? "" }.mapValues { UInt64($0.count) }
    var shown: [String: UInt64] = [:]
    for drop in run.traffic.analysis.drops { shown[drop.point, default: 0] += drop.count }
    switch shipped.scenario {
    // What is found goes by flows, and later fragments belong to none that could be seen.
    case "fragments": #expect(Set(shown.keys) == Set(truth.keys))
    // What waits for a frozen guest when the run ends has not died, but no capture can tell.
    case "freeze-thaw":
      #expect(truth.isEmpty)
      #expect(Array(shown.keys) == [shipped.era == .perEnvironment ? "eni" : "slot"])
    // The internet's routers have no point of their own: the last that saw the packet is the gateway.
    case "nat-gateway":
      shown["internet"] = shown.removeValue(forKey: "internet-gateway")
      #expect(shown == truth)
    default: #expect(shown == truth)
    }
  }

  @Test(arguments: ShippedRun.inspected)
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

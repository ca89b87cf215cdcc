import LambdawireModel
import LambdawireReports
import TestSupport
import Testing

@Suite struct PathTraceTests {
  private func trace(
    _ scenario: String, from caller: String = "orders", to target: String = "postgres:5432",
    transport: Scenario.Transport = .tcp, networking: Scenario.Networking? = nil,
    overrides: [String] = []
  ) throws -> PathTrace {
    let loaded = try Scenario(
      contentsOf: SourceTree.scenario(scenario), overrides: overrides.map(ScenarioOverride.init))
    return try PathTrace(
      of: loaded, named: scenario, from: caller, to: target, transport: transport,
      networking: networking)
  }

  private static let wholePath = [
    "guest", "slot", "tunnel", "hyperplane-in", "hyperplane-out", "eni", "destination",
  ]

  @Test(arguments: [
    (Scenario.Networking.perEnvironment, ["guest", "eni", "destination"]),
    (.hyperplane, wholePath), (.hyperplaneEBPF, wholePath),
  ])
  func `A connection passes every point of its era, there and back`(
    networking: Scenario.Networking, points: [String]
  ) throws {
    let trace = try trace("first-query", networking: networking)
    let request = try #require(trace.request)
    let answer = try #require(trace.answer)
    #expect(request.hops.map(\.point) == points)
    #expect(answer.hops.map(\.point) == points.reversed())
    #expect(request.outcome == .delivered)
    #expect(answer.outcome == .delivered)
    #expect(request.hops.first?.headers.detail.hasPrefix("[SYN]") == true)
    #expect(answer.hops.first?.headers.detail.hasPrefix("[SYN, ACK]") == true)
    // What comes back to the function is addressed to the source it sent from.
    #expect(answer.hops.last?.headers.destination == request.hops.first?.headers.source)
    for journey in [request, answer] {
      #expect(journey.hops.reduce(0) { $0 + $1.elapsed } == journey.duration)
      #expect(journey.hops.allSatisfy { $0.elapsed >= 0 })
      #expect(
        Set(journey.hops.flatMap { $0.changes.map(\.field) }).contains("vni")
          == (networking != .perEnvironment))
    }
  }

  @Test(arguments: Scenario.Networking.allCases)
  func `The time of a hop is made of the settings named, and of jitter`(
    networking: Scenario.Networking
  ) throws {
    let trace = try trace(
      "first-query", networking: networking, overrides: ["settings.latency-jitter=0 %"])
    let hops = try #require(trace.request).hops
    let settings = ModelSettings()
    let known: [String: Duration] = [
      "virtio-latency": settings.virtioLatency, "slot-latency": settings.slotLatency,
      "legacy-first-packet": settings.legacyFirstPacket,
      "worker-to-hyperplane": settings.workerToHyperplane,
      "hyperplane-latency": settings.hyperplaneLatency,
      "hyperplane-lookup": settings.hyperplaneLookup,
      "hyperplane-to-vpc": settings.hyperplaneToVPC,
    ]
    for hop in hops {
      let sum = try hop.delays.reduce(Duration.zero) { try $0 + #require(known[$1.setting]) }
      let rest = Duration.nanoseconds(hop.elapsed) - sum
      // Sending 74 bytes at 600 Mb/s takes a microsecond.
      #expect(rest >= .zero && rest < .microseconds(2), "\(hop.point): \(rest)")
    }
  }

  @Test(arguments: Scenario.Networking.allCases)
  func `A packet that a security group drops dies at the interface, by the rule's name`(
    networking: Scenario.Networking
  ) throws {
    let trace = try trace("denied", networking: networking)
    let request = try #require(trace.request)
    #expect(trace.answer == nil)
    #expect(trace.note == "no answer: the request did not arrive; the invocation failed: timed out")
    guard case .dropped(let point, let code, let reason) = request.outcome else {
      Issue.record("the request was not dropped but \(request.outcome)")
      return
    }
    #expect(point == "eni")
    #expect(code == "ENI_SG_RULES_MISMATCH")
    #expect(reason.hasPrefix("security-group orders"))
    let text = TraceText(trace).text
    #expect(text.contains("died at eni"))
    #expect(text.contains("DROPPED       security-group orders"))
    #expect(TraceDiagram(trace).text.contains("eni-xeni: dropped"))
  }

  @Test func `A datagram to a sink arrives and is not answered`() throws {
    let trace = try trace("fleet", from: "sender", to: "sink:9", transport: .udp)
    #expect(trace.environment == "sender-1-1")
    #expect(trace.request?.outcome == .delivered)
    #expect(trace.answer == nil)
    #expect(trace.note?.contains("never answers") == true)
  }

  @Test func `Another environment than the first can be asked for, and hosts by address`() throws {
    let trace = try trace("first-query", from: "orders-3", to: "10.0.2.20:5432")
    #expect(trace.environment == "orders-3")
    #expect(trace.request?.hops.first?.place.hasPrefix("orders-3: ") == true)
    #expect(trace.request?.hops.first?.headers.source.hasPrefix("169.254.79.1:") == true)
  }

  @Test(arguments: [
    ("ordrs", "postgres:5432", "orders"), ("orders", "postgres:5433", "postgres:5432 over tcp"),
    ("orders", "", "postgres:5432 over tcp"),
    ("orders", "mysql:5432", "postgres:5432 over tcp"),
    ("orders", "postgres:99999", "postgres:5432 over tcp"),
  ])
  func `Ends that do not exist are refused with those that do`(
    caller: String, target: String, known: String
  ) throws {
    #expect {
      _ = try trace("first-query", from: caller, to: target)
    } throws: { error in
      guard case .unknownEndpoint(_, let available)? = error as? ModelError else { return false }
      return available == [known]
    }
  }

  @Test func `A port or an environment that is missing is named`() throws {
    #expect(throws: ModelError.missingPort("postgres", example: "postgres:5432")) {
      _ = try trace("first-query", to: "postgres")
    }
    #expect(
      throws: ModelError.unknownEnvironment(
        "orders-9", function: "orders", first: "orders-1", last: "orders-3")
    ) {
      _ = try trace("first-query", from: "orders-9")
    }
  }

  @Test func `Places say what has become of a packet in its own direction`() throws {
    let trace = try trace("first-query")
    func place(_ point: String, _ journey: TraceJourney?) throws -> String {
      try #require(journey?.hops.first { $0.point == point }).place
    }
    #expect(try place("slot", trace.request).contains("after the translation"))
    #expect(try place("slot", trace.answer).contains("not translated back yet"))
    #expect(try place("hyperplane-in", trace.request).contains("not translated"))
    #expect(try place("hyperplane-in", trace.answer).contains(": translated back"))
    #expect(try place("hyperplane-out", trace.request).contains(": translated"))
    #expect(try place("hyperplane-out", trace.answer).contains(": not translated back yet"))
    #expect(TraceText(trace).text.contains("the packet travels alone"))
    #expect(JSONReport(trace).text.contains("\"scope\" : \"the packet travels alone"))
  }

  @Test func `Nothing is sent when the subnet is full, and the trace says so`() throws {
    let trace = try trace(
      "first-query", from: "orders-12", networking: .perEnvironment,
      overrides: ["environments=12", "vpcs.shop.subnets.private-a.cidr=10.0.1.0/28"])
    #expect(trace.request == nil)
    let note = try #require(trace.note)
    #expect(note.hasPrefix("nothing was sent: 12 invocations, of which 1 failed"))
    #expect(note.contains("SubnetIPAddressLimitReachedException"))
    #expect(TraceText(trace).text.contains("nothing was sent"))
    #expect(TraceDiagram(trace).text.hasPrefix("sequenceDiagram\n"))
  }

  @Test func `Two traces of one scenario are the same`() throws {
    #expect(try trace("first-query") == trace("first-query"))
  }

  @Test func `The text names each hop with its decision and header change`() throws {
    let text = TraceText(try trace("first-query")).text
    for expected in [
      "orders-1 to postgres 10.0.2.20:5432 over tcp (postgresql)",
      "source        169.254.79.1:43204 → 10.128.0.1:43204",
      "encapsulated  VNI", "slow path     main (rtb-", "time          worker-to-hyperplane 60 us",
    ] {
      #expect(text.contains(expected), "\(expected)")
    }
    for line in text.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
  }

  @Test func `The diagram has every point once and an arrow for each hop`() throws {
    let trace = try trace("first-query")
    let lines = TraceDiagram(trace).text.split(separator: "\n")
    #expect(lines.count { $0.contains("participant") } == 7)
    #expect(lines.count { $0.contains("->>") } == 12)
  }

  @Test func `Nothing in a diagram's texts ends a statement`() throws {
    var trace = try trace("first-query")
    trace.note = "one; two #3"
    let text = TraceDiagram(trace).text
    #expect(text.contains("Note over guest: one#59; two #35;3\n"))
  }

  @Test func `JSON has keys in one order and nanoseconds as numbers`() throws {
    let text = JSONReport(try trace("denied")).text
    #expect(text == JSONReport(try trace("denied")).text)
    #expect(text.contains("\"code\" : \"ENI_SG_RULES_MISMATCH\""))
    #expect(text.contains("\"outcome\" : \"dropped\""))
  }
}

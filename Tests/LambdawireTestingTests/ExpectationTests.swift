import CaptureInspection
import Foundation
import LambdawireModel
import LambdawireTesting
import TestSupport
import Testing

@Suite struct ExpectationTests {
  private static func firstQuery(_ overrides: [String] = []) throws -> LambdawireRun {
    try LambdawireRun(contentsOf: SourceTree.scenario("first-query"), overrides: overrides)
  }

  private static func denied() throws -> LambdawireRun {
    try LambdawireRun(contentsOf: SourceTree.scenario("denied"))
  }

  /// Whether an issue says all of `parts`.
  private static func says(_ issue: Issue, _ parts: String...) -> Bool {
    let text = issue.comments.map(\.rawValue).joined(separator: "\n")
    return parts.allSatisfy(text.contains)
  }

  @Test func `Translations are found over one crossing and over several`() throws {
    let run = try Self.firstQuery()
    let slot = expectTranslated(
      in: run, from: "169.254.79.1", environment: "orders-2", to: "10.128.0.2")
    #expect(slot?.crossing.description == "guest → slot")
    let last = expectTranslated(
      in: run, from: "169.254.79.1", environment: "orders-1", to: "10.0.1.4",
      remote: "10.0.2.20:5432")
    #expect(last?.crossing.description == "hyperplane-in → hyperplane-out")
    expectTranslated(in: run.traffic, from: "10.128.0.3", to: "10.0.1.4")
    expectDelivered(
      in: run, from: "169.254.79.1", environment: "orders-3", to: "10.0.2.20:5432",
      answered: true)
    expectNoDrops(in: run)
    expectVerified(in: run)
  }

  @Test func `A translation that is not there is shown with the packet`() throws {
    let run = try Self.firstQuery()
    withKnownIssue {
      expectTranslated(
        in: run, from: "169.254.79.1", environment: "orders-1", to: "10.0.1.99",
        remote: "10.0.2.20:5432")
    } matching: { issue in
      Self.says(
        issue, "expected 169.254.79.1 in orders-1 to 10.0.2.20:5432 to be translated to 10.0.1.99",
        "seen instead:", "as 10.0.1.4:", "tcp 169.254.79.1:43204 → 10.0.2.20:5432 [SYN]",
        "+0.000000000 s  guest", "geneve vni", "first bytes at destination (74 in all):",
        "\n    0000  ", "\n    0030  ")
        && issue.sourceLocation?.fileName == "ExpectationTests.swift"
    }
  }

  @Test func `An environment that sent nothing has no packet to show`() throws {
    let run = try Self.firstQuery()
    withKnownIssue {
      expectTranslated(in: run, from: "169.254.79.1", environment: "orders-9", to: "10.0.1.4")
    } matching: { issue in
      Self.says(issue, "no translation of it was seen", "no packet of this flow was captured")
    }
    // A name is not a prefix: orders-1 does not stand for orders-12.
    withKnownIssue {
      expectTranslated(in: run, from: "169.254.79.1", environment: "orders", to: "10.0.1.4")
    }
  }

  @Test func `Drops are found by inside or outside address, place and reason`() throws {
    let run = try Self.denied()
    expectDropped(
      in: run, from: "169.254.79.1", environment: "orders-1", to: "10.0.2.20:5432", at: "eni",
      reason: "security-group")
    let drop = expectDropped(in: run, from: "10.0.1.4", to: "10.0.2.20")
    #expect(drop?.count == 4)
  }

  @Test func `Drops that did not happen, or not so, are shown with the packet`() throws {
    let run = try Self.denied()
    withKnownIssue {
      expectDropped(in: run, from: "169.254.79.1", to: "10.0.2.20", at: "destination")
    } matching: {
      Self.says($0, "to die at destination; seen instead:", "4 died at eni", "DROP security-group")
    }
    withKnownIssue {
      expectDropped(in: run, from: "169.254.79.1", to: "10.0.2.20", reason: "network-acl")
    } matching: {
      Self.says($0, "because of network-acl; seen instead:")
    }
    withKnownIssue {
      expectDropped(in: run, from: "169.254.79.1", to: "169.254.169.253:53")
    } matching: {
      Self.says($0, "none of them died", "udp 169.254.79.1:")
    }
  }

  @Test func `What did not arrive, and what died, is shown with the packet`() throws {
    let run = try Self.denied()
    withKnownIssue {
      expectDelivered(in: run, from: "169.254.79.1", to: "10.0.2.20:5432")
    } matching: {
      Self.says(
        $0, "to arrive at destination; none did", "eni  tcp 10.0.1.4:", "DROP security-group")
    }
    withKnownIssue {
      expectDelivered(
        in: run, from: "169.254.79.1", to: "10.0.2.20:5432", at: "eni", answered: true)
    } matching: {
      Self.says($0, "expected an answer to 169.254.79.1 to 10.0.2.20:5432 at eni; there is none")
    }
    withKnownIssue {
      expectNoDrops(in: run)
    } matching: {
      Self.says($0, "expected no drops; 4 packets died:", "4 at eni: tcp 10.0.1.4:", "[SYN]")
    }
  }

  @Test func `Captures that cannot be read fail every expectation`() {
    let missing = RecordedTraffic(files: ["/nonexistent.pcap"])
    withKnownIssue {
      expectNoDrops(in: missing)
    } matching: {
      Self.says($0, "not everything could be read: /nonexistent.pcap: cannot open")
    }
    withKnownIssue {
      expectVerified(in: RecordedTraffic(files: []))
    } matching: {
      Self.says($0, "there are no captures to judge")
    }
  }

  @Test func `A broken rule is named with the frames`() throws {
    let run = try Self.firstQuery()
    let files = try ["slot", "hyperplane-out"].map { name in
      try BrokenCapture.copy(
        of: "\(run.folder)/taps/\(name).pcapng", to: "\(run.folder)/\(name)-x.pcapng")
    }
    withKnownIssue {
      expectVerified(in: RecordedTraffic(files: files))
    } matching: {
      Self.says($0, "expected that TCP checksums are right; broken")
    }
  }

  @Test func `A scenario in the test runs too, and its folder goes with it`() throws {
    let text = try String(contentsOfFile: SourceTree.scenario("denied"), encoding: .utf8)
    var folder = ""
    var traffic: RecordedTraffic?
    do {
      let run = try LambdawireRun(yaml: text, overrides: ["seed=9"])
      folder = run.folder
      traffic = run.traffic
      #expect(run.summary.seed == 9)
      #expect(run.summary.drops.map(\.count) == [4])
    }
    // Whoever still reads the captures keeps them.
    #expect(traffic?.analysis.packetCount == 40)
    traffic = nil
    #expect(RunFolder.captures(in: folder) == [folder])
    #expect(throws: ScenarioError.self) { try LambdawireRun(yaml: "lambdawire: 1\nsed: 7\n") }
  }
}

import Foundation
import Testing

/// Several captures at once, of which not all come from one run.
@Suite struct PairingTests {
  private func verdict(_ run: ProgramRun) throws -> (passed: Bool?, problem: String?) {
    let object = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
    return (object?["passed"] as? Bool, object?["problem"] as? String)
  }

  @Test func `Captures with packet ids are paired with captures without`() throws {
    let folder = try TestFolder()
    #expect(try ProgramRun(["run", "first-query", "-o", "ids"], in: folder).status == 0)
    #expect(
      try ProgramRun(["run", "first-query", "--format", "pcap", "-o", "plain"], in: folder).status
        == 0)
    let files = ["ids/taps/slot.pcapng", "plain/taps/destination.pcap"]
    let inspected = try ProgramRun(["inspect"] + files, in: folder)
    #expect(inspected.status == 0)
    #expect(inspected.output.contains("TRANSLATIONS slot → destination"), "\(inspected.output)")
    let verified = try ProgramRun(["verify"] + files, in: folder)
    #expect(verified.status == 0, "\(verified.output)")
    #expect(verified.output.contains("ok  one-inside-per-outside"), "\(verified.output)")
  }

  @Test func `Captures of which nothing can be paired do not pass`() throws {
    let folder = try TestFolder()
    #expect(try ProgramRun(["run", "first-query", "-o", "run"], in: folder).status == 0)
    #expect(
      try ProgramRun(
        ["run", "first-query", "--format", "pcap", "--filter", "arp", "-o", "arp"], in: folder
      ).status == 0)
    let files = ["run/taps/slot.pcapng", "arp/taps/destination.pcap"]
    let words = "no packet of one file could be found in another: arp/taps/destination.pcap has no"
    let verified = try ProgramRun(["verify"] + files + ["--junit", "junit.xml"], in: folder)
    #expect(verified.status == 1)
    #expect(verified.errors.contains(words), "\(verified.errors)")
    #expect(
      try String(contentsOf: folder.url("junit.xml"), encoding: .utf8).contains(
        "<error message=\"\(words)"))
    let json = try verdict(try ProgramRun(["verify", "--json"] + files, in: folder))
    #expect(json.passed == false)
    #expect(json.problem?.hasPrefix(words) == true)
    let inspected = try ProgramRun(["inspect"] + files, in: folder)
    #expect(inspected.status == 0)
    #expect(inspected.output.contains("note: no packet of one file"), "\(inspected.output)")
  }

  @Test func `Packets of two runs are not taken for each other`() throws {
    let folder = try TestFolder()
    for seed in ["7", "8"] {
      #expect(
        try ProgramRun(["run", "first-query", "--seed", seed, "-o", seed], in: folder).status == 0)
    }
    let files = ["7/taps/slot.pcapng", "8/taps/destination.pcapng"]
    let words = "these are two different runs: scenario first-query, seed 7; "
    let verified = try ProgramRun(["verify"] + files, in: folder)
    #expect(verified.status == 1)
    #expect(verified.errors.contains(words), "\(verified.errors)")
    #expect(try verdict(try ProgramRun(["verify", "--json"] + files, in: folder)).passed == false)
    let inspected = try ProgramRun(["inspect"] + files, in: folder)
    #expect(inspected.output.contains("two different runs"), "\(inspected.output)")
  }

  @Test(arguments: ["inspect", "verify"])
  func `Files of which nothing can be read get an error and no report`(command: String) throws {
    let folder = try TestFolder()
    _ = try folder.write("", to: "empty.pcap")
    _ = try folder.write("no capture at all", to: "text.pcap")
    for file in ["empty.pcap", "text.pcap", "missing.pcap"] {
      for format in [[], ["--json"]] {
        let run = try ProgramRun([command, file] + format, in: folder)
        #expect(run.status == 2)
        #expect(run.output.isEmpty, "\(run.output)")
        #expect(run.errors.contains(file), "\(run.errors)")
      }
    }
  }

  @Test func `Help for verify lists the rules`() throws {
    let help = try ProgramRun(["verify", "--help"], in: try TestFolder()).output
    #expect(help.contains("\nreverse-path            what comes back"), "\(help)")
  }
}

import CaptureFiles
import Foundation
import TestSupport
import Testing

/// The commands `translate` and `nat` from outside.
@Suite struct TranslateCommandTests {
  private static let capture = SourceTree.root
    .appending(path: "Captures/first-query/taps/guest/orders-1.pcapng").path

  private static let options = [
    "--behavior", "aws-natgw", "--inside", "169.254.79.0/24", "--outside", "203.0.113.7",
  ]

  private func translate(
    _ more: [String], in folder: TestFolder, limit: Int? = nil
  ) throws -> ProgramRun {
    try ProgramRun(["translate", Self.capture] + Self.options + more, fileLimit: limit, in: folder)
  }

  @Test func `A capture goes through, and the table can be asked for`() throws {
    let folder = try TestFolder()
    let run = try translate(["-o", "out.pcapng", "--mappings", "map.jsonl"], in: folder)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.isEmpty)
    #expect(run.errors.contains("translations    2 made"))
    #expect(run.errors.contains("PacketsOutToDestination"))
    // All but the line with the name of the capture fits a terminal.
    let lines: [Substring] = run.errors.split(separator: "\n")
    #expect(lines.dropFirst().allSatisfy { $0.count <= 80 }, "\(run.errors)")
    #expect(folder.names == ["map.jsonl", "out.pcapng"])
    let verify = try ProgramRun(
      [
        "verify", "out.pcapng", "--expect", "map.jsonl", "--answers-only", "--tcp-timer", "350",
        "--udp-timer", "350", "--hop-decrement", "1",
      ], in: folder)
    #expect(verify.status == 0, "\(verify.output)")
    let nat = try ProgramRun(["nat", "map.jsonl", "--at", "3ms"], in: folder)
    #expect(nat.status == 0)
    #expect(nat.output.split(separator: "\n").count == 2)
    #expect(nat.output.contains(" ESTABLISHED src=169.254.79.1 dst=10.0.2.20 "))
    #expect(nat.errors == "lambdawire: 2 translations have been shown\n")
    let date = try ProgramRun(["nat", "map.jsonl", "--at", "2019-09-03T00:00:02.561Z"], in: folder)
    #expect(date.status == 0)
    #expect(date.output.split(separator: "\n").count == 2)
  }

  @Test func `A run's folder is asked like a record`() throws {
    let folder = try TestFolder()
    let run = SourceTree.root.appending(path: "Captures/first-query").path
    let nat = try ProgramRun(
      ["nat", run, "--at", "2.562s", "--translator", "eni-0fb586cdb907a2a61"], in: folder)
    #expect(nat.status == 0, "\(nat.errors)")
    #expect(nat.output.split(separator: "\n").count == 7)
    let port = try ProgramRun(["nat", run, "--port", "46942", "--json"], in: folder)
    #expect(port.status == 0)
    let parsed = try JSONSerialization.jsonObject(with: Data(port.output.utf8)) as? [[String: Any]]
    #expect((parsed?.first?["states"] as? [Any])?.count == 6)
  }

  @Test func `Results go to standard output as JSON`() throws {
    let folder = try TestFolder()
    let run = try translate(["-o", "out.pcapng", "--json"], in: folder)
    let parsed = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
    #expect(parsed?["translationsMade"] as? Int == 2)
    #expect((parsed?["metrics"] as? [String: Any])?["PacketsDropCount"] as? Int == 0)
  }

  @Test func `Settings are listed without a capture`() throws {
    let folder = try TestFolder()
    let run = try ProgramRun(
      ["translate", "--behavior", "rfc", "--set", "udp=2min", "--show-settings"], in: folder)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("# Source: --set\nudp=120s\n"))
    #expect(run.output.contains("# Source: RFC 4787, REQ-1\nmapping=endpoint-independent\n"))
  }

  @Test(arguments: [
    (["--behavior", "aws-natgwy"], "did you mean `aws-natgw`?"),
    (["--inside", "10.0.0.1/8"], "--inside: found `10.0.0.1/8`"),
    (["--outside", "nat"], "--outside: found `nat`"),
    (["--outside", "169.254.79.9"], "169.254.79.9 lies in 169.254.79.0/24"),
    (["--set", "udp=fast"], "--set udp: found"), (["--seed", "x"], "--seed"),
    (["--inside-address", "x"], "--inside-address: found `x`"),
    (["-o", "."], "-o: . is a folder"), (["--json", "-o", "-"], "--json goes to standard output"),
    (["--mappings", "out.pcapng"], "both name out.pcapng"), (["--annotate", "all"], "--annotate"),
  ])
  func `A wrong option is named, nothing is written, and the status is 2`(
    wrong: [String], words: String
  ) throws {
    let folder = try TestFolder()
    var arguments = ["translate", Self.capture, "-o", "out.pcapng"] + Self.options
    // The last of two options of a name counts.
    arguments += wrong
    let run = try ProgramRun(arguments, in: folder)
    #expect(run.status == 2, "\(run.errors)")
    #expect(run.errors.contains(words), "\(run.errors)")
    #expect(run.output.isEmpty)
    #expect(folder.names.isEmpty)
  }

  @Test(arguments: [
    (["--behavior", "rfc"], "translate needs a capture"),
    (["in.pcap", "--behavior", "rfc"], "-o is missing"),
    (["in.pcap", "-o", "o", "--behavior", "rfc"], "--inside is missing"),
    (
      ["in.pcap", "-o", "o", "--behavior", "rfc", "--inside", "10.0.0.0/8"],
      "--outside is missing"
    ),
    (["in.pcap", "-o", "o"], "--behavior"),
  ])
  func `What is missing is said`(arguments: [String], words: String) throws {
    let folder = try TestFolder()
    let run = try ProgramRun(["translate"] + arguments, in: folder)
    #expect(run.status == 2)
    #expect(run.errors.contains(words), "\(run.errors)")
  }

  @Test func `A capture that is not there costs no output`() throws {
    let folder = try TestFolder()
    _ = try folder.write("mine", to: "out.pcapng")
    let run = try ProgramRun(
      ["translate", "nowhere.pcap", "-o", "out.pcapng", "--force"] + Self.options, in: folder)
    #expect(run.status == 1)
    #expect(run.errors.contains("nowhere.pcap: cannot open"))
    #expect(try String(contentsOf: folder.url("out.pcapng"), encoding: .utf8) == "mine")
  }

  @Test func `An output that exists is refused`() throws {
    let folder = try TestFolder()
    _ = try folder.write("mine", to: "out.pcapng")
    let run = try translate(["-o", "out.pcapng"], in: folder)
    #expect(run.status == 2)
    #expect(run.errors.contains("out.pcapng exists; choose another file with -o"))
    #expect(try translate(["-o", "out.pcapng", "--force"], in: folder).status == 0)
  }

  @Test func `A file that cannot be completed keeps what there was room for`() throws {
    let folder = try TestFolder()
    let run = try translate(["-o", "out.pcapng"], in: folder, limit: 4)
    #expect(run.status == 1, "\(run.errors)")
    #expect(run.errors.contains("out.pcapng: cannot write"), "\(run.errors)")
    #expect(folder.names == ["out.pcapng"])
    var reader = try CaptureReader(path: folder.path("out.pcapng"))
    var count = 0
    while try reader.next() != nil { count += 1 }
    #expect(count > 0)
  }

  @Test(arguments: [
    (["nat", "nowhere", "--at", "1s"], "nowhere: cannot open"),
    (["nat", "."], "--at, --port or --flow is needed"),
    (["nat", ".", "--at", "1s"], "found no events.jsonl"),
    (["nat", ".", "--at", "1s", "--json", "--csv"], "exclude each other"),
    (["nat", ".", "--port", "x"], "--port: found `x`"),
    (["nat", ".", "--flow", "x"], "--flow: found `x`"),
  ])
  func `A wrong question is answered with what would be right`(
    arguments: [String], words: String
  ) throws {
    let folder = try TestFolder()
    let run = try ProgramRun(arguments, in: folder)
    #expect(run.status == 2)
    #expect(run.errors.contains(words), "\(run.errors)")
  }
}

import Foundation
import TestSupport
import Testing

@Suite struct CommandTests {
  @Test func `Help, version and completion go to standard output with status 0`() throws {
    let folder = try TestFolder()
    for (arguments, words) in [
      (["--help"], "SUBCOMMANDS"), (["trace", "--help"], "--mermaid"),
      (["help", "verify"], "Exit status"), (["--version"], "."), ([], "SUBCOMMANDS"),
      (["--generate-completion-script", "bash"], "complete"),
      (["--generate-completion-script", "zsh"], "compdef"),
      (["--generate-completion-script", "fish"], "complete -c"),
      (["scenarios"], "first-query"), (["validate", "--show-defaults"], "virtio-latency"),
    ] {
      let run = try ProgramRun(arguments, in: folder)
      #expect(run.status == 0, "\(arguments)")
      #expect(run.output.contains(words), "\(arguments)")
      #expect(run.errors.isEmpty, "\(arguments): \(run.errors)")
    }
  }

  @Test func `A run can be inspected and verified, against its own record too`() throws {
    let folder = try TestFolder()
    #expect(try ProgramRun(["run", "first-query", "-o", "out"], in: folder).status == 0)
    let text = try ProgramRun(["inspect", "out"], in: folder)
    #expect(text.status == 0)
    #expect(text.output.contains("TRANSLATIONS hyperplane-in → hyperplane-out"))
    #expect(!text.output.contains("\u{1b}"))
    let json = try ProgramRun(["inspect", "--json", "out"], in: folder)
    let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
    #expect((object?["translations"] as? [Any])?.count == 12)
    let verified = try ProgramRun(
      ["verify", "out", "--expect", "out/events.jsonl", "--junit", "junit.xml"], in: folder)
    #expect(verified.status == 0)
    #expect(verified.output.contains("ok  expected-translations       12\n"))
    #expect(verified.output.contains("checks: how often a rule was held against"))
    #expect(
      try String(contentsOf: folder.url("junit.xml"), encoding: .utf8).contains("<testsuite"))
  }

  @Test func `Any folder with captures can be inspected and verified`() throws {
    let folder = try TestFolder()
    #expect(try ProgramRun(["run", "first-query", "-o", "runs/out"], in: folder).status == 0)
    let whole = try ProgramRun(["inspect", "runs/out"], in: folder)
    let taps = try ProgramRun(["inspect", "runs/out/taps/"], in: folder)
    #expect(taps.status == 0)
    let heading = "TRANSLATIONS hyperplane-in → hyperplane-out"
    #expect(taps.output.contains(heading) && whole.output.contains(heading))
    #expect(try ProgramRun(["verify", "runs/out/taps"], in: folder).status == 0)
    #expect(try ProgramRun(["inspect", "runs/out/taps/guest"], in: folder).status == 0)
    // A folder with runs in it could mean any of them.
    let outside = try ProgramRun(["inspect", "runs"], in: folder)
    #expect(outside.status == 2)
    #expect(outside.errors.contains("runs: found no captures, expected the folder of a run"))
  }

  @Test func `A broken rule ends with status 1`() throws {
    let folder = try TestFolder()
    #expect(try ProgramRun(["run", "first-query", "-o", "out"], in: folder).status == 0)
    _ = try folder.write(
      "{\"protocol\":\"tcp\",\"inside\":\"10.9.9.9:1\",\"outside\":\"10.0.1.4:1024\"}\n",
      to: "expected.jsonl")
    let run = try ProgramRun(["verify", "out", "--expect", "expected.jsonl"], in: folder)
    #expect(run.status == 1)
    #expect(run.output.contains("found no such translation, expected tcp 10.9.9.9:1"))
    #expect(run.errors.isEmpty)
    let unwritable = try ProgramRun(["verify", "out", "--junit", "no/such/folder.xml"], in: folder)
    #expect(unwritable.status == 1)
    #expect(
      unwritable.errors
        == "lambdawire: no/such/folder.xml: cannot write: No such file or directory\n")
  }

  @Test func `A trace of a connection that dies has answered the question`() throws {
    let folder = try TestFolder()
    let arguments = ["trace", "denied", "--from", "orders", "--to", "postgres:5432"]
    let text = try ProgramRun(arguments, in: folder)
    #expect(text.status == 0)
    #expect(text.output.contains("died at eni"))
    let json = try ProgramRun(arguments + ["--json"], in: folder)
    let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
    #expect((object?["request"] as? [String: Any])?["outcome"] as? String == "dropped")
    let diagram = try ProgramRun(arguments + ["--mermaid"], in: folder)
    #expect(diagram.output.hasPrefix("sequenceDiagram\n"))
    #expect(folder.names.isEmpty)
  }

  @Test func `Results that cannot be written are an error`() throws {
    let folder = try TestFolder()
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", "exec \"$0\" scenarios > /dev/full", ProgramRun.program]
    process.environment = ["LAMBDAWIRE_HOME": SourceTree.root.path]
    process.standardError = FileHandle.nullDevice
    process.currentDirectoryURL = folder.root
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 1)
  }
}

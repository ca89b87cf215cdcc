import Foundation
import TestSupport
import Testing

@Suite struct CompareCommandTests {
  private static let small = ["compare", "burst", "--set", "environments=3"]

  @Test func `All eras are compared unless some are named`() throws {
    let folder = try TestFolder()
    let run = try ProgramRun(Self.small, in: folder)
    #expect(run.status == 0)
    #expect(run.errors.isEmpty, "\(run.errors)")
    #expect(run.output.contains("per-environment       hyperplane  hyperplane-ebpf"))
    for line in run.output.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
    #expect(folder.names.isEmpty, "nothing is kept without -o")
    let one = try ProgramRun(Self.small + ["--networking", "hyperplane"], in: folder)
    #expect(one.status == 0)
    #expect(!one.output.contains("per-environment"))
  }

  @Test func `A folder has the page, the numbers and every era's captures`() throws {
    let folder = try TestFolder()
    let run = try ProgramRun(
      Self.small + ["--networking", "per-environment,hyperplane", "-o", "out"], in: folder)
    #expect(run.status == 0)
    #expect(run.errors.contains("out/index.html"))
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path("out")).sorted()
    #expect(
      names == [
        "addresses.csv", "cold-starts.csv", "comparison.json", "failures.csv", "hyperplane",
        "index.html", "per-environment", "steps.csv", "summary.csv",
      ])
    let look = try ProgramRun(["verify", "out/hyperplane"], in: folder)
    #expect(look.status == 0, "\(look.output)")
  }

  @Test func `Equal comparisons write equal bytes, wherever they go`() throws {
    let folder = try TestFolder()
    for (name, seed) in [("a", "7"), ("b/c", "7"), ("d", "8")] {
      let run = try ProgramRun(Self.small + ["--seed", seed, "-o", name], in: folder)
      #expect(run.status == 0)
    }
    let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path("a")).sorted()
    #expect(files.count > 12)
    for file in files {
      let url = folder.url("a/\(file)")
      guard try url.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true else {
        continue
      }
      let bytes = try Data(contentsOf: url)
      #expect(try Data(contentsOf: folder.url("b/c/\(file)")) == bytes, "\(file)")
    }
    let page = try String(contentsOf: folder.url("a/index.html"), encoding: .utf8)
    #expect(page.contains("compare burst --networking"))
    #expect(page.contains("--set environments=3 --seed 7 -o out/compared"))
    #expect(try String(contentsOf: folder.url("d/index.html"), encoding: .utf8) != page)
  }

  @Test func `A folder that exists is refused, and replaced on request`() throws {
    let folder = try TestFolder()
    let command = Self.small + ["--networking", "hyperplane", "-o", "out"]
    #expect(try ProgramRun(command, in: folder).status == 0)
    _ = try folder.write("mine", to: "out/note.txt")
    let refused = try ProgramRun(command, in: folder)
    #expect(refused.status == 2)
    #expect(refused.errors.contains("out exists"), "\(refused.errors)")
    #expect(FileManager.default.fileExists(atPath: folder.path("out/note.txt")))
    #expect(try ProgramRun(command + ["--force"], in: folder).status == 0)
    #expect(!FileManager.default.fileExists(atPath: folder.path("out/note.txt")))
    _ = try folder.write("mine", to: "note.txt")
    let foreign = try ProgramRun(
      Self.small + ["--networking", "hyperplane", "-o", ".", "--force"], in: folder)
    #expect(foreign.status == 2)
    #expect(folder.names == ["note.txt", "out"])
  }

  @Test(arguments: [
    (["--networking", "hyperplan"], "did you mean `hyperplane`?"),
    (["--networking", "hyperplane,hyperplane"], "found `hyperplane` twice"),
    (["--networking", ","], "found nothing"),
    (["--json", "--csv"], "exclude each other"),
    (["--force"], "-o, which is missing"),
    (["--set", "environments=none"], "environments"),
  ])
  func `What is wrong is said, and nothing written`(arguments: [String], reason: String) throws {
    let folder = try TestFolder()
    let run = try ProgramRun(Self.small + arguments, in: folder)
    #expect(run.status == 2)
    #expect(run.errors.contains(reason), "\(run.errors)")
    #expect(run.output.isEmpty)
    #expect(folder.names.isEmpty)
  }

  @Test func `A scenario that invokes nothing cannot be compared`() throws {
    let folder = try TestFolder()
    let text = try String(
      contentsOf: SourceTree.root.appending(path: "Captures/burst/scenario.yaml"), encoding: .utf8)
    let quiet = try #require(text.range(of: "\ntraffic:"))
    let file = try folder.write(
      String(text[..<quiet.lowerBound]) + "\ntraffic: []\n", to: "quiet.yaml")
    let run = try ProgramRun(["compare", file], in: folder)
    #expect(run.status == 2)
    #expect(run.errors.contains("quiet: found no traffic"), "\(run.errors)")
    let empty = try #require(text.range(of: "\nfunctions:"))
    let other = try folder.write(
      String(text[..<empty.lowerBound]) + "\nfunctions: {}\ntraffic: []\n", to: "empty.yaml")
    let nothing = try ProgramRun(["compare", other], in: folder)
    #expect(nothing.status == 2)
    #expect(nothing.errors.contains("no functions") || nothing.errors.contains("functions"))
  }

  @Test func `More than the subnet has addresses fails before 2019 and not after`() throws {
    let folder = try TestFolder()
    let run = try ProgramRun(
      [
        "compare", "burst", "--set", "environments=600", "--networking",
        "per-environment,hyperplane",
      ],
      in: folder)
    #expect(run.status == 0)
    #expect(run.output.contains("per-environment: 93 failed"), "\(run.output)")
    #expect(!run.output.contains("DIFFERS"), "\(run.output)")
  }

  @Test func `With --check, what contradicts the publications is an error`() throws {
    let folder = try TestFolder()
    let command = ["compare", "burst", "--set", "environments=20"]
    #expect(try ProgramRun(command + ["--check"], in: folder).status == 0)
    let odd = command + ["--set", "settings.tunnel-setup=2s"]
    #expect(try ProgramRun(odd, in: folder).status == 0)
    let run = try ProgramRun(odd + ["--check"], in: folder)
    #expect(run.status == 1)
    #expect(run.errors.contains("contradicts"))
  }

  @Test func `JSON and comma-separated values go to standard output`() throws {
    let folder = try TestFolder()
    let json = try ProgramRun(Self.small + ["--json"], in: folder)
    #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(json.output.utf8)) }
    let csv = try ProgramRun(Self.small + ["--csv"], in: folder)
    #expect(csv.output.hasPrefix("era,measure,unit,value\n"))
  }

  @Test func `A full disk leaves no half of a folder`() throws {
    let folder = try TestFolder()
    let run = try ProgramRun(Self.small + ["-o", "out"], fileLimit: 40, in: folder)
    #expect(run.status == 1)
    #expect(run.errors.contains("out/"), "\(run.errors)")
    #expect(!run.errors.contains(".part-"), "\(run.errors)")
    #expect(folder.names.isEmpty)
  }

  @Test(.timeLimit(.minutes(2))) func `Ctrl-C ends a comparison without a trace`() throws {
    let folder = try TestFolder()
    let running = try ProgramRun.Running(
      [
        "compare", "fleet", "--set", "environments=20", "--set", "flows=50", "--set",
        "packets=500", "-o", "out",
      ], in: folder)
    while running.process.isRunning, folder.names.isEmpty { usleep(20_000) }
    running.process.interrupt()
    let run = try running.finish()
    #expect(run.status == 130)
    #expect(run.output.isEmpty)
    #expect(folder.names.isEmpty)
  }
}

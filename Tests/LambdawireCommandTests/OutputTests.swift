import CaptureFiles
import Foundation
import Testing

@Suite struct OutputTests {
  /// The number of packets in a capture, as far as it is whole.
  private func packetCount(of file: URL) throws -> Int {
    var reader = try CaptureReader(path: file.path)
    var count = 0
    while try reader.next() != nil { count += 1 }
    return count
  }

  /// Whether a program that we did not write reads a file to its end; true without the program.
  private func isReadable(_ file: URL) throws -> Bool {
    let capinfos = "/usr/bin/capinfos"
    guard FileManager.default.isExecutableFile(atPath: capinfos) else { return true }
    let process = Process()
    process.executableURL = URL(filePath: capinfos)
    process.arguments = ["-c", file.path]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus == 0
  }

  @Test func `A folder that exists is refused, and replaced on request`() throws {
    let folder = try TestFolder()
    #expect(try ProgramRun(["run", "denied", "-o", "out"], in: folder).status == 0)
    _ = try folder.write("mine", to: "out/note.txt")
    let refused = try ProgramRun(["run", "denied", "-o", "out"], in: folder)
    #expect(refused.status == 2)
    #expect(refused.errors.contains("out exists"))
    #expect(refused.errors.contains("--force"))
    #expect(try String(contentsOf: folder.url("out/note.txt"), encoding: .utf8) == "mine")
    let replaced = try ProgramRun(["run", "denied", "-o", "out", "--force"], in: folder)
    #expect(replaced.status == 0)
    #expect(!FileManager.default.fileExists(atPath: folder.path("out/note.txt")))
    #expect(FileManager.default.fileExists(atPath: folder.path("out/summary.txt")))
    #expect(folder.names == ["out"])
  }

  @Test func `A folder that no run has written is never replaced`() throws {
    let folder = try TestFolder()
    _ = try folder.write("mine", to: "note.txt")
    for output in [".", folder.root.path] {
      let run = try ProgramRun(["run", "denied", "-o", output, "--force"], in: folder)
      #expect(run.status == 2)
      #expect(run.errors.contains("not the folder of a run"), "\(run.errors)")
    }
    #expect(folder.names == ["note.txt"])
    try FileManager.default.createDirectory(
      at: folder.url("empty"), withIntermediateDirectories: false)
    #expect(try ProgramRun(["run", "denied", "-o", "empty", "--force"], in: folder).status == 0)
  }

  @Test func `Without a name, folders are numbered`() throws {
    let folder = try TestFolder()
    for expected in ["out/denied", "out/denied-2"] {
      let run = try ProgramRun(["run", "denied"], in: folder)
      #expect(run.output.hasSuffix("written to      \(expected)\n"))
    }
  }

  @Test func `Equal runs write equal bytes, and another seed writes others`() throws {
    let folder = try TestFolder()
    for (name, seed) in [("a", "7"), ("b", "7"), ("c", "8")] {
      let run = try ProgramRun(["run", "first-query", "--seed", seed, "-o", name], in: folder)
      #expect(run.status == 0)
    }
    let files = folder.captures(in: "a")
    try #require(files.count > 8)
    for file in files + [folder.url("a/events.jsonl"), folder.url("a/summary.txt")] {
      let relative = file.path.dropFirst(folder.path("a").count)
      let bytes = try Data(contentsOf: file)
      #expect(try Data(contentsOf: folder.url("b\(relative)")) == bytes, "\(relative)")
      #expect(try Data(contentsOf: folder.url("c\(relative)")) != bytes, "\(relative)")
    }
  }

  @Test func `A full disk ends a run with a message and whole blocks`() throws {
    let folder = try TestFolder()
    // 200 blocks are 100 KiB: enough for the smaller files, too little for all.pcapng.
    let run = try ProgramRun(
      ["run", "first-query", "--set", "rows=2000", "-o", "out"], fileLimit: 200, in: folder)
    #expect(run.status == 1)
    #expect(run.errors.hasPrefix("lambdawire: out/"), "\(run.errors)")
    #expect(!run.errors.contains(".part-"), "\(run.errors)")
    #expect(run.errors.contains("out is INCOMPLETE"), "\(run.errors)")
    #expect(folder.names == ["out"])
    let files = folder.captures(in: "out")
    #expect(!files.isEmpty)
    for file in files {
      #expect(throws: Never.self) { try packetCount(of: file) }
      #expect(try isReadable(file), "\(file.path)")
    }
    #expect(try packetCount(of: folder.url("out/all.pcapng")) > 0)
    let summary = try String(contentsOf: folder.url("out/summary.txt"), encoding: .utf8)
    #expect(summary.hasPrefix("INCOMPLETE"))
    for path in ["out", "out/taps", "out/taps/slot.pcapng"] {
      for command in ["inspect", "verify"] {
        let look = try ProgramRun([command, path], in: folder)
        #expect(look.errors.contains("out is INCOMPLETE"), "\(look.errors)")
      }
    }
  }

  @Test func `A disk with hardly any room keeps the mark and no empty captures`() throws {
    let folder = try TestFolder()
    // One block holds the mark, but neither the head of all.pcapng nor the summary.
    let run = try ProgramRun(["run", "first-query", "-o", "out"], fileLimit: 1, in: folder)
    #expect(run.status == 1)
    #expect(!run.errors.contains(".part-"), "\(run.errors)")
    let summary = try String(contentsOf: folder.url("out/summary.txt"), encoding: .utf8)
    #expect(summary.hasPrefix("INCOMPLETE"))
    for file in folder.captures(in: "out") {
      #expect(try packetCount(of: file) >= 0)
      #expect(try Data(contentsOf: file).count > 0, "\(file.path)")
    }
    let nothing = try ProgramRun(["run", "first-query", "-o", "none"], fileLimit: 0, in: folder)
    #expect(nothing.status == 1)
    #expect(folder.names == ["out"])
  }

  @Test(.timeLimit(.minutes(2))) func `Ctrl-C ends a long run with what it has`() throws {
    let folder = try TestFolder()
    let running = try ProgramRun.Running(
      [
        "run", "fleet", "--set", "environments=20", "--set", "flows=50", "--set", "packets=500",
        "-o", "out",
      ], in: folder)
    // Some packets have to be on their way: captures are buffered, so a file grows late.
    while running.process.isRunning, !hasPackets(folder) { usleep(20_000) }
    #expect(running.process.isRunning)
    running.process.interrupt()
    let run = try running.finish()
    #expect(run.status == 130)
    #expect(run.errors.contains("interrupted"), "\(run.errors)")
    #expect(run.output.hasPrefix("INCOMPLETE"))
    #expect(folder.names == ["out"])
    let summary = try String(contentsOf: folder.url("out/summary.txt"), encoding: .utf8)
    #expect(summary.hasPrefix("INCOMPLETE"))
    for file in folder.captures(in: "out") {
      #expect(throws: Never.self) { try packetCount(of: file) }
      #expect(try isReadable(file), "\(file.path)")
    }
    #expect(try packetCount(of: folder.url("out/all.pcapng")) > 0)
  }

  @Test(.timeLimit(.minutes(2))) func `SIGTERM ends a run like Ctrl-C, with its own status`() throws
  {
    let folder = try TestFolder()
    let running = try ProgramRun.Running(
      [
        "run", "fleet", "--set", "environments=20", "--set", "flows=50", "--set", "packets=500",
        "-o", "out",
      ], in: folder)
    while running.process.isRunning, !hasPackets(folder) { usleep(20_000) }
    running.process.terminate()
    let run = try running.finish()
    #expect(run.status == 143)
    #expect(run.errors.contains("terminated; the files in out"), "\(run.errors)")
    #expect(run.output.hasPrefix("INCOMPLETE"))
  }

  /// Whether the run under way has written some packets.
  private func hasPackets(_ folder: TestFolder) -> Bool {
    guard let working = folder.names.first(where: { $0.contains(".part-") }),
      let attributes = try? FileManager.default.attributesOfItem(
        atPath: folder.path("\(working)/all.pcapng")),
      let size = attributes[.size] as? NSNumber
    else { return false }
    return size.intValue > 100_000
  }
}

import CaptureFiles
import LambdawireModel
import LambdawireTesting
import Testing

/// Programs for capture files read ours, and count in them what we count.
@Suite struct FileReadingTests {
  /// How many packets we find in a file.
  private func packetCount(in file: String) throws -> Int {
    var reader = try CaptureReader(path: file)
    var count = 0
    while try reader.next() != nil { count += 1 }
    return count
  }

  @Test(.enabled(if: Judge.arePresent(.tcpdump, .capinfos)), arguments: ShippedRun.all)
  func `tcpdump and capinfos read every file`(shipped: ShippedRun) throws {
    let run = try shipped.run()
    for file in run.captures {
      let count = try packetCount(in: file)
      let lines = try Judge.tcpdump.ask(["-n", "-q", "-t", "-r", file])
      #expect(lines.status == 0, "\(lines.complaints)")
      #expect(lines.output.split(separator: "\n").count == count, "\(file)")
      #expect(!lines.output.contains("bad "), "\(file): \(lines.output)")
      let summary = try Judge.capinfos.ask(["-M", "-T", "-r", "-m", "-c", file])
      #expect(summary.status == 0, "\(summary.complaints)")
      #expect(summary.output.contains("\(count)"), "\(file): \(summary.output)")
    }
    #expect(
      try run.taps.map(packetCount).reduce(0, +) == packetCount(in: run.merged),
      "the merged file has every record of every point")
  }

  @Test(.enabled(if: Judge.arePresent(.editcap)), arguments: ShippedRun.all)
  func `editcap converts every file to classic pcap and back`(shipped: ShippedRun) throws {
    let run = try shipped.run()
    let scratch = try TestFolder()
    for file in run.captures {
      for format in ["pcap", "nsecpcap"] {
        let (classic, back) = (scratch.path("classic.pcap"), scratch.path("back.pcapng"))
        let there = try Judge.editcap.ask(["-F", format, file, classic])
        #expect(there.status == 0, "\(file): \(there.complaints)")
        let home = try Judge.editcap.ask(["-F", "pcapng", classic, back])
        #expect(home.status == 0, "\(file): \(home.complaints)")
        #expect(try packetCount(in: back) == packetCount(in: file), "\(file)")
      }
    }
  }

  @Test(.enabled(if: Judge.arePresent(.python3)), arguments: ShippedRun.all)
  func `Scapy works out the same checksums`(shipped: ShippedRun) throws {
    let run = try shipped.run()
    let opinion = try Judge.python3.ask(["-c", ScapyChecksums.program] + run.captures)
    #expect(opinion.status == 0, "\(opinion.complaints)")
    let lines = opinion.output.split(separator: "\n")
    #expect(lines.filter { $0.hasPrefix("BAD") } == [])
    let judged = lines.filter { $0.hasPrefix("JUDGED") }
    #expect(judged.count == run.captures.count)
    // The merged file comes last; not even an ARP request is without a neighbour to be judged.
    #expect(judged.last?.hasSuffix(" 0") == false)
  }
}

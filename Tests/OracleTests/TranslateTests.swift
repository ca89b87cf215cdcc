import Foundation
import LambdawireModel
import PacketFormats
import SimulatedTime
import TestSupport
import Testing

/// Programs we did not write look at what `lambdawire translate` makes.
@Suite(.enabled(if: Judge.arePresent(.tshark, .capinfos, .tcpdump, .python3)))
struct TranslateTests {
  /// Sends what a guest of first-query captured through a NAT gateway.
  private func translate(_ profile: String, to path: String) throws -> TranslateSummary {
    try CaptureTranslation(
      TranslateOptions(
        input: SourceTree.path("Captures/first-query/taps/guest/orders-1.pcapng"), output: path,
        choice: try BehaviorChoice(profile: profile),
        inside: try TranslateOptions.networks(
          profile == "worker-ebpf" ? "169.254.79.1" : "169.254.79.0/24"),
        outside: try TranslateOptions.addresses("203.0.113.7"))
    ).execute()
  }

  @Test(arguments: BehaviorChoice.profiles)
  func `tshark finds nothing malformed and no bad checksum`(profile: String) throws {
    let folder = try TestFolder()
    let path = folder.path("out.pcapng")
    _ = try translate(profile, to: path)
    let opinion = try Judge.tshark.ask([
      "-n", "-r", path, "-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-o",
      "udp.check_checksum:TRUE", "-Y",
      "_ws.malformed || ip.checksum.status == 0 || tcp.checksum.status == 0 "
        + "|| udp.checksum.status == 0",
    ])
    #expect(opinion.output.isEmpty, "\(opinion.output)")
    let rows = try Judge.tshark.ask([
      "-n", "-r", path, "-T", "fields", "-e", "frame.interface_name", "-e", "frame.packet_id",
      "-e", "ip.src", "-e", "ip.dst", "-e", "frame.comment",
    ]).rows
    // Two frames of 22 are ARP and stay where they were.
    #expect(rows.count == 42)
    for packet in 1...22 {
      let both = rows.filter { $0.count > 4 && $0[1] == "\(packet)" && !$0[2].isEmpty }
      if both.isEmpty { continue }
      #expect(Set(both.map { $0[0] }) == ["inside", "outside"])
      #expect(both.filter { $0[4].hasPrefix("NAT -> ") }.count == 1)
      #expect(both.allSatisfy { ($0[0] == "outside") == "\($0)".contains("\"203.0.113.7\"") })
    }
  }

  @Test func `Scapy works out the same checksums`() throws {
    let folder = try TestFolder()
    let path = folder.path("out.pcapng")
    _ = try translate("aws-natgw", to: path)
    let opinion = try Judge.python3.ask(["-c", ScapyChecksums.program, path])
    #expect(opinion.output == "JUDGED \(path) 42 80\n", "\(opinion.output)\(opinion.complaints)")
  }

  @Test func `capinfos counts the interfaces, and tcpdump reads every packet`() throws {
    let folder = try TestFolder()
    let path = folder.path("out.pcapng")
    _ = try translate("rfc", to: path)
    let opinion = try Judge.capinfos.ask([path])
    #expect(opinion.status == 0)
    #expect(opinion.output.contains("Number of interfaces in file: 2"))
    #expect(opinion.output.contains("Name = outside"))
    #expect(opinion.output.contains("Number of stat entries = 1"))
    let dump = try Judge.tcpdump.ask(["-nr", path])
    #expect(dump.output.split(separator: "\n").count == 42, "\(dump.complaints)")
  }

  /// The program of the netfilter project prints entries that were made to be like ours.
  @Test(.enabled(if: ConntrackProgram.isUsable))
  func `A line is the one that conntrack prints`() throws {
    let folder = try TestFolder()
    let record = folder.path("map.jsonl")
    var line =
      #"{"time_ns":0,"event":"translation-made","protocol":"tcp","inside":"10.0.0.5:40110","#
      + #""outside":"203.0.113.7:1024","remote":"198.51.100.9:443","state":"established"}"#
    line +=
      "\n"
      + line.replacing("translation-made", with: "translation-ended")
      .replacing("\"time_ns\":0", with: "\"time_ns\":900000000000")
      .replacing("\"state\":\"established\"", with: "\"state\":\"established\",\"reason\":\"idle\"")
    try Data("\(line)\n".utf8).write(to: URL(filePath: record))
    let ours = try NATQuery().table(of: try TranslationRecord(path: record), at: .start).text
    let theirs = try ConntrackProgram.list(
      "-I -p tcp -s 10.0.0.5 -d 198.51.100.9 --sport 40110 --dport 443 --reply-src 198.51.100.9 "
        + "--reply-dst 203.0.113.7 --reply-port-src 443 --reply-port-dst 1024 --timeout 900 "
        + "--state ESTABLISHED -u SEEN_REPLY,ASSURED")
    // Its timer has begun to run.
    func timeless(_ text: String) -> [Substring] {
      text.split(separator: " ", omittingEmptySubsequences: false).filter {
        !["900", "899", "898", "897"].contains($0)
      }
    }
    #expect(timeless(ours) == timeless(theirs))
    #expect(ours.hasPrefix("ipv4     2 tcp      6 900 ESTABLISHED "))
  }
}

/// `conntrack` in a network namespace of its own.
enum ConntrackProgram {
  static var isUsable: Bool {
    if (try? list("-L"))?.isEmpty == true { return true }
    FileHandle.standardError.write(
      Data("conntrack test skipped: conntrack or unshare missing, or not permitted\n".utf8))
    return false
  }

  /// Runs conntrack with `arguments`, and then lists what there is.
  static func list(_ arguments: String) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = [
      "-c",
      "exec 2>/dev/null; unshare -n sh -c 'conntrack \(arguments) >/dev/null "
        + "&& conntrack -L -o extended'",
    ]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw CocoaError(.featureUnsupported) }
    return String(decoding: data, as: UTF8.self)
  }
}

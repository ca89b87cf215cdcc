import Foundation
import LambdawireModel
import LambdawireTesting
import Testing

/// Names of interfaces that get their address while a run goes on stand in the middle of a capture.
@Suite struct NameResolutionTests {
  /// The blocks of a pcapng file (draft-ietf-opsawg-pcapng, section 3.1), all in our byte order.
  private struct Blocks {
    static let nameResolution: UInt32 = 4
    static let enhancedPacket: UInt32 = 6

    var all: [(type: UInt32, bytes: Data)] = []

    init(of file: String) throws {
      let data = try Data(contentsOf: URL(filePath: file))
      var rest = data[...]
      func word(_ offset: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(rest[rest.startIndex + offset + $1]) << UInt32($1 * 8) }
      }
      while rest.count >= 12 {
        let (type, length) = (word(0), Int(word(4)))
        try #require(length >= 12 && length <= rest.count, "a block is cut short")
        all.append((type, Data(rest.prefix(length))))
        rest = rest.dropFirst(length)
      }
    }

    /// Without the names that come behind the first packet.
    var withoutLateNames: Data {
      var hasPacket = false
      var data = Data()
      for block in all {
        hasPacket = hasPacket || block.type == Self.enhancedPacket
        if hasPacket, block.type == Self.nameResolution { continue }
        data.append(block.bytes)
      }
      return data
    }
  }

  /// What tshark calls the sources of a file's packets, by their addresses.
  private func sourceNames(in file: String) throws -> [String: Set<String>] {
    let opinion = try Judge.tshark.ask([
      "-r", file, "-N", "n", "-Y", "ip && !icmp", "-T", "fields", "-E", "occurrence=l", "-e",
      "ip.src", "-e", "ip.src_host",
    ])
    #expect(opinion.status == 0, "\(opinion.complaints)")
    return Dictionary(opinion.rows.map { ($0[0], [$0[1]]) }) { $0.union($1) }
  }

  @Test(
    .enabled(if: Judge.arePresent(.tshark)),
    arguments: ["update-vpc-config", "inactive-after-14-days"])
  func `tshark shows the name of an interface that was made in the course of a run`(
    scenario: String
  ) throws {
    let run = try ShippedRun(scenario: scenario, era: .hyperplane).run()
    let interfaces = try made(in: run)
    #expect(!interfaces.isEmpty)
    let scratch = try TestFolder()
    for file in [run.merged, "\(run.folder)/taps/eni.pcapng"] {
      let names = try sourceNames(in: file)
      let blocks = try Blocks(of: file)
      // A control: without these blocks the addresses are nobody's.
      let bare = scratch.path("bare.pcapng")
      try blocks.withoutLateNames.write(to: URL(filePath: bare))
      let bareNames = try sourceNames(in: bare)
      for (address, identifier) in interfaces where names[address] != nil {
        #expect(names[address] == [identifier], "\(file)")
        #expect(bareNames[address] == [address], "\(file)")
      }
      #expect(interfaces.contains { names[$0.key] != nil }, "\(file)")
    }
  }

  /// Interfaces that came to be after the beginning of a run: identifiers by addresses.
  private func made(in run: LambdawireRun) throws -> [String: String] {
    struct Line: Decodable {
      var event: String
      var status: String?
      var id: String?
      var address: String?
    }
    let text = try String(contentsOfFile: "\(run.folder)/events.jsonl", encoding: .utf8)
    var made: [String: String] = [:]
    for line in text.split(separator: "\n") {
      let event = try JSONDecoder().decode(Line.self, from: Data(line.utf8))
      guard event.event == "network-interface", event.status == "pending",
        let address = event.address
      else { continue }
      made[address] = event.id
    }
    return made
  }
}

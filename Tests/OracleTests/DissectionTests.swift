import LambdawireModel
import LambdawireTesting
import Testing

/// tshark dissects what every hop saw, with all checksums checked.
@Suite(.enabled(if: Judge.arePresent(.tshark)))
struct DissectionTests {
  /// Above this, an expert note says more than that something noteworthy happened.
  private static let chat = 0x0020_0000

  /// Notes that tshark 4 has on the two FIN segments of every TCP connection that ends in order.
  private static let notesOnClosing: Set = [
    "This frame initiates the connection closing", "This frame undergoes the connection closing",
  ]

  /// What each frame of a file looks like to tshark.
  private static let fields = [
    "frame.number", "_ws.malformed", "ip.checksum.status", "tcp.checksum.status",
    "udp.checksum.status", "_ws.expert.severity", "_ws.expert.message", "icmp.type",
  ]

  static let checkingOptions = ["ip", "tcp", "udp"].flatMap { ["-o", "\($0).check_checksum:TRUE"] }

  /// What `tshark` finds wrong with a file, a line for each frame.
  private func complaints(
    about file: String, isDisturbed: Bool = false, arguments: [String] = [],
    environment: [String: String] = [:]
  ) throws -> [String] {
    let opinion = try Judge.tshark.ask(
      arguments + ["-r", file, "-T", "fields", "-E", "aggregator=;"] + Self.checkingOptions
        + Self.fields.flatMap { ["-e", $0] }, environment: environment)
    #expect(opinion.status == 0, "\(file): \(opinion.complaints)")
    return opinion.rows.compactMap { row in
      guard row.count == Self.fields.count else { return "unexpected output \(row)" }
      // Status 0 is "Bad"; in a tunnel the fields have two values.
      // What an ICMP error quotes is cut short (RFC 1812, section 4.3.2.3), which tshark does not consider
      // when it works out the checksum of the segment in it.
      let isError = row[7].split(separator: ";").contains { ["3", "11", "12"].contains($0) }
      let hasBadChecksum = row[2...(isError ? 2 : 4)].contains {
        $0.split(separator: ";").contains("0")
      }
      // Severities and messages come in the same order; comments count as notes of the least
      // severity.
      let notes = zip(row[5].split(separator: ";"), row[6].split(separator: ";"))
      let worst =
        notes.filter { !Self.notesOnClosing.contains(String($1)) }
        .filter { !(isError && $1.hasPrefix("Bad checksum")) }
        .compactMap { severity, _ in Int(severity) }.max() ?? 0
      guard !row[1].isEmpty || hasBadChecksum || (worst > Self.chat && !isDisturbed) else {
        return nil
      }
      return "\(file), frame \(row[0]): \(row.dropFirst().joined(separator: " | "))"
    }
  }

  @Test(arguments: ShippedRun.all)
  func `Nothing is wrong with what any point saw`(shipped: ShippedRun) throws {
    let run = try shipped.run()
    #expect(run.taps.count >= 3)
    for file in run.taps {
      // Where segments are lost on purpose, tshark says so.
      #expect(try complaints(about: file, isDisturbed: shipped.isDisturbed) == [])
    }
  }

  @Test(arguments: ShippedRun.all)
  func `Nothing is wrong with the merged file in the shipped profile`(
    shipped: ShippedRun
  ) throws {
    let run = try shipped.run()
    let profile = try WiresharkProfile()
    #expect(
      try complaints(
        about: run.merged, isDisturbed: shipped.isDisturbed, arguments: profile.arguments,
        environment: profile.environment) == [])
  }

  @Test(arguments: ShippedRun.queries)
  func `PostgreSQL and DNS dissect fully`(shipped: ShippedRun) throws {
    let run = try shipped.run()
    let file = "\(run.folder)/taps/destination.pcapng"
    let session = try Judge.tshark.ask([
      "-r", file, "-Y", "pgsql", "-T", "fields", "-e", "pgsql.frontend", "-e", "pgsql.type",
    ])
    #expect(session.status == 0, "\(session.complaints)")
    let types = Set(session.rows.flatMap { $0[1].split(separator: ",").map(String.init) })
    for type in [
      "SSL request", "Startup message", "Authentication request", "Parameter status",
      "Ready for query", "Simple query", "Row description", "Data row", "Command completion",
      "Termination",
    ] {
      #expect(types.contains(type), "\(type) is missing from \(types.sorted())")
    }
    let names = try Judge.tshark.ask([
      "-r", file, "-Y", "dns", "-T", "fields", "-e", "dns.flags.response", "-e", "dns.qry.name",
      "-e", "dns.a",
    ])
    #expect(names.rows.contains(["0", "postgres.shop.internal", ""]))
    #expect(names.rows.contains(["1", "postgres.shop.internal", "10.0.2.20"]))
    #expect(names.rows.filter { $0[0] == "0" }.count == names.rows.filter { $0[0] == "1" }.count)
  }

  @Test(arguments: ShippedRun.all)
  func `One packet is seen at all points of its way, in order`(shipped: ShippedRun) throws {
    let run = try shipped.run()
    let opinion = try Judge.tshark.ask([
      "-r", run.merged, "-Y", shipped.firstPacketFilter, "-T", "fields", "-e", "frame.packet_id",
      "-e", "frame.interface_name", "-e", "frame.time_relative",
    ])
    let first = try #require(opinion.rows.first, "\(opinion.complaints)")
    let hops = opinion.rows.filter { $0[0] == first[0] }
    #expect(hops.map { $0[1] } == shipped.points)
    let times = hops.compactMap { Double($0[2]) }
    #expect(times == times.sorted())
  }

  @Test(arguments: ShippedRun.queries.filter { $0.era != .perEnvironment })
  func `The slot says what it translated, both ways`(shipped: ShippedRun) throws {
    let run = try shipped.run()
    let opinion = try Judge.tshark.ask([
      "-n", "-r", run.merged, "-Y", "frame.interface_name in {guest, slot} and not arp", "-T",
      "fields", "-e", "frame.packet_id", "-e", "frame.interface_name", "-e", "ip.src", "-e",
      "ip.dst", "-e", "udp.port", "-e", "tcp.port", "-e", "frame.comment",
    ])
    #expect(opinion.status == 0, "\(opinion.complaints)")
    let atGuest = Dictionary(
      opinion.rows.filter { $0[1] == "guest" }.map { ($0[0], $0) }, uniquingKeysWith: { $1 })
    let atSlot = opinion.rows.filter { $0[1] == "slot" }
    #expect(!atSlot.isEmpty)
    for record in atSlot {
      let guest = try #require(atGuest[record[0]], "packet \(record[0]) at slot only")
      // Addresses and ports, each source first; one of the two protocols has none.
      func end(_ row: [String], _ index: Int) -> String {
        "\(row[2 + index]):\((row[4] + row[5]).split(separator: ",")[index])"
      }
      let isOutbound = record[2] != guest[2]
      let index = isOutbound ? 0 : 1
      let (slotEnd, guestEnd) = (end(record, index), end(guest, index))
      let expected =
        isOutbound
        ? "NAT -> \(slotEnd) (was \(guestEnd))" : "NAT next -> \(guestEnd) (here \(slotEnd))"
      #expect(record[6] == expected, "packet \(record[0])")
    }
  }

  @Test(arguments: ShippedRun.all.filter { $0.era != .perEnvironment })
  func `Every frame in the tunnel is Geneve with the number of the VPC`(
    shipped: ShippedRun
  ) throws {
    let run = try shipped.run()
    let opinion = try Judge.tshark.ask([
      "-r", "\(run.folder)/taps/tunnel.pcapng", "-T", "fields", "-e", "udp.dstport",
      "-e", "geneve.vni", "-e", "geneve.proto_type",
    ])
    let identifiers = Set(opinion.rows.map { $0[1] })
    #expect(
      identifiers.count == (["overlapping-customers", "region"].contains(shipped.scenario) ? 2 : 1))
    #expect(identifiers.first?.isEmpty == false)
    #expect(opinion.rows.allSatisfy { $0[0].hasPrefix("6081") && $0[2] == "0x6558" })
  }

  @Test(arguments: ShippedRun.queries)
  func `Addresses have names that come from the file`(shipped: ShippedRun) throws {
    let run = try shipped.run()
    let opinion = try Judge.tshark.ask([
      "-N", "n", "-r", "\(run.folder)/taps/destination.pcapng", "-T", "fields",
      "-e", "ip.src_host", "-e", "ip.dst_host",
    ])
    let names = Set(opinion.rows.joined())
    #expect(names.contains("postgres"), "\(names.sorted())")
    // Before 2019 an environment's interface is its own, and has its name.
    let own = shipped.era == .perEnvironment ? "orders-1" : "eni-"
    #expect(names.contains { $0.hasPrefix(own) }, "\(names.sorted())")
  }
}

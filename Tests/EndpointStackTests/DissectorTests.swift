import CaptureFiles
import EndpointStack
import EventSimulation
import Foundation
import PacketFormats
import SimulatedTime
import Testing

private let tshark = "/usr/bin/tshark"

/// What Wireshark's dissectors, which we did not write, say about a clean run.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: tshark)))
struct DissectorTests {
  /// Runs `exchanges` and writes what the client's interface saw.
  func capture(_ exchanges: [Exchange], seed: UInt64 = 1) throws -> String {
    let path = NSTemporaryDirectory() + "endpoint-\(UUID().uuidString).pcapng"
    let file = try PcapngWriter(path: path)
    var hosts = TwoHosts(exchanges, seed: seed, capturingTo: file)
    hosts.simulation.withNode(hosts.wire) { $0.remembers = false }
    hosts.serve(.postgreSQL(PostgreSQLServer(thinkTime: .milliseconds(1))))
    hosts.serve(.datagramSink(port: 9))
    hosts.serve(.streamSink(port: 9))
    hosts.serve(.datagramEcho(port: 7))
    hosts.serve(
      .domainNames(
        DomainNameServer(addresses: [try DNSName("db.shop"): [.v4(TwoHosts.serverAddress)]])))
    hosts.run()
    try hosts.simulation.network.finishCaptures()
    return path
  }

  /// The lines that tshark prints about the file at `path`.
  func dissect(_ path: String, _ arguments: [String]) throws -> [String] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: tshark)
    process.arguments =
      [
        "-r", path, "-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-o",
        "udp.check_checksum:TRUE",
      ] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  let everything: [Exchange] = [
    .resolve(NameLookup(name: "db.shop", server: .v4(TwoHosts.serverAddress))),
    .resolve(NameLookup(name: "nobody.shop", server: .v4(TwoHosts.serverAddress))),
    .query(DatabaseQuery(server: .v4(TwoHosts.serverAddress), rowCount: 20, rowByteCount: 180)),
    .query(DatabaseQuery(server: .v4(TwoHosts.serverAddress), rowCount: 3000, rowByteCount: 400)),
    .query(DatabaseQuery(server: .v4(TwoHosts.serverAddress), text: "UPDATE orders SET total = 1")),
    .send(
      DatagramTrain(
        destination: .v4(TwoHosts.serverAddress), port: 9, flowCount: 3, datagramsPerFlow: 5,
        payloadByteCount: 72, interval: .microseconds(1))),
    .transfer(
      Upload(destination: .v4(TwoHosts.serverAddress), port: 9, flowCount: 5, bytesPerFlow: 10_000)),
    .transfer(
      Upload(
        destination: .v4(TwoHosts.serverAddress), port: 9, flowCount: 1, bytesPerFlow: 5_000_000)),
    .ping(Ping(destination: .v4(TwoHosts.serverAddress), count: 3)),
  ]

  @Test(arguments: 1...3 as ClosedRange<UInt64>)
  func `Nothing in a clean run is worth more than a chat`(seed: UInt64) throws {
    let path = try capture(everything, seed: seed)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let complaints = try dissect(
      path,
      [
        "-Y",  // Wireshark 4.0 makes a note of every FIN, so these are counted apart.
        "tcp.analysis.flags || _ws.malformed || _ws.expert.severity > 0x00200000"
          + " && !tcp.connection.fin_active && !tcp.connection.fin_passive",
        "-T", "fields", "-e", "frame.number", "-e", "_ws.expert.message",
      ])
    #expect(complaints == [])
    let count = try dissect(path, ["-T", "fields", "-e", "frame.number"]).count
    #expect(count > 4000)
    let resets = try dissect(path, ["-Y", "tcp.flags.reset == 1"])
    #expect(resets == [])
  }

  @Test func `PostgreSQL and DNS are dissected message by message`() throws {
    let path = try capture(everything)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let types = try dissect(
      path, ["-Y", "pgsql && tcp.stream == 0", "-T", "fields", "-e", "pgsql.type"]
    )
    .flatMap { $0.split(separator: ",").map(String.init) }
    #expect(types.filter { $0 == "Data row" }.count == 20)
    for type in [
      "SSL request", "Startup message", "Authentication request",
      "Parameter status", "Backend key data", "Ready for query", "Simple query",
      "Row description", "Command completion", "Termination",
    ] { #expect(types.contains(type), "\(type)") }
    let names = try dissect(
      path,
      ["-Y", "dns", "-T", "fields", "-e", "dns.qry.name", "-e", "dns.a", "-e", "dns.flags.rcode"])
    #expect(
      names == [
        "db.shop\t\t", "db.shop\t10.0.0.9\t0", "nobody.shop\t\t", "nobody.shop\t\t3",
      ])
  }
}

import CaptureFiles
import Testing

/// Programs that we did not write read our files.
@Suite struct OutsideOpinionTests {
  /// Writes what a run of the simulator writes, two interfaces and four packets.
  private func sample(_ file: TemporaryFile) throws {
    var writer = try PcapngWriter(
      path: file.path,
      section: SectionHeader(
        hardware: "hardware", operatingSystem: "system", application: "Lambdawire",
        comments: ["seed 7"]))
    let interfaces = ["worker-1:slot", "worker-1:tunnel"].map { (name: String) in
      writer.add(
        InterfaceDescription(
          name: name, description: "what \(name) sees",
          ipv4Assignments: [.init(address: 0x0a00_0001, mask: 0xffff_ff00)],
          ipv6Assignments: [.init(address: 1, prefixLength: 64)],
          macAddress: 0x0200_0000_0001, eui64Address: 1, speed: 25_000_000_000,
          transmitSpeed: 1, receiveSpeed: 2, filter: "tcp", operatingSystem: "Linux",
          hardware: "ENA", frameCheckSequenceByteCount: 0, comments: ["A-02"]))
    }
    writer.add(
      NameResolution(
        entries: [
          .init(.ipv4(0x0a00_0001), "orders-env-3"), .init(.eui48(0x0200_0000_0001), "eni"),
        ], serverName: "resolver", serverIPv4Address: 0x0a00_0002))
    writer.add(DecryptionSecrets(kind: .tlsKeyLog, bytes: Array("# no keys\n".utf8)))
    let frame = PacketFilterTests.frame(protocol: 17, port: 53)
    for number in 0..<4 {
      writer.write(
        frame, interface: interfaces[number % 2], time: 1_567_468_800_000_000_007 + Int64(number),
        original: 1000 + number, flags: number % 2 == 0 ? .inbound : .outbound, packetID: 42,
        comment: number == 3 ? "DROP security-group ✓" : "", verdict: number == 3 ? .drop : nil)
    }
    for interface in 0..<2 {
      writer.add(
        InterfaceStatistics(
          interface: interface, time: 1_567_468_800_000_000_100, receivedCount: 2,
          droppedCount: 1))
    }
    try writer.finish()
  }

  @Test(.enabled(if: Shell.has("tshark")))
  func `tshark sees every field`() throws {
    let file = TemporaryFile()
    try sample(file)
    let (output, status) = Shell.run(
      "tshark -r \(file.path) -N n -T fields -E separator=/s -e frame.interface_name "
        + "-e frame.time_epoch -e frame.packet_id -e frame.packet_flags_direction -e frame.len "
        + "-e frame.comment -e frame.verdict.ebpf_xdp -e ip.src_host")
    #expect(status == 0)
    #expect(
      output == """
        worker-1:slot 1567468800.000000007 42 0x00000001 1000   orders-env-3
        worker-1:tunnel 1567468800.000000008 42 0x00000002 1001   orders-env-3
        worker-1:slot 1567468800.000000009 42 0x00000001 1002   orders-env-3
        worker-1:tunnel 1567468800.000000010 42 0x00000002 1003 DROP security-group ✓ 1 orders-env-3

        """)
  }

  @Test(.enabled(if: Shell.has("capinfos")))
  func `capinfos finds nothing wrong`() throws {
    let file = TemporaryFile()
    try sample(file)
    let (output, status) = Shell.run("capinfos \(file.path)")
    #expect(status == 0)
    for line in [
      "Number of packets:   4", "Number of interfaces in file: 2", "Capture comment:     seed 7",
      "Name = worker-1:tunnel", "Time precision = nanoseconds (9)", "Filter string = tcp",
      "Speed = 25000000000", "Hardware = ENA", "Number of stat entries = 1",
      "Number of resolved IPv4 addresses in file: 1", "Number of decryption secrets in file: 1",
    ] {
      #expect(output.contains(line), "\(line) is missing from \(output)")
    }
  }

  @Test(.enabled(if: Shell.has("tcpdump")))
  func `tcpdump reads both formats`() throws {
    let file = TemporaryFile()
    try sample(file)
    let classic = TemporaryFile()
    var reader = try CaptureReader(path: file.path)
    var writer = try PcapWriter(path: classic.path)
    while let record = try reader.next() {
      reader.withPacketBytes { bytes in
        writer.write(bytes, time: record.time, originalByteCount: record.originalByteCount)
      }
    }
    try writer.finish()
    for path in [file.path, classic.path] {
      let (output, status) = Shell.run("tcpdump -n --nano -tt -r \(path)")
      #expect(status == 0)
      let lines = output.split(separator: "\n")
      #expect(lines.count == 4)
      #expect(lines[0].hasPrefix("1567468800.000000007 IP 10.0.0.1.53 > 10.0.0.2.53"))
    }
  }

  @Test(.enabled(if: Shell.has("editcap")))
  func `editcap converts to pcap and back, and we read what it wrote`() throws {
    let file = TemporaryFile()
    try sample(file)
    let expected = readAll(file.path).packets
    let copy = TemporaryFile()
    #expect(Shell.run("editcap \(file.path) \(copy.path)").status == 0)
    let copied = readAll(copy.path)
    #expect(copied.error == nil)
    #expect(copied.packets.map(\.record.packetID) == expected.map(\.record.packetID))
    #expect(copied.packets.map(\.record.flags) == expected.map(\.record.flags))
    let classic = TemporaryFile()
    #expect(Shell.run("editcap -F nsecpcap \(file.path) \(classic.path)").status == 0)
    let back = TemporaryFile()
    #expect(Shell.run("editcap -F pcapng \(classic.path) \(back.path)").status == 0)
    for path in [copy.path, classic.path, back.path] {
      let (packets, error) = readAll(path)
      #expect(error == nil)
      #expect(packets.map(\.bytes) == expected.map(\.bytes))
      #expect(packets.map(\.record.time) == expected.map(\.record.time))
      #expect(
        packets.map(\.record.originalByteCount) == expected.map(\.record.originalByteCount))
    }
  }
}

import Foundation
import Testing

@Suite struct BadInputTests {
  /// A sound scenario, to be broken in one place.
  private static let sound = """
    lambdawire: 1
    seed: 7
    duration: 60 s
    vpcs:
      shop:
        cidr: 10.0.0.0/16
        subnets:
          private-a: { cidr: 10.0.1.0/24, zone: use1-az1 }
          data-a: { cidr: 10.0.2.0/24, zone: use1-az1 }
        security-groups:
          orders: { ingress: [{ protocol: tcp, ports: 5432, from: orders }] }
        hosts:
          postgres:
            subnet: data-a
            address: 10.0.2.20
            security-groups: [orders]
            serves: postgresql
    functions:
      orders:
        memory: 512 MB
        vpc: shop
        subnets: [private-a]
        security-groups: [orders]
        environments: 1
    traffic:
      - invoke: orders
        arrivals: once
        from: 2 s
        do: [{ query: postgres }]

    """

  @Test(arguments: [
    ("seed: 7", "sed: 7", "2:1", "seed"),
    ("duration: 60 s", "duration: 60 parsecs", "3:11", "parsecs"),
    ("duration: 60 s", "duration: 60 MB", "3:11", "`60 MB`, which is a size; expected a duration"),
    ("cidr: 10.0.2.0/24", "cidr: 10.0.1.128/25", "9:23", "10.0.1.0/24"),
    ("address: 10.0.2.20", "address: 10.0.2.1", "15:18", "10.0.2.1"),
    ("invoke: orders", "invoke: oders", "26:13", "did you mean `orders`"),
  ])
  func `A mistake has a place, nothing is written, and the status is 2`(
    original: String, mistake: String, place: String, word: String
  ) throws {
    let folder = try TestFolder()
    try #require(Self.sound.contains(original))
    let path = try folder.write(Self.sound.replacing(original, with: mistake), to: "bad.yaml")
    for command in [["run", path, "-o", "out"], ["validate", path]] {
      let run = try ProgramRun(command, in: folder)
      #expect(run.status == 2)
      #expect(run.output.isEmpty)
      #expect(run.errors.contains("\(path):\(place): error: found "), "\(run.errors)")
      #expect(run.errors.contains("; expected "))
      #expect(run.errors.contains(word), "\(run.errors)")
    }
    #expect(folder.names == ["bad.yaml"])
  }

  @Test func `The scenario that is broken above is sound`() throws {
    let folder = try TestFolder()
    let path = try folder.write(Self.sound, to: "good.yaml")
    #expect(try ProgramRun(["validate", path], in: folder).status == 0)
    let run = try ProgramRun(["run", path, "-o", "out"], in: folder)
    #expect(run.status == 0)
    #expect(run.output.contains("1 finished, 0 failed"))
  }

  @Test func `A folder stands for the scenario in it`() throws {
    let folder = try TestFolder()
    _ = try folder.write(Self.sound, to: "scenario.yaml")
    let run = try ProgramRun(["validate", "."], in: folder)
    #expect(run.status == 0)
    #expect(run.output == "./scenario.yaml: sound\n")
    #expect(try ProgramRun(["run", ".", "-o", "out"], in: folder).status == 0)
  }

  @Test(arguments: [
    (["run", "firstquery"], "did you mean `first-query`?"),
    (["run", "first-query", "--sed", "3"], "Unknown option '--sed'"),
    (["run", "first-query", "--seed", "many"], "--seed"),
    (["run", "first-query", "--set", "rws=3"], "rows"),
    (["run", "first-query", "--taps", "etherwire"], "etherwire"),
    (["run", "first-query", "--filter", "port port"], "port port"),
    (["run", "first-query", "--networking", "hyperplan"], "hyperplan"),
    (["run", "first-query", "--format", "pcap", "--files", "merged"], "use --files taps"),
    (["run", "first-query", "--duration", "5"], "--duration: error: found `5` without a unit"),
    (["run", "region", "--threads", "0"], "a number from 1 to 1024; found 0"),
    (["run", "region", "--threads", "1025"], "a number from 1 to 1024; found 1025"),
    (["run", "region", "--events", "some"], "Please provide one of 'all', 'control' or 'none'"),
    (
      ["trace", "first-query", "--from", "orders", "--to", "postgres"],
      "found `postgres` without a port, expected HOST:PORT such as postgres:5432"
    ),
    (
      ["trace", "first-query", "--from", "orders-9", "--to", "postgres:5432"],
      "which are orders-1 to orders-3"
    ),
    (["validate", "."], ".: error: found a folder without a scenario.yaml"),
    (["run"], "Missing expected argument"),
    (["rum", "first-query"], "did you mean `run`?"),
    (["inspect", "nothing.pcap"], "nothing.pcap: cannot open"),
    (["inspect", "."], "found no captures"),
    (["verify", "--idle-timer=0", "x"], "--idle-timer is 1 to 86400 seconds"),
    (["inspect", "--limit=-1", "x"], "--limit cannot be negative"),
    (["verify", "nothing.pcap", "--expect", "nothing.jsonl"], "nothing.jsonl: cannot read"),
    (["trace", "first-query", "--from", "orders"], "--to"),
    (
      ["trace", "first-query", "--from", "order", "--to", "postgres:5432"],
      "did you mean `orders`?"
    ),
    (["trace", "first-query", "--from", "orders", "--to", "postgres:1"], "postgres:5432 over tcp"),
    (
      ["trace", "first-query", "--from", "orders", "--to", "postgres:5432", "--json", "--mermaid"],
      "exclude each other"
    ),
  ])
  func `Misuse is said in one line, nothing is written, and the status is 2`(
    arguments: [String], words: String
  ) throws {
    let folder = try TestFolder()
    let run = try ProgramRun(arguments, in: folder)
    #expect(run.status == 2)
    #expect(run.errors.contains(words), "\(run.errors)")
    #expect(run.errors.split(separator: "\n").count == 1, "\(run.errors)")
    #expect(folder.names.isEmpty)
  }

  @Test func `Damaged captures are reported with the offset, after what came before`() throws {
    let folder = try TestFolder()
    #expect(try ProgramRun(["run", "denied", "-o", "out"], in: folder).status == 0)
    let bytes = try Data(contentsOf: folder.url("out/all.pcapng"))
    try bytes.prefix(bytes.count * 3 / 4).write(to: folder.url("cut.pcapng"))
    for command in ["inspect", "verify"] {
      let run = try ProgramRun([command, "cut.pcapng"], in: folder)
      #expect(run.status == 2)
      #expect(run.output.contains(command == "inspect" ? "FLOWS at guest" : "checksum-tcp"))
      #expect(run.errors.contains("cut.pcapng: the file ends inside block"), "\(run.errors)")
      #expect(run.errors.contains("at offset "))
      #expect(run.errors.contains("before that count"))
    }
    try Data("no capture at all".utf8).write(to: folder.url("text.pcap"))
    let run = try ProgramRun(["inspect", "text.pcap"], in: folder)
    #expect(run.status == 2)
    #expect(run.errors.contains("text.pcap: not a pcap or pcapng file"))
  }
}

import Foundation
import LambdawireModel
import TestSupport
import Testing

/// Holds schema, reference and decoder together.
@Suite struct ScenarioSchemaTests {
  /// Compares a generated text with the file that holds it, or writes the file if told to.
  private func check(_ text: String, isIn path: String) throws {
    let file = SourceTree.root.appending(path: path)
    if SourceTree.updates {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
    let written = try String(contentsOf: file, encoding: .utf8)
    #expect(
      written == text,
      "\(path) is out of date: UPDATE=1 swift test --disable-xctest --filter ScenarioSchema")
  }

  @Test func `The schema's file is what the declarations make`() throws {
    try check(ScenarioSchema.json(), isIn: "Tools/schema/lambdawire-scenario.schema.json")
  }

  @Test func `The reference's file is what the declarations make`() throws {
    try check(
      ScenarioReference.markdown(),
      isIn: "Sources/LambdawireModel/LambdawireModel.docc/ScenarioFiles.md")
  }

  @Test func `The shipped scenarios satisfy the schema, and spoilt ones do not`() throws {
    // Whatever judges our schema must not be our own code.
    let program = """
      import json, sys
      try:
          import jsonschema, yaml
      except ImportError:
          sys.exit(77)
      class Loader(yaml.SafeLoader):
          pass
      # As editors read YAML (1.2, core schema): dates are text, and so are yes, no, on and off.
      Loader.yaml_implicit_resolvers = {
          first: [(tag, pattern) for tag, pattern in resolvers
                  if tag in ('tag:yaml.org,2002:int', 'tag:yaml.org,2002:null')]
          for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()}
      schema = json.load(open(sys.argv[1]))
      jsonschema.Draft202012Validator.check_schema(schema)
      validator = jsonschema.Draft202012Validator(schema)
      for line in sys.stdin.read().split('\\0'):
          errors = list(validator.iter_errors(yaml.load(line, Loader)))
          print('; '.join(e.json_path + ': ' + e.message for e in errors).replace('\\n', ' '))
      """
    let shipped = BuiltInScenarios(root: SourceTree.root.path()).list()
    #expect(shipped.count >= 3)
    let texts = try shipped.map { try String(contentsOfFile: $0.path, encoding: .utf8) }
    let spoilt = [
      ScenarioText.sound.replacing("title:", with: "titel:"),
      ScenarioText.sound.replacing("duration: 30 s", with: "duration: 30"),
      ScenarioText.sound.replacing("environments: 3", with: "environments: 0"),
      ScenarioText.sound.replacing("resolve:", with: "resolv:"),
      ScenarioText.sound.replacing("protocol: tcp", with: "protocol: sctp"),
      ScenarioText.sound.replacing("serves: postgresql", with: "serves: oracle"),
      ScenarioText.sound.replacing("    vpc: shop\n", with: ""),
      ScenarioText.sound.replacing("hyperplane-lookup", with: "hyperplane-lokup"),
      ScenarioText.sound.replacing("200 us", with: "200"),
    ]
    let inputs = texts + [ScenarioText.sound] + spoilt
    let schema = SourceTree.root.appending(path: "Tools/schema/lambdawire-scenario.schema.json")
    let result = try python(
      program, arguments: [schema.path()], input: inputs.joined(separator: "\0"))
    guard result.status != 77 || ProcessInfo.processInfo.environment["CI"] != nil else { return }
    #expect(result.status == 0, "\(result.errors)")
    let verdicts = result.output.split(separator: "\n", omittingEmptySubsequences: false)
    try #require(verdicts.count > inputs.count)
    for index in inputs.indices {
      let isSound = index <= texts.count
      #expect(verdicts[index].isEmpty == isSound, "input \(index): \(verdicts[index])")
    }
  }

  private func python(
    _ program: String, arguments: [String], input: String
  ) throws -> (status: Int32, output: String, errors: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-c", program] + arguments
    let (stdin, stdout, stderr) = (Pipe(), Pipe(), Pipe())
    (process.standardInput, process.standardOutput, process.standardError) = (stdin, stdout, stderr)
    try process.run()
    try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try stdin.fileHandleForWriting.close()
    let output = try stdout.fileHandleForReading.readToEnd() ?? Data()
    let errors = try stderr.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (
      process.terminationStatus, String(decoding: output, as: UTF8.self),
      String(decoding: errors, as: UTF8.self)
    )
  }

  /// Where each kind of mapping stands in the scenario of `complete`, by its name in the schema.
  private static let places: [String: String] = [
    "VPC": "vpcs.v", "subnet": "vpcs.v.subnets.s", "security-group": "vpcs.v.security-groups.g",
    "ingress-rule": "vpcs.v.security-groups.g.ingress.0",
    "egress-rule": "vpcs.v.security-groups.g.egress.0", "host": "vpcs.v.hosts.h",
    "service": "vpcs.v.hosts.h.serves.0", "function": "functions.f",
    "traffic-entry": "traffic.0", "host-traffic-entry": "traffic.1",
    "resolve-step": "traffic.0.do.0", "query-step": "traffic.0.do.1",
    "send-step": "traffic.0.do.2", "transfer-step": "traffic.0.do.3", "ping-step": "traffic.0.do.4",
    "wait-step": "traffic.0.do.5", "exchange-step": "traffic.0.do.6", "failure": "events.0",
    "fetch-step": "traffic.0.do.7", "traceroute-step": "traffic.0.do.8",
    "flow-log": "vpcs.v.flow-logs.l",
    "network-ACL": "vpcs.v.network-acls.n", "inbound-ACL-entry": "vpcs.v.network-acls.n.ingress.0",
    "outbound-ACL-entry": "vpcs.v.network-acls.n.egress.0",
    "route-table": "vpcs.v.route-tables.r", "route": "vpcs.v.route-tables.r.routes.0",
    "internet-gateway": "vpcs.v.gateways.igw",
    "egress-only-internet-gateway": "vpcs.v.gateways.eigw", "NAT-gateway": "vpcs.v.gateways.nat",
    "gateway-endpoint": "vpcs.v.gateways.s3", "interface-endpoint": "vpcs.v.gateways.sqs",
    "virtual-private-gateway": "vpcs.v.gateways.vgw",
    "outside-host": "vpcs.v.gateways.vgw.hosts.o", "DHCP-option-set": "vpcs.v.dhcp-options",
    "mirror-session": "vpcs.v.mirror-sessions.m",
    "mirror-rule": "vpcs.v.mirror-sessions.m.filter.0", "internet": "internet",
    "peering-connection": "peering-connections.p", "transit-gateway": "transit-gateways.t",
    "attachment": "transit-gateways.t.attachments.v",
    "transit-gateway-route": "transit-gateways.t.route-tables.d.0", "brownout": "events.1",
    "replacement": "events.2", "update": "events.3",
    "removal": "events.4", "deletion": "events.5", "new-ingress-rule": "events.6",
    "revoked-ingress-rule": "events.7", "new-egress-rule": "events.8",
    "revoked-egress-rule": "events.9", "new-route": "events.10", "replaced-route": "events.11",
    "deleted-route": "events.12", "new-ACL-entry": "events.13", "replaced-ACL-entry": "events.14",
    "deleted-ACL-entry": "events.15",
    "settings": "settings",
  ]

  private static let complete = """
    lambdawire: 1
    internet: { hosts: { i: { address: 203.0.113.1 } } }
    peering-connections: { p: { requester: v, accepter: w } }
    transit-gateways:
      t:
        attachments: { v: { subnets: s, route-table: d } }
        route-tables: { d: [{ to: 10.9.0.0/16, via: v }] }
    vpcs:
      w: { cidr: 10.1.0.0/16, subnets: {}, security-groups: {} }
      v:
        cidr: 10.0.0.0/16
        network-acls: { n: { ingress: [{ rule: 1, action: allow }], egress: [{ rule: 1, action: deny }] } }
        route-tables: { r: { routes: [{ to: 0.0.0.0/0, via: igw }] } }
        gateways:
          igw: { type: internet-gateway }
          eigw: { type: egress-only-internet-gateway }
          nat: { type: nat-gateway, subnet: s }
          s3: { type: gateway-endpoint, service: s3 }
          sqs: { type: interface-endpoint, service: sqs, subnets: s, security-groups: g }
          vgw: { type: virtual-private-gateway, networks: 10.8.0.0/16, hosts: { o: { address: 10.8.0.1 } } }
        dhcp-options: { domain-name: v.internal }
        flow-logs: { l: { traffic: all } }
        mirror-sessions: { m: { source: h, target: k, number: 1, filter: [{ rule: 1, direction: egress }] } }
        subnets: { s: { cidr: 10.0.1.0/24, zone: z } }
        security-groups:
          g: { ingress: [{ protocol: tcp, from: any }], egress: [{ protocol: tcp, to: any }] }
        hosts: { h: { subnet: s, security-groups: g, serves: [{ service: echo }] }, k: { subnet: s, security-groups: g } }
    functions: { f: { vpc: v, subnets: s, security-groups: g } }
    traffic:
      - invoke: f
        do: [{ resolve: h }, { query: h }, { send: h }, { transfer: h, bytes: 1 B }, { ping: h }, { wait: 1 s }, { exchange: h }, { fetch: h }, { traceroute: i }]
      - { run-on: h, do: [{ ping: k }] }
    events:
      - { at: 1 s, fail: hyperplane-top/1 }
      - { at: 1 s, degrade: hyperplane-cell/1, loss: 1 % }
      - { at: 1 s, replace: f }
      - { at: 1 s, update: f, subnets: s }
      - { at: 1 s, remove-vpc: f }
      - { at: 1 s, delete: f }
      - { at: 1 s, authorize-security-group-ingress: g, protocol: udp, from: any }
      - { at: 2 s, revoke-security-group-ingress: g, protocol: udp, from: any }
      - { at: 1 s, authorize-security-group-egress: g, protocol: udp, to: any }
      - { at: 2 s, revoke-security-group-egress: g, protocol: udp, to: any }
      - { at: 1 s, create-route: r, to: 10.7.0.0/16, via: igw }
      - { at: 2 s, replace-route: r, to: 10.7.0.0/16, via: nat }
      - { at: 3 s, delete-route: r, to: 10.7.0.0/16 }
      - { at: 1 s, create-network-acl-entry: n, direction: ingress, rule: 2, action: deny }
      - { at: 2 s, replace-network-acl-entry: n, direction: ingress, rule: 2, action: allow }
      - { at: 3 s, delete-network-acl-entry: n, direction: ingress, rule: 2 }
    """

  @Test func `The decoder reads each key of the schema, in each kind of mapping`() throws {
    let schema = try #require(
      try JSONSerialization.jsonObject(with: Data(ScenarioSchema.json().utf8)) as? [String: Any])
    let definitions = try #require(schema["$defs"] as? [String: [String: Any]])
    #expect(ScenarioText(Self.complete).diagnostics().isEmpty)
    var mappings = definitions.filter { $0.key != "parameter" }
    #expect(Set(mappings.keys) == Set(Self.places.keys))
    mappings[""] = schema
    for (name, definition) in mappings.sorted(by: { $0.key < $1.key }) {
      let properties = try #require(definition["properties"] as? [String: Any])
      for key in properties.keys.sorted() {
        // A list within a list is right for no key.
        let path = ([Self.places[name]].compactMap(\.self) + [key]).joined(separator: ".")
        let diagnostics = ScenarioText(Self.complete).diagnostics(overrides: ["\(path)=[[]]"])
        #expect(diagnostics.contains { $0.file == "--set" }, "\(path) is not read")
      }
    }
  }

  @Test func `The reference has each key of the schema`() throws {
    let schema = try #require(
      try JSONSerialization.jsonObject(with: Data(ScenarioSchema.json().utf8)) as? [String: Any])
    let definitions = try #require(schema["$defs"] as? [String: [String: Any]])
    let reference = ScenarioReference.markdown()
    for definition in definitions.values {
      for key in (definition["properties"] as? [String: Any] ?? [:]).keys {
        #expect(reference.contains("| `\(key)` |"), "\(key)")
      }
    }
  }
}

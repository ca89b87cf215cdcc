import AddressTranslation
import LambdawireModel
import PacketFormats
import Testing

@Suite struct BehaviorSettingTests {
  /// The names of all stored fields of a behaviour, those of fields within fields behind a dash.
  private static func fields(_ value: Any, prefix: String = "") -> [String] {
    Mirror(reflecting: value).children.flatMap { label, value -> [String] in
      let name = prefix + kebab(label ?? "")
      if value is Behavior.Timers { return fields(value) }
      if value is Behavior.Fragments { return fields(value, prefix: name + "-") }
      return [name]
    }
  }

  private static func kebab(_ name: String) -> String {
    var text = ""
    var wasUpper = true
    for letter in name {
      if letter.isUppercase, !wasUpper { text += "-" }
      text += letter.lowercased()
      wasUpper = letter.isUppercase
    }
    return text
  }

  @Test func `Every field of a behaviour can be set`() {
    let keys = BehaviorSetting.all.map(\.key)
    #expect(Set(keys).count == keys.count)
    #expect(Set(keys) == Set(Self.fields(Behavior.rfc)))
  }

  @Test(arguments: BehaviorChoice.profiles)
  func `What a listing shows can be set, and says where it comes from`(profile: String) throws {
    let choice = try BehaviorChoice(profile: profile)
    let lines = choice.listing.split(separator: "\n").filter { !$0.hasPrefix("#") }
    #expect(lines.count == BehaviorSetting.all.count)
    // From the opposite of everything back to the profile.
    var behavior = profile == "rfc" ? Behavior.workerEBPF : Behavior.rfc
    for line in lines { try BehaviorSetting.apply(String(line), to: &behavior) }
    #expect(behavior == choice.behavior)
    for setting in BehaviorSetting.all {
      #expect(setting.source(in: profile)?.isEmpty == false)
      #expect(!setting.documentation.isEmpty)
    }
    #expect(choice.listing.split(separator: "\n").allSatisfy { $0.count <= 100 })
  }

  @Test func `A change shows in the listing and in the name`() throws {
    let choice = try BehaviorChoice(
      profile: "aws-natgw",
      overrides: ["tcp-established=60s", "udp-by-remote-port=123:1min,53:30s"])
    #expect(choice.behavior.timers.tcpEstablished == .seconds(60))
    #expect(choice.behavior.timers.udpByRemotePort == [53: .seconds(30), 123: .seconds(60)])
    #expect(choice.name.hasPrefix("aws-natgw tcp-established=60s"))
    #expect(choice.listing.contains("# Source: --set\ntcp-established=60s\n"))
    #expect(choice.listing.contains("udp-by-remote-port=53:30s,123:60s\n"))
    #expect(choice.listing.contains("# Source: N-04, assumed\nudp=350s\n"))
  }

  @Test func `An unknown behaviour is answered with those there are`() {
    #expect(throws: TranslateError.unknownBehavior(name: "aws-natgwy")) {
      try BehaviorChoice(profile: "aws-natgwy")
    }
    let text = TranslateError.unknownBehavior(name: "aws-natgwy").description
    #expect(text.hasSuffix("worker-ebpf, rfc; did you mean `aws-natgw`?"))
  }

  @Test(arguments: [
    ("tcp-established", "found `tcp-established`; expected key=value"),
    ("tcp-establishd=3s", "no setting `tcp-establishd`; did you mean `tcp-established`?"),
    ("tcp-established=3", "found `3` without a unit; expected a duration in one of ns"),
    ("tcp-established=0s", "found `0s`; expected a duration from 1 ns"),
    ("udp=3 MB", "found `3 MB`, which is a size; expected a duration"),
    ("ports=0-9", "two numbers from 1 to 65535"), ("ports=9-8", "the lower first"),
    ("ports=1-2-3", "found `1-2-3`"), ("ports=70000", "found `70000`"),
    ("identifiers=x", "two numbers from 0 to 65535"),
    ("mapping=endpoint-independant", "did you mean `endpoint-independent`?"),
    ("filtering=", "found ``; expected one of endpoint-independent"),
    ("method=none", "expected one of stateful, one-to-one"),
    ("protocols=tcp,sctp", "some of tcp, udp and icmp"), ("hairpinning=true", "one of yes, no"),
    ("port-choice=rand", "one of random, preserve, sequential, parity, hash"),
    ("port-quota=0", "`none`, or a whole number from 1"), ("mtu=67", "from 68 to 65535"),
    ("maximum-segment-size=0", "`none`, or"), ("reset-window=-1", "`none`, or"),
    ("time-to-live-decrement=256", "from 0 to 255"), ("when-full=evict", "one of drop"),
    ("udp-by-remote-port=53", "ports and times such as `53:30s,123:60s`"),
    ("udp-by-remote-port=53:1s,53:2s", "ports and times"),
    ("fragments-udp=maybe", "one of drop, in-order, any-order"),
    ("fragments-maximum-packets=0", "from 1 to 1048576"),
    ("late-packet-from-inside=rst", "one of reset, drop, pick-up"),
    ("unsolicited-packet=refuse", "one of drop, reset, refuse-syn-late"),
    ("address-pooling=pair", "one of arbitrary, paired"),
  ])
  func `A wrong setting is named, with what would be right`(text: String, words: String) throws {
    do {
      _ = try BehaviorChoice(profile: "rfc", overrides: [text])
      Issue.record("\(text) was accepted")
    } catch {
      #expect(error.description.hasPrefix("--set"), "\(error)")
      #expect(error.description.contains(words), "\(error)")
    }
  }

  @Test func `Every setting refuses nonsense and names itself`() throws {
    for setting in BehaviorSetting.all {
      var behavior = Behavior.rfc
      #expect(throws: TranslateError.self, "\(setting.key)") {
        try BehaviorSetting.apply("\(setting.key)=?", to: &behavior)
      }
      #expect(behavior == .rfc)
    }
  }

  // MARK: Addresses

  @Test(arguments: [
    ("", "10.0.0.0/16 with no bits"), ("10.0.0.1/16", "found `10.0.0.1/16`"),
    ("10.0.0.0/33", "found `10.0.0.0/33`"), ("10.0.0.0/16,,", "found ``"), ("shop", "found `shop`"),
  ])
  func `A wrong network is named`(text: String, words: String) {
    do {
      _ = try TranslateOptions.networks(text)
      Issue.record("\(text) was accepted")
    } catch {
      #expect(error.description.hasPrefix("--inside: "), "\(error)")
      #expect(error.description.contains(words), "\(error)")
    }
  }

  @Test func `Networks and addresses are read`() throws {
    #expect(
      try TranslateOptions.networks("10.0.0.0/16, 192.168.7.4").map(\.description)
        == ["10.0.0.0/16", "192.168.7.4/32"])
    #expect(
      try TranslateOptions.addresses("203.0.113.7,203.0.113.8").map(\.description)
        == ["203.0.113.7", "203.0.113.8"])
    #expect(throws: TranslateError.self) { try TranslateOptions.addresses("203.0.113.7/32") }
  }

  @Test(arguments: [
    ("aws-natgw", "10.0.0.0/16", "10.0.0.9", "10.0.0.9 lies in 10.0.0.0/16"),
    ("aws-natgw", "10.0.0.0/16", "192.0.2.1,192.0.2.1", "192.0.2.1 is listed twice"),
    ("worker-ebpf", "10.0.0.0/16", "192.0.2.1", "found the network 10.0.0.0/16"),
    ("worker-ebpf", "10.0.0.5", "192.0.2.1,192.0.2.2", "found 1 addresses after --inside and 2"),
  ])
  func `Addresses that contradict each other are named`(
    profile: String, inside: String, outside: String, words: String
  ) throws {
    let stage = try TranslateStage()
    try stage.write([])
    do {
      _ = try CaptureTranslation(
        try stage.options(profile, inside: inside, outside: outside)
      ).execute()
      Issue.record("accepted")
    } catch {
      #expect("\(error)".contains(words), "\(error)")
    }
    #expect(stage.names == ["in.pcapng"])
  }
}

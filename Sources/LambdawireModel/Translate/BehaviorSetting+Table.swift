public import AddressTranslation

extension BehaviorSetting {
  /// The behaviours that `--behavior` knows.
  public static let profiles: KeyValuePairs<String, Behavior> = [
    "lambda-v2n": .lambdaV2N, "worker-legacy": .workerLegacy, "worker-ebpf": .workerEBPF,
  ]

  /// Every field of a behaviour, in the order in which they are listed.
  public static let all: [BehaviorSetting] = [
    BehaviorSetting(
      "method", \.method, .choice(["stateful": .stateful, "one-to-one": .oneToOne]),
      "Whether flows are tracked, or one address stands for one and nothing is remembered."),
    BehaviorSetting(
      "mapping", \.mapping, .dependence,
      "How much of the remote end decides which outside port a flow gets (RFC 4787, 4.1)."),
    BehaviorSetting(
      "filtering", \.filtering, .dependence,
      "How much of the remote end must be known before its packets get in (RFC 4787, 5)."),
    BehaviorSetting(
      "ports", \.ports, .range(from: 1), "Outside ports that may be given out."),
    BehaviorSetting(
      "keeps-low-ports-low", \.keepsLowPortsLow, .flag,
      "Whether an inside port below 1024 gets one below 1024 outside (RFC 4787, REQ-3a)."),
    BehaviorSetting(
      "port-choice", \.portChoice,
      .choice(["random": .random, "preserve": .preserve, "sequential": .sequential]),
      "Where the search for a free port begins (RFC 6056)."),
    BehaviorSetting(
      "port-overloading", \.portOverloading, .flag,
      "Whether a port may serve several mappings whose remote ends differ (RFC 7857, 3)."),
    BehaviorSetting(
      "inbound-refresh", \.inboundRefresh, .flag,
      "Whether packets from outside restart the idle timer (RFC 4787, REQ-6b)."),
    BehaviorSetting(
      "time-to-live-decrement", \.timeToLiveDecrement, .hops,
      "How much the hop count falls in passing."),
    BehaviorSetting(
      "late-packet-from-inside", \.latePacketFromInside,
      .choice(["reset": .reset, "drop": .drop, "pick-up": .pickUp]),
      "What becomes of a TCP segment from inside without a translation that is no SYN."),
    BehaviorSetting(
      "when-full", \.whenFull, .choice(["drop": .drop]),
      "What becomes of a packet that would begin a flow when no port is left."),
    BehaviorSetting(
      "tcp-half-open", \.timers.tcpHalfOpen, .timer, "Idle timer of TCP with one SYN seen."),
    BehaviorSetting(
      "tcp-half-open-answered", \.timers.tcpHalfOpenAnswered, .timer,
      "Idle timer of TCP with a SYN from each side, before the handshake is over."),
    BehaviorSetting(
      "tcp-established", \.timers.tcpEstablished, .timer,
      "Idle timer of TCP after its handshake (RFC 5382, REQ-5)."),
    BehaviorSetting(
      "tcp-half-closed", \.timers.tcpHalfClosed, .timer,
      "Idle timer of TCP with a FIN from one side."),
    BehaviorSetting(
      "tcp-closing", \.timers.tcpClosing, .timer,
      "Idle timer of TCP with a FIN from each side, not both acknowledged."),
    BehaviorSetting(
      "port-hold", \.timers.portHold, .timer,
      "How long the port of a closed connection rests."),
    BehaviorSetting(
      "port-hold-after-reset", \.timers.portHoldAfterReset, .timer,
      "How long the port of a reset connection rests."),
    BehaviorSetting(
      "udp-one-way", \.timers.udpOneWay, .timer,
      "Idle timer of UDP with packets in one direction."),
    BehaviorSetting(
      "udp", \.timers.udp, .timer,
      "Idle timer of UDP with packets in both directions (RFC 4787, REQ-5)."),
  ]
}

extension SettingValue<Behavior.Dependence> {
  static let dependence = choice([
    "endpoint-independent": .endpointIndependent, "address-dependent": .addressDependent,
    "address-and-port-dependent": .addressAndPortDependent,
  ])
}

import AddressTranslation

extension BehaviorSetting {
  /// Every field of a behaviour, in the order in which they are listed.
  public static let all: [BehaviorSetting] = mappings + filters + timers + packets

  private static let mappings: [BehaviorSetting] = [
    BehaviorSetting(
      "method", \.method, .choice(["stateful": .stateful, "one-to-one": .oneToOne]),
      "Whether flows are tracked, or one address stands for one and nothing is remembered."),
    BehaviorSetting(
      "protocols", \.protocols, .protocols, "What is translated besides ICMP errors."),
    BehaviorSetting(
      "translates-errors", \.translatesErrors, .flag,
      "Whether ICMP errors about a translated packet are turned back (RFC 5508, REQ-4)."),
    BehaviorSetting(
      "mapping", \.mapping, .dependence,
      "How much of the remote end decides which outside port a flow gets (RFC 4787, 4.1)."),
    BehaviorSetting(
      "ports", \.ports, .range(from: 1), "Outside ports that TCP and UDP may be given."),
    BehaviorSetting(
      "identifiers", \.identifiers, .range(from: 0), "Identifiers that ICMP queries may be given."),
    BehaviorSetting(
      "keeps-low-ports-low", \.keepsLowPortsLow, .flag,
      "Whether an inside port below 1024 gets one below 1024 outside (RFC 4787, REQ-3a)."),
    BehaviorSetting(
      "port-choice", \.portChoice,
      .choice([
        "random": .random, "preserve": .preserve, "sequential": .sequential, "parity": .parity,
        "hash": .hash,
      ]), "Where the search for a free port begins (RFC 6056)."),
    BehaviorSetting(
      "port-overloading", \.portOverloading, .flag,
      "Whether a port may serve several mappings whose remote ends differ (RFC 7857, 3)."),
    BehaviorSetting(
      "address-pooling", \.addressPooling, .choice(["arbitrary": .arbitrary, "paired": .paired]),
      "Whether an inside address keeps to one of several outside ones (RFC 4787, REQ-2)."),
    BehaviorSetting(
      "port-quota", \.portQuota, .optional(.quantity(.integer(1...65_536))),
      "How many ports an inside address may hold at a time (RFC 6888, REQ-4)."),
    BehaviorSetting(
      "ports-per-destination", \.portsPerDestination, .optional(.quantity(.integer(1...65_536))),
      "How many ports of an outside address may be in use towards one destination."),
    BehaviorSetting(
      "when-full", \.whenFull,
      .choice([
        "drop": .drop, "administratively-prohibited": .administrativelyProhibited,
        "host-unreachable": .hostUnreachable,
      ]), "What becomes of a packet that would begin a flow when no port is left."),
  ]

  private static let filters: [BehaviorSetting] = [
    BehaviorSetting(
      "filtering", \.filtering, .dependence,
      "How much of the remote end must be known before its packets get in (RFC 4787, 5)."),
    BehaviorSetting(
      "unsolicited-packet", \.unsolicitedPacket,
      .choice(["drop": .drop, "reset": .reset, "refuse-syn-late": .refuseSYNLate]),
      "What becomes of a packet from outside that belongs to no translation."),
    BehaviorSetting(
      "late-packet-from-inside", \.latePacketFromInside,
      .choice(["reset": .reset, "drop": .drop, "pick-up": .pickUp]),
      "What becomes of a TCP segment from inside without a translation that is no SYN."),
    BehaviorSetting(
      "hairpinning", \.hairpinning, .flag,
      "Whether inside hosts reach each other by outside addresses (RFC 4787, REQ-9)."),
    BehaviorSetting(
      "reset-window", \.resetWindow,
      .optional(
        .quantity(
          Quantity<UInt32>(
            table: .integer, range: 0...Int(Int32.max),
            make: { UInt32(truncatingIfNeeded: $0) }, measure: { Int($0) }))),
      "How far a RST may lie from the sequence number expected, in bytes."),
    BehaviorSetting(
      "revives-after-reset", \.revivesAfterReset, .flag,
      "Whether a connection that goes on after a RST is established again (RFC 7857, 2.2)."),
  ]

  private static let timers: [BehaviorSetting] = [
    BehaviorSetting(
      "inbound-refresh", \.inboundRefresh, .flag,
      "Whether packets from outside restart the idle timer (RFC 4787, REQ-6b)."),
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
      "port-hold", \.timers.portHold, .timer, "How long the port of a closed connection rests."),
    BehaviorSetting(
      "port-hold-after-reset", \.timers.portHoldAfterReset, .timer,
      "How long the port of a reset connection rests."),
    BehaviorSetting(
      "udp-one-way", \.timers.udpOneWay, .timer,
      "Idle timer of UDP with packets in one direction."),
    BehaviorSetting(
      "udp", \.timers.udp, .timer,
      "Idle timer of UDP with packets in both directions (RFC 4787, REQ-5)."),
    BehaviorSetting(
      "udp-by-remote-port", \.timers.udpByRemotePort, .timersByPort,
      "Idle timers of UDP to these ports, whether or not it is answered (RFC 4787, REQ-5a)."),
    BehaviorSetting(
      "icmp-query", \.timers.icmpQuery, .timer, "Idle timer of ICMP queries (RFC 5508, REQ-2)."),
    BehaviorSetting(
      "unsolicited-syn", \.timers.unsolicitedSYN, .timer,
      "How long a SYN from outside waits for one from inside (RFC 5382, REQ-4)."),
  ]

  private static let packets: [BehaviorSetting] = [
    BehaviorSetting("fragments-tcp", \.fragments.tcp, .fragments, "What becomes of TCP's."),
    BehaviorSetting("fragments-udp", \.fragments.udp, .fragments, "What becomes of UDP's."),
    BehaviorSetting("fragments-icmp", \.fragments.icmp, .fragments, "What becomes of ICMP's."),
    BehaviorSetting(
      "fragments-timeout", \.fragments.timeout, .timer,
      "How long the fragments of a packet are recognised after the first that came."),
    BehaviorSetting(
      "fragments-maximum-packets", \.fragments.maximumPackets,
      .quantity(.integer(1...1_048_576)), "How many packets may be in fragments at a time."),
    BehaviorSetting(
      "fragments-maximum-waiting", \.fragments.maximumWaiting,
      .quantity(.integer(1...1_048_576)),
      "How many fragments of one packet may wait for its first."),
    BehaviorSetting(
      "mtu", \.mtu, .optional(.quantity(.port(68...65_535))),
      "The longest packet that is passed on, in bytes with its IP header."),
    BehaviorSetting(
      "maximum-segment-size", \.maximumSegmentSize, .optional(.quantity(.port())),
      "What a larger maximum segment size in a SYN is reduced to, in bytes."),
    BehaviorSetting(
      "time-to-live-decrement", \.timeToLiveDecrement, .hops,
      "How much the hop count falls in passing."),
    BehaviorSetting(
      "answers-time-exceeded", \.answersTimeExceeded, .flag,
      "Whether the sender of a packet whose hops are used up is told (RFC 792)."),
  ]
}

import AddressTranslation
import PacketFormats
import SimulatedTime
import Testing

/// A translator of one profile, with two hosts inside and the world outside, to prove things on.
///
/// A class, because expectations cannot hold what cannot be copied.
final class ProofLab {
  static let outside = [IPv4Address(203, 0, 113, 7), IPv4Address(203, 0, 113, 80)]
  static let router = IPv4Address(192, 0, 2, 1)

  /// Two inside hosts that use one port, so that they collide where ports are kept.
  let one = TransportAddress(IPv4Address(10, 0, 0, 1), 40_000)
  let two = TransportAddress(IPv4Address(10, 0, 0, 2), 40_000)
  let remote = TransportAddress(IPv4Address(198, 51, 100, 9), 443)
  let elsewhere = TransportAddress(IPv4Address(198, 51, 100, 10), 443)

  let profile: Profile
  private var translator: Translator
  /// Now, in nanoseconds.
  var now: Int64 = 0

  init(
    _ profile: Profile, addresses: [IPv4Address]? = nil, seed: UInt64 = 1,
    _ change: (inout Behavior) -> Void = { _ in }
  ) throws {
    guard var behavior = profile.behavior else { throw ProofError.unknownProfile(profile) }
    change(&behavior)
    self.profile = profile
    let isOneToOne = behavior.method == .oneToOne
    translator = try Translator(
      behavior: behavior,
      outsideAddresses: isOneToOne ? Self.outside : addresses ?? [Self.outside[0]],
      insideAddresses: isOneToOne ? [one.address, two.address] : [], seed: seed)
  }

  var behavior: Behavior { translator.behavior }
  var translationCount: Int { translator.count }

  func translation(of flow: Flow) -> Translation? {
    translator.translation(of: flow, at: Instant(nanoseconds: now))
  }

  /// The next decision about a packet that is held, as things stand now.
  func nextRelease() -> Release? {
    translator.expire(at: Instant(nanoseconds: now))
    return translator.nextRelease()
  }

  func recordEvents() { translator.recordsEvents = true }

  func takeEvents() -> [TranslationEvent] { translator.takeEvents() }

  func wait(_ seconds: Int64, less nanoseconds: Int64 = 0) {
    now += seconds * 1_000_000_000 - nanoseconds
  }

  /// Sends a packet from inside.
  func send(_ packet: [UInt8]) -> (verdict: Verdict, bytes: [UInt8]) {
    var bytes = packet
    let verdict = translator.outbound(&bytes, at: now)
    return (verdict, bytes)
  }

  /// Has a packet arrive from outside.
  func receive(_ packet: [UInt8]) -> (verdict: Verdict, bytes: [UInt8]) {
    var bytes = packet
    let verdict = translator.inbound(&bytes, at: now)
    return (verdict, bytes)
  }

  func passesOut(_ packet: [UInt8]) -> Bool { Self.isTranslated(send(packet).verdict) }

  func passesIn(_ packet: [UInt8]) -> Bool { Self.isTranslated(receive(packet).verdict) }

  static func isTranslated(_ verdict: Verdict) -> Bool {
    if case .translated = verdict { true } else { false }
  }

  // MARK: Flows

  /// The outside end that a datagram leaves with, or `nil` if it does not leave.
  func udp(
    _ source: TransportAddress, to destination: TransportAddress
  ) -> TransportAddress? {
    let (verdict, bytes) = send(TestPacket.udp(from: source, to: destination))
    return Self.isTranslated(verdict) ? TestPacket.source(of: bytes) : nil
  }

  /// The outside end that a segment leaves with, or `nil` if it does not leave.
  func tcp(
    _ flags: TCPHeader.Flags, _ source: TransportAddress,
    to destination: TransportAddress, sequence: UInt32 = 1000, acknowledgment: UInt32 = 0
  ) -> TransportAddress? {
    let (verdict, bytes) = send(
      TestPacket.tcp(
        from: source, to: destination, flags, sequence: sequence, acknowledgment: acknowledgment))
    return Self.isTranslated(verdict) ? TestPacket.source(of: bytes) : nil
  }

  /// The identifier that an echo request leaves with, or `nil` if it does not leave.
  func echo(_ source: IPv4Address, to destination: IPv4Address) -> UInt16? {
    let (verdict, bytes) = send(
      TestPacket.echo(from: source, to: destination, identifier: 40_000))
    return Self.isTranslated(verdict) ? TestPacket.identifier(of: bytes) : nil
  }

  /// Whether a datagram from outside comes in.
  func udpComesIn(
    _ source: TransportAddress, to destination: TransportAddress
  ) -> Bool {
    passesIn(TestPacket.udp(from: source, to: destination))
  }

  /// Opens a connection with the usual three segments.
  func connect(
    _ source: TransportAddress, to destination: TransportAddress
  ) throws -> TransportAddress {
    guard let end = tcp(.syn, source, to: destination),
      passesIn(
        TestPacket.tcp(
          from: destination, to: end, [.syn, .ack], sequence: 5000, acknowledgment: 1001)),
      tcp(.ack, source, to: destination, sequence: 1001, acknowledgment: 5001) == end
    else { throw ProofError.notConnected }
    return end
  }

  /// Closes a connection from both sides.
  func close(
    _ source: TransportAddress, to destination: TransportAddress, by end: TransportAddress
  ) throws {
    guard
      tcp([.fin, .ack], source, to: destination, sequence: 1001, acknowledgment: 5001) != nil,
      passesIn(
        TestPacket.tcp(
          from: destination, to: end, [.fin, .ack], sequence: 5001, acknowledgment: 1002)),
      tcp(.ack, source, to: destination, sequence: 1002, acknowledgment: 5002) != nil
    else { throw ProofError.notConnected }
  }

  /// Whether the remote end's segment in mid-connection comes in.
  func isConnected(
    _ source: TransportAddress, to destination: TransportAddress, by end: TransportAddress
  ) -> Bool {
    let (verdict, bytes) = receive(
      TestPacket.tcp(from: destination, to: end, .ack, sequence: 5001, acknowledgment: 1001))
    return Self.isTranslated(verdict) && TestPacket.destination(of: bytes) == source
  }
}

enum ProofError: Error {
  case unknownProfile(Profile)
  case unknownRequirement(String)
  case notConnected
}

/// Holds what the table says of each profile against what packets show.
///
/// The proof sends packets and returns whether the requirement is met; it is not asked of profiles
/// to which the requirement does not apply.
func prove(_ id: String, _ proof: (Profile) throws -> Bool) throws {
  guard let requirement = Requirement.all.first(where: { $0.id == id }) else {
    throw ProofError.unknownRequirement(id)
  }
  for profile in Profile.allCases {
    let statement = try #require(requirement.statement(of: profile))
    switch statement.standing {
    case .doesNotApply: continue
    case .holds: #expect(try proof(profile), "\(id) does not hold for \(profile.rawValue)")
    case .violated: #expect(try !proof(profile), "\(id) holds for \(profile.rawValue)")
    }
  }
}

import AddressTranslation
public import PacketFormats

/// How a capture is sent through a translator.
public struct TranslateOptions: Sendable {
  /// The capture, pcap or pcapng; a hyphen is standard input.
  public var input: String
  /// Where the result goes; a hyphen is standard output.
  public var output: String
  /// How the translator behaves.
  public var choice: BehaviorChoice
  /// The networks behind the translator.
  public var inside: [IPv4Prefix]
  /// What stands for them outside.
  public var outside: [IPv4Address]
  /// From where the translator sends ICMP errors inside, or `nil` for the first address there.
  public var insideAddress: IPv4Address?
  /// Where the sequence of random ports begins.
  public var seed: UInt64
  /// Where the history of the translations goes, as lines of JSON, or `nil`.
  public var mappings: String?
  /// Whether files that exist are replaced.
  public var replaces: Bool
  /// Whether packets that were changed or dropped get a comment.
  public var comments: Bool

  public init(
    input: String, output: String, choice: BehaviorChoice, inside: [IPv4Prefix],
    outside: [IPv4Address], insideAddress: IPv4Address? = nil, seed: UInt64 = 1,
    mappings: String? = nil, replaces: Bool = false, comments: Bool = true
  ) {
    self.input = input
    self.output = output
    self.choice = choice
    self.inside = inside
    self.outside = outside
    self.insideAddress = insideAddress
    self.seed = seed
    self.mappings = mappings
    self.replaces = replaces
    self.comments = comments
  }

  var behavior: Behavior { choice.behavior }

  /// The translator's own address on the inside, from which it sends ICMP errors there.
  ///
  /// Unless given it is the first of the first inside network, as routers of a VPC have it (VPC
  /// guide, "Subnet sizing"); with single addresses inside there is no such, and it is the first
  /// outside address.
  var ownInsideAddress: IPv4Address {
    if let insideAddress { return insideAddress }
    if let network = inside.first, network.length < 31 { return network[1] }
    return outside.first ?? IPv4Address(rawValue: 0)
  }

  /// What the behaviour is called in the output.
  var behaviorName: String { choice.name }

  /// Reads a list of networks, or single addresses, separated by commas.
  ///
  /// - Parameters:
  ///   - text: Such as `10.0.0.0/16,192.168.7.4`.
  ///   - option: What messages call the option.
  /// - Returns: The networks; an address is one of a single address.
  /// - Throws: Which of them cannot be read.
  public static func networks(
    _ text: String, option: String = "--inside"
  ) throws(TranslateError) -> [IPv4Prefix] {
    var networks: [IPv4Prefix] = []
    for part in parts(text) {
      if let prefix = try? IPv4Prefix(part) {
        networks.append(prefix)
      } else if let address = try? IPv4Address(part) {
        networks.append(IPv4Prefix(address, length: 32))
      } else {
        throw .badAddress(
          option: option, text: part,
          expected: "a network such as 10.0.0.0/16 with no bits set behind it, or an address")
      }
    }
    return networks
  }

  /// Reads a list of addresses separated by commas.
  public static func addresses(
    _ text: String, option: String = "--outside"
  ) throws(TranslateError) -> [IPv4Address] {
    var addresses: [IPv4Address] = []
    for part in parts(text) { addresses.append(try address(part, option: option)) }
    return addresses
  }

  /// Reads one address.
  public static func address(
    _ text: String, option: String
  ) throws(TranslateError) -> IPv4Address {
    guard let address = try? IPv4Address(text) else {
      throw .badAddress(
        option: option, text: text, expected: "an IPv4 address such as 203.0.113.7")
    }
    return address
  }

  private static func parts(_ text: String) -> [String] {
    text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
  }

  /// The translator that these options ask for.
  ///
  /// - Throws: What contradicts what.
  func makeTranslator() throws(TranslateError) -> Translator {
    guard !inside.isEmpty else { throw .noInside }
    for address in outside {
      // A translator without state may put an address for itself: nothing is gained, nothing lost.
      if behavior.method == .stateful, let prefix = inside.first(where: { $0.contains(address) }) {
        throw .outsideIsInside(address, prefix)
      }
    }
    if behavior.method == .oneToOne, let network = inside.first(where: { $0.length < 32 }) {
      throw .insideIsNetwork(network)
    }
    do {
      return try Translator(
        behavior: behavior, outsideAddresses: outside, insideAddresses: inside.map(\.address),
        seed: seed)
    } catch {
      throw .behavior(error)
    }
  }
}

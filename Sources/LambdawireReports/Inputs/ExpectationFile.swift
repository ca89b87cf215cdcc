public import CaptureInspection
import Foundation
import PacketFormats

/// Reads which translations captures should show.
///
/// The file has one JSON object a line, as `events.jsonl` of a run does; lines with an `event` other
/// than `translation-made`, `ipv6-translation-made` and `static-translation` are passed over, so that a
/// run's own record can be given:
///
/// ```json
/// {"protocol":"tcp","inside":"192.168.1.7:40110","outside":"203.0.113.5:1024","remote":"198.51.100.9:443"}
/// ```
///
/// `remote` may be left out. `translator` says where, if it is one of a run's: an environment's slot, an
/// interface that Hyperplane translates for (`eni-…`), or else a NAT gateway such as `shop/nat-a`. Two translators of one slot,
/// such as `orders-1/namespace` and `orders-1/host`, count as one, since nothing is captured between
/// them. A `static-translation` exchanges addresses whatever the port, in a slot or at an internet
/// gateway.
public struct ExpectationFile: Sendable {
  public let translations: [ExpectedTranslation]
  /// What may be found besides, in any number of flows.
  public let exchanges: [ExpectedExchange]

  /// Reads the file at `path`.
  public init(path: String) throws(ExpectationError) {
    let text: String
    do {
      text = try String(contentsOfFile: path, encoding: .utf8)
    } catch {
      throw .unreadable(path: path, reason: error.localizedDescription)
    }
    try self.init(text: text, path: path)
  }

  /// Reads lines of JSON.
  ///
  /// - Parameters:
  ///   - text: The lines.
  ///   - path: What errors call the file.
  /// - Throws: Which line is wrong.
  public init(text: String, path: String) throws(ExpectationError) {
    let decoder = JSONDecoder()
    var builder = Builder()
    var exchanges: [ExpectedExchange] = []
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    where !line.allSatisfy(\.isWhitespace) {
      guard let record = try? decoder.decode(Record.self, from: Data(line.utf8)) else {
        throw .badLine(
          path: path, line: number + 1, found: "no object with texts for its values",
          expected: "a line such as {\"protocol\":\"tcp\",\"inside\":…,\"outside\":…}")
      }
      do throws(Problem) {
        switch record.event {
        case nil, "translation-made", "ipv6-translation-made":
          builder.add(try record.translation(), translator: record.translator)
        case "static-translation": exchanges.append(try record.exchange())
        default: break
        }
      } catch {
        throw .badLine(path: path, line: number + 1, found: error.found, expected: error.expected)
      }
    }
    translations = builder.finished
    self.exchanges = exchanges
    if translations.isEmpty, exchanges.isEmpty { throw .empty(path: path) }
  }

  /// What is wrong with one value.
  private struct Problem: Error {
    var found: String
    var expected: String
  }

  /// A line of the file, as far as it matters here.
  private struct Record: Decodable {
    var event: String?
    var translator: String?
    var `protocol`: String?
    var inside: String?
    var outside: String?
    var remote: String?

    func translation() throws(Problem) -> ExpectedTranslation {
      ExpectedTranslation(
        protocol: try transport(), inside: try endpoint(inside, "inside"),
        outside: try endpoint(outside, "outside"),
        remote: remote == nil ? nil : try endpoint(remote, "remote"))
    }

    func exchange() throws(Problem) -> ExpectedExchange {
      ExpectedExchange(
        outerPoint: translator?.hasSuffix("/slot") == true ? "slot" : "internet-gateway",
        inside: try address(inside, "inside"), outside: try address(outside, "outside"))
    }

    private func address(_ text: String?, _ name: String) throws(Problem) -> NetworkAddress {
      guard let text else { throw Problem(found: "no `\(name)`", expected: "an address") }
      guard let address = NetworkAddress(text: text) else {
        throw Problem(
          found: "\(name) \(text)", expected: "an address, such as 10.0.1.4 or 2001:db8::1")
      }
      return address
    }

    private func transport() throws(Problem) -> IPProtocol {
      switch `protocol` {
      case "tcp": return .tcp
      case "udp": return .udp
      case "icmp": return .icmp
      case "icmpv6": return .icmpv6
      case let name:
        if let number = name.flatMap(UInt8.init) { return IPProtocol(rawValue: number) }
        throw Problem(
          found: name.map { "the protocol \($0)" } ?? "no protocol",
          expected: "tcp, udp, icmp, icmpv6 or a number")
      }
    }

    private func endpoint(_ text: String?, _ name: String) throws(Problem) -> Endpoint {
      guard let text else {
        throw Problem(found: "no `\(name)`", expected: "an address and a port")
      }
      guard let endpoint = Endpoint(text: text) else {
        throw Problem(
          found: "\(name) \(text)",
          expected: "an address and a port, such as 10.0.1.4:1024 or [2001:db8::1]:1024")
      }
      return endpoint
    }
  }

  /// Puts translations of one slot together.
  private struct Builder {
    private struct Step: Hashable {
      var slot: Substring
      var `protocol`: IPProtocol
      /// What comes out of the first translator and goes into the second.
      var middle: Endpoint
      var remote: Endpoint?
    }

    private var translations: [ExpectedTranslation] = []
    private var firstSteps: [Step: Int] = [:]

    var finished: [ExpectedTranslation] { translations }

    mutating func add(_ translation: ExpectedTranslation, translator: String?) {
      var translation = translation
      guard let translator else {
        translations.append(translation)
        return
      }
      guard let slot = Self.slot(of: translator) else {
        translation.crossing =
          translator.hasPrefix("eni-")
          ? Crossing(inner: "hyperplane-in", outer: "hyperplane-out")
          : Crossing(inner: "nat-gateway-in", outer: "nat-gateway-out")
        translations.append(translation)
        return
      }
      translation.crossing = Crossing(inner: "guest", outer: "slot")
      let before = Step(
        slot: slot, protocol: translation.protocol, middle: translation.inside,
        remote: translation.remote)
      if let position = firstSteps.removeValue(forKey: before) {
        translations[position].outside = translation.outside
        return
      }
      firstSteps[
        Step(
          slot: slot, protocol: translation.protocol, middle: translation.outside,
          remote: translation.remote)] = translations.count
      translations.append(translation)
    }

    /// The environment whose slot a translator is in.
    private static func slot(of translator: String) -> Substring? {
      guard let slash = translator.lastIndex(of: "/"),
        ["/namespace", "/host"].contains(translator[slash...])
      else { return nil }
      return translator[..<slash]
    }
  }
}

extension Endpoint {
  /// Reads an address and a port, such as `10.0.1.4:1024` or `[2001:db8::1]:1024`.
  fileprivate init?(text: String) {
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...])
    else { return nil }
    let address = text[..<colon]
    if address.hasPrefix("["), address.hasSuffix("]") {
      guard let parsed = try? IPv6Address(address.dropFirst().dropLast()) else { return nil }
      self.init(NetworkAddress(parsed), port: port)
    } else {
      guard let parsed = try? IPv4Address(address) else { return nil }
      self.init(NetworkAddress(parsed), port: port)
    }
  }
}

extension NetworkAddress {
  /// Reads an address of either kind.
  fileprivate init?(text: String) {
    if let parsed = try? IPv4Address(text) {
      self.init(parsed)
    } else if let parsed = try? IPv6Address(text) {
      self.init(parsed)
    } else {
      return nil
    }
  }
}

public import AddressTranslation
public import PacketFormats

/// Why a capture cannot be sent through a translator.
public enum TranslateError: Error, Hashable, Sendable {
  /// No translator has this name.
  case unknownBehavior(name: String)
  /// A setting is not `KEY=VALUE`.
  case settingWithoutValue(text: String)
  /// No setting of a translator has this name.
  case unknownSetting(key: String)
  /// A setting was given a value it cannot have.
  case badSetting(key: String, found: String, expected: String, suggestion: String?)
  /// An address or network on the command line cannot be read.
  case badAddress(option: String, text: String, expected: String)
  /// Nothing was said about which addresses are inside.
  case noInside
  /// An outside address lies in an inside network.
  case outsideIsInside(IPv4Address, IPv4Prefix)
  /// The settings contradict each other.
  case behavior(BehaviorError)
  /// The output, or another file that is written, exists.
  case exists(path: String, option: String)
  /// The output, or another file that is written, is a folder.
  case isFolder(path: String, option: String)
  /// Two options name the same file.
  case sameFile(path: String)
}

extension TranslateError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unknownBehavior(let name):
      let names = BehaviorSetting.profiles.map(\.key)
      return "--behavior: found `\(name)`; expected one of \(names.joined(separator: ", "))"
        + Self.hint(Suggestion.nearest(to: name, among: names))
    case .settingWithoutValue(let text):
      return "--set: found `\(text)`; expected key=value, such as tcp-established=350s"
    case .unknownSetting(let key):
      let keys = BehaviorSetting.all.map(\.key)
      return "--set: there is no setting `\(key)`"
        + Self.hint(Suggestion.nearest(to: key, among: keys))
        + "; the settings are \(keys.joined(separator: ", "))"
    case .badSetting(let key, let found, let expected, let suggestion):
      return "--set \(key): found \(found); expected \(expected)" + Self.hint(suggestion)
    case .badAddress(let option, let text, let expected):
      return "\(option): found `\(text)`; expected \(expected)"
    case .noInside:
      return "--inside is missing: the network that is translated, such as 10.0.0.0/16"
    case .outsideIsInside(let address, let prefix):
      return "--outside: \(address) lies in \(prefix), which is inside; expected an address that "
        + "no packet from inside bears"
    case .behavior(let error): return error.sentence
    case .exists(let path, let option):
      return "\(path) exists; choose another file with \(option), or replace it with --force"
    case .isFolder(let path, let option):
      return "\(option): \(path) is a folder; expected a file"
    case .sameFile(let path):
      return "-o and --mappings both name \(path); expected two files"
    }
  }

  private static func hint(_ suggestion: String?) -> String {
    suggestion.map { "; did you mean `\($0)`?" } ?? ""
  }
}

extension BehaviorError {
  /// What is wrong, in the words of the command line.
  var sentence: String {
    switch self {
    case .noOutsideAddress:
      "--outside is missing: the addresses to translate to, such as 203.0.113.7"
    case .duplicateOutsideAddress(let address):
      "--outside: \(address) is listed twice; expected each address once"
    case .notOneToOne(let inside, let outside):
      "a translator without state puts one address for one: found "
        + "\(inside == 0 ? "no single inside address" : "\(inside) inside")"
        + " and \(outside) outside; expected such as --inside 10.0.0.5 --outside 203.0.113.7"
    case .timerOutOfRange(let state, let duration):
      "--set: found \(duration) for the state \(state); expected 1 ns to 100 years"
    }
  }
}

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
  /// A translator without state needs single addresses.
  case insideIsNetwork(IPv4Prefix)
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
      let names = BehaviorChoice.profiles
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
    case .insideIsNetwork(let prefix):
      return "--inside: found the network \(prefix); a translator without state puts one address "
        + "for one, so expected as many single addresses as after --outside"
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

import Foundation
import TestSupport

/// The shipped Wireshark profile, in a folder where tshark finds it.
struct WiresharkProfile {
  private let home: TestFolder

  init() throws {
    home = try TestFolder()
    let profiles = home.path("wireshark/profiles")
    try FileManager.default.createDirectory(
      atPath: profiles, withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      atPath: SourceTree.path("Tools/wireshark/lambdawire"), toPath: "\(profiles)/lambdawire")
  }

  /// What makes tshark use it.
  var arguments: [String] { ["-C", "lambdawire"] }
  var environment: [String: String] {
    ["WIRESHARK_CONFIG_DIR": home.path("wireshark"), "HOME": home.path]
  }
}

import Foundation

/// Where the files of the package are that tests read.
enum SourceTree {
  /// The top of the source tree.
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// The path of a file or folder.
  static func path(_ name: String) -> String { root.appending(path: name).path }

  /// The path of a built-in scenario.
  static func scenario(_ name: String) -> String { path("Captures/\(name)/scenario.yaml") }
}

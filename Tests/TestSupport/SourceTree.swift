package import Foundation

/// The files of the package that tests read.
package enum SourceTree {
  /// The top of the source tree.
  package static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// Whether generated files are to be written instead of compared.
  package static let updates = ProcessInfo.processInfo.environment["UPDATE"] == "1"

  /// The path of a file or folder.
  package static func path(_ name: String) -> String { root.appending(path: name).path }

  /// The path of a built-in scenario.
  package static func scenario(_ name: String) -> String {
    path("Captures/\(name)/scenario.yaml")
  }
}

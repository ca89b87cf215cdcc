import Foundation

/// Where the files of the package are that tests read.
enum SourceTree {
  /// The top of the source tree.
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// Whether generated files are to be written instead of compared.
  static let updates = ProcessInfo.processInfo.environment["UPDATE"] == "1"
}

import Foundation
import TestSupport

extension SourceTree {
  static func text(at path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  /// The folders in the folder at `path`, hidden ones left out, in order of name.
  static func folders(at path: String) throws -> [String] {
    let found = try FileManager.default.contentsOfDirectory(
      at: root.appending(path: path), includingPropertiesForKeys: [.isDirectoryKey],
      options: .skipsHiddenFiles)
    return try found.filter {
      try $0.resourceValues(forKeys: [.isDirectoryKey]).isDirectory == true
    }
    .map(\.lastPathComponent).sorted()
  }

  /// The Swift files below the folder at `path`, relative to the top, in order of name.
  static func swiftFiles(below path: String) -> [String] {
    files(below: path).filter { $0.hasSuffix(".swift") }
  }

  /// The Swift files and articles below the folder at `path`, likewise.
  static func textFiles(below path: String) -> [String] {
    files(below: path).filter { $0.hasSuffix(".swift") || $0.hasSuffix(".md") }
  }

  private static func files(below path: String) -> [String] {
    FileManager.default.subpaths(atPath: root.appending(path: path).path)?
      .map { "\(path)/\($0)" }.sorted() ?? []
  }
}

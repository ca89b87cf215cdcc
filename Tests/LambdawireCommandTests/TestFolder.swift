import Foundation

/// A folder of its own for one test, gone with the value.
final class TestFolder {
  let root: URL

  init() throws {
    root = FileManager.default.temporaryDirectory.appending(path: "lambdawire-test-\(UUID())")
    try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(at: root)
  }

  func url(_ name: String) -> URL { root.appending(path: name) }

  func path(_ name: String) -> String { url(name).path }

  /// Writes a file and says where it is.
  func write(_ text: String, to name: String) throws -> String {
    try text.write(to: url(name), atomically: false, encoding: .utf8)
    return path(name)
  }

  /// What is in the folder but what the test itself collects.
  var names: [String] {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
    return all.filter { !$0.hasPrefix("stdout-") && !$0.hasPrefix("stderr-") }.sorted()
  }

  /// Every capture below a folder in this one.
  func captures(in name: String) -> [URL] {
    let files = FileManager.default.enumerator(at: url(name), includingPropertiesForKeys: nil)
    return (files?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "pcapng" }
      .sorted { $0.path < $1.path }
  }
}

import Foundation

/// A folder that goes away with this object.
final class Scratch {
  let url = FileManager.default.temporaryDirectory
    .appending(path: "lambdawire-\(UUID().uuidString)")

  init() throws {
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(at: url)
  }

  func path(_ name: String) -> String { url.appending(path: name).path }
}

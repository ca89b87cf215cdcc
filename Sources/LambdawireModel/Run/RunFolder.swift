import Glibc

/// The folder that a run has written, or another one with captures, seen from outside.
public enum RunFolder {
  /// The capture files that show everything a run saw, each packet once.
  ///
  /// - Parameter path: The folder, or a file.
  /// - Returns: `all.pcapng` if the folder has it, or else every capture below its `taps/`, or else
  ///   every capture below the folder itself, sorted; none if it has none. Folders of runs in the
  ///   folder are left out, since two runs are not two views of one. The path itself if it is no
  ///   folder.
  public static func captures(in path: String) -> [String] {
    guard isFolder(path) else { return [path] }
    var folder = path
    while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
    let merged = "\(folder)/all.pcapng"
    if ScenarioFile.exists(at: merged) { return [merged] }
    let taps = "\(folder)/taps"
    return captures(below: isFolder(taps) ? taps : folder, depth: 0)
  }

  private static func captures(below folder: String, depth: Int) -> [String] {
    // taps/ is two levels deep; links that lead around in circles are not followed for ever.
    guard depth < 4 else { return [] }
    var files: [String] = []
    for name in ScenarioFile.names(in: folder) where !name.hasPrefix(".") {
      let path = "\(folder)/\(name)"
      if isFolder(path) {
        if isFolder("\(path)/taps") || ScenarioFile.exists(at: "\(path)/all.pcapng") { continue }
        files += captures(below: path, depth: depth + 1)
      } else if name.hasSuffix(".pcapng") || name.hasSuffix(".pcap") {
        files.append(path)
      }
    }
    return files
  }

  /// What a run's summary is called.
  static let summaryName = "summary.txt"

  /// The folder of a run that did not come to its end.
  ///
  /// - Parameter path: The folder, or something in it, such as a capture in its `taps/`.
  /// - Returns: `nil` if there is no such folder around it.
  public static func incompleteFolder(around path: String) -> String? {
    var parts = path.split(separator: "/", omittingEmptySubsequences: false)
    if parts.count > 1, parts.last == "" { parts.removeLast() }
    // A capture of taps/guest/ is three levels down.
    for _ in 0...3 {
      let folder = parts.isEmpty ? "." : parts == [""] ? "/" : parts.joined(separator: "/")
      if isIncomplete(folder) { return folder }
      guard !parts.isEmpty, parts.last != "..", parts.last != "." else { return nil }
      parts.removeLast()
    }
    return nil
  }

  private static func isIncomplete(_ folder: String) -> Bool {
    let summary = "\(folder)/\(summaryName)"
    guard ScenarioFile.exists(at: summary), let text = try? ScenarioFile.text(at: summary) else {
      return false
    }
    return text.hasPrefix(RunSummary.incompleteMark)
  }

  /// Whether there is a folder at `path`.
  static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}

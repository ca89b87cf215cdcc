import ArgumentParser
import CaptureInspection
import LambdawireModel

/// What every command that reads captures takes.
struct CaptureArguments: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "Captures, pcap or pcapng, from the inside out; or the folder of a run, which stands for "
        + "its all.pcapng, or else for what is in its taps/; or another folder, which stands for "
        + "the captures below it, by name. A hyphen reads standard input.",
      valueName: "file"))
  var files: [String]

  /// The files meant; folders are looked into.
  func paths() throws(ExitStatus) -> [String] {
    var paths: [String] = []
    var incomplete: Set<String> = []
    for file in files {
      if file != "-", let folder = RunFolder.incompleteFolder(around: file),
        incomplete.insert(folder).inserted
      {
        Terminal.say(
          "lambdawire: \(folder) is INCOMPLETE: its run was stopped, and its files end there")
      }
      let found = RunFolder.captures(in: file)
      guard !found.isEmpty else {
        Terminal.say(
          "lambdawire: \(file): found no captures, expected the folder of a run, or one with "
            + ".pcap or .pcapng files")
        throw .badInput
      }
      paths += found
    }
    return paths
  }

  /// Says which files could not be read to their end.
  ///
  /// - Throws: ``ExitStatus/badInput`` if there is one.
  static func checkErrors(in analysis: CaptureAnalysis) throws(ExitStatus) {
    for file in analysis.failedFiles {
      let text = file.error.map { "\($0)" } ?? ""
      let place = text.hasPrefix(file.path) ? "" : "\(file.path): "
      let before =
        switch file.packetCount {
        case 0: ""
        case 1: "; 1 packet before that counts"
        case let count: "; \(count) packets before that count"
        }
      Terminal.say("lambdawire: \(place)\(text)\(before)")
    }
    if !analysis.failedFiles.isEmpty { throw .badInput }
  }
}

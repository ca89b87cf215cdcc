/// The scenarios that come with the program.
public struct BuiltInScenarios: Sendable {
  /// One of them.
  public struct Entry: Hashable, Sendable {
    /// What `lambdawire run` calls it.
    public let name: String
    /// Where its file is.
    public let path: String
    /// What it shows, in one line; `nil` if the file cannot be read as a scenario.
    public let title: String?
  }

  private let folder: String

  /// The scenarios of the source tree whose top is `root`: one for each folder in `Captures`.
  public init(root: String) {
    folder = root + "/Captures"
  }

  /// All of them, sorted by name.
  public func list() -> [Entry] {
    names.map { name in
      let path = path(of: name)
      // A broken file is listed all the same: running it says what is wrong.
      let title = (try? Scenario(contentsOf: path))?.title
      return Entry(name: name, path: path, title: title)
    }
  }

  /// The path of the file that `argument` stands for on a command line.
  ///
  /// A slash or a name that ends in `.yaml` or `.yml` makes it a path, and a folder stands for the
  /// `scenario.yaml` in it; anything else is the name of a scenario that comes with the program.
  public func locate(_ argument: String) throws(ScenarioError) -> String {
    if !names.contains(argument), RunFolder.isFolder(argument) {
      let path = argument + (argument.hasSuffix("/") ? "" : "/") + "scenario.yaml"
      if ScenarioFile.exists(at: path) { return path }
      throw ScenarioError(diagnostics: [
        ScenarioDiagnostic(
          file: argument, line: 0, column: 0, found: "a folder without a scenario.yaml",
          expected: "a scenario file, or a folder with a scenario.yaml", suggestion: nil)
      ])
    }
    if argument.contains("/") || argument.hasSuffix(".yaml") || argument.hasSuffix(".yml") {
      return argument
    }
    if names.contains(argument) { return path(of: argument) }
    let known = names.map { "`\($0)`" }.joined(separator: ", ")
    throw ScenarioError(diagnostics: [
      ScenarioDiagnostic(
        file: argument, line: 0, column: 0, found: "no scenario of this name",
        expected: known.isEmpty
          ? "the path of a file: there are no scenarios in \(folder)"
          : "one of \(known), or the path of a file",
        suggestion: Suggestion.nearest(to: argument, among: names))
    ])
  }

  private var names: [String] {
    ScenarioFile.names(in: folder).filter {
      !$0.hasPrefix(".") && ScenarioFile.exists(at: path(of: $0))
    }
  }

  private func path(of name: String) -> String {
    "\(folder)/\(name)/scenario.yaml"
  }
}

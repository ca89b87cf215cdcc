/// What `Package.swift` says, read as text: the manifest cannot be imported, and asking the
/// package manager from inside a test would wait for the build that runs it.
struct Manifest {
  /// Each target below `Sources`, and what it may import.
  private(set) var dependencies: [String: Set<String>] = [:]

  init(_ text: String) {
    let list = text.firstMatch(
      of: /let modules: KeyValuePairs<[^=]*= \[\n(.*?)\n\]/.dotMatchesNewlines())
    for entry in list?.output.1.matches(of: /"(\w+)": \[(.*?)\]/.dotMatchesNewlines()) ?? [] {
      dependencies[String(entry.output.1)] = Self.names(in: entry.output.2)
    }
    for target in text.matches(
      of: /\.executableTarget\(\s*name: "(\w+)",\s*dependencies: \[(.*?)\]/.dotMatchesNewlines())
    {
      dependencies[String(target.output.1)] = Self.names(in: target.output.2)
    }
    for target in text.matches(of: /\.systemLibrary\(\s*name: "(\w+)"/) {
      dependencies[String(target.output.1)] = []
    }
  }

  /// The names in a list of dependencies; a product of another package counts by its own name.
  private static func names(in list: Substring) -> Set<String> {
    let products = list.matches(of: /\.product\(name: "(\w+)"/).map { String($0.output.1) }
    let targets = list.replacing(/\.product\([^)]*\)/, with: "").matches(of: /"(\w+)"/)
      .map { String($0.output.1) }
    return Set(products + targets)
  }
}

/// The modules that a source file imports.
enum ImportList {
  static func modules(importedBy source: String) -> [String] {
    source.split(whereSeparator: \.isNewline).compactMap { line in
      // Nearly every line goes here, and a regular expression is slow.
      guard line.contains("import ") else { return nil }
      let declaration =
        /\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+(?:(?:struct|class|enum|protocol|typealias|func|let|var)\s+)?(\w+).*/
      return line.wholeMatch(of: declaration).map { String($0.output.1) }
    }
  }
}

/// Rows whose columns stand under each other.
struct TextTable {
  enum Alignment { case left, right }

  private let alignments: [Alignment]
  private var rows: [[String]] = []
  /// Spaces before every row.
  private let indentation: Int

  /// - Parameters:
  ///   - alignments: One for each column.
  ///   - header: Names of the columns, if they have any.
  ///   - indentation: Spaces before every row.
  init(_ alignments: [Alignment], header: [String] = [], indentation: Int = 2) {
    self.alignments = alignments
    self.indentation = indentation
    if !header.isEmpty { rows.append(header) }
  }

  /// Adds a row; cells that are missing stay empty.
  mutating func add(_ cells: String...) {
    rows.append(cells)
  }

  /// The rows as lines, without spaces at their ends.
  var lines: [String] {
    var widths = [Int](repeating: 0, count: alignments.count)
    for row in rows {
      // Something in the last column can be long without pushing anything aside.
      for (column, cell) in row.enumerated() where column < widths.count {
        widths[column] = max(widths[column], cell.count)
      }
    }
    return rows.map { row in
      var line = String(repeating: " ", count: indentation)
      for (column, cell) in row.enumerated() where column < widths.count {
        if column > 0 { line += "  " }
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        line += alignments[column] == .left ? cell + padding : padding + cell
      }
      while line.hasSuffix(" ") { line.removeLast() }
      return line
    }
  }
}

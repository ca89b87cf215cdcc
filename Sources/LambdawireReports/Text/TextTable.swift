/// Rows whose columns stand under each other.
struct TextTable {
  enum Alignment { case left, right }

  private let alignments: [Alignment]
  private var rows: [[String]] = []
  /// Spaces before every row.
  private let indentation: Int
  /// What rows should not be wider than, in characters; a row that would be is cut in two.
  private let width: Int
  /// The first column of a cut row's second line.
  private let fold: Int?

  /// - Parameters:
  ///   - alignments: One for each column.
  ///   - header: Names of the columns, if they have any.
  ///   - indentation: Spaces before every row.
  ///   - fold: Where a row is cut that is wider than `width` even with nothing to stand under: this
  ///     column and those behind it come in a line of their own, in their places; `nil` to cut none.
  ///   - width: In characters.
  init(
    _ alignments: [Alignment], header: [String] = [], indentation: Int = 2,
    foldingAt fold: Int? = nil, width: Int = 80
  ) {
    self.alignments = alignments
    self.indentation = indentation
    self.fold = fold
    self.width = width
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
      let isCut = isCut(row)
      // What has a line of its own, or stands in the last column, pushes nothing aside.
      for (column, cell) in row.enumerated()
      where column < widths.count && !(isCut && column < fold ?? 0) {
        widths[column] = max(widths[column], cell.count)
      }
    }
    return rows.flatMap { row -> [String] in
      guard let fold, isCut(row) else { return [line(row[...], widths)] }
      let blank = [String](repeating: "", count: fold)
      return [line(row.prefix(fold), []), line((blank + row.dropFirst(fold))[...], widths)]
    }
  }

  private func isCut(_ row: [String]) -> Bool {
    guard let fold, row.count > fold else { return false }
    return row.reduce(indentation - 2) { $0 + $1.count + 2 } > width
  }

  private func line(_ row: ArraySlice<String>, _ widths: [Int]) -> String {
    var line = String(repeating: " ", count: indentation)
    for (column, cell) in row.enumerated() where column < alignments.count {
      if column > 0 { line += "  " }
      let width = column < widths.count ? widths[column] : 0
      let padding = String(repeating: " ", count: max(0, width - cell.count))
      line += alignments[column] == .left ? cell + padding : padding + cell
    }
    while line.hasSuffix(" ") { line.removeLast() }
    return line
  }
}

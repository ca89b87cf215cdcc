/// Rows of bars along one axis that begins at zero.
struct BarPlot {
  struct Segment {
    /// The class that the style sheet colours it by.
    var name: String
    var start: Double
    var length: Double
  }

  struct Row {
    var label: String
    var segments: [Segment]
    /// What stands at the end of the row.
    var value: String
  }

  var identifier: String
  var title: String
  var description: String
  var horizontalTitle: String
  var rows: [Row]
  var label: (Double) -> String

  /// Bars that are thinner cannot be seen.
  private static let thinnest = 2.0
  private static let bar = 18.0
  private static let bottom = 50.0
  /// Room for labels before bars: the same for most plots, so that those below each other agree.
  private static let narrowestLabel = 196.0
  private static let widestLabel = 330.0

  func drawing(_ size: PlotSize) -> PlotDrawing {
    let isWide = size == .wide
    // Labels stand before the bars where there is room, and above them where there is not.
    let longest = rows.map(\.label.count).max() ?? 0
    let room = min(Self.widestLabel, Double(longest) * PlotDrawing.letterWidth + 16)
    let x = (isWide ? max(Self.narrowestLabel, room) : 4)...(size.width - 80)
    let rowHeight = isWide ? 30.0 : 46
    let height = rowHeight * Double(rows.count) + Self.bottom
    let end = rows.flatMap(\.segments).map { $0.start + $0.length }.max() ?? 1
    let scale = PlotScale.linear(upTo: end, limit: isWide ? 7 : 4, label: label)
    func place(_ value: Double) -> Double {
      x.lowerBound + scale.position(value) * (x.upperBound - x.lowerBound)
    }
    var content = PlotDrawing.horizontalAxis(
      scale, x: x, y: 0...(height - Self.bottom), in: size)
    content.append(
      PlotDrawing.label(horizontalTitle, (x.upperBound, height - 8), "axis", anchor: "end"))
    let letters = Int((isWide ? x.lowerBound - 16 : size.width) / PlotDrawing.letterWidth)
    for (number, row) in rows.enumerated() {
      let label = row.label.count > letters ? "\(row.label.prefix(letters - 1))…" : row.label
      let top = rowHeight * Double(number) + (isWide ? 6 : 24)
      content.append(
        isWide
          ? PlotDrawing.label(label, (x.lowerBound - 12, top + 13.5), "row", anchor: "end")
          : PlotDrawing.label(label, (0, top - 6), "row"))
      for segment in row.segments {
        let start = place(segment.start)
        let width = max(Self.thinnest, place(segment.start + segment.length) - start)
        content.append(
          .tag(
            "rect",
            [
              "class": "bar \(segment.name)", "x": Coordinate.text(start),
              "y": Coordinate.text(top), "width": Coordinate.text(width),
              "height": Coordinate.text(Self.bar),
            ]))
      }
      content.append(
        PlotDrawing.label(row.value, (size.width, top + 13.5), "value", anchor: "end"))
    }
    return PlotDrawing(
      size: size, height: height, identifier: identifier, title: title, description: description,
      content: content)
  }
}

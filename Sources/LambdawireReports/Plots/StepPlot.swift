/// Curves that go in steps: shares of measurements, or numbers of things over time.
struct StepPlot {
  struct Series {
    /// The class that the style sheet colours it by.
    var name: String
    /// Where the curve is from when on; ordered by `x`.
    var points: [(x: Double, y: Double)]
    /// A point to be marked with a dot.
    var mark: (x: Double, y: Double)?
    /// Where the curve ends, behind the last point.
    var end: Double?
  }

  /// A horizontal line with its name.
  struct Limit {
    var value: Double
    var label: String
  }

  var identifier: String
  var title: String
  var description: String
  /// What the vertical axis counts.
  var verticalTitle: String
  /// What the horizontal axis measures.
  var horizontalTitle: String
  var series: [Series]
  var limit: Limit?
  /// The axes, which may have fewer ticks in a narrow drawing.
  var horizontal: (PlotSize) -> PlotScale
  var vertical: PlotScale

  private static let height = 320.0
  private static let top = 34.0
  private static let bottom = 52.0

  func drawing(_ size: PlotSize) -> PlotDrawing {
    let longest = vertical.ticks.map(\.label.count).max() ?? 1
    let x = (14 + PlotDrawing.letterWidth * Double(longest))...(size.width - 10)
    let y = Self.top...(Self.height - Self.bottom)
    let scale = horizontal(size)
    func place(_ point: (x: Double, y: Double)) -> (x: Double, y: Double) {
      (
        x.lowerBound + scale.position(point.x) * (x.upperBound - x.lowerBound),
        y.upperBound - vertical.position(point.y) * (y.upperBound - y.lowerBound)
      )
    }
    var content = [PlotDrawing.label(verticalTitle, (0, 14), "axis")]
    for tick in vertical.ticks {
      let height = place((scale.domain.lowerBound, tick.value)).y
      content += [
        PlotDrawing.line((x.lowerBound, height), (x.upperBound, height), "grid"),
        PlotDrawing.label(tick.label, (x.lowerBound - 8, height + 4.5), anchor: "end"),
      ]
    }
    content += PlotDrawing.horizontalAxis(scale, x: x, y: y, in: size)
    content.append(
      PlotDrawing.label(horizontalTitle, (x.upperBound, Self.height - 8), "axis", anchor: "end"))
    if let limit, vertical.domain.contains(limit.value) {
      let height = place((scale.domain.lowerBound, limit.value)).y
      content += [
        PlotDrawing.line((x.lowerBound, height), (x.upperBound, height), "limit"),
        PlotDrawing.label(limit.label, (x.upperBound, height - 6), "limit-label", anchor: "end"),
      ]
    }
    for series in series {
      content.append(.tag("path", ["class": "curve \(series.name)", "d": path(series, place)]))
    }
    for series in series {
      guard let mark = series.mark.map(place) else { continue }
      content.append(
        .tag(
          "circle",
          [
            "class": "mark \(series.name)", "cx": Coordinate.text(mark.x),
            "cy": Coordinate.text(mark.y), "r": "4.5",
          ]))
    }
    return PlotDrawing(
      size: size, height: Self.height, identifier: identifier, title: title,
      description: description, content: content)
  }

  /// The way of a pen: across at the old height, then up or down.
  private func path(
    _ series: Series, _ place: ((x: Double, y: Double)) -> (x: Double, y: Double)
  ) -> String {
    var path = ""
    for point in series.points.map(place) {
      path +=
        path.isEmpty
        ? "M\(Coordinate.text(point.x)) \(Coordinate.text(point.y))"
        : "H\(Coordinate.text(point.x))V\(Coordinate.text(point.y))"
    }
    if let end = series.end, let last = series.points.last {
      path += "H\(Coordinate.text(place((end, last.y)).x))"
    }
    return path
  }
}

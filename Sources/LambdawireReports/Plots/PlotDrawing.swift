/// An SVG drawing that says in words what it shows.
struct PlotDrawing {
  var size: PlotSize
  var height: Double
  /// Of the drawing within its page, in which no other has it.
  var identifier: String
  /// What is drawn, in a few words.
  var title: String
  /// What there is to see, for those who cannot.
  var description: String
  var content: [Markup]

  var markup: Markup {
    let name = "\(identifier)-\(size.name)"
    return .tag(
      "svg",
      [
        "xmlns": "http://www.w3.org/2000/svg", "class": "plot \(size.name)", "role": "img",
        "viewBox": "0 0 \(Coordinate.text(size.width)) \(Coordinate.text(height))",
        "aria-labelledby": "\(name)-title", "aria-describedby": "\(name)-desc",
      ],
      [
        .tag("title", ["id": "\(name)-title"], .text(title)),
        .tag("desc", ["id": "\(name)-desc"], .text(description)),
      ] + content)
  }

  static func line(
    _ from: (x: Double, y: Double), _ to: (x: Double, y: Double), _ name: String
  ) -> Markup {
    .tag(
      "line",
      [
        "x1": Coordinate.text(from.x), "y1": Coordinate.text(from.y),
        "x2": Coordinate.text(to.x), "y2": Coordinate.text(to.y), "class": name,
      ])
  }

  /// A text whose `start`, `middle` or `end`, as `anchor` says, stands at a point.
  static func label(
    _ text: String, _ at: (x: Double, y: Double), _ name: String = "tick", anchor: String = "start"
  ) -> Markup {
    .tag(
      "text",
      [
        "x": Coordinate.text(at.x), "y": Coordinate.text(at.y), "class": name,
        "text-anchor": anchor,
      ], .text(text))
  }

  /// About how wide a letter of a label is.
  static let letterWidth = 7.6

  /// A horizontal axis with its ticks: lines through the plot and labels below it.
  ///
  /// Labels stay inside the drawing, and one that would touch the one before it is left out.
  static func horizontalAxis(
    _ scale: PlotScale, x: ClosedRange<Double>, y: ClosedRange<Double>, in size: PlotSize
  ) -> [Markup] {
    var content: [Markup] = []
    var end = -Double.infinity
    for tick in scale.ticks {
      let position = x.lowerBound + scale.position(tick.value) * (x.upperBound - x.lowerBound)
      content.append(line((position, y.lowerBound), (position, y.upperBound), "grid"))
      let width = Double(tick.label.count) * letterWidth
      let left = min(max(0, position - width / 2), size.width - width)
      guard left > end + letterWidth else { continue }
      end = left + width
      content.append(label(tick.label, (left + width / 2, y.upperBound + 18), anchor: "middle"))
    }
    return content
  }
}

/// How wide a plot is drawn.
///
/// A plot that is only made smaller has letters that are too small to read, so each is drawn twice,
/// and the style sheet shows the one that fits.
enum PlotSize: CaseIterable {
  /// For screens and paper.
  case wide
  /// For telephones.
  case narrow

  /// In units of the drawing, which are about pixels.
  var width: Double { self == .wide ? 680 : 360 }

  /// Most ticks of a horizontal axis.
  var tickLimit: Int { self == .wide ? 9 : 5 }

  /// The class that the style sheet knows it by.
  var name: String { self == .wide ? "wide" : "narrow" }
}

/// Numbers in drawings.
enum Coordinate {
  /// With one decimal at most.
  static func text(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    guard tenths % 10 != 0 else { return "\(tenths / 10)" }
    return "\(tenths < 0 ? "-" : "")\(tenths.magnitude / 10).\(tenths.magnitude % 10)"
  }
}

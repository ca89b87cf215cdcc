import Foundation

/// How values become positions along an axis, and where the axis has ticks.
struct PlotScale {
  struct Tick {
    var value: Double
    var label: String
  }

  let isLogarithmic: Bool
  /// Where the axis begins and ends.
  let domain: ClosedRange<Double>
  let ticks: [Tick]

  /// Where a value stands: 0 at the beginning of the axis, 1 at its end.
  func position(_ value: Double) -> Double {
    let (low, high) = (domain.lowerBound, domain.upperBound)
    guard high > low else { return 0 }
    let share =
      isLogarithmic
      ? log(max(value, low) / low) / log(high / low) : (value - low) / (high - low)
    return min(1, max(0, share))
  }

  /// An axis from zero to at least `maximum`.
  ///
  /// - Parameters:
  ///   - maximum: The largest value.
  ///   - limit: Most ticks.
  ///   - isWhole: Whether values are whole numbers, so that there are no ticks between them.
  ///   - label: What stands at a tick.
  /// - Returns: The axis.
  static func linear(
    upTo maximum: Double, limit: Int, isWhole: Bool = false, label: (Double) -> String
  ) -> PlotScale {
    let maximum = max(maximum, isWhole ? 1 : .leastNormalMagnitude)
    var step = roundStep(atLeast: maximum / Double(max(1, limit - 1)))
    if isWhole { step = max(1, step) }
    let count = Int((maximum / step - 1e-9).rounded(.up))
    let ticks = (0...max(1, count)).map { number in
      Tick(value: Double(number) * step, label: label(Double(number) * step))
    }
    return PlotScale(
      isLogarithmic: false, domain: 0...(Double(max(1, count)) * step), ticks: ticks)
  }

  /// A logarithmic axis around `range`, from one round number to another.
  ///
  /// - Parameters:
  ///   - range: The smallest and the largest value, above zero.
  ///   - limit: Most ticks.
  ///   - label: What stands at a tick.
  /// - Returns: The axis.
  static func logarithmic(
    around range: ClosedRange<Double>, limit: Int, label: (Double) -> String
  ) -> PlotScale {
    let all = rounds([1, 2, 5], around: range)
    let low = all.last { $0 <= range.lowerBound * (1 + 1e-9) } ?? range.lowerBound
    let high = all.first { $0 >= range.upperBound * (1 - 1e-9) } ?? range.upperBound
    let domain = low...max(high, low * 2)
    func inside(_ digits: [Double]) -> [Double] {
      rounds(digits, around: range).filter {
        $0 >= domain.lowerBound * (1 - 1e-9) && $0 <= domain.upperBound * (1 + 1e-9)
      }
    }
    let choices = [inside([1, 2, 5]), inside([1, 3]), inside([1])]
    let values = choices.first { $0.count <= limit } ?? choices[2]
    return PlotScale(
      isLogarithmic: true, domain: domain,
      ticks: values.map { Tick(value: $0, label: label($0)) })
  }

  /// The smallest of 1, 2, 5, 10, 20 … that is no less than `value`.
  private static func roundStep(atLeast value: Double) -> Double {
    let decade = pow(10, log10(value).rounded(.down))
    return [1, 2, 5, 10].map { $0 * decade }.first { $0 >= value * (1 - 1e-9) } ?? 10 * decade
  }

  /// `digits` times powers of ten, from below `range` to above it.
  private static func rounds(_ digits: [Double], around range: ClosedRange<Double>) -> [Double] {
    let first = Int(log10(range.lowerBound).rounded(.down))
    let last = Int(log10(range.upperBound).rounded(.up))
    return (first...max(first, last)).flatMap { power in
      digits.map { $0 * pow(10, Double(power)) }
    }
  }
}

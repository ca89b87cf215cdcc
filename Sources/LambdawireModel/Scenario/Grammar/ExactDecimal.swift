/// A decimal number, exact.
struct ExactDecimal {
  private let digits: Int
  /// How many of the digits stand behind the point.
  private let decimals: Int

  /// Reads digits with at most one point between them, and a sign.
  ///
  /// - Returns: `nil` for anything else, and beyond eighteen digits.
  init?(_ text: some StringProtocol) {
    var bytes = Array(text.utf8)
    let isNegative = bytes.first == UInt8(ascii: "-")
    if isNegative { bytes.removeFirst() }
    let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }) else { return nil }
    let all = parts.joined()
    guard all.allSatisfy({ (48...57).contains($0) }), Array(all).count <= 18 else { return nil }
    let value = all.reduce(0) { $0 * 10 + Int($1 - 48) }
    digits = isNegative ? -value : value
    decimals = parts.count == 2 ? parts[1].count : 0
  }

  /// The number times `factor`.
  ///
  /// - Returns: `nil` if that is not whole, or does not fit.
  func times(_ factor: Int) -> Int? {
    let divisor = (0..<decimals).reduce(1) { value, _ in value * 10 }
    let (product, overflow) = digits.multipliedReportingOverflow(by: factor)
    guard !overflow, product % divisor == 0 else { return nil }
    return product / divisor
  }
}

/// Arithmetic on times that a file may have made up.
enum SaturatedTime {
  /// Nanoseconds from one time to another; the largest or smallest number if they are more than
  /// 292 years apart.
  @inline(__always)
  static func elapsed(from start: Int64, to end: Int64) -> Int64 {
    let (difference, overflow) = end.subtractingReportingOverflow(start)
    return overflow ? (end < start ? .min : .max) : difference
  }

  @inline(__always)
  static func sum(_ left: Int64, _ right: Int64) -> Int64 {
    let (sum, overflow) = left.addingReportingOverflow(right)
    return overflow ? (left < 0 ? .min : .max) : sum
  }
}

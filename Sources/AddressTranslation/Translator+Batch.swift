public import SimulatedTime

/// Many packets at once.
extension Translator {
  public mutating func translateOutbound(
    _ bytes: inout MutableRawSpan, at offsets: Span<Int>, now: Instant,
    verdicts: inout MutableSpan<Verdict>
  ) {
    for place in offsets.indices {
      verdicts[place] = translateOutbound(&bytes, at: offsets[place], now: now)
    }
  }
}

import SimulatedTime

/// Lines of JSON in order of time, on their way from one partition's log to the file.
struct EventBatch: ~Copyable {
  private var bytes = TextBuffer()
  /// When each line happened, and where it ends.
  private var lines: [(time: Int64, end: Int)] = []
  /// The next line to be read.
  private var next = 0

  /// The time of the next line, or `nil` if there is none.
  @inline(__always)
  var nextTime: Int64? { next < lines.count ? lines[next].time : nil }

  /// Adds the bytes of lines that ``addLine(at:byteCount:)`` is told of.
  mutating func append(_ text: UnsafeRawBufferPointer) {
    unsafe bytes.append(text)
  }

  /// Says when the next of the lines happened, and how long it is.
  @inline(__always)
  mutating func addLine(at time: Int64, byteCount: Int) {
    lines.append((time, (lines.last?.end ?? 0) + byteCount))
  }

  /// Hands out the lines from the next one on, as long as `isNext` says so of their times.
  mutating func read(
    while isNext: (Int64) -> Bool, _ write: (UnsafeRawBufferPointer) -> Void
  ) {
    let start = next == 0 ? 0 : lines[next - 1].end
    while next < lines.count, isNext(lines[next].time) { next += 1 }
    let end = next == 0 ? 0 : lines[next - 1].end
    if end > start { unsafe bytes.withBytes(start..<end) { unsafe write($0) } }
  }

  /// Takes over the lines of `other`, which come after those that are here.
  mutating func take(from other: inout EventBatch) {
    if next == lines.count {
      bytes.removeAll()
      lines.removeAll(keepingCapacity: true)
      next = 0
      swap(&self, &other)
      return
    }
    let start = bytes.byteCount
    unsafe other.bytes.withBytes(0..<other.bytes.byteCount) { unsafe bytes.append($0) }
    for line in other.lines { lines.append((line.time, start + line.end)) }
    other.bytes.removeAll()
    other.lines.removeAll(keepingCapacity: true)
  }
}

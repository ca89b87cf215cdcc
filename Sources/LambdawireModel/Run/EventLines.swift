package import EventSimulation
package import SimulatedTime

/// Lines of JSON that wait for their turn, as the bytes that will stand in the file.
///
/// A busy run has several lines for each connection, so they are composed in place: no strings, no
/// trees of values.
package struct EventLines: ~Copyable {
  /// Where a line stands in ``bytes``, and when it happened.
  private struct Line {
    var time: Int64
    /// Lines that came later stand further behind, and lines are moved in order.
    var bytes: Range<Int>
  }

  private var bytes = TextBuffer()
  /// What ``bytes`` were before they were moved, for the room.
  private var emptied = TextBuffer()
  /// For a few members at a time.
  private var scratch = CommentText()
  private var lines: [Line] = []
  /// How many of them were taken and are still there.
  private var takenCount = 0
  /// The earliest time of all lines, or the end of time.
  private var earliest = Int64.max
  /// Bytes of lines that were taken.
  private var takenByteCount = 0

  package init() {}

  /// Begins a line with what all have in common.
  package mutating func begin(_ event: StaticString, at time: Instant) {
    lines.append(Line(time: time.nanoseconds, bytes: bytes.byteCount..<bytes.byteCount))
    earliest = min(earliest, time.nanoseconds)
    bytes.append("{\"time_ns\":")
    bytes.append(decimal: Int(time.nanoseconds))
    bytes.append(",\"event\":\"")
    bytes.append(event)
    bytes.append("\",")
  }

  /// Ends the line.
  package mutating func end() {
    // The comma behind the last member.
    bytes.removeLast(1)
    bytes.append("}\n")
    let start = lines[lines.count - 1].bytes.lowerBound
    lines[lines.count - 1].bytes = start..<bytes.byteCount
  }

  /// Takes out every line whose time is before `time`, the earliest first, several at once where
  /// they stand together.
  package mutating func take(before time: Instant, _ write: (UnsafeRawBufferPointer) -> Void) {
    let count = sort(before: time)
    unsafe writeFirst(count) { unsafe write($0) }
    removeFirst(count)
  }

  /// Moves every line whose time is before `time` to `batch`, the earliest first.
  mutating func take(before time: Instant, into batch: inout EventBatch) {
    let count = sort(before: time)
    for line in lines[takenCount..<takenCount + count] {
      batch.addLine(at: line.time, byteCount: line.bytes.count)
    }
    unsafe writeFirst(count) { unsafe batch.append($0) }
    removeFirst(count)
  }

  /// Puts the lines in order, if there are any before `time`, and says how many there are.
  private mutating func sort(before time: Instant) -> Int {
    guard earliest < time.nanoseconds else { return 0 }
    // In place: a slice of an array would be a copy.
    let start = takenCount
    unsafe lines.withUnsafeMutableBufferPointer { lines in
      unsafe lines[start...].sort {
        ($0.time, $0.bytes.lowerBound) < ($1.time, $1.bytes.lowerBound)
      }
    }
    let end = lines[takenCount...].firstIndex { $0.time >= time.nanoseconds } ?? lines.count
    return end - takenCount
  }

  private mutating func writeFirst(_ count: Int, _ write: (UnsafeRawBufferPointer) -> Void) {
    var run = 0..<0
    for line in lines[takenCount..<takenCount + count] {
      if line.bytes.lowerBound == run.upperBound {
        run = run.lowerBound..<line.bytes.upperBound
      } else {
        unsafe bytes.withBytes(run) { unsafe write($0) }
        run = line.bytes
      }
      takenByteCount += line.bytes.count
    }
    unsafe bytes.withBytes(run) { unsafe write($0) }
  }

  private mutating func removeFirst(_ count: Int) {
    guard count > 0 else { return }
    takenCount += count
    // Not each time: what is left would be moved again and again.
    if takenCount * 2 > lines.count {
      lines.removeFirst(takenCount)
      takenCount = 0
    }
    earliest = takenCount < lines.count ? lines[takenCount].time : .max
    if takenByteCount > bytes.byteCount / 2 { compact() }
  }

  /// Moves the lines that are left together.
  private mutating func compact() {
    swap(&bytes, &emptied)
    bytes.removeAll()
    for index in lines.indices.dropFirst(takenCount) {
      let start = bytes.byteCount
      unsafe emptied.withBytes(lines[index].bytes) { unsafe bytes.append($0) }
      lines[index].bytes = start..<bytes.byteCount
    }
    takenByteCount = 0
  }

  // MARK: Members of the line

  /// Adds a text.
  @inline(__always)
  package mutating func add(_ key: StaticString, _ value: String) {
    add(key: key)
    bytes.append(quoted: value)
    bytes.append(",")
  }

  /// Adds a text, unless it is empty.
  package mutating func add(_ key: StaticString, unlessEmpty value: String) {
    if !value.isEmpty { add(key, value) }
  }

  /// Adds one of a few texts known when this was compiled, which need no escapes.
  @inline(__always)
  package mutating func add(_ key: StaticString, fixed value: StaticString) {
    add(key: key)
    bytes.append("\"")
    bytes.append(value)
    bytes.append("\",")
  }

  /// Adds a number.
  @inline(__always)
  package mutating func add(_ key: StaticString, _ value: Int) {
    add(key: key)
    bytes.append(decimal: value)
    bytes.append(",")
  }

  /// Adds members that `describe` writes as they stand in the line, a comma behind the last: for the
  /// lines that there are most of.
  ///
  /// - Parameter describe: Writes less than ``CommentText/capacity`` bytes.
  @inline(__always)
  package mutating func add(inOnePiece describe: (inout CommentText) -> Void) {
    scratch.removeAll()
    describe(&scratch)
    scratch.withBytes { text in
      unsafe text.withUnsafeBytes { unsafe bytes.append($0) }
    }
  }

  @inline(__always)
  private mutating func add(key: StaticString) {
    bytes.append("\"")
    bytes.append(key)
    bytes.append("\":")
  }
}

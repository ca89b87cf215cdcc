import SimulatedTime

/// Reads files that list when invocations come.
///
/// A line holds a time, and perhaps a comma and a function. Times are seconds with up to nine
/// decimals, or dates as RFC 3339 writes them in UTC. Empty lines, lines that begin with `#` and a
/// first line of column names that begins with `time` say nothing.
enum ReplayFile {
  /// Reads the file that `name` names, beside the file that names it.
  ///
  /// - Parameters:
  ///   - name: The file as the scenario has it.
  ///   - start: The date that the run starts at.
  ///   - from: What seconds are counted from.
  ///   - callers: The functions that lines may name.
  ///   - log: Where mistakes go.
  /// - Returns: `nil` if something was reported.
  static func read(
    _ name: Located<String>, start: CalendarTime?, from: Duration, callers: [Caller],
    log: inout DiagnosticLog
  ) -> [Scenario.Replayed]? {
    let path = Self.path(of: name.value, in: name.node.location.file)
    guard !name.value.isEmpty else {
      log.report(at: name.node.location, found: "nothing", expected: "the name of a CSV file")
      return nil
    }
    let text: String
    do throws(ScenarioError) { text = try ScenarioFile.text(at: path, as: .replay) } catch {
      // Where the file is named can be mended; that it cannot be read has no line of its own.
      if let first = error.diagnostics.first, first.line == 0 {
        log.report(
          at: name.node.location, found: "\(quoted(name.value)), \(first.found)",
          expected: "\(first.expected) beside the scenario, one invocation a line")
      } else {
        log.add(error)
      }
      return nil
    }
    var reader = Lines(path: path, start: start, from: from, callers: callers)
    return reader.read(text, &log)
  }

  /// A path that is not absolute begins in the folder of the file that it stands in; one that was
  /// given on the command line, in the current folder.
  private static func path(of name: String, in file: String) -> String {
    guard !name.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return name }
    return file[...slash] + name
  }

  private struct Lines {
    let path: String
    let start: CalendarTime?
    let from: Duration
    let callers: [Caller]
    /// Names that lines may give, and those they have given.
    private var known: Set<String> = []
    private var previous: (time: Duration, line: Int)?
    private var isSound = true

    init(path: String, start: CalendarTime?, from: Duration, callers: [Caller]) {
      self.path = path
      self.start = start
      self.from = from
      self.callers = callers
      for caller in callers {
        known.insert(caller.name)
        known.formUnion(caller.function?.instanceNames ?? [])
      }
    }

    mutating func read(_ text: String, _ log: inout DiagnosticLog) -> [Scenario.Replayed]? {
      var rows: [Scenario.Replayed] = []
      var number = 0
      for bytes in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      {
        number += 1
        var line = Substring(bytes)
        if line.utf8.last == UInt8(ascii: "\r") { line = Substring(line.utf8.dropLast()) }
        guard !line.allSatisfy({ $0 == " " }), !line.hasPrefix("#") else { continue }
        if number == 1, line == "time" || line.hasPrefix("time,") { continue }
        guard let row = row(line, number, &log) else {
          isSound = false
          continue
        }
        rows.append(row)
      }
      return isSound ? rows : nil
    }

    private mutating func row(
      _ line: Substring, _ number: Int, _ log: inout DiagnosticLog
    ) -> Scenario.Replayed? {
      let fields = line.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
      func place(_ offset: Int) -> SourceLocation {
        SourceLocation(file: path, line: number, column: offset + 1)
      }
      guard let time = time(fields[0], place(0), &log) else { return nil }
      if let previous, time < previous.time {
        log.report(
          at: place(0),
          found: "\(quoted(String(fields[0]))), which is before line \(previous.line)",
          expected: "times in order")
        return nil
      }
      previous = (time, number)
      guard fields.count > 1 else { return Scenario.Replayed(time: time, function: nil) }
      let name = String(fields[1])
      guard known.contains(name) else {
        log.report(
          at: place(fields[0].unicodeScalars.count + 1),
          found: name.isEmpty ? "nothing after the comma" : quoted(name),
          expected: "a function: " + callers.map { "`\($0.name)`" }.joined(separator: ", "),
          suggestion: Suggestion.nearest(to: name, among: callers.map(\.name)))
        return nil
      }
      return Scenario.Replayed(time: time, function: name)
    }

    private func time(
      _ text: Substring, _ place: SourceLocation, _ log: inout DiagnosticLog
    ) -> Duration? {
      let limit = 31_536_000
      if let seconds = ExactDecimal(text) {
        if let nanoseconds = seconds.times(1_000_000_000),
          (0...limit * 1_000_000_000).contains(nanoseconds)
        {
          return from + .nanoseconds(nanoseconds)
        }
      } else if let date = CalendarTime(text: String(text)) {
        // Without a start, something else was reported.
        guard let start else { return nil }
        let elapsed = date.nanosecondsSince1970 - start.nanosecondsSince1970
        if elapsed >= 0, elapsed <= Int64(limit) * 1_000_000_000 { return .nanoseconds(elapsed) }
        log.report(
          at: place,
          found: "\(quoted(String(text))), "
            + "\(elapsed < 0 ? "before" : "more than a year after") the start of the run",
          expected: "a date within the year that begins with the scenario's `start`")
        return nil
      }
      log.report(
        at: place, found: text.isEmpty ? "no time" : quoted(String(text)),
        expected: "seconds from 0 to \(limit) such as `2.5`, or a date such as "
          + "`2019-09-03T00:00:02.5Z`")
      return nil
    }
  }
}

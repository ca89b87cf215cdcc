import SimulatedTime

/// A time on the command line, against a record of a run.
enum RecordTime {
  /// Reads a time: since the record began, such as `12.5s`, or a date such as
  /// `2019-09-03T00:00:02.5Z`.
  ///
  /// - Parameters:
  ///   - text: What was given for `--at`.
  ///   - epoch: The date of the record's time zero, in nanoseconds since 1970, if it says.
  ///   - path: What errors call the record.
  /// - Returns: The time, counted as the record counts.
  /// - Throws: That it is neither, or that the record does not say when it began.
  static func instant(_ text: String, epoch: Int64?, path: String) throws(RecordError) -> Instant {
    if let date = CalendarTime(text: text) {
      guard let epoch else { throw .noEpoch(path: path, time: text) }
      let (time, overflow) = date.nanosecondsSince1970.subtractingReportingOverflow(epoch)
      if !overflow { return Instant(nanoseconds: time) }
    }
    let longest = Duration.seconds(36_525 * 86_400)
    do throws(ValueProblem) {
      let time = try Quantity<Duration>.duration(.zero, longest).parse(text)
      return Instant.start.advanced(by: time)
    } catch {
      throw .badArgument(
        option: "--at", found: error.found ?? "`\(text)`",
        expected: "a time since the record began such as 12.5s, or a date such as "
          + "2019-09-03T00:00:02.5Z")
    }
  }
}

import PacketFormats

/// One line of a run's `events.jsonl`, as far as a comparison needs it.
///
/// What a line does not have is empty, zero or `nil`.
package struct EventLine: Hashable {
  /// Since the run began, in nanoseconds.
  package var time: Int64 = 0
  package var event = ""
  package var act = ""
  package var function = ""
  /// Of a function, in MiB.
  package var memory: Int64 = 0
  package var name = ""
  package var environment = ""
  package var resource = ""
  package var translator = ""
  /// Of a network interface.
  package var identifier = ""
  package var status = ""
  package var detail = ""
  /// In nanoseconds.
  package var duration: Int64?
  /// In nanoseconds.
  package var elapsed: Int64 = 0

  package init() {}

  /// Reads a line; one with nothing on it says nothing.
  init(_ line: RawSpan) throws(JSONLine.Problem) {
    if line.byteCount == 0 { return }
    try JSONLine.read(line) { key, value in
      switch (key, value) {
      case ("time_ns", .number(let number)): time = number
      case ("event", .text(let text)): event = text
      case ("act", .text(let text)): act = text
      case ("function", .text(let text)): function = text
      case ("name", .text(let text)): name = text
      case ("memory_mib", .number(let number)): memory = number
      case ("environment", .text(let text)): environment = text
      case ("resource", .text(let text)): resource = text
      case ("translator", .text(let text)): translator = text
      case ("id", .text(let text)): identifier = text
      case ("status", .text(let text)): status = text
      case ("detail", .text(let text)): detail = text
      case ("duration_ns", .number(let number)): duration = number
      case ("elapsed_ns", .number(let number)): elapsed = number
      default: break
      }
    }
  }
}

import PacketFormats
public import SimulatedTime

extension RecordedTranslation {
  /// The names of the columns of ``csvLine``.
  public static let csvHeader = "\(Flow.csvHeader),state,made_ns,ended_ns,reason"

  /// The translation as a line of comma-separated values (RFC 4180), without a line break.
  ///
  /// No value needs quotation marks; one that is not known is empty.
  public var csvLine: String {
    let end = ended.map { "\($0.nanoseconds)" } ?? ""
    return "\(flow.csv(as: outside)),\(state.label),\(made.nanoseconds),\(end),"
      + (endReason?.rawValue ?? "")
  }

  /// The translation with the states it went through, as a JSON object on one line.
  ///
  /// - Parameter states: What ``TranslationHistory/states(of:)`` tells.
  /// - Returns: The object, with the keys of a run's record.
  public func jsonLine(
    states: [(state: Translation.State, since: Instant)]
  ) -> String {
    let steps = states.map { "{\"state\":\"\($0.label)\",\"since_ns\":\($1.nanoseconds)}" }
    let reason = endReason.map { "\"\($0.rawValue)\"" } ?? "null"
    return "{\(flow.json(as: outside)),\"made_ns\":\(made.nanoseconds),"
      + "\"states\":[\(steps.joined(separator: ","))],"
      + "\"ended_ns\":\(ended.map { "\($0.nanoseconds)" } ?? "null"),\"reason\":\(reason)}"
  }
}

extension Flow {
  /// The names of the columns of ``csv(as:)``.
  static let csvHeader =
    "protocol,inside_address,inside_port,outside_address,outside_port,remote_address,remote_port"

  /// The flow and its outside end as comma-separated values.
  func csv(as outside: TransportAddress) -> String {
    "\(`protocol`),\(inside.address),\(inside.port),\(outside.address),\(outside.port),"
      + "\(remote.address),\(remote.port)"
  }

  /// The flow and its outside end as members of a JSON object.
  func json(as outside: TransportAddress) -> String {
    "\"protocol\":\"\(`protocol`)\",\"inside\":\"\(inside)\",\"outside\":\"\(outside)\","
      + "\"remote\":\"\(remote)\""
  }
}

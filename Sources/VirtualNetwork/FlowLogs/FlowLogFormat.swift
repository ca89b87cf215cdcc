/// Which fields a flow log's records have, and in which order.
public struct FlowLogFormat: Hashable, Sendable {
  /// At least one; a field may stand there once.
  public let fields: [FlowLogField]

  /// The format of a flow log that names none: all fields of version 2, in the order of AWS's table
  /// (VPC guide, "Flow log records", Default format: documented).
  public static let `default` = FlowLogFormat(
    checked: FlowLogField.allCases.filter { $0.introducedIn == 2 })

  private init(checked fields: [FlowLogField]) {
    self.fields = fields
  }

  /// Makes a format of fields.
  ///
  /// - Throws: If there are none, or one of them twice.
  public init(_ fields: [FlowLogField]) throws(FlowLogFormatError) {
    guard !fields.isEmpty else { throw .empty }
    for (position, field) in fields.enumerated() where fields[..<position].contains(field) {
      throw .repeated(field, position: position + 1)
    }
    self.fields = fields
  }

  /// Reads a format as `CreateFlowLogs` takes it: fields written `${field}`, with spaces between
  /// them (EC2 API, `LogFormat`: documented).
  ///
  /// - Throws: That something else stands there, and where, or that a field does not exist.
  public init(_ text: some StringProtocol) throws(FlowLogFormatError) {
    var fields: [FlowLogField] = []
    for (position, word) in text.split(whereSeparator: \.isWhitespace).enumerated() {
      guard word.hasPrefix("${"), word.hasSuffix("}"), word.count > 3 else {
        throw .notAField(String(word), position: position + 1)
      }
      let name = String(word.dropFirst(2).dropLast())
      guard let field = FlowLogField(rawValue: name) else {
        throw .unknownField(name, position: position + 1)
      }
      fields.append(field)
    }
    try self.init(fields)
  }

  /// What records say in their field `version`: the highest version of any field (VPC guide, "Flow
  /// log records": documented).
  public var version: Int { fields.reduce(2) { max($0, $1.introducedIn) } }
}

extension FlowLogFormat: CustomStringConvertible {
  /// The format as `CreateFlowLogs` takes it.
  public var description: String {
    fields.map { "${\($0.rawValue)}" }.joined(separator: " ")
  }
}

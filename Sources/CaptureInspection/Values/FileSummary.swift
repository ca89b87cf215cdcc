public import CaptureFiles

/// What was read of one file.
public struct FileSummary: Sendable {
  public var path: String
  public var packetCount: UInt64
  /// Why reading ended before the file did, if so; what came before counts.
  public var error: CaptureFileError?
}

extension FileSummary: Encodable {
  private enum CodingKeys: String, CodingKey {
    case path, packetCount, error
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(path, forKey: .path)
    try container.encode(packetCount, forKey: .packetCount)
    try container.encodeIfPresent(error?.description, forKey: .error)
  }
}

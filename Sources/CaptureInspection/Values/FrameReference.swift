/// Where a frame can be found.
public struct FrameReference: Hashable, Sendable, Encodable {
  public var file: String
  /// Position among the packets of the file, from 1 on, as Wireshark counts.
  public var frameNumber: UInt64

  public init(file: String, frameNumber: UInt64) {
    self.file = file
    self.frameNumber = frameNumber
  }
}

extension FrameReference: CustomStringConvertible {
  public var description: String { "\(file):\(frameNumber)" }
}

/// A ``FrameReference`` in 64 bits: file index in the upper 16, frame number below.
struct FrameNumber: Hashable, Sendable {
  private let rawValue: UInt64

  init(file: Int, frame: UInt64) {
    rawValue = UInt64(truncatingIfNeeded: file) << 48 | frame & 0xffff_ffff_ffff
  }

  var file: Int { Int(rawValue >> 48) }
  var frame: UInt64 { rawValue & 0xffff_ffff_ffff }
}

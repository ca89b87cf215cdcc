public struct CaptureFileError: Error, Hashable, Sendable {}
public struct PacketFlags: RawRepresentable, Sendable { public var rawValue: UInt32; public init(rawValue: UInt32) { self.rawValue = rawValue } }
public struct PacketVerdict: Sendable { public static var xdpDrop: Self { .init() } }
public struct PacketFilter: ~Copyable { public init() {}; public func matches(_ b: RawSpan) -> Bool { true } }
public struct InterfaceStatistics { public init(interface: UInt32, time: Int64, startTime: Int64, endTime: Int64, received: UInt64, dropped: UInt64, filterAccepted: UInt64) {} }
public struct PcapngWriter: ~Copyable {
  public var failure: CaptureFileError? { nil }
  public mutating func write(_ bytes: RawSpan, interface: UInt32, time: Int64, originalByteCount: Int, flags: PacketFlags, packetID: UInt64, comment: RawSpan, verdict: PacketVerdict?) {}
  public mutating func add(_ s: InterfaceStatistics) {}
  public consuming func finish() throws(CaptureFileError) {}
}

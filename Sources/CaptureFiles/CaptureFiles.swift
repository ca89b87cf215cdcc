public struct PacketFilter: ~Copyable { public init() {}; public func matches(_ b: RawSpan) -> Bool { true } }

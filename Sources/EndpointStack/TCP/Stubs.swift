import EventSimulation
import PacketFormats

extension Host {
  mutating func receiveSegment(_ frame: consuming Frame, _ arrival: Arrival, in network: inout Network) {
    network.frames.discard(frame)
  }
  mutating func pathShrank(_ quoted: QuotedPacket, to mtu: Int, in network: inout Network) {}
  mutating func segmentFailed(_ quoted: QuotedPacket, _ failure: ExchangeFailure, in network: inout Network) {}
  mutating func begin(_ query: DatabaseQuery, in network: inout Network) -> RecordID { .none }
  mutating func begin(_ upload: Upload, in network: inout Network) -> RecordID { .none }
}

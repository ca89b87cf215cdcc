/// Whether a packet may pass.
public enum PathVerdict: UInt8, Hashable, Sendable {
  case accept
  /// The packet is dropped without an answer, as everywhere in a VPC.
  case reject
}

/// How many flows join an outside port with a remote address; while there is one, that address is
/// let in from any port (RFC 4787, section 5, "address-dependent filtering").
struct Admission: SlabRecord {
  /// The outside end and the remote address.
  var key: FlowKey
  var flowCount: UInt32 = 0
  var nextFree: UInt32 = 0

  static let blank = Admission(key: .blank)
}

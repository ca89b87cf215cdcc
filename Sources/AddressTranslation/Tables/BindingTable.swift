/// The bindings of a translator whose flows do not each have a port to themselves.
///
/// They are counted by flow. That is exact because the translator ends every flow whose time is
/// up before it asks here.
struct BindingTable: ~Copyable {
  /// Whether one outside port may belong to several bindings with different remote ends.
  let sharesPorts: Bool
  /// Whether remote addresses have to be counted to know who is let in.
  let countsAdmissions: Bool

  private var bindings = Slab<Binding>()
  private var byInside = HashIndex()
  private var byOutside = HashIndex()
  /// How many flows join an outside port with a remote address; while there is one, that address
  /// is let in from any port (RFC 4787, section 5, "address-dependent filtering").
  private var admissions = CountTable()

  init(sharesPorts: Bool, countsAdmissions: Bool) {
    self.sharesPorts = sharesPorts
    self.countsAdmissions = countsAdmissions
  }

  subscript(number: UInt32) -> Binding { bindings[number] }

  /// The binding that packets from inside with this key use, or 0.
  func first(forInside key: FlowKey) -> UInt32 {
    byInside.first(key.tag) { bindings[$0].insideKey == key }
  }

  /// The binding that packets from outside with this key are meant for, or 0.
  func first(forOutside key: FlowKey) -> UInt32 {
    byOutside.first(key.tag) { bindings[$0].outsideKey(sharingPorts: sharesPorts) == key }
  }

  /// Whether a flow joins this outside end with this remote address.
  func admits(_ key: FlowKey) -> Bool {
    admissions.count(key) != 0
  }

  /// Adds a binding, which has no flow yet.
  mutating func add(_ binding: Binding) -> UInt32? {
    guard let number = bindings.insert(binding) else { return nil }
    byInside.insert(binding.insideKey.tag, number)
    byOutside.insert(binding.outsideKey(sharingPorts: sharesPorts).tag, number)
    return number
  }

  /// Counts a flow that has begun to use a binding.
  mutating func retain(_ number: UInt32, remoteAddress: UInt32) {
    bindings[number].flowCount += 1
    if countsAdmissions { admissions.add(admissionKey(number, remoteAddress)) }
  }

  /// Counts a flow that has ended.
  ///
  /// - Returns: the binding, if it has ended with the flow.
  mutating func release(_ number: UInt32, remoteAddress: UInt32) -> Binding? {
    if countsAdmissions { admissions.remove(admissionKey(number, remoteAddress)) }
    bindings[number].flowCount -= 1
    guard bindings[number].flowCount == 0 else { return nil }
    let binding = bindings[number]
    byInside.remove(binding.insideKey.tag, number)
    byOutside.remove(binding.outsideKey(sharingPorts: sharesPorts).tag, number)
    bindings.remove(number, leaving: .blank)
    return binding
  }

  private func admissionKey(_ number: UInt32, _ remoteAddress: UInt32) -> FlowKey {
    FlowKey(
      protocolNumber: bindings[number].insideKey.protocolNumber,
      localAddress: bindings[number].outsideAddress, localPort: bindings[number].outsidePort,
      remoteAddress: remoteAddress)
  }
}

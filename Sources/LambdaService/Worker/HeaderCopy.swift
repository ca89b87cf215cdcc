/// The headers of a packet as they were before a translation.
///
/// A packet is captured as it came, with a comment that says what became of it; so it is translated
/// first and shown with its old headers.
@safe struct HeaderCopy: ~Copyable {
  /// As much as a translation may change: Ethernet, the longest IPv4 header, and of what follows
  /// all of TCP's fixed header, or of an ICMP error the quoted packet's addresses and ports.
  private static var capacity: Int { 14 + 60 + 8 + 60 + 20 }

  private let storage: UnsafeMutableRawPointer
  private var byteCount = 0

  init() {
    unsafe storage = .allocate(byteCount: Self.capacity, alignment: 16)
  }

  deinit {
    unsafe storage.deallocate()
  }

  /// Keeps the headers of `packet`, which begins with Ethernet.
  mutating func keep(_ packet: borrowing MutableRawSpan) {
    byteCount = min(packet.byteCount, Self.capacity)
    unsafe packet.withUnsafeBytes { bytes in
      unsafe UnsafeMutableRawBufferPointer(start: storage, count: byteCount).copyMemory(
        from: UnsafeRawBufferPointer(rebasing: bytes[..<byteCount]))
    }
  }

  /// Exchanges what is kept for what `packet` has.
  mutating func exchange(with packet: inout MutableRawSpan) {
    precondition(byteCount <= packet.byteCount, "another packet")
    unsafe packet.withUnsafeMutableBytes { bytes in
      let kept = unsafe UnsafeMutableRawBufferPointer(start: storage, count: byteCount)
      var offset = 0
      while offset <= byteCount - 8 {
        let word = unsafe kept.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        unsafe kept.storeBytes(
          of: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self), toByteOffset: offset,
          as: UInt64.self)
        unsafe bytes.storeBytes(of: word, toByteOffset: offset, as: UInt64.self)
        offset += 8
      }
      while offset < byteCount {
        unsafe (kept[offset], bytes[offset]) = (bytes[offset], kept[offset])
        offset += 1
      }
    }
  }
}

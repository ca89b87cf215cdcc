import CZlib

/// Turns bytes into one gzip member, piece by piece (RFC 1952).
///
/// Its header holds no time and no name, so that the same bytes give the same member.
@safe package final class GzipStream {
  /// zlib remembers where it is, so it must not move.
  private let state: UnsafeMutablePointer<z_stream>
  private let output: UnsafeMutableBufferPointer<UInt8>

  private static let outputByteCount = 1 << 16

  package init() {
    unsafe state = .allocate(capacity: 1)
    unsafe state.initialize(to: z_stream())
    unsafe output = .allocate(capacity: Self.outputByteCount)
    // 15 bits of window as gzip has them, and 16 to ask for gzip's header and trailer.
    let code = unsafe deflateInit2_(
      state, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    precondition(code == Z_OK, "zlib has no memory, or is of another kind than its header says")
  }

  deinit {
    unsafe deflateEnd(state)
    unsafe state.deallocate()
    unsafe output.deallocate()
  }

  /// Compresses `bytes`.
  ///
  /// - Parameters:
  ///   - bytes: What comes next.
  ///   - isLast: Whether it ends the member, after which there is nothing more to compress.
  ///   - write: Told what comes out, in order, as soon as there is enough of it.
  package func compress(_ bytes: [UInt8], isLast: Bool, _ write: (UnsafeRawBufferPointer) -> Void) {
    unsafe bytes.withUnsafeBufferPointer { input in
      // zlib does not write to its input, though its header does not say so.
      unsafe state.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
      unsafe state.pointee.avail_in = UInt32(input.count)
      while true {
        unsafe state.pointee.next_out = output.baseAddress
        unsafe state.pointee.avail_out = UInt32(output.count)
        let code = unsafe deflate(state, isLast ? Z_FINISH : Z_NO_FLUSH)
        precondition(code != Z_STREAM_ERROR, "zlib lost its state")
        let made = unsafe output.count - Int(state.pointee.avail_out)
        if made > 0 {
          unsafe write(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(output)[..<made]))
        }
        if unsafe state.pointee.avail_out > 0 || code == Z_STREAM_END { break }
      }
      unsafe state.pointee.next_in = nil
    }
  }
}

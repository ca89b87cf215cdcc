import Glibc

/// Blocks of zeroed memory.
///
/// A table that grows would stall the packet that made it grow if all of the new block had to be
/// cleared at once. All but small blocks therefore come straight from the kernel, which hands out
/// zeroed pages of four kilobytes one by one as they are first used.
///
/// Huge pages would make a table of a gigabyte a quarter faster, but the first use of one clears
/// two megabytes: 0.3 ms, and in a virtual machine whose host has to find the memory first, 6 ms or
/// more. So they are only used where the owner reserves room in advance.
enum ZeroedMemory {
  /// When the pages of a block are made.
  enum Readiness {
    /// One by one, when each is first used.
    case gradual
    /// All at once, now, and as huge pages where the kernel has any.
    case immediate
  }

  /// From this size on a block comes from the kernel, in bytes.
  private static let mappedByteCount = 1 << 16

  /// A block of `byteCount` zeroed bytes, aligned to a cache line.
  static func allocate(
    byteCount: Int, _ readiness: Readiness = .gradual
  ) -> UnsafeMutableRawPointer {
    if byteCount < mappedByteCount {
      let block = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 64)
      _ = unsafe block.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
      return unsafe block
    }
    guard
      let block = unsafe mmap(
        nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      unsafe block != MAP_FAILED
    else {
      // As for any other allocation in Swift, there is nothing sensible left to do.
      preconditionFailure("out of memory")
    }
    // Both are hints: without them everything works, only slower or less evenly.
    switch readiness {
    case .gradual: _ = unsafe madvise(block, byteCount, MADV_NOHUGEPAGE)
    case .immediate:
      _ = unsafe madvise(block, byteCount, MADV_HUGEPAGE)
      _ = unsafe block.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
    }
    return unsafe block
  }

  /// Gives back a block that ``allocate(byteCount:_:)`` returned for the same size.
  static func deallocate(_ block: UnsafeMutableRawPointer, byteCount: Int) {
    if byteCount < mappedByteCount {
      unsafe block.deallocate()
    } else {
      unsafe munmap(block, byteCount)
    }
  }

  /// Makes the pages of a part of a block that is about to be used, which costs half of what it
  /// costs to have them made one by one.
  ///
  /// - Parameters:
  ///   - part: Offsets of the first byte of a page and of the byte after the last of one; what lies
  ///     outside the block plays no part.
  ///   - block: A block that ``allocate(byteCount:_:)`` returned.
  ///   - byteCount: The size of the whole block.
  static func prepare(
    _ part: Range<Int>, of block: UnsafeMutableRawPointer, byteCount: Int
  ) {
    let part = part.clamped(to: 0..<byteCount)
    guard byteCount >= mappedByteCount, !part.isEmpty else { return }
    // A hint: a kernel older than 5.14 does not know it.
    _ = unsafe madvise(block + part.lowerBound, part.count, MADV_POPULATE_WRITE)
  }

  /// Gives back the pages of a part of a block, which may still be used and is zeroed again.
  ///
  /// To give back a large block piece by piece is no cheaper, but stalls nobody.
  ///
  /// - Parameters:
  ///   - part: Offsets of the first byte of a page and of the byte after the last of one.
  ///   - block: A block that ``allocate(byteCount:_:)`` returned.
  ///   - byteCount: The size of the whole block.
  static func vacate(
    _ part: Range<Int>, of block: UnsafeMutableRawPointer, byteCount: Int
  ) {
    guard byteCount >= mappedByteCount else { return }
    _ = unsafe madvise(block + part.lowerBound, part.count, MADV_DONTNEED)
  }
}

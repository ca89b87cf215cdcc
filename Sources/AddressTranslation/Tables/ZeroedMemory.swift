import Glibc

/// Blocks of zeroed memory, reserved without being touched.
///
/// A table that doubles would stall the packet that made it grow if the new half had to be
/// cleared at once. Large blocks therefore come straight from the kernel, which hands out zeroed
/// pages one by one as they are first used, and are marked for huge pages: at a million flows in
/// random order the misses in the page tables otherwise cost as much as those in the tables.
enum ZeroedMemory {
  /// From this size on a block comes from the kernel, in bytes.
  private static let mappedByteCount = 1 << 20

  /// A block of `byteCount` zeroed bytes, aligned to a cache line.
  static func allocate(byteCount: Int) -> UnsafeMutableRawPointer {
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
    // A hint: without huge pages everything works, only slower.
    _ = unsafe madvise(block, byteCount, MADV_HUGEPAGE)
    return unsafe block
  }

  /// Gives back a block that ``allocate(byteCount:)`` returned for the same size.
  static func deallocate(_ block: UnsafeMutableRawPointer, byteCount: Int) {
    if byteCount < mappedByteCount {
      unsafe block.deallocate()
    } else {
      unsafe munmap(block, byteCount)
    }
  }
}

import Glibc

/// Memory for a number of buffers, in one piece.
///
/// The system is asked for large pages: the first touch of each ordinary one costs more than what is
/// written to it.
@safe final class BufferArena {
  private let start: UnsafeMutableRawPointer
  private let byteCount: Int
  private var taken = 0

  private static let largePage = 1 << 21

  /// Address space for so many bytes, or `nil` if there is none.
  init?(byteCount: Int) {
    // Large pages begin where addresses are a multiple of their size.
    let room = byteCount + Self.largePage
    let block = unsafe mmap(
      nil, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    guard let block = unsafe block, unsafe block != MAP_FAILED else { return nil }
    unsafe start = block
    self.byteCount = room
    taken = -Int(bitPattern: block) & (Self.largePage - 1)
    _ = unsafe madvise(block, room, MADV_HUGEPAGE)
  }

  deinit {
    unsafe munmap(start, byteCount)
  }

  /// The next `byteCount` bytes, or `nil` if there are not so many.
  ///
  /// The caller keeps the arena for as long as it uses them.
  @unsafe func take(_ byteCount: Int) -> UnsafeMutableRawPointer? {
    guard byteCount <= self.byteCount - taken else { return nil }
    defer { taken += byteCount }
    return unsafe start + taken
  }
}

/// A window on a file that only moves forward.
///
/// It grows no faster than the file delivers, so a length field that lies costs no memory.
@safe
struct InputBuffer: ~Copyable {
  private let file: InputFile
  private var storage: UnsafeMutableRawPointer
  private var capacity: Int
  /// The window, as offsets in the storage.
  private var start = 0
  private var end = 0
  /// Offset of the window's first byte in the file.
  private(set) var fileOffset: UInt64 = 0

  private static let firstCapacity = 1 << 19

  init(_ file: consuming InputFile) {
    self.file = file
    capacity = Self.firstCapacity
    unsafe storage = .allocate(byteCount: capacity, alignment: 16)
  }

  deinit {
    unsafe storage.deallocate()
  }

  var path: String { file.path }

  /// Makes the next `byteCount` bytes available.
  ///
  /// - Returns: `byteCount`, or how many bytes there are if the file ends before that.
  @inline(__always)
  mutating func request(_ byteCount: Int) throws(CaptureFileError) -> Int {
    if end - start >= byteCount { return byteCount }
    return try fill(byteCount)
  }

  @inline(never)
  private mutating func fill(_ byteCount: Int) throws(CaptureFileError) -> Int {
    while end - start < byteCount {
      if start > 0 {
        unsafe storage.copyMemory(from: storage + start, byteCount: end - start)
        end -= start
        start = 0
      }
      if end == capacity { grow() }
      let wanted = min(file.requestSize(byteCount - end), capacity - end)
      let count = unsafe try file.read(
        to: storage + end, byteCount: wanted, offset: fileOffset + UInt64(end))
      end += count
      if count < wanted { break }
    }
    return min(end - start, byteCount)
  }

  private mutating func grow() {
    let larger = UnsafeMutableRawPointer.allocate(byteCount: 2 * capacity, alignment: 16)
    unsafe larger.copyMemory(from: storage, byteCount: end)
    unsafe storage.deallocate()
    unsafe storage = larger
    capacity *= 2
  }

  /// Moves the window past `byteCount` bytes that were made available.
  @inline(__always)
  mutating func consume(_ byteCount: Int) {
    start += byteCount
    fileOffset += UInt64(byteCount)
  }

  /// The next `byteCount` bytes, which were made available.
  @inline(__always)
  func withBytes<R, E: Error>(_ byteCount: Int, _ body: (RawSpan) throws(E) -> R) throws(E) -> R {
    precondition(byteCount <= end - start, "not requested")
    let bytes = unsafe UnsafeRawBufferPointer(start: storage + start, count: byteCount)
    return unsafe try body(bytes.bytes)
  }
}

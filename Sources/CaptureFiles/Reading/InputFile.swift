import Glibc

/// A file or pipe that is being read.
@safe
struct InputFile: ~Copyable {
  /// For messages.
  let path: String
  /// The stream, or `nil` once somebody else has taken it over.
  private var stream: UnsafeMutablePointer<FILE>?
  /// The stream's buffer: glibc makes a large one only if it is given the memory.
  private let buffer: UnsafeMutablePointer<CChar>
  /// Whether to read ahead in large pieces.
  ///
  /// A pipe is read no further than needed, so that packets are delivered when they arrive.
  private let readsAhead: Bool

  private static let bufferByteCount = 1 << 16
  private static let readAheadByteCount = 1 << 18

  /// Opens the file at `path`, or standard input for `-`.
  init(path: String) throws(CaptureFileError) {
    let opened =
      path == "-"
      ? unsafe fdopen(fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0), "r") : unsafe fopen(path, "re")
    guard let opened = unsafe opened else { throw .cannotOpen(path: path, code: errno) }
    unsafe buffer = .allocate(capacity: Self.bufferByteCount)
    unsafe setvbuf(opened, buffer, _IOFBF, Self.bufferByteCount)
    self.path = path == "-" ? "standard input" : path
    unsafe stream = opened
    readsAhead = unsafe lseek(fileno(opened), 0, SEEK_CUR) >= 0
  }

  deinit {
    if let stream = unsafe stream { unsafe fclose(stream) }
    unsafe buffer.deallocate()
  }

  /// How many bytes to make room for when `needed` are wanted.
  func requestSize(_ needed: Int) -> Int {
    readsAhead ? max(needed, Self.readAheadByteCount) : needed
  }

  /// Reads up to `byteCount` bytes to `destination`, fewer only at the end of the file.
  func read(
    to destination: UnsafeMutableRawPointer, byteCount: Int, offset: UInt64
  ) throws(CaptureFileError) -> Int {
    guard let stream = unsafe stream else { return 0 }
    let count = unsafe fread(destination, 1, byteCount, stream)
    if count < byteCount, unsafe ferror(stream) != 0 {
      throw .cannotRead(path: path, offset: offset + UInt64(count), code: errno)
    }
    return count
  }

  /// The first bytes of the file, fewer than `byteCount` if it is shorter; they will be read again.
  ///
  /// glibc lets as many bytes be pushed back as its buffer has just delivered.
  func peek(_ byteCount: Int) throws(CaptureFileError) -> [UInt8] {
    guard let stream = unsafe stream else { return [] }
    var bytes: [UInt8] = []
    while bytes.count < byteCount {
      let byte = unsafe getc(stream)
      guard byte >= 0 else { break }
      bytes.append(UInt8(byte))
    }
    if unsafe ferror(stream) != 0 {
      throw .cannotRead(path: path, offset: UInt64(bytes.count), code: errno)
    }
    for byte in bytes.reversed() { unsafe ungetc(Int32(byte), stream) }
    return bytes
  }

  /// Hands the stream over to somebody who will close it before this value goes away.
  @unsafe
  mutating func relinquish() -> UnsafeMutablePointer<FILE>? {
    let stream = unsafe stream
    unsafe self.stream = nil
    return unsafe stream
  }
}

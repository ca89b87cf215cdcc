import CLibpcap
import Glibc

/// The packets of a classic pcap file, read by libpcap.
@safe
struct LibpcapSource: ~Copyable {
  /// Owns the buffer of the stream, which libpcap closes.
  private var file: InputFile
  private let handle: OpaquePointer
  private var header: UnsafeMutablePointer<pcap_pkthdr>?
  private var bytes: UnsafePointer<UInt8>?
  /// Offset of the next record in the file, in bytes.
  private var nextOffset: UInt64 = 24
  private let recordHeaderByteCount: UInt64
  private let snapshotLength: Int
  let interface: InterfaceDescription

  /// The first four bytes of a classic file, as a number in the file's own byte order.
  private enum Magic {
    static let microseconds: UInt32 = 0xa1b2_c3d4
    static let nanoseconds: UInt32 = 0xa1b2_3c4d
    /// A format of the 1990s with eight more bytes in each record, which libpcap still reads.
    static let modified: UInt32 = 0xa1b2_cd34
  }

  /// Whether a file that begins with these four bytes is one that libpcap takes for classic pcap.
  static func recognizes(_ magic: UInt32) -> Bool {
    [Magic.microseconds, Magic.nanoseconds, Magic.modified].contains {
      $0 == magic || $0 == magic.byteSwapped
    }
  }

  /// Hands the file to libpcap.
  ///
  /// - Parameters:
  ///   - file: At its start.
  ///   - magic: The first four bytes, read as a big-endian number.
  /// - Throws: What libpcap says about the file's header.
  init(_ file: consuming InputFile, magic: UInt32) throws(CaptureFileError) {
    guard let stream = unsafe file.relinquish() else {
      throw .cannotOpen(path: file.path, code: EBADF)
    }
    var message = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
    let opened = unsafe pcap_fopen_offline_with_tstamp_precision(
      stream, UInt32(PCAP_TSTAMP_PRECISION_NANO), &message)
    guard let opened = unsafe opened else {
      unsafe fclose(stream)
      let text = message.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
      throw .refusedByLibpcap(
        path: file.path, offset: 0, message: String(decoding: text, as: UTF8.self))
    }
    unsafe handle = opened
    snapshotLength = unsafe Int(pcap_snapshot(opened))
    let isModified = magic == Magic.modified || magic.byteSwapped == Magic.modified
    recordHeaderByteCount = isModified ? 24 : 16
    var interface = InterfaceDescription(
      linkType: LinkType(dataLinkType: unsafe pcap_datalink(opened)))
    interface.snapshotLength = UInt32(clamping: snapshotLength)
    let isNanoseconds = magic == Magic.nanoseconds || magic.byteSwapped == Magic.nanoseconds
    interface.timestampResolution = isNanoseconds ? .nanoseconds : .microseconds
    self.interface = interface
    self.file = file
  }

  deinit {
    unsafe pcap_close(handle)
  }

  /// Moves on to the next packet.
  ///
  /// - Parameter frameNumber: Goes into the record.
  /// - Returns: `nil` at the end of the file.
  /// - Throws: What libpcap says about a record that it cannot read.
  mutating func next(frameNumber: UInt64) throws(CaptureFileError) -> PacketRecord? {
    let offset = nextOffset
    switch unsafe pcap_next_ex(handle, &header, &bytes) {
    case 1: break
    case PCAP_ERROR_BREAK: return nil
    default:
      let message = unsafe String(cString: pcap_geterr(handle))
      unsafe bytes = nil
      throw .refusedByLibpcap(path: file.path, offset: offset, message: message)
    }
    guard let header = unsafe header?.pointee else { return nil }
    nextOffset += recordHeaderByteCount + UInt64(header.caplen)
    if header.caplen >= snapshotLength { resynchronize() }
    // The format's seconds are unsigned; libpcap gives them a sign, which would be wrong from 2038.
    let seconds = Int64(UInt32(truncatingIfNeeded: header.ts.tv_sec))
    return PacketRecord(
      frameNumber: frameNumber, interface: 0,
      time: seconds * 1_000_000_000 &+ Int64(header.ts.tv_usec),
      capturedByteCount: Int(header.caplen), originalByteCount: Int(header.len),
      fileOffset: offset)
  }

  /// Asks the stream where it is.
  ///
  /// libpcap cuts a record that is longer than the file's snapshot length without saying so, after
  /// which our own count would be wrong.
  private mutating func resynchronize() {
    guard let stream = unsafe pcap_file(handle) else { return }
    let position = unsafe ftello(stream)
    if position >= 0 { nextOffset = UInt64(position) }
  }

  /// The bytes of the last packet.
  func withBytes<R, E: Error>(_ byteCount: Int, _ body: (RawSpan) throws(E) -> R) throws(E) -> R {
    let start = unsafe UnsafeRawPointer(bytes)
    let buffer = unsafe UnsafeRawBufferPointer(
      start: start, count: unsafe start == nil ? 0 : byteCount)
    return unsafe try body(buffer.bytes)
  }
}

/// Reads the packets of any capture file, one after the other, in constant memory.
///
/// Classic pcap, of either byte order and precision, is read by libpcap; pcapng by this package.
/// What a pcapng file says besides packets collects in the arrays as reading gets there.
public struct CaptureReader: ~Copyable {
  /// The interfaces described so far, of all sections; a classic pcap file has exactly one.
  public private(set) var interfaces: [InterfaceDescription] = []
  /// The sections begun so far; none in a classic pcap file.
  public private(set) var sections: [SectionHeader] = []
  public private(set) var names: [NameResolution] = []
  public private(set) var statistics: [InterfaceStatistics] = []
  public private(set) var secrets: [DecryptionSecrets] = []
  public private(set) var customBlocks: [CustomBlock] = []

  // One of the two.
  private var blocks: PcapngBlockReader?
  private var records: LibpcapSource?

  private var timescales: [Timescale] = []
  /// Index of the current section's first interface.
  private var firstInterface = 0
  private var frameCount: UInt64 = 0
  private var last: PacketRecord?
  private var filter: PacketFilter?
  private var failure: CaptureFileError?

  /// Opens the file at `path`, or standard input for `-`.
  ///
  /// - Parameter path: Where the file is; it may be a pipe.
  /// - Throws: That it cannot be opened or is no capture file.
  public init(path: String) throws(CaptureFileError) {
    let file = try InputFile(path: path)
    let start = try file.peek(4)
    guard start.count == 4 else {
      throw .truncated(.fileHeader, offset: 0, needed: 4, available: UInt64(start.count))
    }
    let magic: UInt32 = BigEndian.number(start)
    if LibpcapSource.recognizes(magic) {
      let source = try LibpcapSource(file, magic: magic)
      interfaces = [source.interface]
      records = consume source
    } else {
      blocks = try PcapngBlockReader(file)
    }
  }

  /// Delivers only packets that `filter` lets through, from now on.
  ///
  /// A packet of another link type than the filter was compiled for is not delivered.
  ///
  /// - Parameter filter: Belongs to the reader from now on.
  public mutating func setFilter(_ filter: consuming PacketFilter) {
    self.filter = consume filter
  }

  /// Moves on to the next packet.
  ///
  /// - Returns: `nil` at the end of the file.
  /// - Throws: What is wrong with the file, now and at every later call. All packets before that
  ///   have been delivered.
  public mutating func next() throws(CaptureFileError) -> PacketRecord? {
    if let failure { throw failure }
    do throws(CaptureFileError) {
      repeat {
        last = records == nil ? try nextFromBlocks() : try nextFromRecords()
      } while last != nil && !isWanted()
    } catch {
      last = nil
      failure = error
      throw error
    }
    return last
  }

  private func isWanted() -> Bool {
    guard let last else { return false }
    switch filter {
    case .none: return true
    case .some(let filter):
      guard interfaces[last.interface].linkType == filter.linkType else { return false }
      return withPacketBytes { bytes in
        filter.matches(bytes, originalByteCount: last.originalByteCount)
      }
    }
  }

  private mutating func nextFromRecords() throws(CaptureFileError) -> PacketRecord? {
    let record = try records?.next(frameNumber: frameCount + 1) ?? nil
    if record != nil { frameCount += 1 }
    return record
  }
}

extension CaptureReader: @unchecked Sendable {}

// MARK: - pcapng

extension CaptureReader {
  private mutating func nextFromBlocks() throws(CaptureFileError) -> PacketRecord? {
    while let block = try blocks?.next() ?? nil {
      switch block.type {
      case .enhancedPacket, .obsoletePacket:
        let number = frameCount + 1
        let first = firstInterface
        let record = try withBlockBytes { bytes throws(CaptureFileError) in
          try PcapngPacketParser.packet(
            block, bytes, frameNumber: number, firstInterface: first, timescales: timescales)
        }
        frameCount = number
        return record
      case .simplePacket:
        let record = try simplePacket(block)
        frameCount += 1
        return record
      default: try describe(block)
      }
    }
    return nil
  }

  private func simplePacket(_ block: PcapngBlock) throws(CaptureFileError) -> PacketRecord {
    guard firstInterface < interfaces.count else { throw block.noSuchInterface(0, count: 0) }
    let limit = interfaces[firstInterface].snapshotLength
    return try withBlockBytes { bytes throws(CaptureFileError) in
      try PcapngPacketParser.simplePacket(
        block, bytes, frameNumber: frameCount + 1, interface: firstInterface,
        snapshotLength: limit)
    }
  }

  /// Takes in a block that holds no packet.
  private mutating func describe(_ block: PcapngBlock) throws(CaptureFileError) {
    switch block.type {
    case .sectionHeader:
      sections.append(
        try withBlockBytes { bytes throws(CaptureFileError) in
          try PcapngBlockParser.sectionHeader(block, bytes)
        })
      firstInterface = interfaces.count
    case .interfaceDescription:
      var interface = try withBlockBytes { bytes throws(CaptureFileError) in
        try PcapngBlockParser.interface(block, bytes)
      }
      interface.section = sections.count - 1
      timescales.append(
        Timescale(interface.timestampResolution, offset: interface.timeOffset))
      interfaces.append(interface)
    case .nameResolution:
      names.append(
        try withBlockBytes { bytes throws(CaptureFileError) in
          try PcapngBlockParser.names(block, bytes)
        })
    case .interfaceStatistics:
      let first = firstInterface
      statistics.append(
        try withBlockBytes { bytes throws(CaptureFileError) in
          try PcapngBlockParser.statistics(
            block, bytes, firstInterface: first, timescales: timescales)
        })
    case .decryptionSecrets:
      secrets.append(
        try withBlockBytes { bytes throws(CaptureFileError) in
          try PcapngBlockParser.secrets(block, bytes)
        })
    case .copyableCustom, .privateCustom:
      customBlocks.append(
        try withBlockBytes { bytes throws(CaptureFileError) in
          try PcapngBlockParser.custom(block, bytes)
        })
    default: break
    }
  }

  /// Lends the last block to `body`.
  @inline(__always)
  private func withBlockBytes<R, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
    switch blocks {
    case .some(let blocks): try blocks.withBlockBytes(body)
    case .none: try body(RawSpan())
    }
  }
}

// MARK: - The last packet

extension CaptureReader {
  /// Lends the bytes of the last packet.
  ///
  /// - Parameter body: Is given no bytes if there is no last packet.
  /// - Returns: What `body` returns.
  /// - Throws: What `body` throws.
  public func withPacketBytes<R, E: Error>(
    _ body: (RawSpan) throws(E) -> R
  ) throws(E) -> R {
    guard let last else { return try body(RawSpan()) }
    switch records {
    case .some(let records): return try records.withBytes(last.capturedByteCount, body)
    case .none:
      return try withBlockBytes { bytes throws(E) in
        let start = last.packetOffset
        return try body(bytes.extracting(start..<start + last.capturedByteCount))
      }
    }
  }

  /// The comments of the last packet.
  ///
  /// - Returns: None if there is no last packet.
  public func comments() -> [String] {
    guard last?.hasComment == true else { return [] }
    return options().filter { $0.code == .comment }.map {
      String(decoding: $0.bytes, as: UTF8.self)
    }
  }

  /// All options of the last packet, byte for byte, in the order of the file.
  ///
  /// - Returns: None in a classic pcap file or for a simple packet block.
  public func options() -> [PcapngOption] {
    guard let last, last.packetOffset == PcapngPacketParser.packetOffset else { return [] }
    let start = last.packetOffset + PcapngFormat.padded(last.capturedByteCount)
    switch blocks {
    case .none: return []
    case .some(let blocks):
      guard let block = blocks.block else { return [] }
      return blocks.withBlockBytes { bytes in
        var cursor = OptionCursor(block, at: start)
        var options: [PcapngOption] = []
        // The packet was delivered, so its options have been found to be in order.
        while let option = try? cursor.next(in: bytes) {
          options.append(PcapngOption(option, bytes))
        }
        return options
      }
    }
  }
}

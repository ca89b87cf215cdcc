/// Reads the blocks that describe a capture rather than hold its packets.
///
/// `bytes` is always the whole block; every error's offset counts from the start of the file.
enum PcapngBlockParser {
  static func sectionHeader(
    _ block: PcapngBlock, _ bytes: RawSpan
  ) throws(CaptureFileError) -> SectionHeader {
    guard block.byteCount >= 28 else { throw block.tooShort(expected: 28) }
    let major: UInt16 = bytes.number(at: 12, bigEndian: block.isBigEndian)
    guard major == 1 else {
      throw .unsupported(.majorVersion, offset: block.fileOffset + 12, found: UInt64(major))
    }
    var section = SectionHeader()
    section.isBigEndian = block.isBigEndian
    let length: UInt64 = bytes.number(at: 16, bigEndian: block.isBigEndian)
    section.byteCount = length == .max ? nil : length
    var options = OptionCursor(block, at: 24)
    while let option = try options.next(in: bytes) {
      let text = bytes.text(at: option.offset, count: option.byteCount)
      switch option.code {
      case PcapngOption.Code.comment.rawValue: section.comments.append(text)
      case SectionHeader.Code.hardware: section.hardware = text
      case SectionHeader.Code.operatingSystem: section.operatingSystem = text
      case SectionHeader.Code.application: section.application = text
      default: section.otherOptions.append(PcapngOption(option, bytes))
      }
    }
    return section
  }

  static func interface(
    _ block: PcapngBlock, _ bytes: RawSpan
  ) throws(CaptureFileError) -> InterfaceDescription {
    typealias Code = InterfaceDescription.Code
    guard block.byteCount >= 20 else { throw block.tooShort(expected: 20) }
    let bigEndian = block.isBigEndian
    var interface = InterfaceDescription(
      linkType: LinkType(rawValue: bytes.number(at: 8, bigEndian: bigEndian)))
    interface.snapshotLength = bytes.number(at: 12, bigEndian: bigEndian)
    interface.timestampResolution = .microseconds
    var options = OptionCursor(block, at: 16)
    while let option = try options.next(in: bytes) {
      let at = option.offset
      switch option.code {
      case PcapngOption.Code.comment.rawValue:
        interface.comments.append(bytes.text(at: at, count: option.byteCount))
      case Code.name: interface.name = bytes.text(at: at, count: option.byteCount)
      case Code.description: interface.description = bytes.text(at: at, count: option.byteCount)
      case Code.ipv4Address:
        try options.require(8, of: option)
        interface.ipv4Assignments.append(
          .init(
            address: bytes.number(at: at, bigEndian: true),
            mask: bytes.number(at: at + 4, bigEndian: true)))
      case Code.ipv6Address:
        try options.require(17, of: option)
        interface.ipv6Assignments.append(
          .init(
            address: BigEndian.number(bytes.array(at: at, count: 16)),
            prefixLength: bytes.number(at: at + 16, bigEndian: true)))
      case Code.macAddress:
        try options.require(6, of: option)
        interface.macAddress = BigEndian.number(bytes.array(at: at, count: 6))
      case Code.eui64Address:
        try options.require(8, of: option)
        interface.eui64Address = bytes.number(at: at, bigEndian: true, as: UInt64.self)
      case Code.filter where option.byteCount > 0 && bytes.array(at: at, count: 1) == [0]:
        interface.filter = bytes.text(at: at + 1, count: option.byteCount - 1)
      case Code.operatingSystem:
        interface.operatingSystem = bytes.text(at: at, count: option.byteCount)
      case Code.hardware: interface.hardware = bytes.text(at: at, count: option.byteCount)
      case Code.timestampResolution:
        try options.require(1, of: option)
        interface.timestampResolution = .init(rawValue: bytes.number(at: at, bigEndian: true))
      case Code.frameCheckSequenceLength:
        try options.require(1, of: option)
        interface.frameCheckSequenceByteCount = bytes.number(
          at: at, bigEndian: true, as: UInt8.self)
      case Code.speed: interface.speed = try options.number(option, bytes)
      case Code.transmitSpeed: interface.transmitSpeed = try options.number(option, bytes)
      case Code.receiveSpeed: interface.receiveSpeed = try options.number(option, bytes)
      case Code.timeOffset:
        interface.timeOffset = Int64(bitPattern: try options.number(option, bytes))
      default: interface.otherOptions.append(PcapngOption(option, bytes))
      }
    }
    return interface
  }

  static func secrets(
    _ block: PcapngBlock, _ bytes: RawSpan
  ) throws(CaptureFileError) -> DecryptionSecrets {
    guard block.byteCount >= 20 else { throw block.tooShort(expected: 20) }
    let count: UInt32 = bytes.number(at: 12, bigEndian: block.isBigEndian)
    guard count <= block.byteCount - 20 else {
      throw .malformed(
        .secretsLength, offset: block.fileOffset + 12, expected: UInt64(block.byteCount - 20),
        found: UInt64(count))
    }
    var secrets = DecryptionSecrets(
      kind: .init(rawValue: bytes.number(at: 8, bigEndian: block.isBigEndian)),
      bytes: bytes.array(at: 16, count: Int(count)))
    var options = OptionCursor(block, at: 16 + PcapngFormat.padded(Int(count)))
    while let option = try options.next(in: bytes) {
      if option.code == PcapngOption.Code.comment.rawValue {
        secrets.comments.append(bytes.text(at: option.offset, count: option.byteCount))
      } else {
        secrets.otherOptions.append(PcapngOption(option, bytes))
      }
    }
    return secrets
  }

  /// Reads the counters of an interface.
  ///
  /// - Parameters:
  ///   - block: What and where the block is.
  ///   - bytes: The whole block.
  ///   - firstInterface: Index of the section's first interface.
  ///   - timescales: Of all interfaces.
  /// - Returns: The counters, with times and interface in this module's terms.
  /// - Throws: The first thing that is wrong.
  static func statistics(
    _ block: PcapngBlock, _ bytes: RawSpan, firstInterface: Int, timescales: [Timescale]
  ) throws(CaptureFileError) -> InterfaceStatistics {
    typealias Code = InterfaceStatistics.Code
    guard block.byteCount >= 24 else { throw block.tooShort(expected: 24) }
    let number = Int(bytes.number(at: 8, bigEndian: block.isBigEndian, as: UInt32.self))
    guard number < timescales.count - firstInterface else {
      throw block.noSuchInterface(number, count: timescales.count - firstInterface)
    }
    let scale = timescales[firstInterface + number]
    var statistics = InterfaceStatistics(
      interface: firstInterface + number, time: try time(block, bytes, at: 12, scale))
    var options = OptionCursor(block, at: 20)
    while let option = try options.next(in: bytes) {
      switch option.code {
      case PcapngOption.Code.comment.rawValue:
        statistics.comments.append(bytes.text(at: option.offset, count: option.byteCount))
      case Code.startTime:
        try options.require(8, of: option)
        statistics.startTime = try time(block, bytes, at: option.offset, scale)
      case Code.endTime:
        try options.require(8, of: option)
        statistics.endTime = try time(block, bytes, at: option.offset, scale)
      case Code.received: statistics.receivedCount = try options.number(option, bytes)
      case Code.dropped: statistics.droppedCount = try options.number(option, bytes)
      case Code.acceptedByFilter:
        statistics.acceptedByFilterCount = try options.number(option, bytes)
      case Code.droppedBySystem:
        statistics.droppedBySystemCount = try options.number(option, bytes)
      case Code.delivered: statistics.deliveredCount = try options.number(option, bytes)
      default: statistics.otherOptions.append(PcapngOption(option, bytes))
      }
    }
    return statistics
  }

  private static func time(
    _ block: PcapngBlock, _ bytes: RawSpan, at offset: Int, _ scale: Timescale
  ) throws(CaptureFileError) -> Int64 {
    let high: UInt32 = bytes.number(at: offset, bigEndian: block.isBigEndian)
    let low: UInt32 = bytes.number(at: offset + 4, bigEndian: block.isBigEndian)
    let ticks = UInt64(high) << 32 | UInt64(low)
    guard let time = scale.nanoseconds(ticks) else {
      throw .unsupported(.timestamp, offset: block.fileOffset + UInt64(offset), found: ticks)
    }
    return time
  }

  static func custom(
    _ block: PcapngBlock, _ bytes: RawSpan
  ) throws(CaptureFileError) -> CustomBlock {
    guard block.byteCount >= 16 else { throw block.tooShort(expected: 16) }
    return CustomBlock(
      enterpriseNumber: bytes.number(at: 8, bigEndian: block.isBigEndian),
      isCopyable: block.type == .copyableCustom,
      bytes: bytes.array(at: 12, count: block.byteCount - 16))
  }
}

extension PcapngOption {
  /// Copies an option out of its block.
  init(_ position: OptionCursor.Position, _ bytes: RawSpan) {
    self.init(
      code: Code(rawValue: position.code),
      bytes: bytes.array(at: position.offset, count: position.byteCount))
  }
}

/// Counters of one interface (ISB, draft-ietf-opsawg-pcapng, section 4.6).
public struct InterfaceStatistics: Hashable, Sendable {
  /// Which interface: for a writer what ``PcapngWriter/add(_:)-(InterfaceDescription)`` returned,
  /// for a reader an index into ``CaptureReader/interfaces``.
  public var interface: Int
  /// When the counters were read, in nanoseconds since the Unix epoch.
  public var time: Int64
  /// When the capture began, in nanoseconds since the Unix epoch (`isb_starttime`).
  public var startTime: Int64?
  /// When the capture ended, in nanoseconds since the Unix epoch (`isb_endtime`).
  public var endTime: Int64?
  /// Packets that reached the interface (`isb_ifrecv`).
  public var receivedCount: UInt64?
  /// Packets that the interface dropped (`isb_ifdrop`).
  public var droppedCount: UInt64?
  /// Packets that a filter let through (`isb_filteraccept`).
  public var acceptedByFilterCount: UInt64?
  /// Packets that the operating system dropped (`isb_osdrop`).
  public var droppedBySystemCount: UInt64?
  /// Packets that were handed to the capturing program (`isb_usrdeliv`).
  public var deliveredCount: UInt64?
  public var comments: [String]
  public var otherOptions: [PcapngOption]

  public init(
    interface: Int, time: Int64, startTime: Int64? = nil, endTime: Int64? = nil,
    receivedCount: UInt64? = nil, droppedCount: UInt64? = nil,
    acceptedByFilterCount: UInt64? = nil, droppedBySystemCount: UInt64? = nil,
    deliveredCount: UInt64? = nil, comments: [String] = [], otherOptions: [PcapngOption] = []
  ) {
    self.interface = interface
    self.time = time
    self.startTime = startTime
    self.endTime = endTime
    self.receivedCount = receivedCount
    self.droppedCount = droppedCount
    self.acceptedByFilterCount = acceptedByFilterCount
    self.droppedBySystemCount = droppedBySystemCount
    self.deliveredCount = deliveredCount
    self.comments = comments
    self.otherOptions = otherOptions
  }

  enum Code {
    static let startTime: UInt16 = 2
    static let endTime: UInt16 = 3
    static let received: UInt16 = 4
    static let dropped: UInt16 = 5
    static let acceptedByFilter: UInt16 = 6
    static let droppedBySystem: UInt16 = 7
    static let delivered: UInt16 = 8
  }

  /// The block as this package writes it.
  ///
  /// - Parameter timeOffset: What the interface's times are written without, in nanoseconds.
  /// - Returns: The block, to be finished.
  func block(timeOffset: Int64) -> BlockBuilder {
    var block = BlockBuilder(.interfaceStatistics)
    block.append(UInt32(clamping: interface))
    block.appendTimestamp(time &- timeOffset)
    block.appendComments(comments)
    block.appendOption(Code.startTime, timestamp: startTime.map { $0 &- timeOffset })
    block.appendOption(Code.endTime, timestamp: endTime.map { $0 &- timeOffset })
    block.appendOption(Code.received, number: receivedCount)
    block.appendOption(Code.dropped, number: droppedCount)
    block.appendOption(Code.acceptedByFilter, number: acceptedByFilterCount)
    block.appendOption(Code.droppedBySystem, number: droppedBySystemCount)
    block.appendOption(Code.delivered, number: deliveredCount)
    block.append(otherOptions)
    return block
  }
}

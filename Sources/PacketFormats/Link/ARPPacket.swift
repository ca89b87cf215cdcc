/// An ARP packet for IPv4 over Ethernet (RFC 826, "Packet format").
public struct ARPPacket: Hashable, Sendable {
  /// Packet length, in bytes.
  @inlinable public static var byteCount: Int { 28 }

  public var operation: Operation
  public var senderHardwareAddress: MACAddress
  public var senderProtocolAddress: IPv4Address
  /// Unknown in a request, where it says nothing.
  public var targetHardwareAddress: MACAddress
  public var targetProtocolAddress: IPv4Address

  public init(
    operation: Operation, senderHardwareAddress: MACAddress, senderProtocolAddress: IPv4Address,
    targetHardwareAddress: MACAddress = MACAddress(0), targetProtocolAddress: IPv4Address
  ) {
    self.operation = operation
    self.senderHardwareAddress = senderHardwareAddress
    self.senderProtocolAddress = senderProtocolAddress
    self.targetHardwareAddress = targetHardwareAddress
    self.targetProtocolAddress = targetProtocolAddress
  }

  /// What the packet asks or says (IANA, "ARP Parameters").
  ///
  /// The set is open: a value without a name here still round-trips.
  public struct Operation: RawRepresentable, Hashable, Sendable {
    public var rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }
    @inlinable public static var request: Self { Self(rawValue: 1) }
    @inlinable public static var reply: Self { Self(rawValue: 2) }
  }

  /// The reply that `hardwareAddress` owes to this request.
  public func reply(from hardwareAddress: MACAddress) -> ARPPacket {
    ARPPacket(
      operation: .reply, senderHardwareAddress: hardwareAddress,
      senderProtocolAddress: targetProtocolAddress,
      targetHardwareAddress: senderHardwareAddress, targetProtocolAddress: senderProtocolAddress)
  }

  /// Where each field stands.
  ///
  /// The hardware addresses are 48 bits wide, so each is split in two.
  public enum Layout {
    @inlinable public static var hardwareType: Field<UInt16> { Field(at: 0) }
    @inlinable public static var protocolType: Field<UInt16> { Field(at: 2) }
    @inlinable public static var hardwareAddressByteCount: Field<UInt8> { Field(at: 4) }
    @inlinable public static var protocolAddressByteCount: Field<UInt8> { Field(at: 5) }
    @inlinable public static var operation: Field<UInt16> { Field(at: 6) }
    @inlinable public static var senderHardwareAddressHigh: Field<UInt32> { Field(at: 8) }
    @inlinable public static var senderHardwareAddressLow: Field<UInt16> { Field(at: 12) }
    @inlinable public static var senderProtocolAddress: Field<UInt32> { Field(at: 14) }
    @inlinable public static var targetHardwareAddressHigh: Field<UInt32> { Field(at: 18) }
    @inlinable public static var targetHardwareAddressLow: Field<UInt16> { Field(at: 22) }
    @inlinable public static var targetProtocolAddress: Field<UInt32> { Field(at: 24) }
  }
}

extension ARPPacket {
  /// Reads the packet that starts at `base`.
  ///
  /// Other kinds of hardware and protocol are legal ARP, but unsupported here.
  public init(parsing bytes: RawSpan, at base: Int = 0) throws(HeaderError) {
    try bytes.require(Self.byteCount, of: .arp, at: base)
    let hardware = bytes[Layout.hardwareType, at: base]
    guard hardware == 1 else { throw .unsupported(.arp, offset: base, value: UInt64(hardware)) }
    let type = bytes[Layout.protocolType, at: base]
    guard type == EthernetHeader.EtherType.ipv4.rawValue else {
      throw .unsupported(.arp, offset: base + Layout.protocolType.offset, value: UInt64(type))
    }
    let hardwareCount = bytes[Layout.hardwareAddressByteCount, at: base]
    guard hardwareCount == 6 else {
      throw .malformed(
        .arp, offset: base + Layout.hardwareAddressByteCount.offset, value: UInt64(hardwareCount))
    }
    let protocolCount = bytes[Layout.protocolAddressByteCount, at: base]
    guard protocolCount == 4 else {
      throw .malformed(
        .arp, offset: base + Layout.protocolAddressByteCount.offset, value: UInt64(protocolCount))
    }
    operation = Operation(rawValue: bytes[Layout.operation, at: base])
    senderHardwareAddress = MACAddress(
      UInt64(bytes[Layout.senderHardwareAddressHigh, at: base]) << 16
        | UInt64(bytes[Layout.senderHardwareAddressLow, at: base]))
    senderProtocolAddress = IPv4Address(rawValue: bytes[Layout.senderProtocolAddress, at: base])
    targetHardwareAddress = MACAddress(
      UInt64(bytes[Layout.targetHardwareAddressHigh, at: base]) << 16
        | UInt64(bytes[Layout.targetHardwareAddressLow, at: base]))
    targetProtocolAddress = IPv4Address(rawValue: bytes[Layout.targetProtocolAddress, at: base])
  }

  /// Writes the packet to `bytes`, starting at `base`.
  ///
  /// - Precondition: `bytes` holds at least ``byteCount`` bytes from `base` on.
  public func write(to bytes: inout MutableRawSpan, at base: Int) {
    precondition(base >= 0 && bytes.byteCount >= base + Self.byteCount)
    bytes[Layout.hardwareType, at: base] = 1
    bytes[Layout.protocolType, at: base] = EthernetHeader.EtherType.ipv4.rawValue
    bytes[Layout.hardwareAddressByteCount, at: base] = 6
    bytes[Layout.protocolAddressByteCount, at: base] = 4
    bytes[Layout.operation, at: base] = operation.rawValue
    bytes[Layout.senderHardwareAddressHigh, at: base] = UInt32(
      truncatingIfNeeded: senderHardwareAddress.rawValue &>> 16)
    bytes[Layout.senderHardwareAddressLow, at: base] = UInt16(
      truncatingIfNeeded: senderHardwareAddress.rawValue)
    bytes[Layout.senderProtocolAddress, at: base] = senderProtocolAddress.rawValue
    bytes[Layout.targetHardwareAddressHigh, at: base] = UInt32(
      truncatingIfNeeded: targetHardwareAddress.rawValue &>> 16)
    bytes[Layout.targetHardwareAddressLow, at: base] = UInt16(
      truncatingIfNeeded: targetHardwareAddress.rawValue)
    bytes[Layout.targetProtocolAddress, at: base] = targetProtocolAddress.rawValue
  }
}

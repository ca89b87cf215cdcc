public import PacketFormats

/// Translates IPv6 prefixes one to one and without state: NPTv6 (RFC 6296).
///
/// The prefix of the inside end is replaced, and 16 more bits of the address are changed so that
/// no checksum above IPv6 has to be (section 3.1). Ports are untouched; anyone may begin.
public struct PrefixTranslator: Sendable {
  public let inside: IPv6Prefix
  public let outside: IPv6Prefix
  /// What is added to a word of an inside address, in one's complement.
  private let adjustment: UInt16
  /// How much the hop count falls in passing, in hops.
  public var hopLimitDecrement: UInt8 = 1

  /// Why no translator can be made.
  public enum SettingsError: Error, Hashable, Sendable {
    /// The prefixes differ in length; the shorter must be padded to that of the longer with the
    /// zeros it is to stand for (RFC 6296, section 3.7).
    case lengthsDiffer(inside: Int, outside: Int)
    /// A prefix must leave the interface identifier alone: it has at most 64 bits (RFC 6296,
    /// section 3.7).
    case tooLong(Int)
    /// The prefixes overlap, so that it could not be told which side an address is on.
    case overlap
  }

  /// - Throws: ``SettingsError`` if the prefixes cannot stand for each other.
  public init(inside: IPv6Prefix, outside: IPv6Prefix) throws(SettingsError) {
    guard inside.length == outside.length else {
      throw .lengthsDiffer(inside: inside.length, outside: outside.length)
    }
    guard inside.length <= 64 else { throw .tooLong(inside.length) }
    guard !inside.overlaps(outside) else { throw .overlap }
    self.inside = inside
    self.outside = outside
    adjustment = Self.sum(
      Self.sum(of: inside.address), ~Self.sum(of: outside.address))
  }

  /// Rewrites the IPv6 packet whose header starts at `offset`, on its way out.
  ///
  /// A packet from elsewhere than ``inside`` passes unchanged; one to ``outside`` would have to go
  /// back inside and is dropped as ``DropReason/hairpin``.
  public func translateOutbound(_ bytes: inout MutableRawSpan, at offset: Int) -> Verdict {
    translate(&bytes, at: offset, isOutbound: true)
  }

  /// Rewrites the IPv6 packet whose header starts at `offset`, on its way in.
  ///
  /// A packet to elsewhere than ``outside`` passes unchanged.
  public func translateInbound(_ bytes: inout MutableRawSpan, at offset: Int) -> Verdict {
    translate(&bytes, at: offset, isOutbound: false)
  }

  /// The address that stands outside for one inside.
  ///
  /// - Returns: `nil` if `address` is not inside, or is one that has no counterpart (RFC 6296,
  ///   sections 3.6 and 3.7).
  public func outsideAddress(for address: IPv6Address) -> IPv6Address? {
    map(address, from: inside, to: outside, adding: adjustment)
  }

  /// The address that stands inside for one outside.
  ///
  /// - Returns: `nil` if `address` is not outside, or is one that has no counterpart.
  public func insideAddress(for address: IPv6Address) -> IPv6Address? {
    map(address, from: outside, to: inside, adding: ~adjustment)
  }

  private func map(
    _ address: IPv6Address, from old: IPv6Prefix, to new: IPv6Prefix, adding adjustment: UInt16
  ) -> IPv6Address? {
    guard old.contains(address) else { return nil }
    // Host bits of a prefix are zero, so that exchanging it is two exclusive ors.
    var mapped = IPv6Address(
      high: address.high ^ old.address.high ^ new.address.high, low: address.low)
    if old.length <= 48 {
      // Section 3.6: the subnet takes up the difference; 0xffff is no number for one.
      let word = UInt16(truncatingIfNeeded: mapped.high)
      guard word != 0xffff else { return nil }
      mapped.high = mapped.high & ~0xffff | UInt64(Self.adjust(word, by: adjustment))
      return mapped
    }
    // Section 3.7 with erratum 8757: the first word of the interface identifier that is not
    // 0xffff takes it up; all ones are a reserved anycast address.
    for shift in [48, 32, 16, 0] as [UInt64] {
      let word = UInt16(truncatingIfNeeded: mapped.low >> shift)
      guard word != 0xffff else { continue }
      mapped.low =
        mapped.low & ~(0xffff << shift) | UInt64(Self.adjust(word, by: adjustment)) << shift
      return mapped
    }
    return nil
  }

  private static func adjust(_ word: UInt16, by adjustment: UInt16) -> UInt16 {
    let adjusted = sum(word, adjustment)
    return adjusted == 0xffff ? 0 : adjusted
  }

  private static func sum(_ a: UInt16, _ b: UInt16) -> UInt16 {
    let (sum, carry) = a.addingReportingOverflow(b)
    return carry ? sum &+ 1 : sum
  }

  private static func sum(of prefix: IPv6Address) -> UInt16 {
    [48, 32, 16, 0].reduce(0) { sum($0, UInt16(truncatingIfNeeded: prefix.high >> UInt64($1))) }
  }

  private func translate(
    _ bytes: inout MutableRawSpan, at offset: Int, isOutbound: Bool
  ) -> Verdict {
    guard let header = try? CheckedIPv6Header(of: bytes.bytes, at: offset) else {
      return .dropped(.malformed)
    }
    let old = isOutbound ? header.source : header.destination
    guard (isOutbound ? inside : outside).contains(old) else { return .passed }
    if isOutbound, outside.contains(header.destination) { return .dropped(.hairpin) }
    guard hopLimitDecrement == 0 || header.hopLimit > hopLimitDecrement else {
      return .refused(.timeToLiveExceeded, .timeExceeded)
    }
    guard let new = isOutbound ? outsideAddress(for: old) : insideAddress(for: old) else {
      return .refused(.unsolicited, .hostUnreachable)
    }
    // What an error quotes shows the inside end at its other side; there too the change leaves all
    // checksums right, the error's own among them.
    if header.protocolNumber == HeaderLayout.icmpv6,
      let quote = try? IPv6Quote(in: bytes.bytes, under: header)
    {
      let quoted = isOutbound ? quote.destination : quote.source
      if let counterpart = isOutbound ? outsideAddress(for: quoted) : insideAddress(for: quoted) {
        let rewriting: IPv6Rewriting = isOutbound ? .destination : .source
        rewriting.replaceAddress(in: &bytes, at: quote.header, by: counterpart)
      }
    }
    let rewriting: IPv6Rewriting = isOutbound ? .source : .destination
    rewriting.replaceAddress(in: &bytes, at: offset, by: new)
    IPv6Rewriting.takeHops(hopLimitDecrement, in: &bytes, at: offset)
    return .translated(isNew: false)
  }
}

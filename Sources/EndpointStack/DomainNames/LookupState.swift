import PacketFormats

/// Questions to a name server that are under way.
struct LookupState {
  let lookup: NameLookup
  let name: DNSName
  /// When it began, in nanoseconds.
  let began: Int64
  let port: UInt16
  /// Where the questions go, once that is known.
  var server = HostAddress(numbered: 0)
  /// For IPv4 addresses.
  var ipv4: Question?
  /// For IPv6 addresses.
  var ipv6: Question?
  /// When to ask again, in nanoseconds.
  var deadline: Int64 = 0
  var attempts = 0
  /// Set once an answer was too long for UDP.
  var connection = RecordID.none

  struct Question {
    let identification: UInt16
    /// What came of it, once that is known.
    var result: ExchangeResult?
  }

  /// The questions that wait for an answer, with their types.
  var open: [(identification: UInt16, type: DNSRecordType)] {
    var open: [(UInt16, DNSRecordType)] = []
    if let ipv4, ipv4.result == nil { open.append((ipv4.identification, .a)) }
    if let ipv6, ipv6.result == nil { open.append((ipv6.identification, .aaaa)) }
    return open
  }

  /// What came of it all, once every question has an answer.
  ///
  /// One family is enough. IPv6 addresses come first, as RFC 6724, section 10.3 has it, but those
  /// that are unique local come last: its table of section 2.1 gives IPv4 a precedence of 35 and them
  /// one of 3.
  var result: ExchangeResult? {
    guard open.isEmpty else { return nil }
    let results = [ipv4?.result, ipv6?.result].compactMap { $0 }
    var found: [IPAddress] = []
    for case .addresses(let addresses) in results { found += addresses }
    let ordered =
      found.filter { $0.ipv6?.isUniqueLocal == false } + found.filter { $0.family == .v4 }
      + found.filter { $0.ipv6?.isUniqueLocal == true }
    if !ordered.isEmpty { return .addresses(ordered) }
    // A name that exists in one family exists in both.
    let failures: [ExchangeFailure] = results.compactMap {
      if case .failed(let failure) = $0 { failure } else { nil }
    }
    return .failed(failures.first { $0 != .noAddress } ?? .noAddress)
  }
}

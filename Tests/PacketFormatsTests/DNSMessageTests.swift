import PacketFormats
import Testing

private func parse(_ bytes: [UInt8], at base: Int = 0, end: Int? = nil) throws(HeaderError)
  -> DNSMessage
{
  try unsafe DNSMessage(parsing: bytes.span.bytes, at: base, end: end)
}

@Suite struct DNSMessageTests {
  /// A response with one question and the given answer section, which has `count` records.
  private func message(answers: [UInt8], count: UInt8 = 1) -> [UInt8] {
    [0, 1, 0x81, 0x80, 0, 1, 0, count, 0, 0, 0, 0]
      + [2, 0x64, 0x62, 4, 0x73, 0x68, 0x6f, 0x70, 0, 0, 1, 0, 1] + answers
  }

  @Test func `A message with every type of record reads back`() throws {
    let message = try Sample.dnsResponse()
    let bytes = message.encoded()
    #expect(try parse(bytes) == message)
    #expect(try parse([9, 9, 9] + bytes + [7], at: 3, end: bytes.count + 3) == message)
    #expect(try parse(bytes).encoded() == bytes)
    #expect(message.edns?.isDNSSECOK == true && message.edns?.options.count == 1)
    #expect(message.edns?.payloadByteCount == 1232)
  }

  @Test func `Names are compressed where they may be`() throws {
    let name = try DNSName("db.shop.internal")
    let record = DNSResourceRecord(name: name, timeToLive: 60, data: .a(Sample.server))
    let message = DNSMessage(
      identification: 1, isResponse: true, questions: [DNSQuestion(name: name, type: .a)],
      answers: [record, record])
    // Header 12, question 18 + 4, and records of a pointer, ten bytes and an address.
    #expect(message.encoded().count == 12 + 22 + 2 * 16)
    #expect(message.encoded()[34..<36] == [0xc0, 12])
    let service = DNSMessage(
      identification: 1,
      answers: [
        DNSResourceRecord(
          name: name, timeToLive: 1, data: .srv(priority: 0, weight: 0, port: 1, target: name))
      ])
    #expect(service.encoded().count == 12 + 18 + 10 + 6 + 18)
  }

  @Test func `A compressed target of a service record is read all the same`() throws {
    let bytes = message(answers: [
      0xc0, 12, 0, 33, 0, 1, 0, 0, 0, 9, 0, 8, 0, 1, 0, 2, 0x15, 0x38, 0xc0, 12,
    ])
    #expect(
      try parse(bytes).answers.first?.data
        == .srv(priority: 1, weight: 2, port: 5432, target: try DNSName("db.shop")))
  }

  @Test(
    arguments: [
      // A name that points at itself, one that points forward, and two that point at each other.
      ([0xc0, 25], HeaderError.malformed(.dns, offset: 25, value: 25)),
      ([0xc0, 27, 0, 0], .malformed(.dns, offset: 25, value: 27)),
      ([1, 0x61, 0xc0, 25], .malformed(.dns, offset: 27, value: 25)),
      // Into the header, and far behind the end.
      ([0xc0, 4], .malformed(.dns, offset: 25, value: 4)),
      ([0xff, 0xff], .malformed(.dns, offset: 25, value: 0x3fff)),
      // Kinds of labels that are reserved or were given up.
      ([0x80, 1], .malformed(.dns, offset: 25, value: 0x80)),
      ([0x41, 1], .unsupported(.dns, offset: 25, value: 0x41)),
      // Ends inside a label and inside a pointer.
      ([5, 0x61], .truncated(.dns, offset: 25, needed: 6, available: 2)),
      ([0xc0], .truncated(.dns, offset: 25, needed: 2, available: 1)),
      ([], .truncated(.dns, offset: 25, needed: 1, available: 0)),
    ] as [([UInt8], HeaderError)])
  func `A name that leads nowhere is an error`(name: [UInt8], error: HeaderError) {
    #expect(throws: error) { try parse(message(answers: name)) }
  }

  /// Each pointer leads to the one before it, the first to a name: legal, if odd.
  @Test func `A long chain of pointers ends`() throws {
    var bytes: [UInt8] = [0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]
    // An unknown record whose data is the chain, then a record whose name is its last link.
    let links = 2_000
    bytes += [0, 0xff, 0, 0, 1, 0, 0, 0, 0] + [UInt8((2 * links) >> 8), UInt8((2 * links) & 0xff)]
    bytes[7] = 2
    var target = 12
    for _ in 0..<links {
      let here = bytes.count
      bytes += [0xc0 | UInt8(target >> 8), UInt8(target & 0xff)]
      target = here
    }
    bytes += [
      0xc0 | UInt8(target >> 8), UInt8(target & 0xff), 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 1, 2, 3, 4,
    ]
    #expect(try parse(bytes).answers.last?.name == .root)
  }

  @Test(
    arguments: [
      // An address of five bytes, one of three, and a name shorter than its data.
      (
        [0, 1, 0, 1, 0, 0, 0, 9, 0, 5, 1, 2, 3, 4, 5],
        HeaderError.malformed(.dns, offset: 35, value: 5)
      ),
      (
        [0, 1, 0, 1, 0, 0, 0, 9, 0, 3, 1, 2, 3],
        .truncated(.dns, offset: 37, needed: 4, available: 3)
      ),
      ([0, 5, 0, 1, 0, 0, 0, 9, 0, 3, 0xc0, 12, 0], .malformed(.dns, offset: 35, value: 3)),
      (
        [0, 16, 0, 1, 0, 0, 0, 9, 0, 2, 4, 0x61],
        .truncated(.dns, offset: 38, needed: 4, available: 1)
      ),
      (
        [0, 41, 4, 0, 0, 0, 0, 0, 0, 3, 0, 10, 0],
        .truncated(.dns, offset: 39, needed: 2, available: 1)
      ),
      (
        [0, 99, 0, 1, 0, 0, 0, 9, 0, 3, 1, 2], .truncated(.dns, offset: 37, needed: 3, available: 2)
      ),
    ] as [([UInt8], HeaderError)])
  func `Data that do not fill their length are an error`(record: [UInt8], error: HeaderError) {
    #expect(throws: error) { try parse(message(answers: [0xc0, 12] + record)) }
  }

  @Test func `Records of other classes and without data stay as they are`() throws {
    let chaos = message(answers: [0xc0, 12, 0, 1, 0, 3, 0, 0, 0, 9, 0, 5, 1, 2, 3, 4, 5])
    #expect(try parse(chaos).answers.first?.data == .unknown(.a, [1, 2, 3, 4, 5]))
    let empty = message(answers: [0xc0, 12, 0, 16, 0, 255, 0, 0, 0, 0, 0, 0])
    #expect(try parse(empty).answers.first?.data == .unknown(.txt, []))
  }

  @Test func `Counts that promise more than there is are truncated`() throws {
    var bytes = message(answers: [], count: 0)
    bytes[4] = 0xff
    bytes[5] = 0xff
    #expect(throws: HeaderError.truncated(.dns, offset: 25, needed: 1, available: 0)) {
      try parse(bytes)
    }
  }

  @Test func `Every prefix of a message is truncated`() throws {
    let bytes = try Sample.dnsResponse().encoded()
    for count in bytes.indices {
      do {
        _ = try parse(Array(bytes[..<count]))
        Issue.record("\(count) of \(bytes.count) bytes were enough")
      } catch {
        guard case .truncated = error else {
          Issue.record("\(count) of \(bytes.count) bytes: \(error)")
          continue
        }
      }
    }
  }

  @Test func `A message that does not fit is not written`() throws {
    let message = try Sample.dnsResponse()
    let count = message.encoded().count
    var error: HeaderError?
    let short = written(count + 1) { bytes in
      do { _ = try message.write(to: &bytes, at: 2) } catch let thrown as HeaderError {
        error = thrown
      } catch {}
    }
    #expect(error == .truncated(.dns, offset: 2, needed: count, available: count - 1))
    #expect(short.allSatisfy { $0 == 0xa5 })
    let whole = written(count) { bytes in _ = try? message.write(to: &bytes, at: 0) }
    #expect(whole == message.encoded())
  }

  @Test func `Every combination of flags reads back`() throws {
    for flags in UInt16.min ... .max where flags & 0x0040 == 0 {  // That bit is reserved.
      let bytes = [0, 1, UInt8(flags >> 8), UInt8(flags & 0xff)] + [UInt8](repeating: 0, count: 8)
      guard try parse(bytes).encoded() == bytes else {
        Issue.record("flags \(String(flags, radix: 16))")
        return
      }
    }
  }

  @Test func `A response repeats what was asked`() throws {
    let query = DNSMessage(
      identification: 7, isRecursionDesired: true,
      questions: [DNSQuestion(name: try DNSName("db.shop"), type: .aaaa)])
    let response = query.response(.nameError)
    #expect(response.identification == 7 && response.isResponse && response.isRecursionDesired)
    #expect(response.questions == query.questions && response.responseCode == .nameError)
  }
}

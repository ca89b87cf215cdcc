import PacketFormats
import TestSupport
import Testing
import VirtualNetwork

struct SubnetAddressesTests {
  @Test(arguments: 16...28)
  func `All addresses but five can be had, in order, and come back`(_ length: Int) {
    let cidr = prefix(10, 0, 0, 0, length)
    var book = SubnetAddresses(cidr: cidr)
    var expected = 4
    while let address = book.take() {
      #expect(address == cidr[expected])
      expected += 1
    }
    #expect(expected == cidr.count - 1)
    #expect(book.freeCount == 0)
    #expect(book.takenCount == cidr.count - 5)
    let middle = cidr[cidr.count / 2]
    book.release(middle)
    #expect(book.isFree(middle))
    let again = book.take()
    let none = book.take()
    #expect(again == middle)
    #expect(none == nil)
  }

  @Test func `Reserved, taken and foreign addresses cannot be had`() {
    var book = SubnetAddresses(cidr: prefix(10, 0, 0, 0, 28))
    for offset in [0, 1, 2, 3, 15] {
      #expect(book.reservation(of: prefix(10, 0, 0, 0, 28)[offset]) != nil)
      let isTaken = book.take(prefix(10, 0, 0, 0, 28)[offset])
      #expect(!isTaken)
    }
    let first = book.take(IPv4Address(10, 0, 0, 9))
    let again = book.take(IPv4Address(10, 0, 0, 9))
    let foreign = book.take(IPv4Address(10, 0, 0, 16))
    #expect(first && !again && !foreign)
    #expect(book.freeCount == 10)
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `It agrees with a set`(_ seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let cidr = prefix(10, 0, 0, 0, [24, 26, 28].randomElement(using: &random) ?? 28)
    var book = SubnetAddresses(cidr: cidr)
    var free = Set((4..<cidr.count - 1).map { cidr[$0].rawValue })
    var last = cidr.address.rawValue
    for _ in 0..<2000 {
      let address = cidr[Int.random(in: 0..<cidr.count, using: &random)]
      #expect(book.isFree(address) == free.contains(address.rawValue))
      switch Int.random(in: 0..<3, using: &random) {
      case 0:
        // The next one behind the last, and behind the highest the lowest.
        let expected = free.filter { $0 > last }.min() ?? free.min()
        if let expected {
          free.remove(expected)
          last = expected
        }
        let taken = book.take()
        #expect(taken?.rawValue == expected)
      case 1:
        let isTaken = book.take(address)
        #expect(isTaken == (free.remove(address.rawValue) != nil))
      default:
        if book.reservation(of: address) == nil, !free.contains(address.rawValue) {
          book.release(address)
          free.insert(address.rawValue)
        }
      }
      #expect(book.freeCount == free.count)
    }
  }

  @Test func `Taking back what was not given out traps`() async {
    await #expect(processExitsWith: .failure) {
      var book = SubnetAddresses(cidr: IPv4Prefix(IPv4Address(10, 0, 0, 0), length: 28))
      book.release(IPv4Address(10, 0, 0, 9))
      print(book.freeCount)
    }
  }
}

import SimulatedTime
import Testing

@Suite struct InstantTests {
  @Test func `A run begins at zero`() {
    #expect(Instant.start.nanoseconds == 0)
    #expect(Instant.start == Instant(nanoseconds: 0))
  }

  @Test(arguments: [0, 1, -1, 999_999_999, -1_000_000_001, 1 << 62] as [Int64])
  func `Going there and coming back ends where it began`(count: Int64) {
    let origin = Instant(nanoseconds: 12_345)
    let there = origin.advanced(by: .nanoseconds(count))
    #expect(there.nanoseconds == 12_345 + count)
    #expect(there == origin.advanced(byNanoseconds: count))
    #expect(origin.duration(to: there) == .nanoseconds(count))
    #expect(there.duration(to: origin) == .zero - .nanoseconds(count))
    #expect(there.advanced(by: there.duration(to: origin)) == origin)
  }

  @Test func `Earlier is less, on both sides of zero`() {
    let edges = [Int64.min, -1, 0, 1, Int64.max].map(Instant.init(nanoseconds:))
    for (left, a) in edges.enumerated() {
      for (right, b) in edges.enumerated() {
        #expect((a < b) == (left < right))
        #expect((a == b) == (left == right))
      }
    }
    #expect(edges.shuffled().sorted() == edges)
  }

  @Test(
    arguments: [
      (Duration(secondsComponent: 0, attosecondsComponent: 999_999_999), 0),
      (Duration(secondsComponent: 0, attosecondsComponent: 1_000_000_000), 1),
      (Duration(secondsComponent: 0, attosecondsComponent: 1_999_999_999), 1),
      (Duration(secondsComponent: 0, attosecondsComponent: -1_999_999_999), -1),
      (.seconds(3) + .nanoseconds(7), 3_000_000_007),
      (.milliseconds(-2), -2_000_000),
    ] as [(Duration, Int64)])
  func `A fraction of a nanosecond is dropped, toward zero`(duration: Duration, count: Int64) {
    #expect(duration.wholeNanoseconds == count)
  }

  @Test func `The ends of the range can be reached`() {
    let last = Instant(nanoseconds: .max)
    let first = Instant(nanoseconds: .min)
    #expect(Instant.start.advanced(by: .nanoseconds(Int64.max)) == last)
    #expect(Instant(nanoseconds: -1).advanced(byNanoseconds: .min + 1) == first)
    #expect(Instant.start.duration(to: last) == .nanoseconds(Int64.max))
    #expect(Instant(nanoseconds: -1).duration(to: first) == .nanoseconds(Int64.min + 1))
  }

  // What leaves 292 years is a mistake in the program, and must not turn into a time of the past.
  // The results are printed, or an optimised build would not compute them.

  @Test func `Going beyond the end of the range traps`() async {
    await #expect(processExitsWith: .failure) {
      print(Instant(nanoseconds: .max).advanced(by: .nanoseconds(1)))
    }
  }

  @Test func `A distance wider than the range traps`() async {
    await #expect(processExitsWith: .failure) {
      print(Instant(nanoseconds: .min).duration(to: Instant(nanoseconds: 1)))
    }
  }

  @Test func `A duration that nanoseconds cannot count traps`() async {
    await #expect(processExitsWith: .failure) {
      _ = Duration.seconds(10_000_000_000).wholeNanoseconds
    }
  }
}

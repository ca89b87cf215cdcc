import LambdaService
import SimulatedTime
import Testing

struct ConcurrencyTests {
  private func active(_ shop: inout Shop, _ name: String, reserved: Int? = nil) throws -> Int {
    var function = shop.function(name, reserved: reserved)
    function.vpc = nil
    return try shop.plane.createFunction(function, at: .start)
  }

  @Test func `A function may not exceed what it has reserved, nor others take it`() throws {
    var settings = ControlPlaneSettings()
    settings.accountConcurrency = 110
    var shop = try Shop(settings)
    let reserved = try active(&shop, "reserved", reserved: 10)
    let free = try active(&shop, "free")
    for _ in 0..<10 { #expect(shop.plane.admit(invokeOf: reserved, at: .start) == .admitted) }
    #expect(
      shop.plane.admit(invokeOf: reserved, at: .start)
        == .refused(.tooManyRequests(.reservedFunctionConcurrentInvocationLimitExceeded)))
    for _ in 0..<100 { #expect(shop.plane.admit(invokeOf: free, at: .start) == .admitted) }
    let refused = shop.plane.admit(invokeOf: free, at: .start)
    #expect(refused == .refused(.tooManyRequests(.concurrentInvocationLimitExceeded)))
    #expect(InvokeError.tooManyRequests(.concurrentInvocationLimitExceeded).status == 429)
    shop.plane.finishInvoke(of: free)
    #expect(shop.plane.admit(invokeOf: free, at: .start) == .admitted)
    shop.plane.finishInvoke(of: reserved)
    #expect(shop.plane.admit(invokeOf: reserved, at: .start) == .admitted)
  }

  @Test func `A hundred must be left for functions that reserve nothing`() throws {
    var shop = try Shop()
    let first = try active(&shop, "first", reserved: 900)
    let second = try active(&shop, "second")
    #expect(throws: APIError.self) {
      try shop.plane.setReservedConcurrency(1, of: second, at: .start)
    }
    #expect(throws: APIError.self) {
      try shop.plane.setReservedConcurrency(-1, of: second, at: .start)
    }
    #expect(throws: APIError.self) {
      try shop.plane.setReservedConcurrency(.max, of: second, at: .start)
    }
    try shop.plane.setReservedConcurrency(899, of: first, at: .start)
    try shop.plane.setReservedConcurrency(1, of: second, at: .start)
    try shop.plane.deleteFunction(first, at: .start)
    try shop.plane.setReservedConcurrency(900, of: second, at: .start)
  }

  @Test func `Reserving zero stops a function`() throws {
    var shop = try Shop()
    let function = try active(&shop, "off", reserved: 0)
    #expect(
      shop.plane.admit(invokeOf: function, at: .start)
        == .refused(.tooManyRequests(.reservedFunctionConcurrentInvocationLimitExceeded)))
    try shop.plane.setReservedConcurrency(nil, of: function, at: .start)
    #expect(shop.plane.admit(invokeOf: function, at: .start) == .admitted)
  }

  @Test func `Ten requests a second go with each unit of concurrency`() throws {
    var shop = try Shop()
    let function = try active(&shop, "quick", reserved: 1)
    for _ in 0..<10 {
      #expect(shop.plane.admit(invokeOf: function, at: .start) == .admitted)
      shop.plane.finishInvoke(of: function)
    }
    #expect(
      shop.plane.admit(invokeOf: function, at: .start)
        == .refused(.tooManyRequests(.reservedFunctionInvocationRateLimitExceeded)))
    let tenth = Instant(nanoseconds: 100_000_000)
    #expect(shop.plane.admit(invokeOf: function, at: tenth) == .admitted)
  }

  @Test func `Executions under way move with a reservation`() throws {
    var settings = ControlPlaneSettings()
    settings.accountConcurrency = 101
    settings.leastUnreservedConcurrency = 1
    var shop = try Shop(settings)
    let first = try active(&shop, "first")
    let second = try active(&shop, "second")
    for _ in 0..<100 { _ = shop.plane.admit(invokeOf: first, at: .start) }
    try shop.plane.setReservedConcurrency(100, of: first, at: .start)
    #expect(shop.plane.admit(invokeOf: second, at: .start) == .admitted)
    try shop.plane.setReservedConcurrency(nil, of: first, at: .start)
    #expect(
      shop.plane.admit(invokeOf: second, at: .start)
        == .refused(.tooManyRequests(.concurrentInvocationLimitExceeded)))
    // Finishing more than was begun changes nothing.
    for _ in 0..<200 { shop.plane.finishInvoke(of: first) }
    #expect(shop.plane.admit(invokeOf: second, at: .start) == .admitted)
  }
}

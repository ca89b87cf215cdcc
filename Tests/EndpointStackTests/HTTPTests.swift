import EndpointStack
import EventSimulation
import PacketFormats
import SimulatedTime
import Testing

@Suite struct HTTPTests {
  static let server = IPAddress.v4(TwoHosts.serverAddress)

  static func run(_ fetches: [HTTPFetch], _ offer: HTTPServer = .bytes()) -> [ExchangeResult] {
    var hosts = TwoHosts(fetches.map { .fetch($0) })
    hosts.serve(.http(offer))
    hosts.run()
    #expect(hosts.simulation.network.frames.inUse == 0)
    return hosts.script.results
  }

  @Test(arguments: [0, 1, 1459, 65_536, 1_000_000])
  func `A server gives as many bytes as it is asked for`(count: Int) {
    let fetch = HTTPFetch(server: Self.server, host: "api.example", path: "/bytes/\(count)")
    #expect(Self.run([fetch]) == [.responses(count: 1, status: 200, byteCount: count)])
  }

  @Test func `Several requests share a connection, and a pool keeps it`() {
    var hosts = TwoHosts(
      (0..<3).map { _ in
        .fetch(HTTPFetch(server: Self.server, path: "/bytes/5000", count: 4, isPooled: true))
      })
    hosts.serve(.http(.bytes(thinkTime: .milliseconds(1))))
    hosts.run(.seconds(30))
    let results = hosts.script.results
    #expect(
      results
        == Array(repeating: .responses(count: 4, status: 200, byteCount: 20_000), count: 3))
    let statistics = hosts.simulation.withNode(hosts.client) { $0.statistics }
    #expect(statistics.connectionsOpened == 1)
  }

  @Test func `What is not there has a status`() {
    let paths = ["/nothing", "/bytes/x", "/bytes/-1", "/bytes/9999999999999999", "/"]
    let results = Self.run(paths.map { HTTPFetch(server: Self.server, path: $0) })
    #expect(
      results
        == [404, 404, 404, 404, 200].map {
          .responses(count: 1, status: $0, byteCount: $0 == 200 ? 6 : 0)
        })
  }

  @Test func `A server sees the method and the headers`() {
    let offer = HTTPServer { request in
      guard request.method == "PUT", request.path == "/latest/api/token",
        request.value(of: "x-aws-ec2-metadata-token-ttl-seconds") == "60",
        request.value(of: "HOST") == "imds"
      else { return HTTPResponse(status: 400) }
      return HTTPResponse(
        status: 200, headers: [HTTPHeader("Server", "EC2ws")], body: .text("token"))
    }
    let fetch = HTTPFetch(
      server: Self.server, host: "imds", path: "/latest/api/token", method: "PUT",
      headers: [HTTPHeader("X-aws-ec2-metadata-token-ttl-seconds", "60")])
    #expect(Self.run([fetch], offer) == [.responses(count: 1, status: 200, byteCount: 5)])
  }

  @Test(arguments: [("HEAD", 200, 0), ("DELETE", 405, 0)])
  func `Methods other than GET`(method: String, status: Int, byteCount: Int) {
    let fetch = HTTPFetch(server: Self.server, path: "/bytes/100", method: method, count: 2)
    #expect(Self.run([fetch]) == [.responses(count: 2, status: status, byteCount: byteCount)])
  }

  @Test(arguments: [
    HTTPFetch(server: server, path: "no-slash"), HTTPFetch(server: server, path: "/a b"),
    HTTPFetch(server: server, method: "GET IT"), HTTPFetch(server: server, count: -1),
    HTTPFetch(server: server, headers: [HTTPHeader("A", "b\r\nC: d")]),
    HTTPFetch(server: server, headers: [HTTPHeader("a b", "c")]),
    HTTPFetch(server: server, host: "a\r\nb"),
    HTTPFetch(server: server, timeLimit: .seconds(-1)),
  ])
  func `What cannot be said in HTTP is not said`(fetch: HTTPFetch) {
    #expect(Self.run([fetch]) == [.failed(.badRequest)])
  }

  @Test func `A server that asks for the connection to end is heard`() {
    let fetch = HTTPFetch(
      server: Self.server, path: "/bytes/10", headers: [HTTPHeader("Connection", "close")])
    var again = fetch
    again.count = 2
    #expect(
      Self.run([fetch, again]) == [
        .responses(count: 1, status: 200, byteCount: 10), .failed(.reset),
      ])
  }

  @Test func `Nobody there, and nobody who answers in time`() {
    var hosts = TwoHosts([.fetch(HTTPFetch(server: Self.server))])
    hosts.run()
    #expect(hosts.script.results == [.failed(.refused)])
    let slow = HTTPServer(thinkTime: .seconds(9)) { _ in HTTPResponse(status: 200) }
    #expect(
      Self.run([HTTPFetch(server: Self.server, timeLimit: .seconds(2))], slow)
        == [.failed(.timedOut)])
  }

  @Test func `Something that is no HTTP is a violation`() {
    var hosts = TwoHosts([.fetch(HTTPFetch(server: Self.server, port: 5432))])
    hosts.serve(.postgreSQL(PostgreSQLServer()))
    hosts.run()
    // PostgreSQL takes a request line for a length that makes no sense, says so and closes.
    #expect(hosts.script.results == [.failed(.reset)])
    var echo = TwoHosts([.fetch(HTTPFetch(server: Self.server, port: 7))])
    echo.serve(.streamEcho(port: 7))
    echo.run()
    #expect(echo.script.results == [.failed(.protocolViolation)])
  }
}

import EventSimulation
import LambdaService
import SimulatedTime
import Testing

@Suite struct CellTests {
  private func cell(connections: Int = 1_000, rate: Int = 1_000) -> Cell {
    Cell(
      zone: "use1-az1", capacity: .init(connections: connections, connectionsPerSecond: rate),
      random: RandomStream(seed: 7, name: "cell"))
  }

  private func instant(_ microseconds: Int64) -> Instant {
    Instant(nanoseconds: microseconds * 1_000)
  }

  @Test func `A cell takes no more connections than it is built for`() {
    var cell = cell(connections: 2)
    for _ in 0..<2 {
      #expect(cell.refusal(at: .start) == nil)
      cell.begin(at: .start)
    }
    #expect(cell.refusal(at: .start) == .connections)
    cell.end()
    #expect(cell.connections == 1 && cell.refusal(at: .start) == nil)
  }

  @Test func `A cell takes no more in a second than it is built for`() {
    var cell = cell(rate: 3)
    for _ in 0..<3 { cell.begin(at: instant(900_000)) }
    #expect(cell.refusal(at: instant(999_999)) == .rate)
    #expect(cell.refusal(at: instant(1_000_000)) == nil)
    cell.begin(at: instant(1_000_000))
    #expect(cell.refusal(at: instant(1_000_000)) == nil)
  }

  @Test func `A brownout loses its share and delays the rest, in order`() {
    var cell = cell()
    #expect(!cell.isUnwell(at: .start))
    cell.degrade(lossPerMillion: 100_000, delay: .milliseconds(20))
    #expect(cell.isUnwell(at: .start))
    var lost = 0
    for number in 0..<10_000 {
      switch cell.weather(for: instant(Int64(number) * 10)) {
      case .lost: lost += 1
      case .delayed(let delay): #expect(delay == .milliseconds(20))
      }
    }
    #expect((850...1_150).contains(lost))
    // The last of them leaves at 119.99 ms, and nothing that comes later overtakes it.
    cell.degrade(lossPerMillion: 0, delay: .zero)
    #expect(cell.isUnwell(at: instant(100_000)))
    #expect(cell.weather(for: instant(110_000)) == .delayed(.microseconds(9_990)))
    #expect(!cell.isUnwell(at: instant(119_990)))
  }

  @Test func `A cell that loses everything lets nothing through`() {
    var cell = cell()
    cell.degrade(lossPerMillion: 1_000_000, delay: .zero)
    #expect((0..<1_000).allSatisfy { cell.weather(for: instant($0)) == .lost })
  }
}

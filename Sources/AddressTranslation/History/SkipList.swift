/// Lists that only grow at the end, each element knowing the one before it and one far before it.
///
/// The links are those of a skew-binary random-access list (Myers, "An applicative random-access
/// stack", 1983): the last element for which something holds that held from the beginning on is
/// found in a logarithmic number of steps, and nothing is ever rebuilt.
struct SkipList: Sendable {
  /// Stands where there is no element.
  static var none: UInt32 { .max }

  private struct Link {
    var previous: UInt32
    var jump: UInt32
    var depth: UInt32
  }

  private var links: [Link] = []

  /// Adds the element of the next number behind `previous`.
  mutating func append(behind previous: UInt32) {
    let number = UInt32(links.count)
    guard previous != Self.none else {
      links.append(Link(previous: Self.none, jump: number, depth: 0))
      return
    }
    let last = links[Int(previous)]
    let beyond = links[Int(last.jump)]
    let jump =
      last.depth - beyond.depth == beyond.depth - links[Int(beyond.jump)].depth
      ? beyond.jump : previous
    links.append(Link(previous: previous, jump: jump, depth: last.depth + 1))
  }

  /// The element before `number`, or ``none``.
  func previous(_ number: UInt32) -> UInt32 { links[Int(number)].previous }

  /// The last element of the list that ends with `last` for which `isEarly` holds.
  ///
  /// - Parameters:
  ///   - last: Where the list ends, or ``none``.
  ///   - isEarly: Holds for all elements up to some point, and for none behind it.
  /// - Returns: ``none`` if it holds for no element.
  func last(of last: UInt32, where isEarly: (UInt32) -> Bool) -> UInt32 {
    var number = last
    while number != Self.none, !isEarly(number) {
      let link = links[Int(number)]
      number = link.jump != number && !isEarly(link.jump) ? link.jump : link.previous
    }
    return number
  }
}

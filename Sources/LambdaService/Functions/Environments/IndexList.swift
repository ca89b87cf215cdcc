/// A list of small numbers that is threaded through an array with an entry for each of them.
///
/// A number is in one list at most, so that many lists share one array, and taking a number out of
/// the middle costs no more than taking the first.
package struct IndexList {
  /// Where a number's neighbours are.
  package struct Link {
    fileprivate var previous: Int32 = IndexList.none
    fileprivate var next: Int32 = IndexList.none

    package init() {}
  }

  fileprivate static let none: Int32 = -1

  private var head: Int32 = Self.none
  private var tail: Int32 = Self.none
  package private(set) var count = 0

  package init() {}

  package var first: Int? { head == Self.none ? nil : Int(head) }
  package var last: Int? { tail == Self.none ? nil : Int(tail) }

  /// Adds a number that is in no list.
  package mutating func prepend(_ index: Int, _ links: inout [Link]) {
    links[index].previous = Self.none
    links[index].next = head
    if head == Self.none { tail = Int32(index) } else { links[Int(head)].previous = Int32(index) }
    head = Int32(index)
    count += 1
  }

  /// Adds a number that is in no list.
  package mutating func append(_ index: Int, _ links: inout [Link]) {
    links[index].previous = tail
    links[index].next = Self.none
    if tail == Self.none { head = Int32(index) } else { links[Int(tail)].next = Int32(index) }
    tail = Int32(index)
    count += 1
  }

  /// Takes out a number that is in this list.
  package mutating func remove(_ index: Int, _ links: inout [Link]) {
    let (previous, next) = (links[index].previous, links[index].next)
    if previous == Self.none { head = next } else { links[Int(previous)].next = next }
    if next == Self.none { tail = previous } else { links[Int(next)].previous = previous }
    count -= 1
  }
}

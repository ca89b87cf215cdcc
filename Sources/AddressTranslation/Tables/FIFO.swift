/// Things that wait for the owner to take them, oldest first.
struct FIFO<Element>: ~Copyable {
  private var elements: [Element] = []
  private var taken = 0

  /// The oldest.
  var first: Element? { taken < elements.count ? elements[taken] : nil }

  mutating func append(_ element: Element) {
    elements.append(element)
  }

  mutating func next() -> Element? {
    guard taken < elements.count else { return nil }
    // Nearly always it is the only one.
    if elements.count == 1 { return elements.removeLast() }
    let element = elements[taken]
    taken += 1
    if taken == elements.count {
      // Everything was taken: begin again in the memory there is.
      elements.removeAll(keepingCapacity: true)
      taken = 0
    } else if taken >= 1024, taken * 2 >= elements.count {
      elements.removeFirst(taken)
      taken = 0
    }
    return element
  }
}

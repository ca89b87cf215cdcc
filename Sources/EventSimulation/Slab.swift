/// A growable block of values that need not be copyable.
///
/// It is filled while a simulation is set up. Unlike an array it has one owner, so reaching an
/// element in place asks no questions about sharing.
@safe package struct Slab<Element: ~Copyable>: ~Copyable {
  private var storage: UnsafeMutablePointer<Element>
  private var capacity: Int
  package private(set) var count = 0

  package init() {
    capacity = 8
    unsafe storage = .allocate(capacity: capacity)
  }

  deinit {
    unsafe storage.deinitialize(count: count)
    unsafe storage.deallocate()
  }

  /// Adds `element` and returns its index.
  package mutating func append(_ element: consuming Element) -> Int {
    if count == capacity {
      let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity * 2)
      unsafe larger.moveInitialize(from: storage, count: count)
      unsafe storage.deallocate()
      unsafe storage = larger
      capacity *= 2
    }
    unsafe (storage + count).initialize(to: element)
    count += 1
    return count - 1
  }

  /// Takes the last element out.
  ///
  /// - Precondition: there is one.
  package mutating func removeLast() -> Element {
    precondition(count > 0, "an empty slab")
    count -= 1
    return unsafe (storage + count).move()
  }

  package mutating func removeAll() {
    unsafe storage.deinitialize(count: count)
    count = 0
  }

  /// The element at `index`.
  ///
  /// - Precondition: there is one.
  package subscript(index: Int) -> Element {
    @inline(__always)
    unsafeAddress {
      precondition(index >= 0 && index < count, "outside the slab")
      return unsafe UnsafePointer(storage + index)
    }
    @inline(__always)
    unsafeMutableAddress {
      precondition(index >= 0 && index < count, "outside the slab")
      return unsafe storage + index
    }
  }
}

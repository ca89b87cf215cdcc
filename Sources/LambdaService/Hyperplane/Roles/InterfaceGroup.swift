/// The shared interfaces of one subnet and set of security groups: one at first, more when the
/// ports run short (lambda-vpc §3.1; ).
package struct InterfaceGroup: Sendable {
  /// Interfaces that new connections may begin on, in the order in which they came.
  package private(set) var members: [Int]
  /// Interfaces that are planned and do not exist yet, the next one first.
  package private(set) var spares: [Int]
  /// Whether one is being made.
  package private(set) var isGrowing = false

  package init(member: Int, spares: [Int]) {
    members = [member]
    self.spares = spares
  }

  /// The interface on which an environment begins its connections (A-19, assumed).
  ///
  /// A hash of the environment, `identity`, decides: a number of 64 bits, every one equally likely.
  package func member(for identity: UInt64) -> Int {
    members[Int(identity.multipliedFullWidth(by: UInt64(members.count)).high)]
  }

  /// Begins to make another interface.
  ///
  /// - Returns: `nil` if one is being made already, or if the group may have no more.
  package mutating func beginGrowing() -> Int? {
    guard !isGrowing, let spare = spares.first else { return nil }
    isGrowing = true
    return spare
  }

  /// Takes the interface that was made into use.
  ///
  /// - Returns: its number.
  package mutating func grow() -> Int? {
    isGrowing = false
    guard !spares.isEmpty else { return nil }
    let interface = spares.removeFirst()
    members.append(interface)
    return interface
  }

  /// Takes a new interface into use instead of another one.
  ///
  /// - Returns: the new one, or `nil` if the group may have no more.
  package mutating func replace(_ interface: Int) -> Int? {
    // The last of the spares: the first may be being made.
    guard let place = members.firstIndex(of: interface), spares.count > (isGrowing ? 1 : 0) else {
      return nil
    }
    let successor = spares.removeLast()
    members[place] = successor
    return successor
  }
}

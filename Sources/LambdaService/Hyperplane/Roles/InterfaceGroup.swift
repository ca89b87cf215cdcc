/// The shared interfaces of one subnet and set of security groups: one at first, more when the
/// ports run short (lambda-vpc §3.1; ).
package struct InterfaceGroup: Sendable {
  /// All that are planned, the one that a control plane makes first at the front.
  private let planned: [Int]
  /// Interfaces that new connections may begin on, in the order in which they came.
  package private(set) var members: [Int]
  /// Interfaces that are planned and neither exist nor are asked for, the next one first.
  package private(set) var spares: [Int]
  /// One that is being made because ports run short.
  package private(set) var growing: Int?
  /// Those that are being made in the place of others.
  private var replacements: [(former: Int, successor: Int)] = []

  /// A group of one interface that may have others.
  package init(member: Int, spares: [Int]) {
    planned = [member] + spares
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
    guard growing == nil, !spares.isEmpty else { return nil }
    growing = spares.removeFirst()
    return growing
  }

  /// Begins to make an interface in the place of the oldest one.
  ///
  /// - Returns: `nil` if the group may have no more.
  package mutating func beginReplacing() -> (former: Int, successor: Int)? {
    guard !spares.isEmpty else { return nil }
    // Where one is being replaced already, the oldest is the one that comes in its place.
    let replacement = (
      former: replacements.last?.successor ?? members[0], successor: spares.removeLast()
    )
    replacements.append(replacement)
    return replacement
  }

  /// What becomes of a group when one of its interfaces is in use.
  package enum Opening: Hashable, Sendable {
    /// It has one more.
    case grown
    /// It has this one in the place of another.
    case replaced(former: Int)
    /// It begins anew with this one: all that it had are gone.
    case begun
  }

  /// Takes an interface that was made into use.
  package mutating func open(_ interface: Int) -> Opening {
    if interface == growing {
      growing = nil
      members.append(interface)
      return .grown
    }
    if let number = replacements.firstIndex(where: { $0.successor == interface }) {
      let former = replacements.remove(at: number).former
      if let place = members.firstIndex(of: former) {
        members[place] = interface
        return .replaced(former: former)
      }
    }
    members = [interface]
    spares = planned.filter { $0 != interface }
    growing = nil
    replacements = []
    return .begun
  }

  /// Takes note that an interface cannot be had; it may be asked for again later.
  package mutating func refuse(_ interface: Int) {
    if interface == growing {
      growing = nil
      spares.insert(interface, at: 0)
    } else if let number = replacements.firstIndex(where: { $0.successor == interface }) {
      replacements.remove(at: number)
      spares.append(interface)
    }
  }
}

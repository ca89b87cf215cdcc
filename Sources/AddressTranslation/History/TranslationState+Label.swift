extension Translation.State {
  /// The state as records of translations name it.
  package var label: StaticString {
    switch self {
    case .udpOneWay: "udpOneWay"
    case .udpTwoWay: "udpTwoWay"
    case .opening: "opening"
    case .openingAnswered: "openingAnswered"
    case .established: "established"
    case .halfClosed: "halfClosed"
    case .closing: "closing"
    case .closed: "closed"
    case .reset: "reset"
    case .icmpQuery: "icmpQuery"
    }
  }

  /// The state of this name.
  package init?(label: String) {
    guard let state = Self.allCases.first(where: { $0.label.description == label }) else {
      return nil
    }
    self = state
  }
}

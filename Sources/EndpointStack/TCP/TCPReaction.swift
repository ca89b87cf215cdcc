/// What a connection wants done about a segment that has arrived.
struct TCPReaction {
  /// A change that the connection's owner is told about.
  enum Event {
    case none
    /// Both sides have agreed to talk.
    case established
    /// The other side refused to open the connection.
    case refused
    /// The other side broke the connection off.
    case reset
    /// The connection is over and is to be forgotten.
    case closed
    /// A closed connection's ports are used for a new one: forget this one, and look at the
    /// segment again.
    case replaced
  }

  /// What is to be done with the payload.
  enum Text {
    case none
    /// It continues what has been delivered.
    case deliver
    /// It lies beyond a gap and is to be kept.
    case keep
  }

  var event = Event.none
  var text = Text.none
  /// Whether something sent was acknowledged for the first time.
  var isProgress = false
  /// The sequence number of a reset that is to be sent.
  var reset: SequenceNumber?
}

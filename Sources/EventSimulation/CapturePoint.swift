/// A place on the path where frames are written down: one pcapng interface.
public struct CapturePoint: Hashable, Sendable {
  /// Its number, or a negative one if it writes nothing.
  let index: Int32

  /// A point that writes nothing, for a scenario that did not ask for it.
  public static var none: CapturePoint { CapturePoint(index: -1) }

  /// Whether frames are written down or counted there.
  @inline(__always)
  var isOpen: Bool { index >= 0 }
}

/// Whether a frame was entering or leaving the interface of a capture point.
///
/// The values are those of the direction bits of `epb_flags`.
public enum CaptureDirection: UInt32, Sendable {
  case inbound = 1
  case outbound = 2
}

/// Whether the frame goes on from here, as `epb_verdict` says it.
public enum CaptureVerdict: Sendable {
  /// Nothing is said; the frame goes on.
  case none
  /// The frame dies here.
  case dropped
}

/// Which comments a run writes into its captures.
public enum AnnotationLevel: Int, Hashable, Sendable, CaseIterable {
  case none
  /// Where a packet was translated or dropped.
  case changes
  /// Also where it entered a tunnel or took the slow path.
  case all
}

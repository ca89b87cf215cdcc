import EventSimulation

/// The capture points of a run, by where they are, whether they are written or not.
struct TapPoints {
  /// One to an environment.
  var guests: [CapturePoint] = []
  /// One to a worker.
  var slots: [CapturePoint] = []
  var tunnels: [CapturePoint] = []
  var hyperplaneIn = CapturePoint.none
  var hyperplaneOut = CapturePoint.none
  /// One to an interface of each VPC.
  var interfaces: [[CapturePoint]] = []
  /// One to a VPC.
  var resolvers: [CapturePoint] = []
}

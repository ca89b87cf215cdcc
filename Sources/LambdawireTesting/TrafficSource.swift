/// Something that has captures: a run, or files from elsewhere.
public protocol TrafficSource {
  var traffic: RecordedTraffic { get }
}

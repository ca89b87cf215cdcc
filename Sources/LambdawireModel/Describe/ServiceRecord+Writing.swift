package import LambdaService
package import SimulatedTime

extension ServiceRecord {
  /// Writes a record of events that no run has made, such as those of a control plane on its own.
  ///
  /// - Parameters:
  ///   - events: What has happened.
  ///   - path: The file, which must not exist.
  ///   - epoch: The date of time zero.
  /// - Throws: That it cannot be written.
  package static func write(
    _ events: [RunEvent], to path: String, epoch: CalendarTime
  ) throws(OutputError) {
    let log = EventLog(to: try EventFile(path: path, shownPath: path), epoch: epoch)
    for event in events { log.add(event) }
    try log.finish()
  }
}

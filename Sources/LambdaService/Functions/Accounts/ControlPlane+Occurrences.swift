extension ControlPlane {
  /// Whether something has happened since ``takeOccurrences()`` was last called.
  ///
  /// Asked after every invocation, of which hardly any makes something happen.
  var hasOccurrences: Bool { !occurrences.isEmpty }
}

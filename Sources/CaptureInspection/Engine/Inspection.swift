/// One reading of a set of captures, from opening them to the results.
enum Inspection {
  static func run(
    _ paths: [String], _ settings: InspectionSettings, verifies: Bool
  ) -> (analysis: CaptureAnalysis, rules: [RuleResult]) {
    var merge = CaptureMerge(paths: paths, settings: settings)
    var inspector = Inspector(settings: settings, verifies: verifies)
    inspector.learn(merge)
    while merge.advance(glancing: { inspector.glance($0, $1) }) {
      if merge.taps.count != inspector.taps.count { inspector.learn(merge) }
      merge.withFrame { sighting, bytes in inspector.take(sighting, bytes) }
    }
    inspector.learn(merge)
    inspector.endAll()
    let rules =
      verifies
      ? inspector.rules.results(
        files: merge.files, taps: inspector.taps, points: inspector.points) : []
    var analysis = CaptureAnalysis(inspector, files: merge.files)
    if merge.runs.count > 1 {
      analysis.problem = .differentRuns(merge.runs)
    } else if !inspector.hasPairedFiles,
      let reason = merge.unpairedReason(inspector.counters, settings)
    {
      analysis.problem = .nothingPaired(reason: reason)
    }
    return (analysis, rules)
  }
}

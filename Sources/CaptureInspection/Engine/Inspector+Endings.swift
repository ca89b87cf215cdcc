extension Inspector {
  /// Gives up packets that have been under way for too long.
  @inline(__always)
  mutating func giveUpOldPassages(at time: Int64) {
    while let oldest = passages.oldest, isTooOld(passages[oldest], at: time) {
      end(oldest, atEndOfCapture: false)
      passages.remove(oldest)
    }
  }

  @inline(__always)
  private func isTooOld(_ passage: Passage, at time: Int64) -> Bool {
    let limit = passage.hasPacketID ? settings.packetLifetime : settings.matchingWindow
    return SaturatedTime.elapsed(from: passage.firstTime, to: time) > limit
  }

  /// Ends all passages, because there are no more frames.
  mutating func endAll() {
    while let oldest = passages.oldest {
      end(oldest, atEndOfCapture: true)
      passages.remove(oldest)
    }
    checkAppearances()
    if !isComplete {
      rules.note(.origin, "a capture filter was at work, so what was not captured proves nothing")
    }
  }

  /// Decides what became of a packet that will not be seen again.
  @inline(__always)
  mutating func end(_ position: Int, atEndOfCapture: Bool) {
    let passage = passages[position]
    let isSingle = passage.firstTap == passage.lastTap
    if !passage.hasPacketID, isSingle { noteUnmatched(passage) }
    if passage.isDropped { return }
    let way = passage.way ?? passage.lastFlow.flatMap { flows.way(of: $0) }
    if !passage.hasPacketID, isSingle { checkAppearance(passage, way) }
    let last = taps[Int(passage.lastTap)]
    guard let way, !isThrough(passage, way, last) else {
      if let way, !isSingle { noteWholePath(passage, way, last) }
      return
    }
    // As long as a hop can take, a packet may still be in it.
    let rest = SaturatedTime.elapsed(from: passage.lastTime, to: lastTime)
    if atEndOfCapture, rest <= hops.maximum ?? .max {
      underWayCount &+= 1
      return
    }
    guard isComplete, let flow = passage.lastFlow else { return }
    incidents[flow, default: Incident()].vanished.add(
      passage.lastFrame, time: passage.lastTime,
      packetID: passage.hasPacketID ? passage.key : nil)
  }

  /// Whether a packet got as far as packets of its kind do.
  @inline(__always)
  private func isThrough(_ passage: Passage, _ way: PathDirection, _ last: Tap) -> Bool {
    switch way {
    case .outward:
      if last.rank == outermostRank { return true }
      if let flow = passage.lastFlow, flows.entries[flow.entry].continuesOuter { return false }
      return last.rank >= farthest[passage.tuple.destination.address] ?? last.rank
    case .inward:
      if last.rank == innermostRank { return true }
      guard let flow = passage.lastFlow else { return true }
      return !flows.entries[flow.entry].continuesInner
    }
  }

  @inline(__always)
  private mutating func noteWholePath(_ passage: Passage, _ way: PathDirection, _ last: Tap) {
    let whole = SaturatedTime.elapsed(from: passage.firstTime, to: passage.lastTime)
    if verifies {
      rules.check(.latencySum)
      if whole != passage.hopSum {
        let origin = name(of: taps[Int(passage.firstTap)])
        let end = name(of: last)
        rules.violate(
          .latencySum, sighting(of: passage),
          found: "hop times of \(passage.hopSum) ns in all",
          expected: "\(whole) ns, from \(origin) to \(end)")
      }
    }
    guard whole >= 0 else { return }
    wholePaths.record(
      whole, from: taps[Int(passage.firstTap)].point, to: last.point, way: way)
  }

  private mutating func noteUnmatched(_ passage: Passage) {
    let tap = Int(passage.lastTap)
    counters[tap].unmatchedCount &+= 1
    if counters[tap].unmatched.count < settings.findingLimit {
      counters[tap].unmatched.append(passage.lastFrame)
    }
  }

  /// The last frame of a passage.
  func sighting(of passage: Passage) -> Sighting {
    var sighting = Sighting.none
    sighting.frame = passage.lastFrame
    sighting.tap = Int(passage.lastTap)
    sighting.time = passage.lastTime
    sighting.packetID = passage.hasPacketID ? passage.key : nil
    return sighting
  }

  /// Name of a tap's point.
  func name(of tap: Tap) -> String { points[tap.point].name }

  /// A frame as messages name it; the file's name comes from the finding it stands in.
  func place(of frame: FrameNumber) -> String {
    "frame \(frame.frame) of \(fileNames[frame.file])"
  }
}

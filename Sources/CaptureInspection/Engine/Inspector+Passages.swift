extension Inspector {
  /// Begins to follow a packet that has not been seen before.
  @inline(__always)
  mutating func begin(
    _ sighting: Sighting, _ facts: FrameFacts, _ flow: FlowTable.Reference?, _ tap: Tap
  ) -> Int {
    if verifies, isComplete { rules.check(.origin) }
    let isReset = facts.isTCP && facts.segment.flags & TCPSegment.rst != 0
    let mayStartAnywhere = isReset || facts.isICMPError
    if let way = sighting.way {
      checkOrigin(sighting, way, flow, tap, mayStartAnywhere: mayStartAnywhere)
    }
    if passages.openCount >= settings.openPacketLimit, let oldest = passages.oldest {
      givenUpCount &+= 1
      passages.remove(oldest)
    }
    let tuple = facts.hasTranslated ? facts.translated : facts.tuple
    var passage = Passage(
      key: sighting.packetID ?? facts.content, hasPacketID: sighting.packetID != nil,
      tuple: tuple, firstTime: sighting.time, lastTime: sighting.time,
      payloadHash: facts.payloadHash, visited: 1 &<< UInt64(tap.point),
      firstFrame: sighting.frame, lastFrame: sighting.frame, firstFlow: flow, lastFlow: flow,
      firstTap: UInt16(truncatingIfNeeded: sighting.tap),
      lastTap: UInt16(truncatingIfNeeded: sighting.tap), identification: facts.identification,
      timeToLive: facts.timeToLive, marks: facts.marks, way: sighting.way,
      mayStartAnywhere: mayStartAnywhere)
    if tap.rank == innermostRank { passage.environment = passage.firstTap }
    return passages.insert(passage)
  }

  /// Takes in that a packet was seen at one more point.
  @inline(__always)
  mutating func move(
    _ position: Int, _ sighting: Sighting, _ facts: FrameFacts, _ flow: FlowTable.Reference?,
    _ tap: Tap
  ) {
    let before = passages[position]
    if before.lastFrame.file != sighting.frame.file { hasPairedFiles = true }
    let from = taps[Int(before.lastTap)]
    if from.point != tap.point || Int(before.lastTap) != sighting.tap {
      cross(position, before, from, sighting, facts, flow, tap)
    } else {
      let time = SaturatedTime.elapsed(from: before.lastTime, to: sighting.time)
      passages[position].hopSum = SaturatedTime.sum(before.hopSum, max(0, time))
    }
    if verifies {
      rules.check(.timeToLive)
      if facts.timeToLive > before.timeToLive {
        let origin = name(of: from)
        rules.violate(
          .timeToLive, sighting, found: "time to live \(facts.timeToLive)",
          expected: "at most \(before.timeToLive), as at \(origin)")
      }
      if facts.payloadHash != 0, before.payloadHash != 0 {
        rules.check(.payloadUnchanged)
        if facts.payloadHash != before.payloadHash {
          let (place, origin) = (place(of: before.lastFrame), name(of: from))
          rules.violate(
            .payloadUnchanged, sighting, found: "another payload than at \(origin)",
            expected: "the payload of \(place)")
        }
      }
      if facts.marks != before.marks { checkMarks(before, from, sighting, facts) }
    }
    let tuple = facts.hasTranslated ? facts.translated : facts.tuple
    Self.update(&passages[position], sighting, facts, tuple, flow, tap)
  }

  @inline(__always)
  private static func update(
    _ passage: inout Passage, _ sighting: Sighting, _ facts: FrameFacts, _ tuple: FlowTuple,
    _ flow: FlowTable.Reference?, _ tap: Tap
  ) {
    passage.tuple = tuple
    passage.lastTime = sighting.time
    passage.lastFrame = sighting.frame
    passage.lastTap = UInt16(truncatingIfNeeded: sighting.tap)
    passage.lastFlow = flow
    passage.timeToLive = facts.timeToLive
    passage.marks = facts.marks
    passage.visited |= 1 &<< UInt64(tap.point)
    if facts.payloadHash != 0 { passage.payloadHash = facts.payloadHash }
  }

  /// Takes in that a packet has gone from one point to another.
  @inline(__always)
  private mutating func cross(
    _ position: Int, _ before: Passage, _ from: Tap, _ sighting: Sighting, _ facts: FrameFacts,
    _ flow: FlowTable.Reference?, _ tap: Tap
  ) {
    let time = SaturatedTime.elapsed(from: before.lastTime, to: sighting.time)
    let way = before.way ?? sighting.way ?? (from.rank <= tap.rank ? .outward : .inward)
    if before.way == nil {
      passages[position].way = way
      if let last = before.lastFlow { flows.noteWay(of: last, way) }
      if let flow { flows.noteWay(of: flow, way) }
    }
    let isForward = way == .outward ? from.rank <= tap.rank : from.rank >= tap.rank
    if verifies {
      rules.check(.timeOrder)
      if time < 0 {
        let origin = name(of: from)
        rules.violate(
          .timeOrder, sighting, found: "time \(sighting.time)",
          expected: "not before \(before.lastTime), when it was at \(origin)")
      } else if !isForward {
        let (origin, place) = (name(of: from), name(of: tap))
        rules.violate(
          .timeOrder, sighting, found: "\(place) reached after \(origin), going \(way)",
          expected: "\(place) reached before \(origin)")
      }
    }
    if time >= 0 {
      passages[position].hopSum = SaturatedTime.sum(before.hopSum, time)
      hops.record(time, from: from.point, to: tap.point, way: way)
    }
    if let last = before.lastFlow {
      flows.noteContinuation(of: last, outer: from.rank < tap.rank)
    }
    if let flow { flows.noteContinuation(of: flow, outer: tap.rank < from.rank) }
    guard facts.hasTranslated, isForward, from.point != tap.point else { return }
    let inner = way == .outward ? from : tap
    let outer = way == .outward ? tap : from
    let pair = TranslationTable.PointPair(inner: inner.point, outer: outer.point)
    if facts.translated != before.tuple {
      if verifies { checkDecrement(before, from, sighting, facts) }
      translate(before, sighting, facts, way, pair)
    } else if verifies, translations.translates(pair) {
      checkUntranslated(before, sighting, facts, way, pair)
    }
  }

  // MARK: Packets without an id

  /// How many packets of one content are compared.
  private static var candidateLimit: Int { 32 }

  /// The packet under way that this may be, seen at another point.
  ///
  /// Of several, one is preferred that a known translation explains, then one with the same IP
  /// identification, then the oldest.
  func findByContent(_ facts: FrameFacts, _ sighting: Sighting, _ tap: Tap) -> Int? {
    var best: (position: Int, score: Int, time: Int64)?
    var seen = 0
    passages.forEach(content: facts.content) { position in
      let passage = passages[position]
      guard passage.visited & 1 &<< UInt64(tap.point) == 0, !passage.isFinished,
        passage.tuple.sharesEnd(with: facts.hasTranslated ? facts.translated : facts.tuple)
      else {
        // In two files at once: the same frame.
        if passage.lastTap == UInt16(truncatingIfNeeded: sighting.tap),
          isSameFrame(sighting, passage)
        {
          best = (position, .max, passage.firstTime)
          return false
        }
        return true
      }
      let score = score(passage, facts, tap)
      if let current = best,
        current.score > score || current.score == score && current.time <= passage.firstTime
      {
        return seen < Self.candidateLimit
      }
      best = (position, score, passage.firstTime)
      seen += 1
      return seen < Self.candidateLimit
    }
    return best?.position
  }

  private func isSameFrame(_ sighting: Sighting, _ passage: Passage) -> Bool {
    passage.lastTime == sighting.time && passage.lastFrame.file != sighting.frame.file
  }

  private func score(_ passage: Passage, _ facts: FrameFacts, _ tap: Tap) -> Int {
    var score = passage.identification == facts.identification ? 1 : 0
    guard facts.hasTranslated else { return score }
    let from = taps[Int(passage.lastTap)]
    let isOutward = from.rank <= tap.rank
    let pair = TranslationTable.PointPair(
      inner: isOutward ? from.point : tap.point, outer: isOutward ? tap.point : from.point)
    guard translations.translates(pair) else { return score }
    let before = passage.tuple
    // The interface that is part of the key is the inner one, which outward is where we come from.
    if isOutward {
      let inside = before.at(Int(passage.lastTap))
      if let known = translations.find(inside: inside, pair),
        translations[known].outside.at(0) == facts.translated
      {
        score += 2
      }
    } else {
      let outside = before.reversed.at(Int(passage.lastTap))
      if let known = translations.find(outside: outside, pair),
        translations[known].inside.at(0) == facts.translated.reversed
      {
        score += 2
      }
    }
    return score
  }
}

import PacketFormats

extension Inspector {
  /// Takes in that a crossing changed a packet's addresses or ports.
  mutating func translate(
    _ before: Passage, _ sighting: Sighting, _ facts: FrameFacts, _ way: PathDirection,
    _ pair: TranslationTable.PointPair
  ) {
    let isOutward = way == .outward
    // Both from the inside outwards, with the interface where that form was seen.
    let inside = (isOutward ? before.tuple : facts.translated.reversed)
      .at(isOutward ? Int(before.lastTap) : sighting.tap)
    let outside = (isOutward ? facts.translated : before.tuple.reversed)
      .at(isOutward ? sighting.tap : Int(before.lastTap))
    if facts.isICMPError {
      checkError(sighting, facts, inside, outside, way, pair)
      return
    }
    if verifies {
      rules.check(isOutward ? .oneInsidePerOutside : .reversePath)
      if isOutward { rules.check(.oneOutsidePerInside) }
    }
    if let known = translations.find(inside: inside, pair),
      translations[known].outside == outside, translations[known].ownsOutside
    {
      if verifies, !isOutward { checkInward(translations[known], before, sighting) }
      Self.use(&translations[known], before, sighting, facts, way)
      return
    }
    guard let position = settle(inside, outside, sighting, way, pair) else { return }
    if verifies, !isOutward, translations[position].firstFrame == sighting.frame {
      checkUnasked(translations[position], sighting)
    }
    Self.use(&translations[position], before, sighting, facts, way)
  }

  /// Checks a packet that came in by a known translation.
  @inline(__always)
  private mutating func checkInward(
    _ entry: TranslationTable.Entry, _ before: Passage, _ sighting: Sighting
  ) {
    if settings.admitsOnlyAnswers { rules.check(.admission) }
    guard let timeout = settings.idleTimeouts.timeout(of: entry.inside) else { return }
    rules.check(.idleTimeout)
    // From where the translator's last packet came out to where this one had yet to go in: less
    // than the translator saw, so that nobody is blamed for the time that packets take.
    let idle = SaturatedTime.elapsed(from: entry.lastTime, to: before.lastTime)
    guard idle > timeout else { return }
    let place = place(of: entry.lastFrame)
    rules.violate(
      .idleTimeout, sighting,
      found: "a packet let in to \(entry.inside.source) by \(entry.outside.source), idle for "
        + "\(idle / 1_000_000_000) s since \(place)",
      expected: "none after \(timeout / 1_000_000_000) s")
  }

  /// Checks a packet that came in although no translation was known.
  private mutating func checkUnasked(
    _ entry: TranslationTable.Entry, _ sighting: Sighting
  ) {
    guard settings.admitsOnlyAnswers else { return }
    rules.check(.admission)
    rules.violate(
      .admission, sighting,
      found: "a packet from \(entry.outside.destination) to \(entry.outside.source), let in to "
        + "\(entry.inside.source)",
      expected: "it to be dropped: nothing went out from there to \(entry.inside.destination)")
  }

  /// Counts a packet that was translated as it should.
  @inline(__always)
  private static func use(
    _ entry: inout TranslationTable.Entry, _ before: Passage, _ sighting: Sighting,
    _ facts: FrameFacts, _ way: PathDirection
  ) {
    if sighting.time > entry.lastTime { entry.lastTime = sighting.time }
    entry.lastFrame = sighting.frame
    if way == .outward {
      entry.outwardCount &+= 1
      if entry.environment == Passage.noEnvironment { entry.environment = before.environment }
    } else {
      entry.inwardCount &+= 1
    }
    guard facts.isTCP else { return }
    let flags = facts.segment.flags
    if flags & TCPSegment.rst != 0 { entry.hasRST = true }
    if flags & TCPSegment.fin != 0 {
      if way == .outward { entry.hasOutwardFIN = true } else { entry.hasInwardFIN = true }
    }
    if way == .outward, flags & (TCPSegment.syn | TCPSegment.ack) == TCPSegment.syn {
      // The same ports begin another connection.
      entry.hasRST = false
      entry.hasOutwardFIN = false
      entry.hasInwardFIN = false
    }
  }

  /// Finds or makes the translation for a pair that is not the current one of both its ends.
  ///
  /// - Returns: `nil` if a reply went elsewhere than its translation says, which makes none.
  private mutating func settle(
    _ inside: FlowTuple, _ outside: FlowTuple, _ sighting: Sighting, _ way: PathDirection,
    _ pair: TranslationTable.PointPair
  ) -> Int? {
    let byInside = translations.find(inside: inside, pair)
    let byOutside = translations.find(outside: outside, pair)
    let lifetimes = settings.translationLifetimes
    // Who sends out may have a new translation because the old one has ended; what comes in only
    // shows which ones there are.
    func contradicts(_ other: TranslationTable.Entry) -> Bool {
      way == .outward
        ? lifetimes.prove(other, at: sighting.time) : lifetimes.cover(other, at: sighting.time)
    }
    var isContradicted = false
    if let byOutside, translations[byOutside].inside != inside {
      let other = translations[byOutside]
      if contradicts(other) {
        isContradicted = true
        report(.oneInsidePerOutside, sighting, way, inside, outside, other, of: outside)
      }
    }
    if let byInside, translations[byInside].outside != outside {
      let other = translations[byInside]
      if contradicts(other), !isContradicted || way == .outward {
        isContradicted = true
        report(.oneOutsidePerInside, sighting, way, inside, outside, other, of: inside)
      }
    }
    if isContradicted, way == .inward { return nil }
    if let byInside {
      if translations[byInside].outside == outside {
        if lifetimes.spans(translations[byInside], to: sighting.time) {
          translations.takeOutside(byInside)
          return byInside
        }
      } else if let earlier = translations.revive(
        latest: byInside, outside: outside,
        where: { lifetimes.spans($0, to: sighting.time) })
      {
        translations.takeOutside(earlier)
        return earlier
      }
    }
    checkPort(inside, outside, sighting)
    let position = translations.insert(
      TranslationTable.Entry(
        inside: inside, outside: outside, pair: pair, frame: sighting.frame,
        time: sighting.time))
    checkExchange(position, sighting)
    return position
  }

  /// Reports that a packet contradicts a translation that is alive.
  private mutating func report(
    _ rule: Rule, _ sighting: Sighting, _ way: PathDirection, _ inside: FlowTuple,
    _ outside: FlowTuple, _ other: TranslationTable.Entry, of shared: FlowTuple
  ) {
    guard verifies else { return }
    let place = place(of: other.lastFrame)
    let crossing = "\(points[other.pair.inner].name) → \(points[other.pair.outer].name)"
    if way == .inward {
      rules.violate(
        .reversePath, sighting,
        found: "a reply to \(outside.source) delivered to \(inside.source)",
        expected:
          "\(other.inside.source) as \(other.outside.source) for \(other.outside.destination)"
          + ", as in \(place), \(crossing)")
      return
    }
    rules.violate(
      rule, sighting, found: "\(inside.source) as \(outside.source) to \(outside.destination)",
      expected: rule == .oneInsidePerOutside
        ? "\(outside.source) only for \(other.inside.source), as in \(place)"
        : "\(inside.source) only as \(other.outside.source), as in \(place)")
  }

  /// Checks the port that a translator has chosen.
  ///
  /// A port that it left alone is not its choice.
  private mutating func checkPort(
    _ inside: FlowTuple, _ outside: FlowTuple, _ sighting: Sighting
  ) {
    guard verifies, inside.protocol == .tcp || inside.protocol == .udp,
      inside.sourcePort != outside.sourcePort
    else { return }
    rules.check(.portRange)
    if !settings.ports.contains(outside.sourcePort) {
      rules.violate(
        .portRange, sighting, found: "\(inside.source) as port \(outside.sourcePort)",
        expected: "a port from \(settings.ports.lowerBound) to \(settings.ports.upperBound)")
    }
  }

  /// Checks that a packet left alone has no translation.
  mutating func checkUntranslated(
    _ before: Passage, _ sighting: Sighting, _ facts: FrameFacts, _ way: PathDirection,
    _ pair: TranslationTable.PointPair
  ) {
    if way == .outward {
      rules.check(.oneOutsidePerInside)
      guard
        let known = translations.find(
          inside: facts.translated.at(Int(before.lastTap)), pair),
        settings.translationLifetimes.cover(translations[known], at: sighting.time)
      else { return }
      let entry = translations[known]
      let place = place(of: entry.lastFrame)
      rules.violate(
        .oneOutsidePerInside, sighting, found: "\(facts.translated.source) left as it is",
        expected: "\(entry.outside.source), as in \(place)")
    } else {
      rules.check(.reversePath)
      guard
        let known = translations.find(
          outside: facts.translated.reversed.at(Int(before.lastTap)), pair),
        settings.translationLifetimes.cover(translations[known], at: sighting.time)
      else { return }
      let entry = translations[known]
      let place = place(of: entry.lastFrame)
      rules.violate(
        .reversePath, sighting, found: "a reply to \(facts.translated.destination) left as it is",
        expected: "\(entry.inside.source), as in \(place)")
    }
  }

  /// Checks that an ICMP error is translated like the flow it is about (RFC 5508, REQ-4).
  private mutating func checkError(
    _ sighting: Sighting, _ facts: FrameFacts, _ inside: FlowTuple, _ outside: FlowTuple,
    _ way: PathDirection, _ pair: TranslationTable.PointPair
  ) {
    guard verifies else { return }
    rules.check(.reversePath)
    let known =
      way == .outward
      ? translations.find(inside: inside, pair) : translations.find(outside: outside, pair)
    guard let known, settings.translationLifetimes.cover(translations[known], at: sighting.time)
    else { return }
    let entry = translations[known]
    let place = place(of: entry.lastFrame)
    if entry.inside != inside || entry.outside != outside {
      rules.violate(
        .reversePath, sighting,
        found: "an ICMP error about \(outside.source) turned into one about \(inside.source)",
        expected: "\(entry.inside.source) as \(entry.outside.source), "
          + "as in \(place)")
    }
  }
}

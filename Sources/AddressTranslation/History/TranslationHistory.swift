public import PacketFormats
public import SimulatedTime

/// Everything that became of a translator's translations, to be asked about any instant.
///
/// It is fed with events in the order in which ``Translator/nextEvent()`` tells them. Asking about
/// a flow or an outside end takes time that grows with the logarithm of how many translations it
/// had; asking for the whole table, with the size of the answer. Nothing is ever scanned or sorted.
public struct TranslationHistory: Sendable {
  /// One life of a translation.
  private struct Life {
    var flow: Flow
    var outside: TransportAddress
    var made: Int64
    var endReason: TranslationEvent.EndReason?
    /// Number of its last change of state.
    var lastStep: UInt32
  }

  /// A state, and when it began.
  private struct Step {
    var instant: Int64
    var state: Translation.State
  }

  private struct Outside: Hashable {
    var `protocol`: IPProtocol
    var end: TransportAddress
  }

  private struct Reverse: Hashable {
    var outside: Outside
    var remote: TransportAddress
  }

  private var lives: [Life] = []
  private var ends = IntervalTree()
  private var steps: [Step] = []
  private var stepLists = SkipList()
  // Looked up, never read in their own order.
  private var byFlow: [Flow: UInt32] = [:]
  private var flowLists = SkipList()
  private var byReverse: [Reverse: UInt32] = [:]
  private var reverseLists = SkipList()
  private var byOutside: [Outside: UInt32] = [:]
  private var outsideLists = SkipList()
  private var latest = Instant(nanoseconds: .min)

  public init() {}

  /// How many translations there were, those that have ended included.
  public var count: Int { lives.count }

  /// When the last event happened, or `nil` without any.
  public var lastEvent: Instant? { lives.isEmpty ? nil : latest }

  // MARK: Events

  /// Takes in an event.
  ///
  /// - Throws: That it contradicts those before; nothing is changed then.
  public mutating func add(_ event: TranslationEvent) throws(TranslationHistoryError) {
    guard event.instant >= latest else { throw .backwards(event.instant, after: latest) }
    guard lives.count < Int(SkipList.none), steps.count < Int(SkipList.none) else { throw .full }
    switch event.kind {
    case .made: try begin(event)
    case .changed:
      let number = try living(event)
      appendStep(event, to: number)
    case .ended(let reason):
      let number = try living(event)
      ends.close(number, at: event.instant.nanoseconds)
      lives[number].endReason = reason
    }
    latest = event.instant
  }

  private mutating func begin(_ event: TranslationEvent) throws(TranslationHistoryError) {
    let flow = event.translation.flow
    let previous = byFlow[flow] ?? SkipList.none
    if previous != SkipList.none, ends.end(Int(previous)) == .max {
      throw .madeTwice(flow, at: event.instant)
    }
    let number = lives.count
    let outside = Outside(protocol: flow.protocol, end: event.translation.outside)
    let reverse = Reverse(outside: outside, remote: flow.remote)
    lives.append(
      Life(
        flow: flow, outside: event.translation.outside, made: event.instant.nanoseconds,
        lastStep: SkipList.none))
    ends.append()
    flowLists.append(behind: previous)
    byFlow[flow] = UInt32(number)
    reverseLists.append(behind: byReverse[reverse] ?? SkipList.none)
    byReverse[reverse] = UInt32(number)
    outsideLists.append(behind: byOutside[outside] ?? SkipList.none)
    byOutside[outside] = UInt32(number)
    appendStep(event, to: number)
  }

  private mutating func appendStep(_ event: TranslationEvent, to number: Int) {
    stepLists.append(behind: lives[number].lastStep)
    lives[number].lastStep = UInt32(steps.count)
    steps.append(Step(instant: event.instant.nanoseconds, state: event.translation.state))
  }

  /// The life that an event is about.
  private func living(_ event: TranslationEvent) throws(TranslationHistoryError) -> Int {
    let translation = event.translation
    guard let number = byFlow[translation.flow], ends.end(Int(number)) == .max,
      lives[Int(number)].outside == translation.outside
    else { throw .unknown(translation.flow, outside: translation.outside, at: event.instant) }
    return Int(number)
  }

  // MARK: Questions

  /// The translation of `flow` as it stood at `instant`.
  ///
  /// - Returns: `nil` if there was none, or if it had ended by then.
  public func translation(of flow: Flow, at instant: Instant) -> RecordedTranslation? {
    standing(byFlow[flow], flowLists, at: instant)
  }

  /// The translation that a packet from `remote` to `outside` would have belonged to at `instant`.
  ///
  /// - Returns: `nil` if there was none, or if it had ended by then.
  public func translation(
    protocol: IPProtocol, outside: TransportAddress, remote: TransportAddress, at instant: Instant
  ) -> RecordedTranslation? {
    let key = Reverse(outside: Outside(protocol: `protocol`, end: outside), remote: remote)
    return standing(byReverse[key], reverseLists, at: instant)
  }

  /// Every translation as it stood at `instant`, in the order in which they were made.
  public func translations(at instant: Instant) -> [RecordedTranslation] {
    var found: [RecordedTranslation] = []
    forEachTranslation(at: instant) { found.append($0) }
    return found
  }

  /// Hands over every translation as it stood at `instant`, in the order in which they were made.
  public func forEachTranslation(at instant: Instant, _ body: (RecordedTranslation) -> Void) {
    // Lives stand in the order of their beginnings.
    var (low, high) = (0, lives.count)
    while low < high {
      let middle = (low + high) / 2
      if lives[middle].made <= instant.nanoseconds { low = middle + 1 } else { high = middle }
    }
    ends.forEach(before: low, endingAfter: instant.nanoseconds) { number in
      body(recorded(number, at: instant))
    }
  }

  /// Every translation that an outside address and port ever had, in the order in which they were
  /// made, as they stood at their ends.
  public func history(
    protocol: IPProtocol, outside: TransportAddress
  ) -> [RecordedTranslation] {
    list(byOutside[Outside(protocol: `protocol`, end: outside)], outsideLists)
  }

  /// Every translation that a flow ever had, in the order in which they were made, as they stood
  /// at their ends.
  public func history(of flow: Flow) -> [RecordedTranslation] {
    list(byFlow[flow], flowLists)
  }

  /// Every translation that there was, in the order in which they were made, as they stood at
  /// their ends.
  public func forEachTranslation(_ body: (RecordedTranslation) -> Void) {
    for number in lives.indices { body(recorded(number, at: Instant(nanoseconds: .max))) }
  }

  /// The states that a translation went through, with the instants at which they began.
  ///
  /// - Parameter translation: As this history told it.
  /// - Returns: None if it is not of this history.
  public func states(
    of translation: RecordedTranslation
  ) -> [(state: Translation.State, since: Instant)] {
    let number = flowLists.last(of: byFlow[translation.flow] ?? SkipList.none) {
      lives[Int($0)].made <= translation.made.nanoseconds
    }
    guard number != SkipList.none, lives[Int(number)].made == translation.made.nanoseconds else {
      return []
    }
    var found: [(state: Translation.State, since: Instant)] = []
    var step = lives[Int(number)].lastStep
    while step != SkipList.none {
      let known = steps[Int(step)]
      found.append((known.state, Instant(nanoseconds: known.instant)))
      step = stepLists.previous(step)
    }
    return found.reversed()
  }

  // MARK: Parts

  private func standing(
    _ last: UInt32?, _ lists: SkipList, at instant: Instant
  ) -> RecordedTranslation? {
    let number = lists.last(of: last ?? SkipList.none) {
      lives[Int($0)].made <= instant.nanoseconds
    }
    guard number != SkipList.none, ends.end(Int(number)) > instant.nanoseconds else { return nil }
    return recorded(Int(number), at: instant)
  }

  private func list(_ last: UInt32?, _ lists: SkipList) -> [RecordedTranslation] {
    var found: [RecordedTranslation] = []
    var number = last ?? SkipList.none
    while number != SkipList.none {
      found.append(recorded(Int(number), at: Instant(nanoseconds: .max)))
      number = lists.previous(number)
    }
    return found.reversed()
  }

  private func recorded(_ number: Int, at instant: Instant) -> RecordedTranslation {
    let life = lives[number]
    let step = stepLists.last(of: life.lastStep) {
      steps[Int($0)].instant <= instant.nanoseconds
    }
    // A translation that has begun has a first step, at the instant of its beginning.
    let state = step == SkipList.none ? steps[Int(life.lastStep)] : steps[Int(step)]
    let end = ends.end(number)
    return RecordedTranslation(
      flow: life.flow, outside: life.outside, state: state.state,
      stateSince: Instant(nanoseconds: state.instant), made: Instant(nanoseconds: life.made),
      ended: end == .max ? nil : Instant(nanoseconds: end), endReason: life.endReason)
  }
}

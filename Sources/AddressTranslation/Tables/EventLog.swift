/// Events that wait for the owner to take them, oldest first.
struct EventLog: ~Copyable {
  private var events: [TranslationEvent] = []
  private var taken = 0

  mutating func append(_ event: TranslationEvent) {
    events.append(event)
  }

  mutating func next() -> TranslationEvent? {
    guard taken < events.count else { return nil }
    let event = events[taken]
    taken += 1
    if taken == events.count {
      // Everything was taken: begin again in the memory there is.
      events.removeAll(keepingCapacity: true)
      taken = 0
    } else if taken >= 1024, taken * 2 >= events.count {
      events.removeFirst(taken)
      taken = 0
    }
    return event
  }
}

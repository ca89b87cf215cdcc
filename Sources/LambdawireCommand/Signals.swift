import Glibc
import Synchronization

/// What signals do to the program.
enum Signals {
  private static let interruptions = Atomic<Int>(0)
  /// Whether SIGTERM was the first signal.
  private static let termination = Atomic<Bool>(false)

  /// Has the first Ctrl-C or TERM noted instead of ending the program; a second one ends it.
  static func noteInterruptions() {
    // Whoever started the program may have blocked them: threads of some libraries do.
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    for signal in [SIGINT, SIGTERM] { unsafe sigaddset(&signals, signal) }
    unsafe pthread_sigmask(Int32(SIG_UNBLOCK), &signals, nil)
    for signal in [SIGINT, SIGTERM] {
      Glibc.signal(signal) { number in
        if number == SIGTERM, Signals.interruptions.load(ordering: .relaxed) == 0 {
          Signals.termination.store(true, ordering: .relaxed)
        }
        if Signals.interruptions.add(1, ordering: .relaxed).newValue > 1 { _exit(128 + number) }
      }
    }
  }

  /// Whether the user wants an end.
  static var isInterrupted: Bool { interruptions.load(ordering: .relaxed) > 0 }

  /// Whether the user, or the system, asked for it with SIGTERM.
  static var isTerminated: Bool { termination.load(ordering: .relaxed) }

  /// Has writing to a closed pipe or past a size limit fail like any other write.
  static func ignoreWriteSignals() {
    for signal in [SIGPIPE, SIGXFSZ] { Glibc.signal(signal, SIG_IGN) }
  }
}

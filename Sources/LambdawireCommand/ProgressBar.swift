import Glibc
import LambdawireModel
import SimulatedTime

/// The progress bar of a long run: virtual time, packets, rate, time left.
///
/// It is drawn only on a terminal, not before the run has lasted a moment, and a few times a
/// second. The wall clock decides what it shows and nothing else.
struct ProgressBar {
  private static let delay = 0.5
  private static let interval = 0.2

  private let isShown = Terminal.isInteractive
  private let began = ProgressBar.seconds
  private var lastDrawn = 0.0
  private var isDrawn = false

  private static var seconds: Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  mutating func update(_ progress: Run.Progress) {
    guard isShown else { return }
    let now = Self.seconds
    guard now - began > Self.delay, now - lastDrawn > Self.interval else { return }
    lastDrawn = now
    isDrawn = true
    let elapsed = now - began
    let virtual = Double(progress.time.nanoseconds) * 1e-9
    let end = Double(progress.end.nanoseconds) * 1e-9
    let share = end > 0 ? min(1, virtual / end) : 1
    let left =
      share < 1 ? "about \(Self.duration(elapsed / max(share, 0.001) - elapsed)) left" : "finishing"
    let text =
      "\(Self.fixed(virtual)) of \(Self.fixed(end)) s  \(Self.count(progress.packetCount)) packets  "
      + "\(Self.count(UInt64(Double(progress.recordCount) / elapsed))) records/s  \(left)"
    // The bar keeps its width while the text grows, unless the terminal is narrow.
    let room = max(0, min(16, Terminal.width - text.count - 4))
    let filled = Int(Double(room) * share)
    Terminal.write(
      "\r[" + String(repeating: "#", count: filled)
        + String(repeating: "-", count: room - filled) + "] " + text + "\u{1b}[K")
  }

  /// Takes the bar off the screen.
  func finish() {
    if isDrawn { Terminal.write("\r\u{1b}[K") }
  }

  private static func fixed(_ seconds: Double) -> String {
    let hundredths = Int(seconds * 100)
    let fraction = hundredths % 100
    return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
  }

  private static func count(_ value: UInt64) -> String {
    switch value {
    case 10_000_000...: "\(value / 1_000_000) M"
    case 1_000_000...: "\(value / 1_000_000).\(value / 100_000 % 10) M"
    case 10_000...: "\(value / 1000) k"
    default: "\(value)"
    }
  }

  private static func duration(_ seconds: Double) -> String {
    let whole = Int(min(seconds, 359_999))
    if whole >= 3600 { return "\(whole / 3600) h \(whole % 3600 / 60) min" }
    return whole >= 60 ? "\(whole / 60) min \(whole % 60) s" : "\(whole) s"
  }
}

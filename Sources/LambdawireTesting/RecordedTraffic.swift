public import CaptureInspection
import LambdawireModel
import Synchronization

/// Captures that expectations are held against.
///
/// They are read when the first expectation asks, and only once.
public final class RecordedTraffic: TrafficSource {
  /// The capture files.
  public let files: [String]
  private let settings: InspectionSettings
  /// Keeps the files there while somebody may read them.
  private let scratch: Scratch?
  private let cached = Mutex<Verification?>(nil)

  /// Captures of any kind, from the inside out unless their points have known names.
  public init(files: [String], settings: InspectionSettings = InspectionSettings()) {
    self.files = files
    self.settings = settings
    scratch = nil
  }

  /// Captures that go with the folder they are in.
  init(files: [String], in scratch: Scratch) {
    self.files = files
    self.scratch = scratch
    settings = InspectionSettings()
  }

  /// The captures in a run's folder.
  public convenience init(folder: String) {
    self.init(files: RunFolder.captures(in: folder))
  }

  /// What the captures show, and how they stand with every rule.
  public var verification: Verification {
    cached.withLock { cached in
      if let cached { return cached }
      let verification = Verification(files: files, settings: settings)
      cached = verification
      return verification
    }
  }

  /// What the captures show.
  public var analysis: CaptureAnalysis { verification.analysis }

  public var traffic: RecordedTraffic { self }
}

import CaptureFiles
import Glibc
import LambdawireModel

/// What the program ends with (design §6).
enum ExitStatus: Int32, Error {
  case done = 0
  /// A check failed, or an output could not be completed.
  case failed = 1
  /// Misuse or bad input: nothing was written.
  case badInput = 2
  /// The user pressed Ctrl-C: 128 plus the number of SIGINT, as shells report it.
  case interrupted = 130
  /// SIGTERM came: 128 plus its number.
  case terminated = 143

  /// What an error of the model means: an output that failed, or input that cannot be used.
  init(for error: any Error) {
    switch error {
    case OutputError.refused, CaptureFileError.cannotWrite, CaptureFileError.cannotOpen:
      self = .failed
    default: self = .badInput
    }
  }

  /// Ends the program.
  func endProgram() -> Never {
    fflush(nil)
    exit(rawValue)
  }
}

import LambdawireModel

/// A folder that goes when the last of those who need it does.
final class Scratch: Sendable {
  let folder: ScratchFolder

  init(_ folder: consuming ScratchFolder) {
    self.folder = folder
  }
}

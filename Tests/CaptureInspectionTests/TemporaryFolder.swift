import Glibc

/// A folder for capture files that goes away with this object.
final class TemporaryFolder {
  let path: String
  private var files: [String] = []

  init() {
    var generator = SystemRandomNumberGenerator()
    let directory = unsafe access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
    path = "\(directory)/lambdawire-inspection-\(getpid())-\(generator.next())"
    precondition(unsafe mkdir(path, 0o700) == 0, "no temporary folder")
  }

  deinit {
    for file in files { unsafe unlink(file) }
    unsafe rmdir(path)
  }

  /// The path of a file in the folder.
  func file(_ name: String) -> String {
    let file = "\(path)/\(name)"
    if !files.contains(file) { files.append(file) }
    return file
  }

  /// Writes a file in the folder.
  func write(_ bytes: [UInt8], to name: String) -> String {
    let file = file(name)
    let descriptor = unsafe open(file, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    precondition(descriptor >= 0, "no temporary file")
    defer { close(descriptor) }
    let written = unsafe bytes.withUnsafeBytes { buffer in
      unsafe Glibc.write(descriptor, buffer.baseAddress, buffer.count)
    }
    precondition(written == bytes.count, "no room for a temporary file")
    return file
  }

  func read(_ file: String) -> [UInt8] {
    let descriptor = unsafe open(file, O_RDONLY)
    precondition(descriptor >= 0, "no temporary file")
    defer { close(descriptor) }
    let count = Int(lseek(descriptor, 0, SEEK_END))
    return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      initialized = unsafe max(0, pread(descriptor, buffer.baseAddress, count, 0))
    }
  }
}

/// Removes a file, if it is there.
func unlinkFile(_ path: String) {
  unsafe unlink(path)
}

import Glibc

/// A path for a file that goes away with this object.
final class TemporaryFile {
  let path: String

  init(_ bytes: [UInt8]? = nil) {
    var generator = SystemRandomNumberGenerator()
    // In memory where there is such a place: the fuzz tests write some hundred thousand files.
    let directory = unsafe access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
    path = "\(directory)/lambdawire-\(getpid())-\(generator.next()).cap"
    if let bytes { write(bytes) }
  }

  deinit {
    remove()
  }

  func remove() {
    unsafe unlink(path)
  }

  func write(_ bytes: [UInt8]) {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    precondition(descriptor >= 0, "no temporary file")
    defer { close(descriptor) }
    let written = unsafe bytes.withUnsafeBytes { buffer in
      unsafe Glibc.write(descriptor, buffer.baseAddress, buffer.count)
    }
    precondition(written == bytes.count, "no room for a temporary file")
  }

  var bytes: [UInt8] {
    let descriptor = unsafe open(path, O_RDONLY)
    precondition(descriptor >= 0, "no temporary file")
    defer { close(descriptor) }
    let count = Int(lseek(descriptor, 0, SEEK_END))
    return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      initialized = unsafe max(0, pread(descriptor, buffer.baseAddress, count, 0))
    }
  }
}

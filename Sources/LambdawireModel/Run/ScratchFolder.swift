import Glibc

/// A folder of its own for something that nobody keeps, gone when the value is.
package struct ScratchFolder: ~Copyable {
  /// Where it is.
  package let path: String

  /// Makes one in `TMPDIR`, or in `/tmp`.
  package init() throws(OutputError) {
    let parent = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
    let template = "\(parent.isEmpty ? "/tmp" : parent)/lambdawire-XXXXXX"
    var bytes = Array(template.utf8CString)
    // The template ends with a zero byte, and mkdtemp changes nothing but its last letters.
    let isMade = unsafe bytes.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return false }
      return unsafe mkdtemp(start) != nil
    }
    guard isMade else { throw .refused(path: template, action: "create", code: errno) }
    path = String(decoding: bytes.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    OutputFolder.remove(path)
  }
}

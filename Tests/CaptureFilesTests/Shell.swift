import Glibc

/// Programs that we did not write and whose opinion counts.
enum Shell {
  /// What `command` prints on standard output, and its exit status.
  static func run(_ command: String) -> (output: String, status: Int32) {
    guard let stream = unsafe popen("exec 2>/dev/null; " + command, "r") else { return ("", -1) }
    var bytes: [UInt8] = []
    while true {
      let byte = unsafe getc(stream)
      guard byte >= 0 else { break }
      bytes.append(UInt8(byte))
    }
    let status = unsafe pclose(stream)
    return (String(decoding: bytes, as: UTF8.self), status >> 8 & 0xff)
  }

  /// Whether tests that need these programs run.
  ///
  /// Always in continuous integration, where a missing program must be noticed and not skipped.
  static func has(_ programs: String...) -> Bool {
    if unsafe getenv("CI") != nil { return true }
    return programs.allSatisfy { run("command -v \($0)").status == 0 }
  }
}

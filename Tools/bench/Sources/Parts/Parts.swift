/// Runs one part of Lambdawire by itself and prints what it did and how long that took.
///
///     parts write FILE RECORDS
///
/// The peers print the same line: `RATE unit`, the rate as a whole number each second.
@main
enum Parts {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    guard arguments.first == "write", arguments.count == 3, let records = Int(arguments[3]),
      records > 0
    else { throw Misuse.arguments }
    print(try WriterLoad(path: arguments[2], recordCount: records).run(), "records/s")
  }

  enum Misuse: Error, CustomStringConvertible {
    case arguments

    var description: String { "usage: parts write FILE RECORDS" }
  }

  /// How often a second something happens that took `duration` for `count` times.
  static func rate(_ count: Int, in duration: Duration) -> Int {
    Int(Double(count) / (duration / .seconds(1)))
  }
}

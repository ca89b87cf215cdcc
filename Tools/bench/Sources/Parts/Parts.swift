/// Runs one part of Lambdawire by itself and prints what it did and how long that took.
///
///     parts write FILE RECORDS
///     parts translate FLOWS CALLS [in-turn]
///
/// The peers print the same line: `RATE unit`, the rate as a whole number each second.
@main
enum Parts {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    switch (arguments.first, arguments.count) {
    case ("write", 3):
      if let records = Int(arguments[3]), records > 0 {
        return print(try WriterLoad(path: arguments[2], recordCount: records).run(), "records/s")
      }
    case ("translate", 3):
      if let flows = Int(arguments[2]), let calls = Int(arguments[3]), flows > 0, calls > 0 {
        return print(try TranslationLoad(flowCount: flows, callCount: calls).run(), "calls/s")
      }
    case ("translate", 4):
      if let flows = Int(arguments[2]), let calls = Int(arguments[3]), flows > 0, calls > 0,
        arguments[4] == "in-turn"
      {
        return print(
          try TranslationLoad(flowCount: flows, callCount: calls).runInTurn(), "calls/s")
      }
    default: break
    }
    throw Misuse.arguments
  }

  enum Misuse: Error, CustomStringConvertible {
    case arguments

    var description: String {
      "usage: parts write FILE RECORDS | parts translate FLOWS CALLS [in-turn]"
    }
  }

  /// How often a second something happens that took `duration` for `count` times.
  static func rate(_ count: Int, in duration: Duration) -> Int {
    Int(Double(count) / (duration / .seconds(1)))
  }
}

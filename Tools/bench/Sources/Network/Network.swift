/// Puts one load on a VPC and prints what was measured, as `NUMBER unit`.
@main
enum Network {
  static func main() throws {
    let words = Array(CommandLine.arguments.dropFirst())
    guard let load = words.first, let (number, unit) = try measure(load, Array(words.dropFirst()))
    else { throw Misuse.arguments }
    print(number, unit)
  }

  private static func measure(
    _ load: String, _ words: [String]
  ) throws -> (number: Double, unit: String)? {
    let isLarge = words.first == "large"
    guard let size = words.first, isLarge || size == "small" else { return nil }
    let count = words.count == 2 ? Int(words[1]) : nil
    switch (load, count) {
    case ("known", let count?) where count > 0:
      return (Double(try FlowLoad(isLarge: isLarge).known(packetCount: count)), "packets/s")
    case ("new", let count?) where count > 0:
      return (Double(try FlowLoad(isLarge: isLarge).new(flowCount: count)), "flows/s")
    case ("build", nil) where isLarge && words.count == 1:
      return (try BuildLoad().seconds(), "s")
    case ("memory", nil) where isLarge && words.count == 1:
      return (try BuildLoad().bytes(), "bytes")
    default: return nil
    }
  }

  enum Misuse: Error, CustomStringConvertible {
    case arguments

    var description: String {
      "usage: network known|new small|large COUNT | network build|memory large"
    }
  }
}

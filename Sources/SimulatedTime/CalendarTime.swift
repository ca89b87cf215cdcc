/// A date and time of day in UTC.
///
/// Simulated time counts from the start of the run; this says what captures show for that start.
public struct CalendarTime: Hashable, Sendable {
  /// Nanoseconds since 1970-01-01T00:00:00Z, leap seconds not counted (as in pcap files).
  public let nanosecondsSince1970: Int64

  /// Makes a time from its distance to 1970.
  ///
  /// - Precondition: not negative.
  public init(nanosecondsSince1970: Int64) {
    precondition(nanosecondsSince1970 >= 0, "capture files hold no time before 1970")
    self.nanosecondsSince1970 = nanosecondsSince1970
  }
}

extension CalendarTime {
  /// Reads `2019-09-03T00:00:00Z`, with up to nine decimals on the seconds (RFC 3339, section 5.6).
  ///
  /// The offset must be `Z`. Captures hold unsigned times, so nothing before 1970 is read.
  ///
  /// - Returns: `nil` if `text` is anything else, or a date that does not exist.
  public init?(text: String) {
    var rest = Substring(text)
    // A digit with a combining accent would otherwise pass for the digit.
    guard text.utf8.allSatisfy({ $0 < 128 }) else { return nil }
    guard
      let year = rest.takeDigits(4), rest.take("-"), let month = rest.takeDigits(2), rest.take("-"),
      let day = rest.takeDigits(2), rest.take("T"), let hour = rest.takeDigits(2), rest.take(":"),
      let minute = rest.takeDigits(2), rest.take(":"), let second = rest.takeDigits(2)
    else { return nil }
    var nanoseconds = 0
    if rest.take(".") {
      let digits = rest.utf8.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
      guard (1...9).contains(digits), let fraction = rest.takeDigits(digits) else { return nil }
      nanoseconds = (digits..<9).reduce(fraction) { value, _ in value * 10 }
    }
    // The last year whose nanoseconds fit a signed 64-bit number is 2262.
    guard rest.take("Z"), rest.isEmpty, (1970...2261).contains(year), (1...12).contains(month),
      (1...Self.dayCount(month: month, year: year)).contains(day),
      hour < 24, minute < 60, second < 60
    else { return nil }
    let days = Self.days(year: year, month: month, day: day)
    let seconds = days * 86_400 + hour * 3600 + minute * 60 + second
    nanosecondsSince1970 = Int64(seconds * 1_000_000_000 + nanoseconds)
  }

  private static func isLeap(_ year: Int) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  private static func dayCount(month: Int, year: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Days from 1970-01-01 to the given day.
  private static func days(year: Int, month: Int, day: Int) -> Int {
    let before = (1970..<year).reduce(0) { $0 + (isLeap($1) ? 366 : 365) }
    return (1..<month).reduce(before) { $0 + dayCount(month: $1, year: year) } + day - 1
  }
}

extension CalendarTime: CustomStringConvertible {
  /// The time in the form of RFC 3339, with as many decimals as needed.
  public var description: String {
    let seconds = nanosecondsSince1970 / 1_000_000_000
    var nanoseconds = nanosecondsSince1970 % 1_000_000_000
    var day = seconds / 86_400
    var year = 1970
    while day >= (Self.isLeap(year) ? 366 : 365) {
      day -= Self.isLeap(year) ? 366 : 365
      year += 1
    }
    var month = 1
    while day >= Self.dayCount(month: month, year: year) {
      day -= Int64(Self.dayCount(month: month, year: year))
      month += 1
    }
    func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
    var text = "\(year)-\(two(Int64(month)))-\(two(day + 1))T"
    text += "\(two(seconds / 3600 % 24)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
    if nanoseconds > 0 {
      text += "."
      while nanoseconds > 0 {
        text += "\(nanoseconds / 100_000_000)"
        nanoseconds = nanoseconds % 100_000_000 * 10
      }
    }
    return text + "Z"
  }
}

extension Substring {
  /// Drops `prefix` from the front if it is there, and says whether it was.
  fileprivate mutating func take(_ prefix: Character) -> Bool {
    guard first == prefix else { return false }
    removeFirst()
    return true
  }

  /// Drops exactly `count` decimal digits from the front.
  fileprivate mutating func takeDigits(_ count: Int) -> Int? {
    var value = 0
    for _ in 0..<count {
      guard let digit = utf8.first, (48...57).contains(digit) else { return nil }
      value = value * 10 + Int(digit - 48)
      removeFirst()
    }
    return value
  }
}

/// A value in the parameters or the answer of a recorded call, in the order in which it is shown.
public indirect enum TrailValue: Hashable, Sendable {
  case text(String)
  case number(Int)
  case flag(Bool)
  case list([TrailValue])
  case object([Member])

  /// A member of an object.
  public struct Member: Hashable, Sendable {
    public var name: String
    public var value: TrailValue

    public init(_ name: String, _ value: TrailValue) {
      self.name = name
      self.value = value
    }
  }
}

extension TrailValue: ExpressibleByStringLiteral, ExpressibleByDictionaryLiteral,
  ExpressibleByArrayLiteral
{
  public init(stringLiteral value: String) { self = .text(value) }
  public init(arrayLiteral elements: TrailValue...) { self = .list(elements) }
  public init(dictionaryLiteral elements: (String, TrailValue)...) {
    self = .object(elements.map { Member($0, $1) })
  }
}

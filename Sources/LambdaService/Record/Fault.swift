/// Something that broke or was mended, because the scenario says so.
public struct Fault: Hashable, Sendable {
  /// What happened, in a word such as `fail` or `repair`.
  public var act: String
  /// What it happened to, as scenarios name it, such as `hyperplane-top/3`.
  public var component: String
  /// What came of it, in words.
  public var effect: String

  public init(act: String, component: String, effect: String) {
    self.act = act
    self.component = component
    self.effect = effect
  }
}

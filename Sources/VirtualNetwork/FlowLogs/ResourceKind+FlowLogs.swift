extension ResourceKind {
  public static let flowLog = Self(rawValue: "fl")
  /// An instance, which the model knows as a host.
  public static let instance = Self(rawValue: "i")
}

/// What is one thing for the kernel and another for us: a port that each chose for itself, and
/// whatever follows from it.
struct Both<Value> {
  var kernel: Value
  var ours: Value

  init(kernel: Value, ours: Value) {
    self.kernel = kernel
    self.ours = ours
  }

  init(_ same: Value) {
    self.init(kernel: same, ours: same)
  }

  func map<Result>(_ transform: (Value) throws -> Result) rethrows -> Both<Result> {
    Both<Result>(kernel: try transform(kernel), ours: try transform(ours))
  }
}

extension Both: Sendable where Value: Sendable {}
extension Both: Equatable where Value: Equatable {}
extension Both: Hashable where Value: Hashable {}

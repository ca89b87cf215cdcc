public import SimulatedTime

/// A token bucket: how EC2 limits the requests of an account (AWS, "Request throttling for the
/// Amazon EC2 API").
///
/// Counts in nanoseconds of refilling, so that no fraction is lost and none is a float.
public struct RequestBucket: Hashable, Sendable {
  public let capacity: Int
  /// Tokens that come back in a second.
  public let refill: Int
  /// What is missing until the bucket is full, in nanoseconds × ``refill``.
  private var deficit: Int64 = 0
  private var counted = Instant.start

  private static let token: Int64 = 1_000_000_000

  /// A full bucket.
  ///
  /// - Precondition: both numbers are positive.
  public init(capacity: Int, refill: Int) {
    precondition(capacity > 0 && refill > 0, "a bucket holds something and is refilled")
    self.capacity = capacity
    self.refill = refill
  }

  /// Tokens there are at `now`.
  public func tokens(at now: Instant) -> Int {
    capacity - Int((deficit(at: now) + Self.token - 1) / Self.token)
  }

  /// Takes a token.
  ///
  /// - Returns: `false` if there is none: the request is throttled.
  public mutating func take(at now: Instant) -> Bool {
    deficit = deficit(at: now)
    counted = max(counted, now)
    guard deficit + Self.token <= Int64(capacity) * Self.token else { return false }
    deficit += Self.token
    return true
  }

  private func deficit(at now: Instant) -> Int64 {
    let elapsed = max(0, now.nanoseconds - counted.nanoseconds)
    let (filled, overflow) = elapsed.multipliedReportingOverflow(by: Int64(refill))
    return overflow ? 0 : max(0, deficit - filled)
  }
}

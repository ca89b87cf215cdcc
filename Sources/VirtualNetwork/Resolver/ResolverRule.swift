public import PacketFormats

/// A forwarding rule: questions about a domain go to resolvers elsewhere, such as on premises.
///
/// Route 53 guide, "Resolver rules": among rules and private zones the most specific domain decides, and
/// of the same domain the rule.
public struct ResolverRule: Hashable, Sendable {
  /// The domain; names below it are forwarded too.
  public let domain: ZoneName
  /// Who is asked.
  public let targets: [IPAddress]

  /// Makes a rule.
  ///
  /// - Throws: If nobody is to be asked, or more than six are (Route 53 guide, "Quotas on Route 53
  ///   Resolver").
  public init(domain: ZoneName, targets: [IPAddress]) throws(VirtualNetworkError) {
    guard (1...6).contains(targets.count) else {
      throw .resolverTargetCountNotAllowed(domain: domain.text, count: targets.count)
    }
    self.domain = domain
    self.targets = targets
  }
}

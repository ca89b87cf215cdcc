public import AddressTranslation
public import SimulatedTime

/// One line of the ground truth: something the model did that a capture can only show traces of.
public struct RunEvent: Sendable {
  public var time: Instant
  public var kind: Kind

  public init(time: Instant, kind: Kind) {
    self.time = time
    self.kind = kind
  }

  /// What happened.
  ///
  /// The records of the control plane are long and rare; held elsewhere, they make no invocation
  /// and no translation longer than it is.
  public enum Kind: Sendable {
    /// A translator began, changed or ended a translation.
    case translation(TranslationEvent.Kind, Translation, translator: String)
    /// A translation ended because what held it is gone.
    case translationLost(Translation, translator: String, reason: String)
    /// A translator of IPv6 addresses began, changed or ended a translation.
    indirect case ipv6Translation(
      TranslationEvent.Kind, IPv6Translation, translator: String)
    /// A translation of IPv6 addresses ended because what held it is gone.
    indirect case ipv6TranslationLost(IPv6Translation, translator: String, reason: String)
    /// A stateless translator was set up: every packet of `inside` leaves as `outside`.
    case staticTranslation(inside: String, outside: String, translator: String)
    /// The control plane did something.
    case control(ControlAct)
    /// An invocation began, ended or was refused.
    case invocation(Invocation)
    /// A host began something of its own accord, or has done it.
    case task(HostTask)
    /// Something broke or was mended, because the scenario says so.
    case fault(Fault)
    /// A customer was dealt its nodes.
    case hand(HyperplaneHand)
    /// A network interface of Lambda's has changed: all of it, as it is now.
    indirect case networkInterface(InterfaceRecord)
    /// A function or a version of one has changed: all of it, as it is now.
    indirect case function(FunctionRecord)
    /// A function or a version of one exists no more.
    indirect case functionDeleted(FunctionRecord)
    /// A call of EC2's API has changed a VPC, because the scenario says so.
    indirect case networkChange(NetworkChange)
    /// An API was called, as CloudTrail records it.
    indirect case call(TrailRecord)
  }
}

/// What the frontend is told when it asks whether an invocation may go on.
public enum Admission: Hashable, Sendable {
  /// It may; ``ControlPlane/finishInvoke(of:)`` says when it is over.
  case admitted
  case refused(InvokeError)
}

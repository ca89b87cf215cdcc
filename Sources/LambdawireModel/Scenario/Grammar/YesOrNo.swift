/// A switch as scenarios write it.
enum YesOrNo: String, Hashable, Sendable, CaseIterable {
  case no, yes
}

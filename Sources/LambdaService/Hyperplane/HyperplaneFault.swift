import SimulatedTime

/// Something in Hyperplane that breaks, or is mended, at a certain time.
package struct HyperplaneFault: Hashable, Sendable {
  package enum Act: Hashable, Sendable {
    case failTop(Int)
    case repairTop(Int)
    case failFlowMaster(pair: Int, FlowMasterPair.Member)
    case repairFlowMaster(pair: Int, FlowMasterPair.Member)
    /// A cell loses packets, each with this likelihood in millionths, and delays the others.
    case degradeCell(Int, lossPerMillion: Int, delay: Duration)
    case repairCell(Int)
    /// Lambda replaces the oldest interface of a group.
    case replaceInterface(group: Int)
  }

  package var act: Act
  /// What it happens to, as scenarios name it.
  package var component: String

  package init(_ act: Act, component: String) {
    self.act = act
    self.component = component
  }
}

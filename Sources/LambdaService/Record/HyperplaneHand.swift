/// The nodes of Hyperplane that a customer was dealt in one zone.
public struct HyperplaneHand: Hashable, Sendable {
  /// The customer's VPC.
  public var vpc: String
  public var zone: String
  /// The number of the cell, from 1 on.
  public var cell: Int
  /// Numbers of its Tops, from 1 on, counted over all cells.
  public var tops: [Int]
  /// The number of its pair of Flow Masters, from 1 on, counted over all cells.
  public var flowMaster: Int

  public init(vpc: String, zone: String, cell: Int, tops: [Int], flowMaster: Int) {
    self.vpc = vpc
    self.zone = zone
    self.cell = cell
    self.tops = tops
    self.flowMaster = flowMaster
  }
}

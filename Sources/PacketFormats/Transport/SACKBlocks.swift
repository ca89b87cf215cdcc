extension TCPOptions {
  /// Up to four blocks of a selective acknowledgment, which is what 40 bytes hold (RFC 2018,
  /// section 3).
  public struct SACKBlocks: Hashable, Sendable {
    /// Sequence numbers that have arrived in one piece.
    public struct Block: Hashable, Sendable {
      /// The first sequence number of the block.
      public var leftEdge: UInt32
      /// The first sequence number behind the block.
      public var rightEdge: UInt32

      public init(leftEdge: UInt32, rightEdge: UInt32) {
        self.leftEdge = leftEdge
        self.rightEdge = rightEdge
      }
    }

    /// How many blocks there are, 0 to 4.
    public private(set) var count = 0
    private var first = Block(leftEdge: 0, rightEdge: 0)
    private var second = Block(leftEdge: 0, rightEdge: 0)
    private var third = Block(leftEdge: 0, rightEdge: 0)
    private var fourth = Block(leftEdge: 0, rightEdge: 0)

    public init() {}

    /// Adds a block behind the others.
    ///
    /// - Precondition: there are fewer than four.
    public mutating func append(_ block: Block) {
      switch count {
      case 0: first = block
      case 1: second = block
      case 2: third = block
      case 3: fourth = block
      default: preconditionFailure("an option holds four blocks")
      }
      count += 1
    }

    /// The block at `index`, counted from 0 in the order in which they stand in the option.
    ///
    /// - Precondition: `index` is less than ``count``.
    public subscript(index: Int) -> Block {
      precondition(index >= 0 && index < count, "no such block")
      return switch index {
      case 0: first
      case 1: second
      case 2: third
      default: fourth
      }
    }
  }
}

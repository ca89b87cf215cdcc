import EventSimulation
import Testing

@Suite struct FramePoolTests {
  @Test func `Packets are numbered from 1 and keep their number`() {
    var pool = FramePool(capacity: 4)
    for number in 1...10 as ClosedRange<UInt64> {
      let made = pool.makeFrame(byteCount: 60)
      guard let frame = made else {
        Issue.record("no frame")
        return
      }
      #expect(pool.packetID(of: frame).rawValue == number)
      pool.discard(frame)
    }
    #expect(pool.inUse == 0)
    #expect(pool.mostInUse == 1)
    #expect(pool.madeCount == 10)
  }

  @Test func `Encapsulating moves an offset and leaves the bytes in place`() {
    var pool = FramePool(capacity: 4)
    let made = pool.makeFrame(byteCount: 100)
    guard var frame = made else {
      Issue.record("no frame")
      return
    }
    pool.withBytes(of: frame) { bytes in
      for i in 0..<100 { bytes.storeBytes(of: UInt8(i), toByteOffset: i, as: UInt8.self) }
    }
    pool.prepend(50, to: &frame)
    #expect(frame.byteCount == 150)
    pool.withContents(of: frame) { bytes in
      #expect(unsafe bytes.unsafeLoad(fromByteOffset: 50, as: UInt8.self) == 0)
      #expect(unsafe bytes.unsafeLoad(fromByteOffset: 149, as: UInt8.self) == 99)
    }
    pool.removeFirst(50, of: &frame)
    #expect(frame.byteCount == 100)
    pool.withContents(of: frame) { bytes in
      #expect(unsafe bytes.unsafeLoad(fromByteOffset: 99, as: UInt8.self) == 99)
    }
    pool.discard(frame)
  }

  @Test func `Both sizes hold what they promise, up to the last byte`() {
    var pool = FramePool(capacity: 16)
    for byteCount in [
      0, 1, FramePool.longestFrame.small, FramePool.longestFrame.small + 1,
      FramePool.longestFrame.jumbo,
    ] {
      var kept: [UInt64] = []
      let first = pool.makeFrame(byteCount: byteCount)
      let second = pool.makeFrame(byteCount: byteCount)
      guard let a = first, let b = second else {
        Issue.record("no frame")
        return
      }
      pool.withBytes(of: a) { bytes in
        for i in 0..<byteCount { bytes.storeBytes(of: 1, toByteOffset: i, as: UInt8.self) }
      }
      pool.withBytes(of: b) { bytes in
        for i in 0..<byteCount { bytes.storeBytes(of: 2, toByteOffset: i, as: UInt8.self) }
      }
      pool.withContents(of: a) { bytes in
        for i in 0..<byteCount where unsafe bytes.unsafeLoad(fromByteOffset: i, as: UInt8.self) != 1
        {
          Issue.record("overwritten at \(i)")
        }
      }
      kept.append(pool.packetID(of: a).rawValue)
      pool.discard(a)
      pool.discard(b)
    }
    #expect(FramePool.longestFrame.jumbo >= 9001 + 14)
    #expect(FramePool.longestFrame.small >= 1500 + 14)
  }

  @Test func `A pool that is used up says so, and serves again after a frame has ended`() {
    var pool = FramePool(capacity: 1)
    let first = pool.makeFrame(byteCount: 60)
    let none = pool.makeFrame(byteCount: 60)
    let isRefused = none == nil
    #expect(isRefused)
    if let frame = first { pool.discard(frame) }
    let again = pool.makeFrame(byteCount: 60)
    let isServed = again != nil
    #expect(isServed)
    if let frame = again { pool.discard(frame) }
    if let frame = none { pool.discard(frame) }
  }

  @Test func `A node's note stays with its frame`() {
    var pool = FramePool(capacity: 2)
    let made = pool.makeFrame(byteCount: 60)
    guard let frame = made else {
      Issue.record("no frame")
      return
    }
    pool.setNote(0xdead_beef_0123_4567, on: frame)
    #expect(pool.note(of: frame) == 0xdead_beef_0123_4567)
    pool.discard(frame)
  }

  @Test func `Prepending beyond the head-room traps`() async {
    await #expect(processExitsWith: .failure) {
      var pool = FramePool(capacity: 2)
      let made = pool.makeFrame(byteCount: 60)
      guard var frame = made else { return }
      pool.prepend(FramePool.headRoom + 1, to: &frame)
      pool.discard(frame)
    }
  }
}

import CaptureFiles
import Testing

@Suite struct CopyTests {
  /// Copies a file block by block.
  private func copy(_ source: String, to path: String) throws {
    var reader = try PcapngBlockReader(path: source)
    var writer = try PcapngWriter(copyingTo: path)
    while let block = try reader.next() {
      reader.withBlockBytes { bytes in writer.copy(bytes, of: block) }
    }
    try writer.finish()
  }

  @Test func `Blocks and options nobody knows survive a copy byte for byte`() throws {
    var little = PcapngBytes()
    little.section(options: little.option(4711, [1, 2, 3]))
    little.interface(options: little.option(4712, [4]))
    little.block(0x8123_4567, [1, 2, 3, 4, 5, 6, 7, 8])
    little.packet([1, 2, 3], options: little.option(4713, [9]) + [0xff, 0xff, 0, 0])
    little.block(0x4000_0bad, little.u32(32473))
    var big = PcapngBytes(bigEndian: true)
    big.section()
    big.interface()
    big.packet([1, 2, 3], options: big.option(4713, [9]))
    for bytes in [little.bytes, big.bytes, little.bytes + big.bytes + little.bytes] {
      let source = TemporaryFile(bytes)
      let target = TemporaryFile()
      try copy(source.path, to: target.path)
      #expect(target.bytes == bytes)
    }
  }

  @Test func `Own blocks can be added to a copied section`() throws {
    var made = PcapngBytes()
    made.section()
    made.interface()
    made.packet([1, 2, 3])
    let source = TemporaryFile(made.bytes)
    let target = TemporaryFile()
    var reader = try PcapngBlockReader(path: source.path)
    var writer = try PcapngWriter(copyingTo: target.path)
    while let block = try reader.next() {
      reader.withBlockBytes { bytes in writer.copy(bytes, of: block) }
    }
    #expect(writer.packetCount == 1)
    let tap = writer.add(InterfaceDescription(name: "new"))
    #expect(tap == 1)
    writer.write([4, 5], interface: tap)
    #expect(writer.packetCount == 2)
    try writer.finish()
    #expect(readAll(target.path).packets.map(\.bytes) == [[1, 2, 3], [4, 5]])
  }

  @Test func `Own packets do not get into a big-endian section`() async {
    await #expect(processExitsWith: .failure) {
      var made = PcapngBytes(bigEndian: true)
      made.section()
      made.interface()
      let source = TemporaryFile(made.bytes)
      var reader = try PcapngBlockReader(path: source.path)
      source.remove()  // a trap would not
      var writer = try PcapngWriter(copyingTo: "/dev/null", overwrite: true)
      while let block = try reader.next() {
        reader.withBlockBytes { bytes in writer.copy(bytes, of: block) }
      }
      writer.write([4, 5], interface: 0)
    }
  }
}

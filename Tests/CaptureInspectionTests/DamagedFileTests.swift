import CaptureFiles
import CaptureInspection
import PacketFormats
import Testing

/// Files that end early, are no captures, or are not there.
@Suite struct DamagedFileTests {
  @Test func `What stands before the damage is reported, with the error`() throws {
    let folder = TemporaryFolder()
    let file = folder.file("all.pcapng")
    let recording = LambdaPathTests.twoEnvironments().recording
    try recording.write(to: file)
    let bytes = folder.read(file)
    let whole = CaptureAnalysis(files: [file])
    for count in stride(from: 0, through: bytes.count, by: 97) {
      let cut = folder.write(Array(bytes[..<count]), to: "cut.pcapng")
      let analysis = CaptureAnalysis(files: [cut])
      #expect(analysis.packetCount <= whole.packetCount)
      #expect(analysis.files.count == 1)
      let flowed = analysis.flows.reduce(0) {
        $0 + $1.forward.packetCount + $1.backward.packetCount
      }
      #expect(flowed == analysis.packetCount)
    }
    let cut = folder.write(Array(bytes.dropLast(7)), to: "cut.pcapng")
    let verification = Verification(files: [cut])
    #expect(verification.analysis.packetCount == whole.packetCount - 1)
    #expect(!verification.hasPassed)
    guard case .truncated = verification.analysis.files[0].error else {
      Issue.record("\(String(describing: verification.analysis.files[0].error))")
      return
    }
  }

  @Test func `A missing file spoils no other`() throws {
    let folder = TemporaryFolder()
    let file = folder.file("all.pcapng")
    try LambdaPathTests.twoEnvironments().recording.write(to: file)
    let analysis = CaptureAnalysis(files: ["/nonexistent.pcap", file])
    #expect(analysis.failedFiles.map(\.path) == ["/nonexistent.pcap"])
    #expect(analysis.packetCount == 16 * 7)
    #expect(analysis.translations.count == 4)
    #expect(analysis.translations[0].firstFrame.file == file)
  }

  @Test func `No files and no packets are nothing to complain about`() throws {
    let nothing = Verification(files: [])
    #expect(nothing.hasPassed)
    #expect(nothing.results.allSatisfy { $0.verdict == .notApplicable })
    #expect(nothing.analysis.firstTime == nil)
    let folder = TemporaryFolder()
    let file = folder.file("empty.pcapng")
    try Recording().write(to: file)
    #expect(Verification(files: [file]).hasPassed)
  }
}

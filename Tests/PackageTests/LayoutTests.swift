import TestSupport
import Testing

@Suite struct LayoutTests {
  @Test func `The folders of the sources, the manifest and the table are the same`() throws {
    let manifest = try Manifest(SourceTree.text(at: "Package.swift"))
    let folders = try SourceTree.folders(at: "Sources")
    #expect(folders == ModuleTable.moduleNames.sorted())
    #expect(folders == manifest.dependencies.keys.sorted())
  }

  @Test func `Four folders are at the top`() throws {
    // What version control ignores may lie around, such as the output of a run.
    let ignored = try SourceTree.text(at: ".gitignore").split(separator: "\n")
      .compactMap { $0.wholeMatch(of: /\/?(\w+)\//).map { String($0.output.1) } }
    let folders = try SourceTree.folders(at: "").filter { !ignored.contains($0) }
    #expect(folders == ["Captures", "Sources", "Tests", "Tools"])
  }

  @Test(arguments: ModuleTable.moduleNames.dropFirst(2))
  func `A module has tests and says what it is, how it works and where it ends`(module: String)
    throws
  {
    #expect(!SourceTree.swiftFiles(below: "Tests/\(module)Tests").isEmpty)
    // A program is described by its help, not by a catalogue.
    if module == "LambdawireCommand" { return }
    for article in [module, "Architecture", "ScopeAndLimitations"] {
      let text = try SourceTree.text(at: "Sources/\(module)/\(module).docc/\(article).md")
      #expect(text.count > 200, "\(article) of \(module) says next to nothing")
    }
  }
}

import TestSupport
import Testing

@Suite struct ImportTests {
  @Test func `A module lists only modules further down in the house`() {
    for (position, row) in ModuleTable.rows.enumerated() {
      let below = Set(ModuleTable.moduleNames[..<position])
      #expect(below.isSuperset(of: row.modules), "\(row.module) knows what stands on it")
    }
  }

  @Test(arguments: ModuleTable.moduleNames)
  func `Sources import what the table lists, and nothing else`(module: String) throws {
    let row = try #require(ModuleTable.row(module))
    for file in SourceTree.swiftFiles(below: "Sources/\(module)") {
      let imported = try ImportList.modules(importedBy: SourceTree.text(at: file))
      for name in imported where !row.everything.contains(name) {
        Issue.record("\(file) imports \(name), which the table does not list for \(module)")
      }
    }
  }

  @Test(arguments: ModuleTable.moduleNames)
  func `What is imported is declared, and what is declared is imported`(module: String) throws {
    let row = try #require(ModuleTable.row(module))
    let manifest = try Manifest(SourceTree.text(at: "Package.swift"))
    let declared = try #require(manifest.dependencies[module])
    var imported: Set<String> = []
    for file in SourceTree.swiftFiles(below: "Sources/\(module)") {
      try imported.formUnion(ImportList.modules(importedBy: SourceTree.text(at: file)))
    }
    imported.subtract(row.system)
    #expect(imported.subtracting(declared).sorted() == [], "imported by \(module), not declared")
    #expect(declared.subtracting(imported).sorted() == [], "declared for \(module), not imported")
  }

  @Test func `Foundation stays at the top of the house`() {
    let rows = ModuleTable.rows.filter { $0.system.contains("Foundation") }
    #expect(
      rows.map(\.module) == ["LambdawireTesting", "LambdawireReports", "LambdawireCommand"])
  }

  @Test func `Every way to write an import is seen`() {
    let source = """
      import A
      public import B
      @testable import C
      @preconcurrency package import D
      import struct E.Thing
        import F  // why
      @_spi(Testing) import G
      /// import X
      let important = 1
      """
    #expect(ImportList.modules(importedBy: source) == ["A", "B", "C", "D", "E", "F", "G"])
  }
}

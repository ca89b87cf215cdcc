import Foundation
import Testing

/// Whether the table of requirements is whole.
@Suite struct RequirementTests {
  @Test func `Every requirement says one thing of each profile, with a reason where it must`() {
    for requirement in Requirement.all {
      for profile in Profile.allCases {
        let statement = requirement.statement(of: profile)
        #expect(statement != nil, "\(requirement.id), \(profile.rawValue)")
        #expect(
          (statement?.standing == .holds) == (statement?.why == nil),
          "\(requirement.id), \(profile.rawValue)")
      }
    }
    #expect(Set(Requirement.all.map(\.id)).count == Requirement.all.count)
  }

  @Test func `Every requirement that says more than that it does not apply is proven once`() throws
  {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
    var source = ""
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path())
    where name.hasPrefix("RFC") {
      source += try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }
    for requirement in Requirement.all {
      let proofs = source.components(separatedBy: "prove(\"\(requirement.id)\"").count - 1
      let applies = requirement.statements.contains { $0.standing != .doesNotApply }
      #expect(proofs == (applies ? 1 : 0), "\(requirement.id)")
    }
  }
}

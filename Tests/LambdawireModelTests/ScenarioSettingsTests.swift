import Foundation
import LambdawireModel
import TestSupport
import Testing

@Suite struct ScenarioSettingsTests {
  /// The name that a property has in a scenario: `guestMTU` is `guest-mtu`.
  private func settingName(_ property: String) -> String {
    var name = ""
    let letters = Array(property)
    for (index, letter) in letters.enumerated() {
      let startsWord =
        letter.isUppercase && index > 0
        && (letters[index - 1].isLowercase
          || index + 1 < letters.count && letters[index + 1].isLowercase)
      name += (startsWord ? "-" : "") + letter.lowercased()
    }
    return name
  }

  @Test func `Each property is one setting, under its own name`() {
    let properties = Mirror(reflecting: ModelSettings()).children.compactMap(\.label)
    let names = ModelSettings.settings.map { $0.name.replacing("-", with: "") }
    #expect(properties.map { $0.lowercased() } == names)
  }

  @Test func `Each setting can be set to its default, and to nothing else by that`() throws {
    let pasted = ScenarioReference.defaults()
      .split(separator: "\n").map { "  \($0)" }.joined(separator: "\n")
    let text = ScenarioText(
      replacing: "settings: { hyperplane-lookup: 200 us }", with: "settings:\n" + pasted)
    #expect(try Scenario(yaml: text.text).settings == ModelSettings())
  }

  @Test func `Each setting reaches its own property`() throws {
    for setting in ModelSettings.settings {
      let written = setting.value(in: ModelSettings())
      // The example in the range's description is a value of the right kind and in range.
      let example = try #require(setting.expected.split(separator: "`").last)
      guard example != written else { continue }
      var changed = ModelSettings()
      do {
        changed = try Scenario(
          yaml: ScenarioText.sound,
          overrides: [ScenarioOverride("settings={\(setting.name): \(example)}")]
        ).settings
      } catch {
        // It may be in range and still above the setting that it must stay below.
        #expect("\(error)".contains("to be at most"))
        continue
      }
      #expect(setting.value(in: changed) == String(example), "\(setting.name)")
      let others = ModelSettings.settings.filter { $0.name != setting.name }
      #expect(others.allSatisfy { $0.value(in: changed) == $0.value(in: ModelSettings()) })
    }
  }

  /// A setting that changes nothing would be a lie; what is not modelled yet says so itself.
  @Test func `Each setting is read where worlds are built and run, or says that it is not`() throws
  {
    let folders = ["World", "Run"].map {
      SourceTree.root.appending(path: "Sources/LambdawireModel/\($0)")
    }
    var words: Set<Substring> = []
    for folder in folders {
      let files = try FileManager.default.contentsOfDirectory(
        at: folder, includingPropertiesForKeys: nil)
      for file in files where file.pathExtension == "swift" {
        let source = try String(contentsOf: file, encoding: .utf8)
        words.formUnion(source.split { !$0.isLetter && !$0.isNumber })
      }
    }
    let properties = Mirror(reflecting: ModelSettings()).children.compactMap(\.label)
    for (property, setting) in zip(properties, ModelSettings.settings) {
      let isRead = words.contains(property[...])
      #expect(isRead != setting.documentation.contains("once this is modelled"), "\(property)")
    }
  }

  @Test func `Comments on the properties say what the table says`() throws {
    let path = "Sources/LambdawireModel/Scenario/Values/ModelSettings.swift"
    let source = try String(contentsOf: SourceTree.root.appending(path: path), encoding: .utf8)
    let words = source.replacing("///", with: " ").split(whereSeparator: \.isWhitespace)
      .joined(separator: " ")
    for setting in ModelSettings.settings {
      // The comment may add a unit before the full stop.
      #expect(words.contains(setting.documentation.dropLast()), "\(setting.name)")
      #expect(words.contains("Source: \(setting.source)"), "\(setting.name)")
    }
  }
}

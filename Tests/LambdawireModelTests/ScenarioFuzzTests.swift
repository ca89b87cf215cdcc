import Foundation
import LambdawireModel
import TestSupport
import Testing

/// No text makes the reader trap, hang or refuse without saying why.
@Suite struct ScenarioFuzzTests {
  /// A hundred thousand in optimised builds; fewer where each takes twenty times as long.
  private static let mutationCount: Int = {
    #if DEBUG
      2_000
    #else
      100_000
    #endif
  }()

  /// Pieces that mean something to YAML or to scenarios, to be put where they do not belong.
  private static let pieces = [
    "&a ", "*a", "- ", ": ", "? ", "{", "}", "[", "]", "\"", "'", "|", ">", "#", "%", "@", "`", "!",
    "---", "...", "\n", "\t", "\r", "  ", "$", "$$", "$environments", "$a", "~", "null", "<<", "0",
    "-1", "99999999999999999999", "1e9", "0.000000000000000001", "10.0.0.0/16", "10.0.2.255",
    "10.0.2.0/33", "any", "all", "0-65535", "poisson ", "every ", " at once", "d", "GiB", "Gbit/s",
    "\u{0}", "\u{85}", "\u{2028}", "\u{feff}", "\u{e000}", "\u{1F600}", "e\u{301}",
    "lambdawire: 1\n",
    "parameters:", "copies: 10000", "settings: {", "do:", "hosts:",
  ]

  private static let seedTexts: [String] =
    [ScenarioText.sound]
    + BuiltInScenarios(root: SourceTree.root.path()).list().compactMap {
      try? String(contentsOfFile: $0.path, encoding: .utf8)
    }

  @Test(arguments: 0..<4)
  func `Mutated scenarios are read or refused with a place`(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    try #require(Self.seedTexts.count >= 4)
    let originals = Self.seedTexts.map { Array($0.unicodeScalars) }
    for round in 0..<Self.mutationCount / 4 {
      let original = originals[random.below(originals.count)]
      let text = Self.mutate(original, with: &random)
      let overrides = round % 8 == 0 ? [Self.override(with: &random)] : []
      do throws(ScenarioError) {
        _ = try Scenario(yaml: text, overrides: overrides.map(ScenarioOverride.init))
      } catch {
        // Anything else would be a diagnostic that helps nobody, so the text is worth keeping.
        guard !error.diagnostics.isEmpty,
          error.diagnostics.allSatisfy({ $0.line > 0 && $0.column > 0 && !$0.found.isEmpty })
        else {
          Issue.record("seed \(seed), round \(round): \(error)\n\(text)")
          return
        }
      }
    }
  }

  @Test func `Every beginning of a scenario is read or refused`() {
    let scalars = Array(ScenarioText.sound.unicodeScalars)
    for length in scalars.indices {
      var text = String.UnicodeScalarView()
      text.append(contentsOf: scalars[..<length])
      let diagnostics = ScenarioText(String(text)).diagnostics()
      #expect(diagnostics.allSatisfy { $0.line > 0 && $0.column > 0 })
    }
  }

  private static func mutate(
    _ original: [Unicode.Scalar], with random: inout SplitMix64
  ) -> String {
    var scalars = original
    for _ in 0...random.below(3) {
      let position = random.below(scalars.count + 1)
      let length = min(random.below(12), scalars.count - position)
      let piece = Array(pieces[random.below(pieces.count)].unicodeScalars)
      switch random.below(6) {
      case 0: scalars.removeSubrange(position..<position + length)
      case 1: scalars.replaceSubrange(position..<position + length, with: piece)
      case 2: scalars.insert(contentsOf: piece, at: position)
      case 3:
        let copy = Array(scalars[position..<position + length])
        scalars.insert(contentsOf: copy, at: random.below(scalars.count + 1))
      case 4:
        // Any character, also one that YAML forbids.
        if let scalar = Unicode.Scalar(UInt32(random.below(0x300))) {
          scalars.insert(scalar, at: position)
        }
      default:
        // A whole line somewhere else: keys where they do not belong, and repeated ones.
        let start = scalars[..<position].lastIndex(of: "\n") ?? 0
        let end = scalars[position...].firstIndex(of: "\n") ?? scalars.count
        let line = Array(scalars[min(start, end)..<end])
        scalars.insert(contentsOf: line, at: end)
      }
    }
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars)
    return String(text)
  }

  private static func override(with random: inout SplitMix64) -> String {
    let keys = [
      "environments", "functions.orders.copies", "traffic.0.do", "vpcs.shop", "settings.guest-mtu",
      "a.b", "", "traffic.9", "parameters", "lambdawire", "vpcs.shop.hosts.postgres.serves",
    ]
    let piece = pieces[random.below(pieces.count)]
    return keys[random.below(keys.count)] + "=" + piece
  }
}

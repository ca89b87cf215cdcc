/// The reference of scenario files, for people.
///
/// It is made from the same declarations that the decoder reads.
public enum ScenarioReference {
  /// The reference as an article for DocC, with a line feed at the end.
  public static func markdown() -> String {
    var lines = introduction
    lines += ["## Keys", ""]
    for section in Grammar.sections {
      lines += ["### \(heading(section.name))", "", section.documentation, ""]
      lines += table(
        ["Key", "Value", "If left out", "Meaning"],
        section.keys.map { key in
          ["`\(key.name)`", key.expected, absence(key.presence), key.documentation]
        })
    }
    lines += ["## Settings", "", settingsIntroduction, ""]
    let defaults = ModelSettings()
    for group in ModelSettings.groups {
      lines += ["### \(group.title)", ""]
      lines += table(
        ["Setting", "Default", "Meaning", "Source"],
        group.settings.map { setting in
          [
            "`\(setting.name)`", setting.value(in: defaults), setting.documentation, setting.source,
          ]
        })
    }
    return lines.dropLast().joined(separator: "\n") + "\n"
  }

  /// Every setting with its default, for a terminal: `lambdawire validate --show-defaults`.
  public static func defaults() -> String {
    values(in: ModelSettings())
  }

  /// Every setting with its value in `settings`, for a terminal.
  ///
  /// The lines can be pasted under `settings:` of a scenario as they are.
  public static func values(in settings: ModelSettings) -> String {
    var lines: [String] = []
    for group in ModelSettings.groups {
      lines += ["# \(group.title)", ""]
      for setting in group.settings {
        lines += ["# \(setting.documentation)", "# Source: \(setting.source)"]
        lines += ["\(setting.name): \(setting.value(in: settings))", ""]
      }
    }
    return lines.dropLast().joined(separator: "\n") + "\n"
  }

  private static func heading(_ name: String) -> String {
    name.prefix(1).uppercased() + name.dropFirst()
  }

  private static func absence(_ presence: Presence) -> String {
    switch presence {
    case .required: "required"
    case .optional(let meaning): meaning
    case .defaulted(""): "empty"
    case .defaulted(let value): "`\(value)`"
    }
  }

  private static func table(_ header: [String], _ rows: [[String]]) -> [String] {
    func line(_ cells: [String]) -> String {
      "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
    }
    return [line(header), line(header.map { _ in "---" })] + rows.map(line) + [""]
  }

  private static let settingsIntroduction = """
    Every number of the model, and how sure it is. Each can be changed in the file (`settings:`) \
    or from outside (`--set settings.hyperplane-lookup=1ms`).
    """

  private static let introduction = """
    # Scenario files

    What a scenario file may say, key by key, and every number of the model.

    ## Overview

    A scenario is a YAML file. It names what exists (VPCs with subnets, security groups and hosts;
    functions) and what happens (traffic). Anything that is wrong is reported with line and column,
    all at once; `lambdawire validate FILE` does nothing but that. An editor that knows JSON Schema
    gets the same keys from `Tools/schema/lambdawire-scenario.schema.json`.

    This page and that schema are made from the declarations that the program itself reads. After
    changing one of those, run `UPDATE=1 swift test --disable-xctest --filter ScenarioSchema`.

    ### Values

    - A **duration** has a unit: `ns`, `us` (or `µs`), `ms`, `s`, `min`, `h`, `d`.
    - A **size** has a unit: `B`, `kB`, `MB`, `GB` count in thousands, `KiB`, `MiB`, `GiB` in 1,024s.
    - A **bit rate** is given in `bit/s`, `kbit/s`, `Mbit/s` or `Gbit/s`; a **percentage** with `%`.
    - Decimals are exact: `0.5 ms` is 500 us, and `0.5 ns` is an error.
    - A **name** is made of letters, digits, `-` and `_`, and begins with a letter.
    - Where names or services are listed, a single one needs no brackets.
    - YAML aliases are limited to \(SourceReader.aliasLimit), nesting to \
    \(SourceReader.depthLimit) levels, a file to \(SourceReader.byteLimit / 1_048_576) MiB.

    ### Parameters and overrides

    Entries of `parameters` are named values. `$name` stands for one anywhere but in `title`,
    `description` and keys, alone or within a longer value (`$environments at once`); `$$` is a
    dollar sign. Parameters may be made of parameters.

    `--set KEY=VALUE` changes a scenario from outside. `KEY` is a parameter, or else the way to a key
    with dots between: `functions.orders.environments=5`. Elements of lists go by number, from 0:
    `traffic.0.count=1`.

    """.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
}

import ArgumentParser
import LambdawireModel

struct NATCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nat",
    abstract: "Show a NAT's table as it stood at some time, or a port's history.",
    discussion: """
      Translations are listed like `conntrack -L -o extended` does. The number behind the \
      protocol's is how many seconds the translation still lasted: what packets prolonged later \
      counts too.

      Examples: lambdawire nat out/first-query --at 2.46s
                lambdawire nat mappings.jsonl --port 203.0.113.7:1024/tcp
      """)

  @Argument(
    help: ArgumentHelp(
      "The folder of a run, its events.jsonl, or a file of `lambdawire translate --mappings`. A "
        + "hyphen reads standard input.", valueName: "record"))
  var record: String

  @Option(
    help: ArgumentHelp(
      "When: a time since the record began such as 12.5s, or a date such as "
        + "2019-09-03T00:00:02.5Z where the record says when it began.", valueName: "time"))
  var at: String?

  @Option(
    help: ArgumentHelp(
      "Only this outside port: 1024, 203.0.113.7:1024 or 1024/tcp. Without --at, its history.",
      valueName: "port"))
  var port: String?

  @Option(
    help: ArgumentHelp(
      "Only this inside end, such as 10.0.0.5:40110, or its flow with the remote end behind a "
        + "comma. Without --at, its history.", valueName: "flow"))
  var flow: String?

  @Option(help: ArgumentHelp("Only this one of a run's translators.", valueName: "name"))
  var translator: String?

  @Flag(help: "Write JSON.")
  var json = false

  @Flag(help: "Write comma-separated values.")
  var csv = false

  func validate() throws {
    if json, csv { throw ValidationError("--json and --csv exclude each other") }
    if at == nil, port == nil, flow == nil {
      throw ValidationError("--at, --port or --flow is needed; for the whole table, --at 12.5s")
    }
  }

  func run() throws {
    do throws(RecordError) {
      let query = try NATQuery(
        port: port, flow: flow, translator: translator,
        format: json ? .json : csv ? .csv : .text)
      let record = try TranslationRecord(path: record)
      let answer: (text: String, count: Int)
      if let at {
        answer = try query.table(of: record, at: NATQuery.instant(at, in: record))
      } else {
        answer = try query.history(of: record)
      }
      do throws(ExitStatus) { try Terminal.print(answer.text) } catch { error.endProgram() }
      Terminal.say(
        "lambdawire: \(answer.count) translation\(answer.count == 1 ? " has" : "s have") been shown"
      )
    } catch {
      Terminal.say("lambdawire: \(error)")
      throw ExitStatus.badInput
    }
  }
}

public import ArgumentParser
public import LambdawireModel

struct DescribeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "describe",
    abstract: "Show what AWS would have shown of a run: network interfaces, functions, CloudTrail.",
    discussion: """
      network-interfaces is the answer of `aws ec2 describe-network-interfaces` for the interfaces \
      that Lambda made, functions that of `aws lambda list-functions` with what \
      get-function-configuration says of each, cloudtrail a log file of CloudTrail.

      Examples: lambdawire describe out/first-query network-interfaces
                lambdawire describe out/pending-invoke functions --at 20s
      """)

  @Argument(
    help: ArgumentHelp(
      "The folder of a run, or its events.jsonl. A hyphen reads standard input.",
      valueName: "run"))
  var record: String

  @Argument(
    help: ArgumentHelp(
      "What: \(ServiceRecord.Subject.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "what"))
  var subject: ServiceRecord.Subject

  @Option(
    help: ArgumentHelp(
      "When: a time since the run began such as 12.5s, or a date such as "
        + "2019-09-03T00:00:02.5Z; without it, at the end. For cloudtrail, calls until then.",
      valueName: "time"))
  var at: String?

  func run() throws {
    do throws(RecordError) {
      let (text, count) = try ServiceRecord(path: record, at: at).describe(subject)
      do throws(ExitStatus) { try Terminal.print(text) } catch { error.endProgram() }
      Terminal.say("lambdawire: \(subject.counted(count)) been shown")
    } catch {
      Terminal.say("lambdawire: \(error)")
      throw ExitStatus.badInput
    }
  }
}

extension ServiceRecord.Subject: ExpressibleByArgument {
  /// How many things there are, with the verb that goes with it.
  fileprivate func counted(_ count: Int) -> String {
    let noun =
      switch self {
      case .networkInterfaces: "network interface"
      case .functions: "function"
      case .cloudTrail: "call"
      }
    return count == 1 ? "1 \(noun) has" : "\(count) \(noun)s have"
  }
}

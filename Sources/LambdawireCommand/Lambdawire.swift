import ArgumentParser
import LambdawireModel

@main
struct Lambdawire: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lambdawire",
    abstract: "A packet-level model of how AWS Lambda functions reach a customer VPC.",
    discussion: """
      A scenario goes in; byte-exact packets move through microVM, worker, Geneve tunnel, \
      Hyperplane, shared interface and VPC; captures come out that Wireshark and tcpdump open.

      Results go to standard output, everything else to standard error.

      Exit status: 0 done (an exchange that fails in a scenario is a result, not an error), 1 a \
      check failed or an output could not be written, 2 misuse or bad input, 130 stopped by \
      Ctrl-C, 143 stopped by SIGTERM.
      """,
    version: LambdawireVersion.current,
    subcommands: [
      RunCommand.self, ScenariosCommand.self, TraceCommand.self, ReachCommand.self,
      CompareCommand.self, InspectCommand.self, VerifyCommand.self, ValidateCommand.self,
      TranslateCommand.self,
      NATCommand.self, DescribeCommand.self,
    ])

  static func main() {
    Signals.ignoreWriteSignals()
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let status as ExitStatus {
      status.endProgram()
    } catch {
      // The argument parser has its own codes; help and version are no errors.
      if exitCode(for: error) == .success {
        let text = fullMessage(for: error)
        try? Terminal.print(text.hasSuffix("\n") ? text : text + "\n")
        ExitStatus.done.endProgram()
      }
      Terminal.say("lambdawire: \(complaint(about: error))")
      ExitStatus.badInput.endProgram()
    }
  }

  /// What is wrong with the command line, in one line.
  private static func complaint(about error: any Error) -> String {
    let words = CommandLine.arguments.dropFirst()
    let commands = configuration.subcommands.compactMap { $0.configuration.commandName }
    if let word = words.first, !word.hasPrefix("-"), !commands.contains(word) {
      let hint = Suggestion.nearest(to: word, among: commands).map { "; did you mean `\($0)`?" }
      return "there is no command `\(word)`, only \(commands.joined(separator: ", "))"
        + (hint ?? "")
    }
    let message = message(for: error).split(separator: "\n").joined(separator: " ")
    let command = words.first.flatMap { commands.contains($0) ? " \($0)" : nil } ?? ""
    return "\(message) (see lambdawire\(command) --help)"
  }
}

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

      Results go to standard output, everything else to standard error. Exit status: 0 done, 1 a \
      check or an exchange failed, 2 misuse or bad input.
      """,
    version: LambdawireVersion.current,
    subcommands: [
      RunCommand.self, ScenariosCommand.self, ValidateCommand.self,
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
      let code = exitCode(for: error)
      let message = fullMessage(for: error)
      if code == .success {
        print(message)
        ExitStatus.done.endProgram()
      }
      Terminal.say(message)
      ExitStatus.badInput.endProgram()
    }
  }
}

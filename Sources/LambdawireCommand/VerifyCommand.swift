import ArgumentParser
import CaptureInspection
import LambdawireReports

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Check from captures that a NAT and a path keep the rules.",
    discussion: """
      Each rule gets a verdict: ok, BROKEN with the offending frames, or - where there was nothing \
      it speaks about; and the number of times it was held against a frame, a packet or a \
      translation. Captures need not come from Lambdawire.

      \(VerificationText.ruleList)

      Exit status: 0 every rule holds, 1 a rule is broken or no packet of one file could be found \
      in another, 2 a file cannot be read to its end.
      """)

  @OptionGroup var input: CaptureArguments

  @Option(
    help: ArgumentHelp(
      "A file with translations that must be found, one JSON object a line, such as the "
        + "events.jsonl of a run.", valueName: "file"))
  var expect: String?

  @Option(
    help: ArgumentHelp(
      "The translator's shortest idle timer, if it is known. Captures do not show timers, so that "
        + "without it only translations idle for less than half a second count as alive when "
        + "one of their ends gets another partner.", valueName: "seconds"))
  var idleTimer: Int?

  @Option(
    help: ArgumentHelp(
      "The longest idle timer of TCP, if it is known: nothing may come in later.",
      valueName: "seconds"))
  var tcpTimer: Int?

  @Option(help: ArgumentHelp("The same for UDP.", valueName: "seconds"))
  var udpTimer: Int?

  @Option(help: ArgumentHelp("The same for ICMP queries.", valueName: "seconds"))
  var icmpTimer: Int?

  @Flag(
    help: ArgumentHelp(
      "The translator lets in only answers, and the captures begin before all flows: whatever else "
        + "comes in is an offence."))
  var answersOnly = false

  @Option(
    help: ArgumentHelp(
      "The translator takes off at least so many hops, if that is known.", valueName: "hops"))
  var hopDecrement: UInt8?

  @Flag(help: "Write JSON.")
  var json = false

  @Option(help: ArgumentHelp("Write JUnit's XML to this file too.", valueName: "file"))
  var junit: String?

  func validate() throws {
    guard (1...86_400).contains(idleTimer ?? 1) else {
      throw ValidationError("--idle-timer is 1 to 86400 seconds")
    }
    for (name, timer) in [
      ("--tcp-timer", tcpTimer), ("--udp-timer", udpTimer), ("--icmp-timer", icmpTimer),
    ] {
      guard (1...31_536_000).contains(timer ?? 1) else {
        throw ValidationError("\(name) is 1 to 31536000 seconds")
      }
    }
  }

  func run() throws {
    let paths = try input.paths()
    var expectations: ExpectationFile?
    if let expect {
      do throws(ExpectationError) {
        expectations = try ExpectationFile(path: expect)
      } catch {
        Terminal.say("lambdawire: \(error)")
        throw ExitStatus.badInput
      }
    }
    var settings = InspectionSettings()
    if let idleTimer {
      settings.translationLifetimes.certain = Int64(idleTimer) * 1_000_000_000
    }
    func nanoseconds(_ seconds: Int?) -> Int64? { seconds.map { Int64($0) * 1_000_000_000 } }
    settings.idleTimeouts = IdleTimeouts(
      tcp: nanoseconds(tcpTimer), udp: nanoseconds(udpTimer), icmp: nanoseconds(icmpTimer))
    settings.admitsOnlyAnswers = answersOnly
    settings.timeToLiveDecrement = hopDecrement
    let verification = Verification(
      files: paths, settings: settings, expectations: expectations?.translations,
      exchanges: expectations?.exchanges ?? [])
    if let junit { try Terminal.write(JUnitReport(verification).text, to: junit) }
    // Verdicts on nothing would only hide what is wrong.
    if verification.analysis.isUnread {
      try CaptureArguments.checkErrors(in: verification.analysis)
    }
    try Terminal.print(
      json
        ? JSONReport(verification).text : VerificationText(verification, style: Terminal.style).text
    )
    try CaptureArguments.checkErrors(in: verification.analysis)
    if let problem = verification.analysis.problem { Terminal.say("lambdawire: \(problem)") }
    if !verification.hasPassed { throw ExitStatus.failed }
  }
}

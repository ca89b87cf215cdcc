import Foundation
import Testing

@Suite struct DescribeCommandTests {
  private static let line =
    #"{"time_ns":2000000000,"event":"function","name":"orders","version":"$LATEST","#
    + #""state":"Active","last_update":"Successful","arn":"arn:1","role":"arn:role","#
    + #""runtime":"python3.13","memory_mib":128,"timeout_s":3,"modified_ns":0,"revision":"x"}"#

  @Test func `What a run's record says is shown as JSON, and counted`() throws {
    let folder = try TestFolder()
    _ = try folder.write(Self.line + "\n", to: "events.jsonl")
    let run = try ProgramRun(["describe", "events.jsonl", "functions"], in: folder)
    #expect(run.status == 0)
    #expect(run.errors == "lambdawire: 1 function has been shown\n")
    let answer = try #require(
      JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: [[String: Any]]])
    #expect(answer["Functions"]?.first?["FunctionName"] as? String == "orders")
    let early = try ProgramRun(["describe", ".", "functions", "--at", "1s"], in: folder)
    #expect(early.status == 0)
    #expect(early.output == "{\n    \"Functions\": []\n}\n")
    #expect(early.errors == "lambdawire: 0 functions have been shown\n")
  }

  @Test func `Misuse says what would be right`() throws {
    let folder = try TestFolder()
    _ = try folder.write(Self.line + "\n", to: "events.jsonl")
    _ = try folder.write("{}\n", to: "empty.jsonl")
    for (arguments, words) in [
      (["events.jsonl", "interfaces"], "network-interfaces"),
      (["events.jsonl"], "what"),
      (["events.jsonl", "functions", "--at", "noon"], "--at: found `noon`"),
      (["events.jsonl", "functions", "--at", "2019-09-03T00:00:00Z"], "does not say when"),
      (["empty.jsonl", "functions"], "expected the events.jsonl of a run"),
      (["missing", "cloudtrail"], "missing: cannot open: No such file or directory"),
    ] {
      let run = try ProgramRun(["describe"] + arguments, in: folder)
      #expect(run.status == 2, "\(arguments)")
      #expect(run.output.isEmpty, "\(arguments)")
      #expect(run.errors.contains(words), "\(arguments): \(run.errors)")
    }
  }
}

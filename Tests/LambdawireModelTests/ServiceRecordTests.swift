import Foundation
import LambdaService
import LambdawireModel
import SimulatedTime
import Testing

@Suite struct ServiceRecordTests {
  private static let interface =
    #"{"time_ns":1000000000,"event":"network-interface","id":"eni-1","status":"in-use","name":"n","#
    + #""vpc":"shop","vpc_id":"vpc-1","subnet":"a","subnet_id":"subnet-1","zone":"use1-az1","#
    + #""zone_name":"us-east-1a","address":"10.0.1.4","mac":"0a:00:00:00:00:01","#
    + #""groups":"sg-1=orders sg-2=x=y","type":"lambda","description":"d","requester":"r","#
    + #""owner":"123456789012","attachment":"ela-attach-1","attached_ns":500000000,"#
    + #""device_index":1,"instance_owner":"amazon-aws"}"#
  private static let function =
    #"{"time_ns":2000000000,"event":"function","name":"orders","version":"$LATEST","#
    + #""state":"Pending","state_reason":"words","state_reason_code":"Creating","#
    + #""last_update":"Successful","arn":"arn:1","role":"arn:role","runtime":"python3.13","#
    + #""memory_mib":128,"timeout_s":3,"modified_ns":0,"revision":"x"}"#

  /// What reading `text` says.
  private func read(_ text: String, at time: String? = nil) -> Result<ServiceRecord, RecordError> {
    let path = FileManager.default.temporaryDirectory.appending(
      path: "lambdawire-record-\(UUID())"
    ).path
    defer { try? FileManager.default.removeItem(atPath: path) }
    _ = FileManager.default.createFile(atPath: path, contents: Data(text.utf8))
    do throws(RecordError) { return .success(try ServiceRecord(path: path, at: time)) } catch {
      return .failure(error)
    }
  }

  private func complaint(_ text: String, at time: String? = nil) -> String {
    switch read(text, at: time) {
    case .success: "none"
    case .failure(let error): "\(error)"
    }
  }

  @Test func `What comes later takes the place of what was before, up to the time asked for`()
    throws
  {
    let later = Self.interface.replacingOccurrences(of: "1000000000", with: "5000000000")
      .replacingOccurrences(of: "in-use", with: "detaching")
    let gone = later.replacingOccurrences(of: "5000000000", with: "6000000000")
      .replacingOccurrences(of: "detaching", with: "gone")
    let text = [Self.interface, Self.function, later, gone].joined(separator: "\n")
    #expect(try read(text, at: "0.5s").get().describe(.networkInterfaces).count == 0)
    let used = try read(text, at: "1s").get().describe(.networkInterfaces)
    #expect(used.count == 1)
    #expect(used.text.contains(#""Status": "in-use""#))
    #expect(used.text.contains(#""GroupName": "x=y""#))
    let leaving = try read(text, at: "5s").get().describe(.networkInterfaces)
    #expect(leaving.text.contains(#""Status": "detaching""#))
    #expect(
      try read(text).get().describe(.networkInterfaces).text
        == "{\n    \"NetworkInterfaces\": []\n}\n")
    let functions = try read(text).get().describe(.functions)
    #expect(functions.text.contains(#""StateReasonCode": "Creating""#))
    #expect(!functions.text.contains("VpcConfig"))
    #expect(try read(text).get().describe(.cloudTrail).text == "{\"Records\":[\n]}\n")
  }

  @Test func `A deleted function is not shown, and one made again is`() throws {
    let deleted =
      #"{"time_ns":3000000000,"event":"function-deleted","name":"orders","version":"$LATEST","arn":"arn:1"}"#
    let again = Self.function.replacingOccurrences(of: "2000000000", with: "4000000000")
    let text = [Self.function, deleted, again].joined(separator: "\n")
    #expect(try read(text, at: "2s").get().describe(.functions).count == 1)
    #expect(try read(text, at: "3s").get().describe(.functions).count == 0)
    #expect(try read(text, at: "4s").get().describe(.functions).count == 1)
  }

  @Test func `Dates count from the start that the record says`() throws {
    let epoch = #"{"time_ns":0,"event":"capture-begins","epoch_ns":1567468800000000000}"#
    let text = [epoch, Self.interface].joined(separator: "\n")
    let shown = try read(text, at: "2019-09-03T00:00:01Z").get().describe(.networkInterfaces)
    #expect(shown.text.contains(#""AttachTime": "2019-09-03T00:00:00+00:00""#))
    #expect(
      try read(text, at: "2019-09-03T00:00:00.9Z").get().describe(.networkInterfaces).count == 0)
    #expect(complaint(Self.interface, at: "2019-09-03T00:00:01Z").contains("does not say when"))
    for time in ["", "yesterday", "-1s", "12", "2019-13-03T00:00:00Z"] {
      #expect(complaint(text, at: time).hasPrefix("--at: found"), "\(time)")
    }
  }

  @Test func `Lines of other kinds are passed over, broken ones are named`() {
    #expect(complaint("").hasSuffix("expected the events.jsonl of a run"))
    #expect(complaint(#"{"time_ns":1,"event":"drop"}"#).contains("found no network interface"))
    #expect(complaint("\n" + Self.interface + "\nx").contains(":3: found `x`"))
    #expect(
      complaint(#"{"event":"cloudtrail","record":"{}"}"#).contains(":1: found no `time_ns`"))
    for record in ["x", "[]", "{", "{} {}"] {
      #expect(
        complaint(#"{"time_ns":1,"event":"cloudtrail","record":"\#(record)"}"#)
          .contains("in `record`"), "\(record)")
    }
    #expect(
      complaint(#"{"time_ns":0,"event":"capture-begins","epoch_ns":-1}"#).contains("after 1970"))
  }

  @Test(arguments: [interface, function])
  func `Each member that is missing or of the wrong kind is named`(_ line: String) throws {
    let object = try #require(
      JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    // What stands in the record for those who read it without `describe`.
    let unread: Set<String> = ["event", "name", "vpc", "subnet", "attachment", "state_reason_code"]
    for key in object.keys.sorted() where !unread.contains(key) {
      var without = object
      without[key] = nil
      let text = String(
        decoding: try JSONSerialization.data(withJSONObject: without), as: UTF8.self)
      #expect(complaint(text).contains(":1: found no `\(key)`"), "\(key)")
      without[key] = [1]
      let wrong = String(
        decoding: try JSONSerialization.data(withJSONObject: without), as: UTF8.self)
      #expect(complaint(wrong).contains(":1: found a `\(key)` that is no"), "\(key)")
    }
    #expect(
      complaint(Self.interface.replacingOccurrences(of: "in-use", with: "used"))
        .contains("found the status `used`; expected one of pending, available"))
    #expect(
      complaint(Self.interface.replacingOccurrences(of: "sg-1=orders", with: "sg-1"))
        .contains("found the group `sg-1`"))
  }

  @Test func `There must be a record`() {
    do throws(RecordError) {
      _ = try ServiceRecord(path: "/no/such/file")
      Issue.record("read what is not there")
    } catch {
      #expect("\(error)" == "/no/such/file: cannot open: No such file or directory")
    }
    do throws(RecordError) {
      _ = try ServiceRecord(path: "/")
      Issue.record("read what is not there")
    } catch {
      #expect("\(error)".contains("found no events.jsonl"))
    }
  }
}

import LambdaService
import Testing

struct AvailabilityZoneTests {
  @Test(arguments: [
    ("use1-az1", "us-east-1", "us-east-1a"), ("usw2-az4", "us-west-2", "us-west-2d"),
    ("apse2-az3", "ap-southeast-2", "ap-southeast-2c"),
    ("euc1-az2", "eu-central-1", "eu-central-1b"),
    ("apne1-az26", "ap-northeast-1", "ap-northeast-1z"), ("sae1-az1", "sa-east-1", "sa-east-1a"),
  ])
  func `Identifiers of zones tell Region and name`(_ zone: String, _ region: String, _ name: String)
  {
    #expect(AvailabilityZone.region(of: zone) == region)
    #expect(AvailabilityZone.name(of: zone, in: region) == name)
  }

  @Test(arguments: [
    "", "-", "here", "use1", "use1-az0", "use1-az27", "x-az1", "us1-az1", "usx1-az1", "-az1",
    "ü-az1", "use1-AZ1",
  ])
  func `What has another form is left as it is`(_ zone: String) {
    let name = AvailabilityZone.name(of: zone, in: "us-east-1")
    #expect(name == zone || AvailabilityZone.region(of: zone) == nil)
    if !zone.hasPrefix("use1") { #expect(AvailabilityZone.region(of: zone) == nil) }
  }
}

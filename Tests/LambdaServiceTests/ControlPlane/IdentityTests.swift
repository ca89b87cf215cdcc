import LambdaService
import Testing

struct IdentityTests {
  @Test func `An account has twelve digits`() {
    #expect(AccountIdentifier(rawValue: "123456789012")?.description == "123456789012")
    for text in ["", "12345678901", "1234567890123", "12345678901x", "１２３４５６７８９０１２"] {
      #expect(AccountIdentifier(rawValue: text) == nil)
    }
    for seed in 0..<1000 as Range<UInt64> {
      let account = AccountIdentifier(owner: "shop", seed: seed)
      #expect(AccountIdentifier(rawValue: account.rawValue) == account)
      #expect(account.rawValue.first != "0")
    }
  }

  @Test func `Actions are allowed by name, by service or all, unless they are denied`() {
    let some = Permissions(allowing: ["ec2:CreateNetworkInterface", "logs:*"])
    #expect(some.allows("ec2:CreateNetworkInterface"))
    #expect(!some.allows("ec2:DeleteNetworkInterface"))
    #expect(some.allows("logs:PutLogEvents"))
    #expect(!some.denying("logs:PutLogEvents").allows("logs:PutLogEvents"))
    #expect(!Permissions.administrator.denying("ec2:*").allows("ec2:CreateNetworkInterface"))
    #expect(!Permissions(allowing: []).allows(""))
    for action in ["Create", "Describe", "Delete"] {
      for policy in [
        Permissions.lambdaVPCAccessExecutionRole, .lambdaENIManagementAccess, .administrator,
      ] {
        #expect(policy.allows("ec2:\(action)NetworkInterface\(action == "Describe" ? "s" : "")"))
      }
    }
  }
}

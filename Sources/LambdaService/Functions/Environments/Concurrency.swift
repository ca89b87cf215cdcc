/// How many invocations of an account are under way, and how many may be (Lambda guide,
/// "Understanding Lambda function scaling").
///
/// A function with reserved concurrency has that much for itself, and no more; all others share what
/// is left of the account's.
package struct Concurrency {
  /// What the functions without reserved concurrency of one account share.
  private struct Account {
    var limit: Int
    var inUse = 0
  }

  /// What one function has.
  private struct Share {
    var account: Int
    var reserved: Int?
    var inUse = 0
  }

  private var accounts: [Account] = []
  private var shares: [Share] = []

  package init() {}

  /// Adds an account, whose number is how many there were.
  package mutating func addAccount(limit: Int) {
    accounts.append(Account(limit: limit))
  }

  /// Adds a function, whose number is how many there were.
  package mutating func addFunction(account: Int, reserved: Int?) {
    shares.append(Share(account: account, reserved: reserved))
    accounts[account].limit -= reserved ?? 0
  }

  /// Counts an invocation, if there is room for it.
  ///
  /// - Returns: the reason that Lambda gives if there is none.
  package mutating func begin(_ function: Int) -> String? {
    if let reserved = shares[function].reserved {
      guard shares[function].inUse < reserved else {
        return "ReservedFunctionConcurrentInvocationLimitExceeded"
      }
    } else {
      let account = shares[function].account
      guard accounts[account].inUse < accounts[account].limit else {
        return "ConcurrentInvocationLimitExceeded"
      }
      accounts[account].inUse += 1
    }
    shares[function].inUse += 1
    return nil
  }

  /// Counts an invocation out that ``begin(_:)`` counted in.
  package mutating func end(_ function: Int) {
    shares[function].inUse -= 1
    if shares[function].reserved == nil { accounts[shares[function].account].inUse -= 1 }
  }
}

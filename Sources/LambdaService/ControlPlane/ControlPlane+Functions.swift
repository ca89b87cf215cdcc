public import SimulatedTime
import VirtualNetwork

/// The calls of Lambda's API that make, change and delete functions.
extension ControlPlane {
  /// `CreateFunction`.
  ///
  /// A function with a VPC is Pending until its Hyperplane interfaces are in use; before September
  /// 2019, and without a VPC, it is Active at once.
  ///
  /// - Returns: Its number: how many there were.
  /// - Throws: What AWS answers if it refuses.
  @discardableResult
  public mutating func createFunction(
    _ configuration: FunctionConfiguration, by caller: Principal = .administrator,
    at time: Instant
  ) throws(APIError) -> Int {
    advance(to: time)
    do throws(APIError) {
      try checkCreation(of: configuration, by: caller)
    } catch {
      recordCall(.createFunction, by: caller, configuration, nil, error)
      throw error
    }
    let number = functions.count
    functions.append(
      Function(configuration: configuration, lastModified: now, lastUsed: now))
    functionNumbers[configuration.name] = number
    reserve(configuration.reservedConcurrency, for: number)
    let needsInterfaces = configuration.vpc != nil && configuration.era != .perEnvironment
    if needsInterfaces {
      functions[number].state = .pending
      functions[number].stateReason = .creating
    }
    recordCall(.createFunction, by: caller, configuration, record(of: number), nil)
    reportFunction(number)
    if needsInterfaces, let vpc = configuration.vpc { connect(number, to: vpc, for: .creation) }
    return number
  }

  /// Takes a function into the books that was created long ago, with interfaces that have been in use
  /// since.
  ///
  /// - Parameters:
  ///   - configuration: The function; it is taken to have been checked then.
  ///   - interfaces: What the plan calls its Hyperplane interfaces, one for each subnet in the order
  ///     of the configuration; several functions may name the same. None before September 2019.
  ///   - versionCount: How many versions of it as it is were published then.
  /// - Returns: Its number: how many there were.
  @discardableResult
  public mutating func establish(
    _ configuration: FunctionConfiguration, on interfaces: [String], versionCount: Int = 0
  ) -> Int {
    let number = functions.count
    functions.append(
      Function(configuration: configuration, lastModified: now, lastUsed: now))
    functionNumbers[configuration.name] = number
    reserve(configuration.reservedConcurrency, for: number)
    if let vpc = configuration.vpc, configuration.era != .perEnvironment {
      let groups = vpc.securityGroups.compactMap { groupNumbers[$0] }
      let subnets = vpc.subnets.compactMap { subnetNumbers[$0] }
      for (subnet, name) in zip(subnets, interfaces) {
        let link = use(SharedKey(subnet: subnet, groups: groups.sorted()), groups, for: number)
        if functions[number].links.contains(link) {
          shared[link].users -= 1
          continue
        }
        functions[number].links.append(link)
        guard shared[link].interfaces.isEmpty else { continue }
        if let interface = adopt(
          name, subnet: subnet, groups: groups, purpose: .shared(link), role: configuration.role)
        {
          shared[link].interfaces.append(interface)
          shared[link].attempts = 1
        }
      }
    }
    reportFunction(number)
    watch(number)
    for _ in 0..<versionCount { reportFunction(addVersion(of: number)) }
    return number
  }

  /// `UpdateFunctionConfiguration`.
  ///
  /// While new interfaces are being made, invocations go on with the old ones, and `LastUpdateStatus`
  /// is `InProgress` (lambda-vpc §3.1). An update of an Inactive function has its network made again.
  ///
  /// - Precondition: there has been such a function.
  /// - Throws: What AWS answers if it refuses.
  public mutating func updateFunctionConfiguration(
    _ number: Int, _ update: FunctionUpdate, by caller: Principal = .administrator,
    at time: Instant
  ) throws(APIError) {
    advance(to: time)
    var configuration = functions[number].configuration
    configuration.memory = update.memory ?? configuration.memory
    configuration.timeout = update.timeout ?? configuration.timeout
    configuration.role = update.role ?? configuration.role
    switch update.vpc {
    case .connect(let vpc): configuration.vpc = vpc
    case .disconnect: configuration.vpc = nil
    case nil: break
    }
    do throws(APIError) {
      try checkUpdate(of: number, to: configuration, connects: update.vpc != nil, by: caller)
    } catch {
      recordCall(.updateFunctionConfiguration, by: caller, configuration, nil, error)
      throw error
    }
    let former = functions[number].configuration.vpc
    functions[number].configuration.memory = configuration.memory
    functions[number].configuration.timeout = configuration.timeout
    functions[number].configuration.role = configuration.role
    functions[number].lastModified = now
    functions[number].lastUpdateReason = nil
    let isDone = configuration.vpc == former || configuration.era == .perEnvironment
    functions[number].lastUpdate = isDone ? .successful : .inProgress
    if configuration.era == .perEnvironment {
      functions[number].configuration.vpc = configuration.vpc
    }
    recordCall(
      .updateFunctionConfiguration, by: caller, configuration,
      shown(number, with: configuration.vpc), nil)
    guard !isDone else {
      reportFunction(number)
      return
    }
    guard let vpc = configuration.vpc else {
      disconnect(number)
      return
    }
    if functions[number].state == .inactive {
      change(number, to: .pending, .restoring)
      connect(number, to: vpc, for: .restoration)
    } else {
      report(.function(number, shown(number, with: vpc)))
      connect(number, to: vpc, for: .update)
    }
  }

  /// Takes a function out of its VPC; its interfaces are deleted if nobody else uses them.
  private mutating func disconnect(_ number: Int) {
    let former = functions[number].links
    functions[number].links = []
    functions[number].brokenLinks = 0
    functions[number].configuration.vpc = nil
    functions[number].lastUpdate = .successful
    if functions[number].state == .inactive {
      change(number, to: .pending, .restoring)
      change(number, to: .active, nil)
    } else {
      reportFunction(number)
    }
    for link in former { release(link, after: settings.sharedDeletionDelay) }
  }

  /// `PublishVersion`: what the function is now can be invoked as it is for as long as the version
  /// exists, and so do the interfaces that it uses (lambda-vpc §3.1).
  ///
  /// The version is a function of its own from now on (``function(named:)`` finds `orders:1`), but
  /// shares the concurrency of the function.
  ///
  /// - Returns: The number of the version, from 1 on.
  /// - Throws: What AWS answers if it refuses.
  @discardableResult
  public mutating func publishVersion(
    of number: Int, by caller: Principal = .administrator, at time: Instant
  ) throws(APIError) -> Int {
    advance(to: time)
    let configuration = functions[number].configuration
    do throws(APIError) {
      try check("lambda:PublishVersion", of: configuration.name, by: caller)
      try checkExists(number)
      try checkIsLatest(number)
      try checkIsSettled(number)
    } catch {
      recordCall(.publishVersion, by: caller, configuration, nil, error)
      throw error
    }
    let published = addVersion(of: number)
    recordCall(.publishVersion, by: caller, configuration, record(of: published), nil)
    reportFunction(published)
    return functions[number].versions.count
  }

  /// Takes what a function is now into the books as its next version.
  private mutating func addVersion(of number: Int) -> Int {
    var function = Function(
      configuration: functions[number].configuration,
      published: (number, functions[number].versions.count + 1),
      lastModified: functions[number].lastModified, lastUsed: now)
    function.state = functions[number].state
    function.stateReason = functions[number].stateReason
    function.links = functions[number].links
    function.brokenLinks = functions[number].brokenLinks
    for link in function.links { shared[link].users += 1 }
    let published = functions.count
    functions.append(function)
    functions[number].versions.append(published)
    functionNumbers[qualifiedName(of: published)] = published
    watch(published)
    return published
  }

  /// `DeleteFunction`, of everything or of one version.
  ///
  /// - Throws: What AWS answers if it refuses.
  public mutating func deleteFunction(
    _ number: Int, version: Int? = nil, by caller: Principal = .administrator, at time: Instant
  ) throws(APIError) {
    if let (function, version) = functions[number].published {
      try deleteFunction(function, version: version, by: caller, at: time)
      return
    }
    advance(to: time)
    let configuration = functions[number].configuration
    let published = functions[number].versions.first {
      functions[$0].published?.version == version && !functions[$0].isDeleted
    }
    do throws(APIError) {
      try check("lambda:DeleteFunction", of: configuration.name, by: caller)
      try checkExists(number)
      if let version, published == nil {
        throw notFound("\(arn(of: configuration.name)):\(version)")
      }
    } catch {
      recordCall(.deleteFunction, by: caller, configuration, nil, error)
      throw error
    }
    recordCall(.deleteFunction, by: caller, configuration, nil, nil)
    if let published {
      remove(published)
      return
    }
    for published in functions[number].versions where !functions[published].isDeleted {
      remove(published)
    }
    remove(number)
    reserve(nil, for: number)
  }

  /// Takes a function or a version out of the books.
  private mutating func remove(_ number: Int) {
    report(.functionDeleted(number, record(of: number)))
    functions[number].isDeleted = true
    functionNumbers[qualifiedName(of: number)] = nil
    abandonConnecting(number)
    let links = functions[number].links
    functions[number].links = []
    for link in links { release(link, after: settings.sharedDeletionDelay) }
  }

  /// `PutFunctionConcurrency`, or `DeleteFunctionConcurrency` if `limit` is `nil`.
  ///
  /// - Throws: What AWS answers if too little would be left for other functions.
  public mutating func setReservedConcurrency(
    _ limit: Int?, of number: Int, by caller: Principal = .administrator, at time: Instant
  ) throws(APIError) {
    advance(to: time)
    try check(
      limit == nil ? "lambda:DeleteFunctionConcurrency" : "lambda:PutFunctionConcurrency",
      of: functions[number].configuration.name, by: caller)
    try checkExists(number)
    try checkReservation(limit, instead: functions[number].configuration.reservedConcurrency)
    reserve(limit, for: number)
    reportFunction(number)
  }

  /// Sets concurrency aside for a function, or gives it back to all.
  private mutating func reserve(_ limit: Int?, for number: Int) {
    let former =
      functions[number].requests == nil
      ? nil : functions[number].configuration.reservedConcurrency
    // Executions under way count where the function belongs from now on.
    if former == nil, limit != nil { unreservedInFlight -= concurrency(of: number) }
    if former != nil, limit == nil { unreservedInFlight += concurrency(of: number) }
    reservedConcurrency += (limit ?? 0) - (former ?? 0)
    functions[number].configuration.reservedConcurrency = limit
    let requests = max(1, (limit ?? 0) * settings.requestsPerConcurrency)
    functions[number].requests =
      limit == nil ? nil : RequestBucket(capacity: requests, refill: requests)
  }

  // MARK: - Records

  func arn(of name: String) -> String {
    "arn:aws:lambda:\(settings.region):\(account):function:\(name)"
  }

  /// What a function is invoked by: its name, with the version if it is one.
  func qualifiedName(of number: Int) -> String {
    let name = functions[number].configuration.name
    guard let published = functions[number].published else { return name }
    return "\(name):\(published.version)"
  }

  func record(of number: Int) -> FunctionRecord {
    let function = functions[number]
    let isUpdating = function.lastUpdate == .inProgress
    return shown(
      number,
      with: isUpdating ? function.connecting?.vpc : function.configuration.vpc)
  }

  /// The record of a function as if its VPC configuration were `vpc`.
  private func shown(_ number: Int, with vpc: VPCConfiguration?) -> FunctionRecord {
    let function = functions[number]
    let configuration = function.configuration
    return FunctionRecord(
      name: configuration.name, arn: arn(of: qualifiedName(of: number)),
      roleARN: "arn:aws:iam::\(account):role/\(configuration.role.name)",
      runtime: configuration.runtime, memory: configuration.memory,
      timeout: configuration.timeout,
      version: function.published.map { "\($0.version)" } ?? "$LATEST", vpc: vpc,
      vpcIdentifier: vpc?.subnets.first.flatMap { subnetNumbers[$0] }.map {
        vpcs[subnets[$0].vpc].identifier
      },
      lastModified: function.lastModified,
      revision: SeededName.uuid(
        "revision", qualifiedName(of: number), "\(number)", "\(function.revision)", seed: seed),
      state: function.state, stateReason: function.stateReason, lastUpdate: function.lastUpdate,
      lastUpdateReason: function.lastUpdateReason,
      reservedConcurrency: configuration.reservedConcurrency)
  }
}

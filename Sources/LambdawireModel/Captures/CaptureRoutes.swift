import CaptureFiles
import EventSimulation

/// Which capture points write to which files, decided before any file is opened.
struct CaptureRoutes {
  /// Where the records of one point go.
  struct Route {
    var name: String
    /// The number of the file that it writes to with others of its kind, or -1.
    var file: Int32 = -1
    var interface: UInt32 = 0
    /// The number of the file that all points write to, or -1.
    var mergedFile: Int32 = -1
    var mergedInterface: UInt32 = 0

    var isWritten: Bool { file >= 0 || mergedFile >= 0 }
  }

  /// A capture file to be.
  struct File {
    /// Relative to the output folder.
    var name: String
    /// Its interfaces.
    var taps: [Tap] = []
    var isMerged = false
    var isClassic = false
  }

  /// The merged file comes first, if there is one.
  private(set) var files: [File] = []
  /// By partition; the points of each in the order of ``TapLayout/places``.
  private(set) var routes: [[Route]]
  /// How many points each partition has at each place.
  private let counts: [[Int]]
  /// How many interfaces each of its VPCs has.
  private let interfaceCounts: [[Int]]

  init(_ layouts: [TapLayout], _ options: RunOptions, _ selection: TapSelection) {
    let places = layouts.map(\.places)
    counts = places.map { $0.map(\.count) }
    interfaceCounts = layouts.map { $0.interfaces.map(\.count) }
    routes = Array(repeating: [], count: layouts.count)
    var numbers: [String: Int] = [:]
    if options.files != .taps, options.format == .pcapng {
      files.append(File(name: "all.pcapng", isMerged: true))
    }
    for place in counts.first?.indices ?? 0..<0 {
      // What is one node of the Region is one interface, whichever partition sees it.
      var shared: Route?
      for partition in places.indices {
        for tap in places[partition][place] {
          guard selection.includes(tap) else {
            routes[partition].append(Route(name: tap.name))
            continue
          }
          let route =
            tap.isShared ? shared ?? add(tap, options, &numbers) : add(tap, options, &numbers)
          if tap.isShared { shared = route }
          routes[partition].append(route)
        }
      }
    }
  }

  private mutating func add(
    _ tap: Tap, _ options: RunOptions, _ numbers: inout [String: Int]
  ) -> Route {
    var route = Route(name: tap.name)
    if let merged = files.first, merged.isMerged {
      route.mergedFile = 0
      route.mergedInterface = UInt32(merged.taps.count)
      files[0].taps.append(tap)
    }
    guard options.files != .merged else { return route }
    let number = numbers[tap.file] ?? files.count
    if number == files.count {
      numbers[tap.file] = number
      files.append(
        File(
          name: "taps/\(tap.file).\(options.format.rawValue)", isClassic: options.format == .pcap))
    }
    route.file = Int32(number)
    route.interface = UInt32(files[number].taps.count)
    files[number].taps.append(tap)
    return route
  }

  /// The files' names, the merged one last.
  var names: [String] {
    files.filter { !$0.isMerged }.map(\.name) + files.filter(\.isMerged).map(\.name)
  }

  /// Gives the points of a partition to those who write there.
  func points(of partition: Int, _ points: [CapturePoint]) -> TapPoints {
    var rest = points[...]
    func take(_ count: Int) -> [CapturePoint] {
      defer { rest = rest.dropFirst(count) }
      return Array(rest.prefix(count))
    }
    let count = counts[partition]
    var result = TapPoints()
    result.guests = take(count[0])
    result.slots = take(count[1])
    result.tunnels = take(count[2])
    result.hyperplaneIn = take(count[3]).first ?? .none
    result.hyperplaneOut = take(count[4]).first ?? .none
    result.interfaces = interfaceCounts[partition].map { take($0) }
    result.resolvers = take(count[6])
    result.natGateways = take(count[7])
    result.gateways = take(count[8])
    result.outsideHosts = take(count[9])
    return result
  }
}

import CaptureFiles
import EventSimulation
import PacketFormats
import VirtualNetwork

/// The capture files of a run, opened in its output folder.
struct CaptureFolder: ~Copyable {
  /// What the points write through.
  var captures: CaptureSet
  private(set) var points = TapPoints()
  /// The files, relative to the output folder.
  private(set) var files: [String] = []
  /// Guests that are not captured because there are too many.
  private(set) var omittedGuests = 0

  /// Opens the files.
  ///
  /// - Parameters:
  ///   - layout: All points the run has.
  ///   - options: Which of them are written, and how.
  ///   - plan: Whose addresses get names.
  ///   - run: What the run is called in the files.
  ///   - epoch: The capture time of virtual zero, in nanoseconds since the Unix epoch.
  ///   - folder: Where to write.
  /// - Throws: ``ModelError`` for an unknown point, ``OutputError`` or `CaptureFileError`.
  init(
    _ layout: TapLayout, _ options: RunOptions, _ plan: WorldPlan, run: RunIdentity,
    epoch: Int64, in folder: borrowing OutputFolder
  ) throws {
    captures = CaptureSet(epoch: epoch, annotations: options.annotations)
    var selection = try TapSelection(options.taps, layout)
    if layout.guests.count > TapLayout.guestLimit { omittedGuests = selection.omitGuests(layout) }
    if options.files != .merged {
      try folder.makeFolder("taps")
      if selection.includesGuests { try folder.makeFolder("taps/guest") }
    }
    points.guests = layout.guests.map { addPoint($0, selection) }
    points.slots = layout.slots.map { addPoint($0, selection) }
    points.tunnels = layout.tunnels.map { addPoint($0, selection) }
    if let tap = layout.hyperplaneIn { points.hyperplaneIn = addPoint(tap, selection) }
    if let tap = layout.hyperplaneOut { points.hyperplaneOut = addPoint(tap, selection) }
    points.interfaces = layout.interfaces.map { $0.map { addPoint($0, selection) } }
    points.resolvers = layout.resolvers.map { addPoint($0, selection) }
    if !options.filter.isEmpty {
      captures.attach(
        written.map(\.point), filter: try PacketFilter(options.filter))
    }
    try openFiles(options, plan, run, folder)
  }

  /// Hands over the open files.
  consuming func takeCaptures() -> CaptureSet { captures }

  /// Takes full buffers off the run's hands.
  private let writeBehind = WriteBehind()

  /// The points that are written, in the order of the path.
  private var written: [(point: CapturePoint, tap: Tap)] = []

  /// Adds a point, whether it is written or not: what dies there needs a name for the place.
  private mutating func addPoint(_ tap: Tap, _ selection: TapSelection) -> CapturePoint {
    let point = captures.addPoint(named: tap.name)
    if selection.includes(tap) { written.append((point, tap)) }
    return point
  }

  private mutating func openFiles(
    _ options: RunOptions, _ plan: WorldPlan, _ run: RunIdentity,
    _ folder: borrowing OutputFolder
  ) throws {
    if options.files != .merged {
      var order: [String] = []
      for (_, tap) in written where !order.contains(tap.file) { order.append(tap.file) }
      for file in order {
        let name = "taps/\(file).\(options.format.rawValue)"
        files.append(name)
        let taps = written.filter { $0.tap.file == file }
        if options.format == .pcap {
          let id = captures.add(
            try PcapWriter(path: "\(folder.workingPath)/\(name)", precision: .nanoseconds))
          for (point, _) in taps { captures.attach(point, toClassic: id) }
        } else {
          let guest = taps.first.flatMap { $0.tap.name == "guest" ? $0.tap : nil }
          try open(
            name, taps, merged: false,
            comments: [run.sectionComment],
            names: NameResolution(plan, guest: guest?.qualifiedName), run, folder)
        }
      }
    }
    if options.files != .taps, options.format == .pcapng {
      files.append("all.pcapng")
      try open(
        "all.pcapng", written, merged: true,
        comments: [
          run.sectionComment,
          "One packet appears here once for every hop. Read with the profile that comes with "
            + "Lambdawire (wireshark -C lambdawire), which turns off TCP sequence analysis, TCP "
            + "reassembly and DNS retransmission detection.",
        ], names: NameResolution(plan, guest: nil), run, folder)
    }
  }

  private mutating func open(
    _ name: String, _ taps: [(point: CapturePoint, tap: Tap)], merged: Bool, comments: [String],
    names: NameResolution, _ run: RunIdentity, _ folder: borrowing OutputFolder
  ) throws {
    var writer = try PcapngWriter(
      path: "\(folder.workingPath)/\(name)",
      section: SectionHeader(
        hardware: "simulated", application: run.application, comments: comments))
    let interfaces = taps.map { writer.add($0.tap.interface) }
    // Names stand before the first packet, right after the interfaces (design §5).
    writer.add(names)
    writer.write(behind: writeBehind)
    let id = captures.add(writer)
    for (number, (point, _)) in taps.enumerated() {
      if merged {
        captures.attach(point, toMerged: id, interface: interfaces[number])
      } else {
        captures.attach(point, to: id, interface: interfaces[number])
      }
    }
  }
}

/// What a run is called in the files it writes.
struct RunIdentity {
  var scenario: String
  var seed: UInt64
  /// An era that replaces those of the scenario, or empty.
  var networking: String

  var application: String { "Lambdawire \(LambdawireVersion.current)" }

  var sectionComment: String {
    "scenario \(scenario), seed \(seed)"
      + (networking.isEmpty ? "" : ", networking \(networking)")
      + ", Lambdawire \(LambdawireVersion.current)"
  }
}

/// Which capture points a run writes.
struct TapSelection {
  /// Names of points, or of single guests; empty for all.
  private let wanted: Set<String>
  private var leavesOutGuests = false

  /// Checks what was asked for.
  ///
  /// - Throws: ``ModelError/unknownTap(_:available:)``.
  init(_ names: [String], _ layout: TapLayout) throws(ModelError) {
    let guests = Set(layout.guests.map(\.qualifiedName))
    for name in names where !layout.names.contains(name) && !guests.contains(name) {
      throw .unknownTap(name, available: layout.names)
    }
    wanted = Set(names)
  }

  func includes(_ tap: Tap) -> Bool {
    if wanted.contains(tap.qualifiedName) { return true }
    if leavesOutGuests, tap.name == "guest" { return false }
    return wanted.isEmpty || wanted.contains(tap.name)
  }

  /// Whether any guest may be written.
  var includesGuests: Bool {
    wanted.isEmpty ? !leavesOutGuests : wanted.contains { $0.hasPrefix("guest") }
  }

  /// Leaves out guests that were not asked for by name, and says how many.
  mutating func omitGuests(_ layout: TapLayout) -> Int {
    leavesOutGuests = true
    guard wanted.isEmpty || wanted.contains("guest") else { return 0 }
    return layout.guests.count { !wanted.contains($0.qualifiedName) }
  }
}

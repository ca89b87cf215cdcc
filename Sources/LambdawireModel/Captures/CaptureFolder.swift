import CaptureFiles
import EventSimulation
import PacketFormats
import VirtualNetwork

/// The capture files of a run, opened in its output folder.
struct CaptureFolder {
  /// Which points write where.
  let routes: CaptureRoutes
  private let options: RunOptions
  private let plans: [WorldPlan]
  private let run: RunIdentity
  /// The capture time of virtual zero, in nanoseconds since the Unix epoch.
  private let epoch: Int64
  /// Guests that are not captured because there are too many.
  private(set) var omittedGuests = 0
  /// What a file collects before it is written, in bytes.
  ///
  /// All buffers of a run together should fit into a cache that processors share: what one has
  /// composed another copies into the file.
  private static let bufferByteCount = 1 << 16
  /// Takes full buffers off the run's hands.
  private let writeBehind = WriteBehind()

  /// Decides what is written.
  ///
  /// - Parameters:
  ///   - layouts: All points the run has, by partition.
  ///   - options: Which of them are written, and how.
  ///   - plans: Whose addresses get names.
  ///   - run: What the run is called in the files.
  ///   - epoch: The capture time of virtual zero, in nanoseconds since the Unix epoch.
  /// - Throws: ``ModelError`` for an unknown point.
  init(
    _ layouts: [TapLayout], _ options: RunOptions, _ plans: [WorldPlan], run: RunIdentity,
    epoch: Int64
  ) throws(ModelError) {
    var selection = try TapSelection(options.taps, layouts)
    let guestCount = layouts.reduce(0) { $0 + $1.guests.count }
    if guestCount > TapLayout.guestLimit { omittedGuests = selection.omitGuests(layouts) }
    routes = CaptureRoutes(layouts, options, selection)
    self.options = options
    self.plans = plans
    self.run = run
    self.epoch = epoch
  }

  /// The files, relative to the output folder.
  var files: [String] { routes.names }

  /// Makes the folders for the files.
  func makeFolders(in folder: borrowing OutputFolder) throws(OutputError) {
    guard options.files != .merged else { return }
    try folder.makeFolder("taps")
    if routes.files.contains(where: { $0.name.hasPrefix("taps/guest/") }) {
      try folder.makeFolder("taps/guest")
    }
  }

  /// A set without files or points.
  func makeCaptures() -> CaptureSet {
    CaptureSet(epoch: epoch, annotations: options.annotations)
  }

  /// Opens the files for a run of one partition, whose points write to them at once.
  ///
  /// - Parameters:
  ///   - captures: A set without files, which gets them and the points.
  ///   - folder: Where to write.
  /// - Returns: The points.
  /// - Throws: `CaptureFileError`.
  func open(
    _ captures: inout CaptureSet, in folder: borrowing OutputFolder
  ) throws(CaptureFileError) -> TapPoints {
    var files: [OpenFile] = []
    let names = NameResolution(plans)
    for file in routes.files {
      files.append(
        file.isClassic
          ? .classic(captures.add(try openClassic(file, folder)))
          : .pcapng(captures.add(try open(file, names, folder))))
    }
    return try addPoints(of: 0, to: &captures, files)
  }

  /// Has the points of a partition collect what is to be merged with what others collect.
  ///
  /// - Parameters:
  ///   - captures: A set without files, which gets the points.
  ///   - partition: The number of the partition.
  /// - Returns: The points.
  /// - Throws: `CaptureFileError` if the filter is none.
  func collect(
    _ captures: inout CaptureSet, for partition: Int
  ) throws(CaptureFileError) -> TapPoints {
    var files: [OpenFile] = []
    for file in routes.files {
      // Also for classic files: what those cannot hold is left out when they are written.
      files.append(
        .pcapng(captures.add(PcapngWriter(collectingFor: UInt32(file.taps.count)))))
    }
    return try addPoints(of: partition, to: &captures, files)
  }

  /// Opens the files that the packets of several partitions are merged into.
  ///
  /// - Throws: `CaptureFileError`.
  func openMerged(in folder: borrowing OutputFolder) throws(CaptureFileError) -> [MergedFile] {
    var merged: [MergedFile] = []
    let names = NameResolution(plans)
    for file in routes.files {
      var captures = makeCaptures()
      let target: OpenFile =
        file.isClassic
        ? .classic(captures.add(try openClassic(file, folder)))
        : .pcapng(captures.add(try open(file, names, folder)))
      merged.append(MergedFile(captures, target, file, sourceCount: plans.count, epoch: epoch))
    }
    return merged
  }

  private func addPoints(
    of partition: Int, to captures: inout CaptureSet, _ files: [OpenFile]
  ) throws(CaptureFileError) -> TapPoints {
    var points: [CapturePoint] = []
    points.reserveCapacity(routes.routes[partition].count)
    var written: [CapturePoint] = []
    for route in routes.routes[partition] {
      guard route.isWritten else {
        points.append(captures.addSilentPoint(named: route.name))
        continue
      }
      let point = captures.addPoint(named: route.name)
      points.append(point)
      written.append(point)
      if route.file >= 0 {
        switch files[Int(route.file)] {
        case .pcapng(let id): captures.attach(point, to: id, interface: route.interface)
        case .classic(let id): captures.attach(point, toClassic: id)
        }
      }
      if route.mergedFile >= 0, case .pcapng(let id) = files[Int(route.mergedFile)] {
        captures.attach(point, toMerged: id, interface: route.mergedInterface)
      }
    }
    if !options.filter.isEmpty {
      captures.attach(written, filter: try PacketFilter(options.filter))
    }
    return routes.points(of: partition, points)
  }

  // MARK: - Opening

  /// A file of a capture set.
  enum OpenFile {
    case pcapng(CaptureSet.FileID)
    case classic(CaptureSet.ClassicFileID)
  }

  private func openClassic(
    _ file: CaptureRoutes.File, _ folder: borrowing OutputFolder
  ) throws(CaptureFileError) -> PcapWriter {
    try PcapWriter(path: "\(folder.workingPath)/\(file.name)", precision: .nanoseconds)
  }

  private func open(
    _ file: CaptureRoutes.File, _ names: NameResolution, _ folder: borrowing OutputFolder
  ) throws(CaptureFileError) -> PcapngWriter {
    var comments = [run.sectionComment]
    var names = names
    if file.isMerged {
      comments.append(
        "One packet appears here once for every hop. Read with the profile that comes with "
          + "Lambdawire (wireshark -C lambdawire), which turns off TCP sequence analysis, TCP "
          + "reassembly and DNS retransmission detection.")
    } else if let tap = file.taps.first, tap.name == "guest" {
      names = names.naming(guest: tap.qualifiedName)
    }
    var writer = try PcapngWriter(
      path: "\(folder.workingPath)/\(file.name)",
      section: SectionHeader(
        hardware: "simulated", application: run.application, comments: comments),
      bufferByteCount: Self.bufferByteCount)
    for tap in file.taps { _ = writer.add(tap.interface) }
    // Names stand before the first packet, right after the interfaces (design §5).
    writer.add(names)
    writer.write(behind: writeBehind)
    return writer
  }
}

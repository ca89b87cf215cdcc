/// Who may know whom: every module, and all that its sources may import.
///
/// This is the architecture said once more, on purpose apart from the manifest: who adds a
/// dependency there has to come here too and say that the house is to look like that.
enum ModuleTable {
  struct Row {
    var module: String
    /// Modules of this package, all of them further up.
    var modules: [String] = []
    /// Modules of other packages.
    var products: [String] = []
    /// Modules of the system and the toolchain.
    var system: [String] = []

    var everything: Set<String> { Set(modules + products + system) }
  }

  /// From the bottom of the house to the top.
  static let rows = [
    Row(module: "CLibpcap"),
    Row(module: "CZlib"),
    Row(module: "SimulatedTime"),
    Row(module: "PacketFormats"),
    Row(module: "CaptureFiles", modules: ["CLibpcap"], system: ["Glibc"]),
    Row(
      module: "AddressTranslation", modules: ["SimulatedTime", "PacketFormats"],
      system: ["Glibc"]),
    Row(module: "EventSimulation", modules: ["SimulatedTime", "CaptureFiles"], system: ["Glibc"]),
    Row(
      module: "EndpointStack", modules: ["SimulatedTime", "PacketFormats", "EventSimulation"]),
    Row(
      module: "VirtualNetwork",
      modules: [
        "SimulatedTime", "PacketFormats", "AddressTranslation", "EventSimulation", "EndpointStack",
      ]),
    Row(
      module: "LambdaService",
      modules: [
        "SimulatedTime", "PacketFormats", "AddressTranslation", "EventSimulation",
        "EndpointStack", "VirtualNetwork",
      ]),
    Row(
      module: "LambdawireModel",
      modules: [
        "CZlib", "SimulatedTime", "PacketFormats", "CaptureFiles", "AddressTranslation",
        "EventSimulation", "EndpointStack", "VirtualNetwork", "LambdaService",
      ], products: ["Yams"], system: ["Glibc"]),
    // An honest second opinion knows nothing of the model that it judges.
    Row(
      module: "CaptureInspection", modules: ["PacketFormats", "CaptureFiles"],
      products: ["Histogram"]),
    Row(
      module: "LambdawireTesting",
      modules: ["PacketFormats", "CaptureFiles", "LambdawireModel", "CaptureInspection"],
      system: ["Foundation", "Synchronization", "Testing"]),
    Row(
      module: "LambdawireReports",
      modules: ["SimulatedTime", "PacketFormats", "LambdawireModel", "CaptureInspection"],
      system: ["Foundation"]),
    Row(
      module: "LambdawireCommand",
      modules: [
        "SimulatedTime", "CaptureFiles", "EventSimulation", "LambdawireModel",
        "CaptureInspection", "LambdawireReports",
      ], products: ["ArgumentParser"], system: ["Foundation", "Glibc", "Synchronization"]),
  ]

  static let moduleNames = rows.map(\.module)

  static func row(_ module: String) -> Row? { rows.first { $0.module == module } }
}

// swift-tools-version: 6.3
import PackageDescription

/// Settings shared by every target, so that none can quietly opt out.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]

/// Each module, and the modules it may import: only ones above it.
///
/// Tests/PackageTests holds this list against the imports in the sources.
let modules: KeyValuePairs<String, [Target.Dependency]> = [
  "SimulatedTime": [],
  "PacketFormats": [],
  "CaptureFiles": ["CLibpcap"],
  "AddressTranslation": ["PacketFormats", "SimulatedTime"],
  "EventSimulation": ["CaptureFiles", "SimulatedTime"],
  "EndpointStack": ["EventSimulation", "PacketFormats", "SimulatedTime"],
  "VirtualNetwork": ["AddressTranslation", "EventSimulation", "PacketFormats", "SimulatedTime"],
  "LambdaService": [
    "AddressTranslation", "EndpointStack", "EventSimulation", "PacketFormats", "SimulatedTime",
    "VirtualNetwork",
  ],
  "LambdawireModel": [
    "AddressTranslation", "CaptureFiles", "EndpointStack", "EventSimulation", "LambdaService",
    "PacketFormats", "SimulatedTime", "VirtualNetwork",
    "CZlib", .product(name: "Yams", package: "Yams"),
  ],
  "CaptureInspection": [
    "CaptureFiles", "PacketFormats",
    .product(name: "Histogram", package: "hdrhistogram-swift"),
  ],
  "LambdawireTesting": ["CaptureFiles", "CaptureInspection", "LambdawireModel"],
  "LambdawireReports": ["CaptureInspection", "LambdawireModel", "PacketFormats"],
]

/// Has the program bring the Swift libraries along.
///
/// So it starts in half the time, and on machines where no Swift is installed. Tests share what is
/// compiled, so only linking may differ; the parts of Foundation are named here because nothing names
/// them that was not compiled for it.
let standalone: [LinkerSetting] =
  [
    .unsafeFlags(["-static-stdlib"], .when(platforms: [.linux], configuration: .release))
  ]
  + [
    "CoreFoundation", "_FoundationCollections", "_FoundationCShims", "_FoundationICU",
  ].map { .linkedLibrary($0, .when(platforms: [.linux], configuration: .release)) }

let everything = modules.map { Target.Dependency(stringLiteral: $0.key) }

let package = Package(
  name: "lambdawire",
  products: modules.map { .library(name: $0.key, targets: [$0.key]) } + [
    .executable(name: "lambdawire", targets: ["LambdawireCommand"])
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
  ],
  targets: [
    .systemLibrary(name: "CLibpcap", pkgConfig: "libpcap", providers: [.apt(["libpcap-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
  ]
    + modules.map {
      .target(
        name: $0.key, dependencies: $0.value,
        exclude: $0.key == "AddressTranslation" ? ["README.md"] : [], swiftSettings: strict)
    }
    + [
      .executableTarget(
        name: "LambdawireCommand",
        dependencies: [
          "CaptureFiles", "CaptureInspection", "EventSimulation", "LambdawireModel",
          "LambdawireReports", "SimulatedTime",
          .product(name: "ArgumentParser", package: "swift-argument-parser"),
        ], swiftSettings: strict, linkerSettings: standalone),
      .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
      .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
      .testTarget(
        name: "AllocationTests", dependencies: everything + ["TestSupport", "CAllocationCounter"],
        swiftSettings: strict),
    ]
    + (modules.map { $0.key + "Tests" } + ["LambdawireCommandTests", "OracleTests", "PackageTests"])
    .map {
      .testTarget(name: $0, dependencies: everything + ["TestSupport"], swiftSettings: strict)
    }
)

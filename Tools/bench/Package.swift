// swift-tools-version: 6.3
import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]

/// A package of its own, so that nobody who uses Lambdawire builds what only measures it.
let package = Package(
  name: "lambdawire-bench",
  dependencies: [.package(name: "lambdawire", path: "../..")],
  targets: [
    .executableTarget(
      name: "parts",
      dependencies: [.product(name: "CaptureFiles", package: "lambdawire")],
      path: "Sources/Parts", swiftSettings: strict),
    .executableTarget(
      name: "flows",
      dependencies: [
        .product(name: "AddressTranslation", package: "lambdawire"),
        .product(name: "PacketFormats", package: "lambdawire"),
        .product(name: "SimulatedTime", package: "lambdawire"),
      ],
      path: "Sources/Flows", swiftSettings: strict),
    .executableTarget(
      name: "network",
      dependencies: [
        .product(name: "PacketFormats", package: "lambdawire"),
        .product(name: "SimulatedTime", package: "lambdawire"),
        .product(name: "VirtualNetwork", package: "lambdawire"),
      ],
      path: "Sources/Network", swiftSettings: strict),
  ]
)

// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

// A package of its own, so that whoever uses Touchlog resolves nothing of what only the benchmarks need.
let package = Package(
  name: "touchlog-benchmarks",
  platforms: [.macOS(.v26)],
  products: [
    .executable(name: "touchlog-benchmarks", targets: ["TouchlogBenchmarks"]),
    .executable(name: "touchlog-header-scan", targets: ["HeaderScan"]),
  ],
  dependencies: [
    .package(name: "touchlog", path: "../.."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
  ],
  targets: [
    // The peers, LMDB and SQLite, used from C as their own manuals use them: no layer of ours is measured with them.
    .target(
      name: "CPeers",
      linkerSettings: [.linkedLibrary("lmdb"), .linkedLibrary("nettle"), .linkedLibrary("sqlite3")]),
    .executableTarget(
      name: "TouchlogBenchmarks",
      dependencies: [
        "CPeers",
        .product(name: "Touchlog", package: "touchlog"),
        .product(name: "TouchlogStore", package: "touchlog"),
        .product(name: "TouchlogReplay", package: "touchlog"),
        .product(name: "TouchlogProof", package: "touchlog"),
        .product(name: "Catalog", package: "touchlog"),
        .product(name: "ServiceConsistency", package: "touchlog"),
        .product(name: "ChurnRisk", package: "touchlog"),
        .product(name: "TouchlogAdapters", package: "touchlog"),
        .product(name: "Simulation", package: "touchlog"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "HeaderScan",
      dependencies: [
        .product(name: "Touchlog", package: "touchlog"),
        .product(name: "TouchlogStore", package: "touchlog"),
      ],
      swiftSettings: strict),
  ]
)

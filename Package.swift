// swift-tools-version: 6.2
import PackageDescription

// Set in CI: there, a warning is an error.
let isStrict = Context.environment["TOUCHLOG_STRICT"] == "1"

// Set by Tools/Benchmarks/unsealed alone: a build that seals no payloads, and opens no store of an ordinary build.
let isUnsealed = Context.environment["TOUCHLOG_UNSEALED_FOR_BENCHMARKS"] == "1"

let strict: [SwiftSetting] =
  [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableExperimentalFeature("Lifetimes"),
  ] + (isStrict ? [.treatAllWarnings(as: .error)] : [])

let package = Package(
  name: "touchlog",
  platforms: [.macOS(.v26)],
  products: [
    .library(name: "Touchlog", targets: ["Touchlog"]),
    .library(name: "TouchlogStore", targets: ["TouchlogStore"]),
    .library(name: "TouchlogAdapters", targets: ["TouchlogAdapters"]),
    .library(name: "TouchlogTesting", targets: ["TouchlogTesting"]),
    .library(name: "Statistics", targets: ["Statistics"]),
    .library(name: "TouchlogReplay", targets: ["TouchlogReplay"]),
    .library(name: "TouchlogServer", targets: ["TouchlogServer"]),
    .library(name: "TouchlogProof", targets: ["TouchlogProof"]),
    .library(name: "TouchlogAccess", targets: ["TouchlogAccess"]),
    .library(name: "CustomerTimeline", targets: ["CustomerTimeline"]),
    .library(name: "ServiceConsistency", targets: ["ServiceConsistency"]),
    .library(name: "ChurnRisk", targets: ["ChurnRisk"]),
    .library(name: "Catalog", targets: ["Catalog"]),
    .library(name: "Simulation", targets: ["Simulation"]),
    .executable(name: "touchlog", targets: ["TouchlogCommand"]),
    .executable(name: "touchlog-serve", targets: ["TouchlogServe"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-async-algorithms.git", from: "1.1.4"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics.git", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-numerics", from: "1.1.1"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
  ],
  targets: [
    // System libraries.
    .systemLibrary(
      name: "CLMDB", pkgConfig: "lmdb", providers: [.apt(["liblmdb-dev"]), .brew(["lmdb"])]),
    .systemLibrary(
      name: "CNettle", pkgConfig: "nettle", providers: [.apt(["nettle-dev"]), .brew(["nettle"])]),
    .systemLibrary(
      name: "CNLopt", pkgConfig: "nlopt", providers: [.apt(["libnlopt-dev"]), .brew(["nlopt"])]),
    .systemLibrary(
      name: "CXXHash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"]), .brew(["xxhash"])]),
    .target(
      // By name and not through pkg-config, whose file has a flag that the package manager refuses.
      name: "CSimdJSON", cxxSettings: isStrict ? [.treatAllWarnings(as: .error)] : [],
      linkerSettings: [.linkedLibrary("simdjson")]),

    // The house, from the ground up.
    .target(name: "LMDB", dependencies: ["CLMDB"], swiftSettings: strict),
    .target(name: "JSON", dependencies: ["CSimdJSON"], swiftSettings: strict),
    .target(name: "Touchlog", dependencies: ["JSON"], swiftSettings: strict),
    .target(
      name: "TouchlogStore",
      dependencies: ["Touchlog", "JSON", "LMDB", "CNettle", "CXXHash"],
      swiftSettings: strict + (isUnsealed ? [.define("UNSEALED_FOR_BENCHMARKS")] : [])),
    .target(
      name: "TouchlogAdapters",
      dependencies: ["Touchlog", "JSON", .product(name: "Yams", package: "Yams")],
      swiftSettings: strict),
    .target(
      name: "TouchlogReplay", dependencies: ["Touchlog", "TouchlogStore", "LMDB", "CNettle"], swiftSettings: strict),
    .target(
      name: "TouchlogProof",
      dependencies: [
        "Touchlog", "TouchlogStore", "TouchlogAdapters", "JSON", .product(name: "Crypto", package: "swift-crypto"),
      ], swiftSettings: strict),
    .target(
      name: "TouchlogAccess",
      dependencies: ["Touchlog", "TouchlogStore", "JSON", .product(name: "Crypto", package: "swift-crypto")],
      swiftSettings: strict),
    .target(name: "TouchlogTesting", dependencies: ["Touchlog", "JSON"], swiftSettings: strict),
    .target(
      name: "Statistics", dependencies: ["CNLopt", .product(name: "RealModule", package: "swift-numerics")],
      swiftSettings: strict),

    // Projections.
    .target(
      name: "CustomerTimeline", dependencies: ["Touchlog"], path: "Projections/CustomerTimeline",
      swiftSettings: strict),

    .target(
      name: "ServiceConsistency", dependencies: ["Touchlog", "Statistics"], path: "Projections/ServiceConsistency",
      swiftSettings: strict),
    .target(
      name: "ChurnRisk", dependencies: ["Touchlog", "Statistics"], path: "Projections/ChurnRisk",
      swiftSettings: strict),
    .target(
      name: "Catalog", dependencies: ["Touchlog", "CustomerTimeline", "ServiceConsistency", "ChurnRisk"],
      path: "Projections/Catalog", swiftSettings: strict),

    // The service.
    .target(
      name: "TouchlogServer",
      dependencies: [
        "Touchlog", "TouchlogStore", "TouchlogProof", "TouchlogAccess", "TouchlogAdapters", "JSON",
        .product(name: "Hummingbird", package: "hummingbird"), .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "Logging", package: "swift-log"), .product(name: "Metrics", package: "swift-metrics"),
        .product(name: "CoreMetrics", package: "swift-metrics"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "AsyncAlgorithms", package: "swift-async-algorithms"),
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "TouchlogServe",
      dependencies: [
        "TouchlogServer", "TouchlogStore", "TouchlogProof", "TouchlogAccess", "Touchlog",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ], path: "Tools/serve", swiftSettings: strict),

    // The command.
    .target(name: "Simulation", path: "Tools/simulate", swiftSettings: strict),
    .executableTarget(
      // Not `touchlog`: on a file system that folds case it would be the library Touchlog.
      name: "TouchlogCommand",
      dependencies: [
        "Touchlog", "TouchlogStore", "TouchlogReplay", "TouchlogProof", "TouchlogAccess", "TouchlogAdapters",
        "Statistics", "CustomerTimeline", "ServiceConsistency", "ChurnRisk", "Catalog", "Simulation", "JSON", "LMDB",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ],
      path: "Tools/touchlog", swiftSettings: strict),

    // Tests, a folder per target.
    .testTarget(name: "LMDBTests", dependencies: ["LMDB"], swiftSettings: strict),
    .testTarget(name: "JSONTests", dependencies: ["JSON"], swiftSettings: strict),
    .testTarget(
      name: "TouchlogTests", dependencies: ["Touchlog", "TouchlogTesting", "JSON"], swiftSettings: strict),
    .testTarget(
      name: "TouchlogStoreTests",
      dependencies: [
        "TouchlogStore", "TouchlogTesting", "RealData", "Touchlog", "CustomerTimeline", "JSON", "LMDB",
        .product(name: "Crypto", package: "swift-crypto"),
      ],
      exclude: ["Golden", "Checkers"], swiftSettings: strict),
    .testTarget(
      name: "TouchlogTestingTests", dependencies: ["TouchlogTesting", "Touchlog", "JSON"], swiftSettings: strict),
    .testTarget(
      name: "TouchlogAdaptersTests", dependencies: ["TouchlogAdapters", "RealData", "Touchlog", "JSON"],
      swiftSettings: strict),
    // What several of them read: files of the package, and real data beside it.
    .target(
      name: "RealData", dependencies: ["Touchlog", "TouchlogAdapters"], path: "Tests/RealData", swiftSettings: strict),
    .testTarget(name: "StatisticsTests", dependencies: ["Statistics", "RealData"], swiftSettings: strict),
    .testTarget(
      name: "CustomerTimelineTests", dependencies: ["CustomerTimeline", "TouchlogTesting", "Touchlog", "JSON"],
      swiftSettings: strict),
    .testTarget(
      name: "ServiceConsistencyTests",
      dependencies: [
        "ServiceConsistency", "CustomerTimeline", "RealData", "Statistics", "TouchlogTesting", "TouchlogAdapters",
        "Simulation",
        "Touchlog", "JSON",
      ], swiftSettings: strict),
    .testTarget(
      name: "ChurnRiskTests",
      dependencies: [
        "ChurnRisk", "RealData", "Statistics", "TouchlogTesting", "TouchlogAdapters", "Simulation", "Touchlog", "JSON",
      ], swiftSettings: strict),
    // The worked example of the documentation: a projection of one's own.
    .target(name: "Complaints", dependencies: ["Touchlog"], path: "Tests/Complaints", swiftSettings: strict),
    .testTarget(
      name: "TouchlogReplayTests",
      dependencies: [
        "TouchlogReplay", "TouchlogStore", "TouchlogTesting", "Catalog", "Complaints", "Touchlog", "LMDB", "JSON",
      ], swiftSettings: strict),
    .testTarget(
      name: "TouchlogProofTests",
      dependencies: [
        "TouchlogProof", "TouchlogStore", "TouchlogTesting", "TouchlogAdapters", "Touchlog", "JSON", "LMDB",
      ],
      exclude: ["Golden"], swiftSettings: strict),
    .testTarget(
      name: "TouchlogAccessTests",
      dependencies: ["TouchlogAccess", "TouchlogServer", "TouchlogStore", "Touchlog", "JSON"],
      swiftSettings: strict),
    .testTarget(
      name: "FuzzTests",
      dependencies: ["TouchlogStore", "TouchlogAdapters", "TouchlogTesting", "Touchlog", "JSON", "LMDB"],
      swiftSettings: strict),
    .testTarget(
      name: "TouchlogServerTests",
      dependencies: [
        "TouchlogServer", "TouchlogServe", "TouchlogCommand", "TouchlogStore", "TouchlogProof", "TouchlogAccess",
        "TouchlogAdapters", "Touchlog", "JSON",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ], swiftSettings: strict),
    .testTarget(name: "SimulationTests", dependencies: ["Simulation", "Touchlog"], swiftSettings: strict),
    .executableTarget(
      name: "StubbornAppender", dependencies: ["Touchlog", "TouchlogStore", "LMDB"], path: "Tests/StubbornAppender",
      swiftSettings: strict),
    .executableTarget(
      name: "StubbornEraser", dependencies: ["Touchlog", "TouchlogStore"], path: "Tests/StubbornEraser",
      swiftSettings: strict),
    .executableTarget(
      name: "StubbornLooker", dependencies: ["Touchlog", "TouchlogAccess"], path: "Tests/StubbornLooker",
      swiftSettings: strict),
    .testTarget(
      name: "TouchlogCommandTests",
      dependencies: [
        "TouchlogCommand", "StubbornAppender", "StubbornEraser", "StubbornLooker", "TouchlogStore", "TouchlogProof",
        "TouchlogAccess", "TouchlogTesting", "CustomerTimeline", "Touchlog", "JSON", "LMDB",
        .product(name: "GRDB", package: "GRDB.swift"),
      ],
      exclude: ["Faults/disk", "Checkers"], swiftSettings: strict),
  ],
  cxxLanguageStandard: .cxx17
)

// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody who uses Touchlog builds it. `Tools/fuzz` builds it with the flags that libFuzzer
// needs; without them there is no entry, and linking says so.
let package = Package(
  name: "touchlog-fuzz",
  platforms: [.macOS(.v26)],
  dependencies: [
    .package(name: "touchlog", path: "../..")
  ],
  targets: [
    .target(name: "CLibFuzzer"),
    .executableTarget(
      name: "TouchlogFuzz",
      dependencies: [
        "CLibFuzzer",
        .product(name: "Touchlog", package: "touchlog"),
        .product(name: "TouchlogStore", package: "touchlog"),
        .product(name: "TouchlogAdapters", package: "touchlog"),
      ],
      swiftSettings: [.swiftLanguageMode(.v6), .unsafeFlags(["-parse-as-library"])]),
  ]
)

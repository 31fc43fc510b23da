// swift-tools-version: 6.2
import PackageDescription

/// One set of settings for every target: the strictest that the toolchain offers, so that no target drifts.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("ImmutableWeakCaptures"),
    .treatAllWarnings(as: .error),
]

let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let http1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let posix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let embedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let concurrency = Target.Dependency.product(name: "NIOConcurrencyHelpers", package: "swift-nio")
let ssl = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let tls = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")
let log = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")

/// A library target and its tests. Levels are those of `Documentation/overview.md`; `scripts/check-layers` enforces them.
func library(
    _ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource]? = nil,
    tests: [Target.Dependency] = [], fixtures: [String] = []
) -> [Target] {
    [
        .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: settings),
        .testTarget(
            name: name + "Tests", dependencies: [.byName(name: name)] + dependencies + tests, exclude: fixtures,
            swiftSettings: settings),
    ]
}

/// What tests of several targets start: programs of the system.
let support: Target.Dependency = "TestSupport"
let testSupport: [Target] = [
    .target(
        name: "TestSupport", dependencies: ["MailTypes", "DNSClient", nio, posix], path: "Tests/TestSupport",
        swiftSettings: settings)
]

func systemLibrary(_ name: String, apt: String) -> [Target] {
    [.systemLibrary(name: name, providers: [.apt([apt])])]
}

/// 0: values
let level0: [Target] = library("MailTypes")

/// 1: protocols and formats, pure
let level1: [Target] =
    library("SMTPProtocol", ["MailTypes"])
    + library("MessageFormat", ["MailTypes"])
    + library("LogFormats", ["MailTypes"])
    + library("MilterProtocol", ["MailTypes"])
    + [.target(name: "CSeedModel", exclude: ["seed.model"])]

/// 2: judgement, pure
let level2: [Target] =
    library("ContentAnalysis", ["MailTypes", "MessageFormat", "CSeedModel"])
    + library("Detection", ["MailTypes"])
    + library("Enforcement", ["MailTypes"])
    + library("Posture", ["MailTypes"])
    + library("FirewallModel", ["MailTypes"])

/// 3: adapters
let level3: [Target] =
    library("SluiceConfiguration", ["MailTypes", "SMTPProtocol", "Enforcement", yams])
    + systemLibrary("CArgon2", apt: "libargon2-dev")
    + systemLibrary("CCrypt", apt: "libcrypt-dev")
    + systemLibrary("CPwquality", apt: "libpwquality-dev")
    + library(
        "Credentials", ["MailTypes", "SMTPProtocol", "CArgon2", "CCrypt", crypto, cryptoExtras, concurrency])
    + library("Spool", ["MailTypes", "Detection", grdb, concurrency])
    + library("ControlStore", ["MailTypes", "Enforcement", grdb, crypto, concurrency])
    + library("Notices", ["MailTypes", "MessageFormat"])
    + library("Journal", ["MailTypes", "Detection", concurrency])
    + library("ContentTraining", ["MailTypes", "MessageFormat", "ContentAnalysis"])
    + systemLibrary("CUnbound", apt: "libunbound-dev")
    + library("DNSClient", ["MailTypes", "CUnbound", nio, concurrency], tests: [posix, support])
    + library("TLSContexts", ["MailTypes", ssl, concurrency], tests: [support])
    + library("ReportSigning", ["MailTypes", "FirewallModel", crypto])
    + systemLibrary("CZlib", apt: "zlib1g-dev")
    + systemLibrary("CLZMA", apt: "liblzma-dev")
    + systemLibrary("CZstd", apt: "libzstd-dev")
    + systemLibrary("CMaxMind", apt: "libmaxminddb-dev")
    + [.systemLibrary(name: "CPrefetch")]
    + library("MTAControl", ["MailTypes"])

/// 4: NIO shells around the machines of level 1
let level4: [Target] =
    library(
        "SMTPSending", ["MailTypes", "SMTPProtocol", "TLSContexts", nio, posix, concurrency, ssl, tls], tests: [support]
    )
    + library(
        "SMTPServing", ["MailTypes", "SMTPProtocol", nio, posix, concurrency, ssl, tls, crypto], tests: [embedded],
        fixtures: ["Dialogues"])
    + library(
        "MilterServing", ["MailTypes", "SMTPProtocol", "MilterProtocol", nio, posix, concurrency], tests: [embedded])

/// 5: what Sluice does
let level5: [Target] =
    library(
        "Relay",
        [
            "MailTypes", "SMTPProtocol", "MessageFormat", "Detection", "Spool", "DNSClient", "TLSContexts",
            "SMTPSending", nio, posix, concurrency,
        ], tests: [embedded, support])
    + library("Inspection", ["MailTypes", "MessageFormat", "ContentAnalysis", "Detection", nio, concurrency])
    + library("Replay", ["MailTypes", "MessageFormat", "ContentAnalysis", "Detection", "Inspection", "Journal"])
    + library(
        "Response",
        [
            "MailTypes", "Detection", "Enforcement", "Spool", "ControlStore", "Notices", "ReportSigning", nio, posix,
            concurrency, log,
        ], tests: ["MessageFormat", grdb, embedded])
    + library(
        "Forensics", ["MailTypes", "LogFormats", "CPrefetch", "CZlib", "CLZMA", "CZstd", "CMaxMind"],
        tests: [concurrency])
    + library(
        "QueueCleanup",
        ["MailTypes", "MessageFormat", "ContentAnalysis", "MTAControl", "Spool", "CZlib", "CZstd", crypto],
        tests: ["sluice", support])
    + library(
        "Audit",
        [
            "MailTypes", "SMTPProtocol", "FirewallModel", "Posture", "DNSClient", "Credentials", "CCrypt", "CPwquality",
            crypto, nio, posix, concurrency, ssl, tls,
        ], tests: [support])

/// 6: composition
let level6: [Target] =
    library(
        "Console",
        [
            "MailTypes", "FirewallModel", "Enforcement", "ReportSigning", "Spool", "ControlStore", "Response",
            hummingbird,
            hummingbirdCore, httpTypes, log, lifecycle, nio, posix, concurrency, crypto, ssl,
        ], tests: ["Detection", "TLSContexts"],
        fixtures: ["browser.py", "check_openapi.py", "check_operator.py", "check_pages.py"])
    + library(
        "Gateway",
        [
            "MailTypes", "SMTPProtocol", "MessageFormat", "ContentAnalysis", "ContentTraining", "Detection",
            "Enforcement", "SluiceConfiguration", "Credentials", "DNSClient", "Spool", "ControlStore", "TLSContexts",
            "SMTPServing", "SMTPSending", "MilterProtocol", "MilterServing", "Inspection", "Journal", "Relay",
            "Response", "Forensics", "Console",
            "Posture",
            "Audit", "Notices", http1, crypto, nio, posix,
            concurrency, ssl,
            log,
        ], tests: [support])

/// 7: the command
let level7: [Target] = [
    .executableTarget(
        name: "sluice",
        dependencies: [
            "MailTypes", "ContentAnalysis", "ContentTraining", "Enforcement", "SluiceConfiguration", "Credentials",
            "Detection", "Inspection", "Spool", "ControlStore", "Response", "Console", "Gateway", "FirewallModel",
            "LogFormats", "Forensics", "Journal", "Replay", "Posture", "ReportSigning", "Audit", "DNSClient",
            "MTAControl", "QueueCleanup", posix, concurrency, arguments, log, lifecycle, signals,
        ], swiftSettings: settings)
]

/// The whole story, with real mail servers that the tests start on loopback.
let endToEnd: [Target] = [
    .testTarget(
        name: "EndToEndTests", dependencies: ["sluice", nio, posix, concurrency, support], swiftSettings: settings)
]

let package = Package(
    name: "Sluice",
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    ],
    targets: level0 + level1 + level2 + level3 + level4 + level5 + level6 + level7
        + testSupport + endToEnd
)

// swift-tools-version:6.2
import PackageDescription

/// Settings every Swift target shares.
let swift: [SwiftSetting] = [
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")

/// What Hummingbird is made of, where code names it.
let web: [Target.Dependency] = [
    hummingbird,
    .product(name: "HummingbirdCore", package: "hummingbird"),
    .product(name: "HTTPTypes", package: "swift-http-types"),
    .product(name: "NIOCore", package: "swift-nio"),
]

let package = Package(
    name: "heckle",
    platforms: [.macOS(.v26)],
    products: [
        .executable(name: "heckle", targets: ["heckle"])
    ],
    traits: [
        .trait(name: "OpenBLAS", description: "Multiply float matrices with OpenBLAS rather than our own loops."),
        .default(enabledTraits: ["OpenBLAS"]),
    ],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", exact: "2.28.1", traits: []),
        .package(url: "https://github.com/groue/GRDB.swift.git", exact: "7.10.0"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log.git", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-crypto.git", exact: "4.5.2"),
        // Parts of Hummingbird's face that Server names itself.
        .package(url: "https://github.com/apple/swift-http-types.git", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-nio.git", exact: "2.101.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", exact: "2.13.0"),
    ],
    targets: [
        // Libraries of the system, found by pkg-config.
        .systemLibrary(
            name: "COpenBLAS", path: "Sources/System/COpenBLAS", pkgConfig: "openblas",
            providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]),
        .systemLibrary(
            name: "CJPEG", path: "Sources/System/CJPEG", pkgConfig: "libjpeg",
            providers: [.apt(["libjpeg-dev"]), .brew(["jpeg-turbo"])]),
        .systemLibrary(
            name: "CPNG", path: "Sources/System/CPNG", pkgConfig: "libpng",
            providers: [.apt(["libpng-dev"]), .brew(["libpng"])]),

        // The engine, lowest layer first.
        .target(
            name: "Kernels",
            dependencies: [.target(name: "COpenBLAS", condition: .when(traits: ["OpenBLAS"]))],
            path: "Kernels",
            exclude: ["tests"],
            cSettings: [.define("KERNELS_OPENBLAS", .when(traits: ["OpenBLAS"]))],
            linkerSettings: [.linkedLibrary("openblas", .when(traits: ["OpenBLAS"]))]
        ),
        .target(name: "Tensors", dependencies: ["Kernels"], swiftSettings: swift),
        .target(name: "ImageCodecs", dependencies: ["CJPEG", "CPNG"]),
        .target(name: "Images", dependencies: ["Tensors", "ImageCodecs"], swiftSettings: swift),
        .target(name: "ONNX", dependencies: ["Tensors"], swiftSettings: swift),
        .target(name: "Vision", dependencies: ["ONNX", "Images", "Tensors"], swiftSettings: swift),
        .target(name: "Language", dependencies: ["Tensors"], swiftSettings: swift),
        .target(name: "Commentary", dependencies: ["Vision"], swiftSettings: swift),
        .target(
            name: "Engine",
            dependencies: ["Commentary", "Vision", "ONNX", "Language", "Images", "Tensors", crypto],
            swiftSettings: swift
        ),
        .target(
            name: "Server",
            dependencies: [
                "Engine", "Commentary", "Vision", logging,
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ] + web,
            swiftSettings: swift
        ),
        .executableTarget(
            name: "heckle",
            dependencies: [
                "Server", "Engine", "Commentary", "Vision", "Language", "ONNX", "Images", "Tensors", logging,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Sources/App",
            swiftSettings: swift
        ),
        .executableTarget(
            name: "Benchmarks", dependencies: ["Kernels", "Tensors", "ONNX", "Vision", "Language"], path: "Benchmarks",
            exclude: ["llm", "onnx"],
            swiftSettings: swift),

        // Tests, one target a layer.
        .target(name: "TestSupport", dependencies: ["Tensors"], path: "Tests/Support", swiftSettings: swift),
        .target(name: "KernelCases", dependencies: ["Kernels"], path: "Tests/KernelCases"),
        .testTarget(
            name: "KernelsTests", dependencies: ["Kernels", "KernelCases", "Tensors", "TestSupport"],
            swiftSettings: swift),
        .testTarget(name: "TensorsTests", dependencies: ["Kernels", "Tensors", "TestSupport"], swiftSettings: swift),
        .testTarget(name: "ImagesTests", dependencies: ["Images", "Tensors", "TestSupport"], swiftSettings: swift),
        .testTarget(name: "ONNXTests", dependencies: ["ONNX", "Tensors", "TestSupport"], swiftSettings: swift),
        .testTarget(
            name: "VisionTests", dependencies: ["Vision", "ONNX", "Images", "Tensors", "TestSupport"],
            swiftSettings: swift),
        .testTarget(name: "LanguageTests", dependencies: ["Language", "Tensors", "TestSupport"], swiftSettings: swift),
        .testTarget(
            name: "CommentaryTests", dependencies: ["Commentary", "Vision", "Images", "Tensors", "TestSupport"],
            swiftSettings: swift),
        .testTarget(
            name: "EngineTests",
            dependencies: ["Engine", "Commentary", "Vision", "Language", "Images", "Tensors", "TestSupport"],
            swiftSettings: swift),
        .testTarget(
            name: "ServerTests",
            dependencies: [
                "Server", "Engine", "Commentary", "Vision", "TestSupport", logging,
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ] + web,
            swiftSettings: swift),
        .testTarget(name: "AppTests", dependencies: ["TestSupport"], swiftSettings: swift),
    ]
)

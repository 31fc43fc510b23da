import Foundation
import MailTypes
import Testing

@testable import Gateway

/// A real database in MaxMind's format (2.0), of one network, made here: read by libmaxminddb.
struct LoginPlacesTests {
    /// The values that the format has and this needs.
    private indirect enum Value {
        case text(String)
        case number(UInt32)
        case short(UInt16)
        case long(UInt64)
        case map([(String, Value)])
        case emptyList

        var bytes: [UInt8] {
            switch self {
            case .text(let text): [2 << 5 | UInt8(min(text.utf8.count, 28))] + Array(text.utf8.prefix(28))
            case .number(let number): [6 << 5 | 4] + withUnsafeBytes(of: number.bigEndian) { Array($0) }
            case .short(let number): [5 << 5 | 2] + withUnsafeBytes(of: number.bigEndian) { Array($0) }
            // Types from 8 on stand in a byte of their own, less 7.
            case .long(let number): [8, 2] + withUnsafeBytes(of: number.bigEndian) { Array($0) }
            case .emptyList: [0, 4]
            case .map(let pairs):
                [7 << 5 | UInt8(min(pairs.count, 28))]
                    + pairs.prefix(28).flatMap { Value.text($0.0).bytes + $0.1.bytes }
            }
        }
    }

    /// - Parameter bits: the network's; nothing else is in the database.
    private func database(_ network: UInt32, bits: Int, _ value: Value) throws -> String {
        var tree: [UInt8] = []
        func record(_ number: Int) -> [UInt8] {
            [UInt8(number >> 16 & 255), UInt8(number >> 8 & 255), UInt8(number & 255)]
        }
        for depth in 0..<bits {
            // The last one points into the data, behind 16 bytes of nothing.
            let next = depth == bits - 1 ? bits + 16 : depth + 1
            let isOne = network >> UInt32(31 - depth) & 1 == 1
            tree += isOne ? record(bits) + record(next) : record(next) + record(bits)
        }
        let metadata = Value.map([
            ("node_count", .number(UInt32(bits))), ("record_size", .short(24)), ("ip_version", .short(4)),
            ("database_type", .text("Test")), ("languages", .emptyList), ("description", .map([])),
            ("binary_format_major_version", .short(2)), ("binary_format_minor_version", .short(0)),
            ("build_epoch", .long(1_790_000_000)),
        ])
        let bytes =
            tree + [UInt8](repeating: 0, count: 16) + value.bytes + [0xab, 0xcd, 0xef] + Array("MaxMind.com".utf8)
            + metadata.bytes
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).mmdb")
        try Data(bytes).write(to: path)
        return path.path
    }

    @Test func networksAndCountriesAreTold() throws {
        let systems = try database(0xc633_6400, bits: 24, .map([("autonomous_system_number", .number(64_500))]))
        let countries = try database(
            0xc633_0000, bits: 16, .map([("country", .map([("iso_code", .text("DE"))]))]))
        let places = try #require(try LoginPlaces([systems, countries]))
        let here = places.look(.v4(0xc633_6407))
        #expect(here.autonomousSystem == 64_500 && here.country == 0x4445)
        let near = places.look(.v4(0xc633_0107))
        #expect(near.autonomousSystem == 0 && near.country == 0x4445)
        let elsewhere = places.look(.v4(0x0a00_0001))
        #expect(elsewhere.autonomousSystem == 0 && elsewhere.country == 0)
        #expect(places.look(try #require(IPAddress("2001:db8::1"))).country == 0)
    }

    @Test(arguments: ["", "DEU", "x"])
    func whatIsNoCountryIsNone(code: String) throws {
        let path = try database(0xc633_0000, bits: 16, .map([("country", .map([("iso_code", .text(code))]))]))
        #expect(try #require(try LoginPlaces([path])).look(.v4(0xc633_6407)).country == 0)
    }

    @Test func withoutFilesThereIsNothingToAsk() throws {
        #expect(try LoginPlaces([]) == nil)
        #expect(throws: GatewayError.self) { try LoginPlaces(["/nowhere.mmdb"]) }
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).mmdb").path
        try Data(repeating: 65, count: 5000).write(to: URL(fileURLWithPath: path))
        #expect(throws: GatewayError.self) { try LoginPlaces([path]) }
    }
}

import Foundation
import MailTypes
import Testing

@testable import Forensics

/// Databases in MaxMind's format, made here and read by libmaxminddb: places, and travels that nobody makes.
struct PlaceDatabaseTests {
    private enum Value {
        case text(String)
        case number(UInt32)
        case real(Double)
        case short(UInt16)
        case long(UInt64)
        case list([String])
        case map([(String, Value)])

        var bytes: [UInt8] {
            switch self {
            case .text(let text): [2 << 5 | UInt8(min(text.utf8.count, 28))] + Array(text.utf8.prefix(28))
            case .number(let number): [6 << 5 | 4] + withUnsafeBytes(of: number.bigEndian) { Array($0) }
            case .real(let real): [3 << 5 | 8] + withUnsafeBytes(of: real.bitPattern.bigEndian) { Array($0) }
            case .short(let number): [5 << 5 | 2] + withUnsafeBytes(of: number.bigEndian) { Array($0) }
            // Types above seven: their number less seven in a byte of its own.
            case .long(let number): [8, 2] + withUnsafeBytes(of: number.bigEndian) { Array($0) }
            case .list(let texts): [UInt8(min(texts.count, 28)), 4] + texts.prefix(28).flatMap { Value.text($0).bytes }
            case .map(let pairs):
                [7 << 5 | UInt8(min(pairs.count, 28))]
                    + pairs.prefix(28).flatMap { Value.text($0.0).bytes + $0.1.bytes }
            }
        }
    }

    /// A binary tree over networks of /16, each with its data; records of 24 bits.
    private func database(_ networks: [(UInt32, Value)]) throws -> String {
        var nodes: [[Int?]] = [[nil, nil]]
        var data: [UInt8] = []
        var leaves: [(node: Int, side: Int, offset: Int)] = []
        for (network, value) in networks {
            var node = 0
            for depth in 0..<15 {
                let side = Int(network >> UInt32(31 - depth) & 1)
                if nodes[node][side] == nil {
                    nodes.append([nil, nil])
                    nodes[node][side] = nodes.count - 1
                }
                node = try #require(nodes[node][side])
            }
            leaves.append((node, Int(network >> 16 & 1), data.count))
            data += value.bytes
        }
        for leaf in leaves { nodes[leaf.node][leaf.side] = nodes.count + 16 + leaf.offset }
        var tree: [UInt8] = []
        for record in nodes.flatMap({ $0 }) {
            let number = record ?? nodes.count
            tree += [UInt8(number >> 16 & 255), UInt8(number >> 8 & 255), UInt8(number & 255)]
        }
        let metadata = Value.map([
            ("node_count", .number(UInt32(nodes.count))), ("record_size", .short(24)), ("ip_version", .short(4)),
            ("database_type", .text("Test")), ("binary_format_major_version", .short(2)),
            ("binary_format_minor_version", .short(0)), ("build_epoch", .long(1_790_000_000)),
            ("languages", .list(["en"])), ("description", .map([("en", .text("Test"))])),
        ])
        let bytes =
            tree + [UInt8](repeating: 0, count: 16) + data + [0xab, 0xcd, 0xef] + Array("MaxMind.com".utf8)
            + metadata.bytes
        let path = NSTemporaryDirectory() + "sluice-places-\(UUID().uuidString).mmdb"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    private func place(_ country: String, _ network: UInt32, _ latitude: Double, _ longitude: Double) -> Value {
        .map([
            ("country", .map([("iso_code", .text(country))])), ("autonomous_system_number", .number(network)),
            ("location", .map([("latitude", .real(latitude)), ("longitude", .real(longitude))])),
        ])
    }

    private func places() throws -> String {
        try database([
            (0xcb00_0000, place("DE", 64_500, 52.5, 13.4)), (0x2d09_0000, place("BR", 64_501, -23.5, -46.6)),
            (0x2e09_0000, place("VN", 64_502, 21, 105.8)),
        ])
    }

    @Test func countriesNetworksAndCoordinatesAreTold() throws {
        let path = try places()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let database = try PlaceDatabase(paths: [path])
        let berlin = try #require(database.place(.v4(0xcb00_0a07)))
        #expect(berlin.country == "DE" && berlin.network == 64_500)
        #expect(berlin.latitude == 52.5 && berlin.longitude == 13.4)
        #expect(database.place(.v4(0x2d09_0807))?.country == "BR")
        #expect(database.place(.v4(0x0a00_0001)) == nil)
        #expect(database.place(try #require(IPAddress("2001:db8::1"))) == nil)
        #expect(throws: LogInputError.self) { try PlaceDatabase(paths: [path + ".missing"]) }
    }

    @Test func theFindingNamesTheCountries() throws {
        let path = try places()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let story = try Story()
        story.ordinary("ann@shop.example", "203.0.10.7", days: 1...10)
        // An hour after Berlin: São Paulo, then Hanoi.
        story.imap(Story.at(10, 12), "ann@shop.example", "45.9.8.7")
        story.imap(Story.at(10, 12, 30), "ann@shop.example", "46.9.8.7")
        story.spam(Story.at(10, 13), "ann@shop.example", "45.9.8.7", count: 200)
        try story.write()
        let set = LogSet(
            try LogFile.find([story.folder], now: Story.now), timeZone: TimeZone(identifier: "UTC"), now: Story.now)
        let report = LogAnalyser(set: set, now: Story.now, seed: 42).run(
            options: AnalysisOptions(), places: try PlaceDatabase(paths: [path]))
        let finding = try #require(report.finding("ann@shop.example"))
        #expect(finding.confidence == .high)
        let text = report.text(details: true)
        #expect(text.contains("BR"))
        #expect(finding.signals.contains { $0.contains("travel") }, "\(finding.signals)")
    }
}

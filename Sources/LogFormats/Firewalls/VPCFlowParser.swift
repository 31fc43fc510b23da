import MailTypes

/// AWS VPC flow logs: version 2 in its default order, others by the header line that names their fields.
struct VPCFlowParser {
    private enum Column: Int {
        case source, destination, sourcePort, destinationPort, protocolNumber, start, action, direction, packetSource,
            packetDestination
    }

    private var columns: [Column: Int] = VPCFlowParser.version2
    private static let version2: [Column: Int] = [
        .source: 3, .destination: 4, .sourcePort: 5, .destinationPort: 6, .protocolNumber: 7, .start: 10, .action: 12,
    ]

    /// Takes the header line of a file; false when it is none.
    mutating func header(_ line: ByteSlice) -> Bool {
        guard line.contains("srcaddr"), line.contains("dstaddr") else { return false }
        let names: [(StaticString, Column)] = [
            ("srcaddr", .source), ("dstaddr", .destination), ("srcport", .sourcePort), ("dstport", .destinationPort),
            ("protocol", .protocolNumber), ("start", .start), ("action", .action), ("flow-direction", .direction),
            ("pkt-srcaddr", .packetSource), ("pkt-dstaddr", .packetDestination),
        ]
        columns = [:]
        for (index, field) in FieldCursor.split(line.trimmed, by: Byte.space).enumerated() {
            for (name, column) in names where field.equals(name) { columns[column] = index }
        }
        return true
    }

    func parse(_ line: ByteSlice, clock: inout LogClock) -> ParsedLine? {
        let fields = FieldCursor.split(line, by: Byte.space)
        func field(_ column: Column) -> ByteSlice {
            guard let index = columns[column], index < fields.count else { return .empty }
            return fields[index].equals("-") ? .empty : fields[index]
        }
        guard let start = field(.start).number, start > 1_000_000_000 else { return nil }
        clock.noteUTC()
        var result = ParsedLine(seconds: Int64(start), format: .vpcFlow, event: .nothing)
        guard field(.protocolNumber).number == 6 else { return result }
        let from = field(.packetSource).isEmpty ? field(.source) : field(.packetSource)
        let to = field(.packetDestination).isEmpty ? field(.destination) : field(.packetDestination)
        guard let source = from.address, let destination = to.address else {
            // NODATA and SKIPDATA records.
            return result
        }
        var flow = Flow(source: source, destination: destination, accepted: field(.action).equals("ACCEPT"))
        flow.sourcePort = field(.sourcePort).number.flatMap { UInt16(exactly: $0) } ?? 0
        flow.destinationPort = field(.destinationPort).number.flatMap { UInt16(exactly: $0) } ?? 0
        if field(.direction).equals("egress") { flow.direction = .outgoing }
        if field(.direction).equals("ingress") { flow.direction = .incoming }
        result.event = .flow(flow)
        return result
    }
}

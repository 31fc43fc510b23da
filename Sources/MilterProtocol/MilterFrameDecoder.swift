/// Cuts a stream of bytes into packets: a length in four bytes, the greatest first, then a command byte and its data.
///
/// Pure and bounded: a length beyond `limit` is an error before any of the packet is kept.
package struct MilterFrameDecoder: Sendable {
    /// One packet: the letter that says what it is, and what belongs to it.
    package struct Packet: Hashable, Sendable {
        package var letter: UInt8
        package var data: [UInt8]

        package init(_ letter: UInt8, _ data: [UInt8] = []) {
            self.letter = letter
            self.data = data
        }
    }

    /// Bytes a packet. Mail servers cut bodies at 65,535; headers and macros may be longer with some.
    package static let limit = 1_048_577

    private var bytes: [UInt8] = []
    private var start = 0

    package init() {}

    package mutating func feed(_ more: some Sequence<UInt8>) {
        if start > 0, start == bytes.count {
            bytes.removeAll(keepingCapacity: bytes.capacity <= 4 * 65_536)
            start = 0
        }
        bytes.append(contentsOf: more)
    }

    /// Bytes that wait for the rest of their packet, or to be asked for.
    package var waiting: Int { bytes.count - start }

    /// The next whole packet; `nil`: more bytes are needed.
    package mutating func next() throws(MilterError) -> Packet? {
        guard waiting >= 4 else { return nil }
        let length = bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
        guard length >= 1 else { throw MilterError(.syntax, "a packet without a command") }
        guard length <= Self.limit else { throw MilterError(.tooLong, "a packet of \(length) bytes") }
        guard waiting >= 4 + length else { return nil }
        let packet = Packet(bytes[start + 4], Array(bytes[start + 5..<start + 4 + length]))
        start += 4 + length
        if start > 65_536 {
            bytes.removeFirst(start)
            start = 0
        }
        return packet
    }
}

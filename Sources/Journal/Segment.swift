package import Detection

/// One file of a journal: a head, then records, each with its length before and a checksum behind it.
///
/// A record that was cut off or damaged ends the segment: what follows it cannot be trusted to be whole. The writer cuts
/// such a tail off before it goes on.
package enum Segment {
    static let head: [UInt8] = Array("SLUICEJN".utf8) + [1, 0, 0, 0]
    static let frameBytes = 8

    static func frame(_ payload: [UInt8]) -> [UInt8] {
        var writer = ByteWriter()
        writer.bytes.reserveCapacity(payload.count + frameBytes)
        writer.add(UInt32(clamping: payload.count))
        writer.bytes += payload
        writer.add(checksum(payload[...]))
        return writer.bytes
    }

    /// The payload of the record at `start` and where the next one begins; `nil` where there is no whole one.
    static func record(in bytes: [UInt8], at start: Int) -> (payload: ArraySlice<UInt8>, next: Int)? {
        guard start >= 0, bytes.count - start >= frameBytes else { return nil }
        var reader = ByteReader(bytes[start...])
        guard let length = reader.integer(UInt32.self), length <= EventCoding.mostBytes,
            let payload = reader.take(Int(length)), let sum = reader.integer(UInt32.self), sum == checksum(payload)
        else { return nil }
        return (payload, start + frameBytes + Int(length))
    }

    /// The events of a segment, and how many of its bytes are whole.
    package static func read(_ bytes: [UInt8], _ body: (DetectionEvent) -> Void) -> Int {
        guard bytes.starts(with: head) else { return 0 }
        var position = head.count
        while let (payload, next) = record(in: bytes, at: position) {
            guard let event = EventCoding.decode(payload) else { break }
            body(event)
            position = next
        }
        return position
    }

    /// FNV-1a in 32 bits: against torn writes and bit rot, not against forgery.
    static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.withUnsafeBufferPointer { buffer in
            var hash: UInt32 = 0x811c_9dc5
            for byte in buffer { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
            return hash ^ UInt32(clamping: buffer.count)
        }
    }
}

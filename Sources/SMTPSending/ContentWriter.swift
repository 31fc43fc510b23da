import NIOCore
import SMTPProtocol

/// Turns a message's chunks into what goes on the wire: dots doubled, end of data.
struct ContentWriter {
    private var stuffing = DotStuffing()

    /// Up to here a message is copied into one buffer, which goes out in one write; above it the chunks go as they are.
    static let joinedSize = 128 * 1024

    mutating func append(_ bytes: UnsafeRawBufferPointer, to buffer: inout ByteBuffer) {
        let insertions = stuffing.insertions(in: bytes)
        var start = 0
        for place in insertions {
            buffer.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[start..<place]))
            buffer.writeInteger(UInt8(ascii: "."))
            start = place
        }
        buffer.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[start...]))
    }

    /// The chunk itself where no dot is to be doubled.
    mutating func encode(_ chunk: ByteBuffer, _ allocator: ByteBufferAllocator) -> ByteBuffer {
        chunk.withUnsafeReadableBytes { bytes in
            let insertions = stuffing.insertions(in: bytes)
            if insertions.isEmpty { return chunk }
            var buffer = allocator.buffer(capacity: bytes.count + insertions.count)
            var start = 0
            for place in insertions {
                buffer.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[start..<place]))
                buffer.writeInteger(UInt8(ascii: "."))
                start = place
            }
            buffer.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[start...]))
            return buffer
        }
    }

    func appendEnd(to buffer: inout ByteBuffer) { buffer.writeStaticString(stuffing.terminator) }
}

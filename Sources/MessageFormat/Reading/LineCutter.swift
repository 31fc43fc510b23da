/// Cuts a stream of chunks into lines, and lines longer than `ReadingBounds.linePiece` into pieces of exactly that, so
/// that what comes out does not depend on the chunks. Holds one piece at most.
struct LineCutter: Sendable {
    /// The next piece is the beginning of a line.
    var isAtStart = true
    private var held: [UInt8] = []

    var hasHeld: Bool { !held.isEmpty }

    /// The next piece: its range in `bytes`, or `nil` for the bytes held back so far (`takeHeld`); without its LF.
    /// Returns `nil` when more bytes are needed. `start` moves behind what was used.
    @inline(__always)
    mutating func next(_ bytes: Span<UInt8>, _ start: inout Int) -> (range: Range<Int>?, ends: Bool)? {
        let room = ReadingBounds.linePiece - held.count
        let limit = min(bytes.count, start + room)
        let newline = Bytes.firstIndex(of: 0x0a, in: bytes, start..<limit)
        guard newline != nil || limit - start == room else {
            held.append(bytes.extracting(start..<limit))
            start = limit
            return nil
        }
        let range = start..<(newline ?? limit)
        start = newline.map { $0 + 1 } ?? limit
        if held.isEmpty { return (range, newline != nil) }
        held.append(bytes.extracting(range))
        return (nil, newline != nil)
    }

    mutating func takeHeld() -> [UInt8] {
        var taken: [UInt8] = []
        swap(&taken, &held)
        return taken
    }

    /// Gives back the array of `takeHeld`, for its memory.
    mutating func giveBack(_ array: consuming [UInt8]) {
        array.removeAll(keepingCapacity: true)
        held = array
    }
}

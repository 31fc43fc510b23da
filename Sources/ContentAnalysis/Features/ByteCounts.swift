/// How many of some kinds of bytes there are.
struct ByteCounts {
    private(set) var capitals = 0
    private(set) var small = 0
    private(set) var digits = 0
    private(set) var foreign = 0
    private(set) var exclamations = 0
    private(set) var dollars = 0
    private(set) var percents = 0
    private(set) var quotes = 0

    var letters: Int { capitals + small }

    init() {}

    init(_ bytes: [UInt8]) { bytes.withUnsafeBufferPointer { add($0) } }

    mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) {
        for byte in bytes {
            capitals &+= byte &- 0x41 < 26 ? 1 : 0
            small &+= byte &- 0x61 < 26 ? 1 : 0
            digits &+= FeatureHash.isDigit(byte) ? 1 : 0
            foreign &+= byte >= 0x80 ? 1 : 0
            exclamations &+= byte == 0x21 ? 1 : 0
            dollars &+= byte == 0x24 ? 1 : 0
            percents &+= byte == 0x25 ? 1 : 0
            quotes &+= byte == 0x3e ? 1 : 0
        }
    }
}

import MailTypes

/// Reads the data of single records as they came over the wire, uncompressed (RFC 1035 §3.3). Anything that does not fit
/// exactly is `nil`: the record is passed over.
enum RecordData {
    static func ipv4(_ bytes: UnsafeRawBufferPointer) -> IPAddress? {
        guard bytes.count == 4 else { return nil }
        return .v4(bytes.reduce(0) { $0 << 8 | UInt32($1) })
    }

    static func ipv6(_ bytes: UnsafeRawBufferPointer) -> IPAddress? {
        guard bytes.count == 16 else { return nil }
        return IPAddress(
            high: bytes[..<8].reduce(0) { $0 << 8 | UInt64($1) }, low: bytes[8...].reduce(0) { $0 << 8 | UInt64($1) })
    }

    /// A record whose exchange is no host name that mail could use is passed over.
    static func mx(_ bytes: UnsafeRawBufferPointer) -> MXRecord? {
        guard bytes.count >= 3, let name = name(UnsafeRawBufferPointer(rebasing: bytes[2...])) else { return nil }
        let preference = UInt16(bytes[0]) << 8 | UInt16(bytes[1])
        if name.isEmpty { return MXRecord(preference: preference, exchange: nil) }
        guard let exchange = DomainName(name) else { return nil }
        return MXRecord(preference: preference, exchange: exchange)
    }

    static func ptr(_ bytes: UnsafeRawBufferPointer) -> DomainName? { name(bytes).flatMap { DomainName($0) } }

    /// A TXT record's strings in one. 64 KiB at most, by the format.
    static func txt(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
        var text: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let length = Int(bytes[index])
            guard index + 1 + length <= bytes.count else { return nil }
            text.append(contentsOf: bytes[(index + 1)..<(index + 1 + length)])
            index += 1 + length
        }
        return text
    }

    /// Labels joined by dots, empty for the root. `nil` for pointers, dots or control bytes inside a label, bytes behind the
    /// end, or more than 255 bytes.
    static func name(_ bytes: UnsafeRawBufferPointer) -> String? {
        guard bytes.count <= 255 else { return nil }
        var text: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let length = Int(bytes[index])
            if length == 0 {
                guard index + 1 == bytes.count else { return nil }
                return String(validating: text, as: UTF8.self)
            }
            guard length <= 63, index + 1 + length < bytes.count else { return nil }
            if !text.isEmpty { text.append(UInt8(ascii: ".")) }
            for byte in bytes[(index + 1)..<(index + 1 + length)] {
                guard byte > 0x20, byte != 0x7f, byte != UInt8(ascii: ".") else { return nil }
                text.append(byte)
            }
            index += 1 + length
        }
        return nil
    }
}

import MailTypes

/// Reads address lists (RFC 5322 §3.4) leniently: groups are flattened, comments become names where there is no other,
/// unquoted specials in names are taken.
enum AddressListReader {
    static func mailboxes(_ value: [UInt8]) -> [Mailbox] {
        var reader = Reader()
        let span = value.span
        var i = 0
        while i < span.count, reader.found.count < ReadingBounds.mailboxes {
            i = reader.step(span, i)
        }
        reader.endMailbox()
        return reader.found
    }

    private struct Reader {
        var found: [Mailbox] = []
        /// Words outside brackets: a name if an address in brackets follows, else the address.
        private var words: [UInt8] = []
        /// The words without quotes and escapes.
        private var name: [UInt8] = []
        private var comment: [UInt8] = []
        private var bracketed: [UInt8]?

        /// Takes what begins at `i`; returns the index behind it.
        mutating func step(_ span: Span<UInt8>, _ i: Int) -> Int {
            switch span[i] {
            case 0x22: return quoted(span, i)
            case 0x28: return commented(span, i)
            case 0x3c where bracketed == nil:
                return angle(span, i)
            case 0x2c, 0x3b:
                endMailbox()
            case 0x3a where !words.contains(0x40) && !words.contains(0x5b):
                // A group's name.
                (words, name, comment) = ([], [], [])
            default:
                words.append(span[i])
                name.append(span[i])
            }
            return i + 1
        }

        private mutating func quoted(_ span: Span<UInt8>, _ start: Int) -> Int {
            var i = start + 1
            words.append(0x22)
            while i < span.count, span[i] != 0x22 {
                if span[i] == 0x5c, i + 1 < span.count {
                    words.append(0x5c)
                    i += 1
                }
                words.append(span[i])
                name.append(span[i])
                i += 1
            }
            words.append(0x22)
            return i + 1
        }

        private mutating func commented(_ span: Span<UInt8>, _ start: Int) -> Int {
            var depth = 1
            var i = start + 1
            while i < span.count {
                if span[i] == 0x5c, i + 1 < span.count {
                    i += 1
                } else if span[i] == 0x28 {
                    depth += 1
                } else if span[i] == 0x29 {
                    depth -= 1
                    if depth == 0 { return i + 1 }
                }
                comment.append(span[i])
                i += 1
            }
            return i
        }

        private mutating func angle(_ span: Span<UInt8>, _ start: Int) -> Int {
            var address: [UInt8] = []
            var isQuoted = false
            var i = start + 1
            while i < span.count {
                let byte = span[i]
                if byte == 0x3e, !isQuoted { break }
                if byte == 0x28, !isQuoted {
                    i = commented(span, i)
                    continue
                }
                if byte == 0x22 { isQuoted.toggle() }
                address.append(byte)
                if byte == 0x5c, isQuoted, i + 1 < span.count {
                    i += 1
                    address.append(span[i])
                }
                i += 1
            }
            if i >= span.count, let end = Bytes.firstIndex(of: 0x3e, in: span, start..<span.count) {
                // A quote or comment never ends: up to the first bracket, as most programs read it.
                i = end
                address.removeAll(keepingCapacity: true)
                address.append(span.extracting((start + 1)..<end))
            }
            address = Self.withoutOuterSpace(address)
            // A source route (RFC 5322 §4.4) is left out.
            if address.first == 0x40, let colon = address.firstIndex(of: 0x3a) { address.removeSubrange(...colon) }
            bracketed = address
            return min(span.count, i + 1)
        }

        /// Without the white space outside quotes.
        private static func withoutOuterSpace(_ words: [UInt8]) -> [UInt8] {
            var isQuoted = false
            return words.filter { byte in
                if byte == 0x22 { isQuoted.toggle() }
                return isQuoted || !Bytes.isSpace(byte)
            }
        }

        mutating func endMailbox() {
            defer { (words, name, comment, bracketed) = ([], [], [], nil) }
            let address = bracketed ?? Self.withoutOuterSpace(words)
            let shown = bracketed == nil ? comment : (name.allSatisfy(Bytes.isSpace) ? comment : name)
            let trimmed = Bytes.trimmed(shown.span)
            guard !address.isEmpty || !trimmed.isEmpty else { return }
            found.append(
                Mailbox(
                    displayName: EncodedWords.decoded(Array(shown[trimmed])).bytes, addressText: address,
                    address: address.count <= 254 ? EmailAddress(String(decoding: address, as: UTF8.self)) : nil))
        }
    }
}

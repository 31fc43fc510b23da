/// Properties of a message's form, each a kind and a value: how the header's parts agree with each other, how text and
/// markup are built. No words, no names, no addresses.
struct StructureTraits {
    enum Kind: UInt64 {
        case messageIDHost, receivedNamesSender, linksToSender, linkHosts, linkCount, linkToAddress, replyTo
        case senderDigits, senderLength, senderForm, senderNamedByAddress, senderTop, senderLabels
        case recipient, recipientIsSender, recipientForm, copies
        case references, reply, forward, subjectNamesRecipient, subjectCapitals, subjectLength, subjectDigits
        case subjectForeign, subjectExclaims, subjectDollar, subjectAsks, subjectPercent, subjectGap, subjectBracket
        case subjectTail
        case dateShape, zone
        case receivedWith, receivedHello, receivedUnknown, receivedLocal, receivedFor
        case helloForm, reverseName, addressKind
        case program, messageIDShape, boundaryShape, programAndID, programAndBoundary, programAndPriority
        case contentType, charset, encoding, mimeVersion, fieldCount, field
        case bodies, parts, htmlSize, textSize, visibleSize, dress
        case images, links, tables, fonts, forms, scripts, comments, pixel, doctype, title, style, capitalTags
        case hidden, misleading
        case quoted, capitals, exclamations, dollars, percents, longestLine, meanLine, foreign, blankLines
        case signature, phrase, addresses, tollFree, senderInText
    }

    /// No message has more; each pair of them is a feature, too.
    static let limit = 96

    private let memory: UnsafeMutablePointer<UInt64>
    private(set) var count = 0

    init(_ memory: FeatureMemory) { self.memory = memory.traits }

    mutating func add(_ kind: Kind, _ value: UInt64 = 1) {
        guard count < Self.limit else { return }
        let start = (kind.rawValue &+ 1) &* 0x9e37_79b9_7f4a_7c15
        memory[count] = FeatureHash.finished(start &+ value &* 0xff51_afd7_ed55_8ccd)
        count += 1
    }

    mutating func add(_ kind: Kind, _ value: Int) { add(kind, UInt64(bitPattern: Int64(value))) }

    /// Only when it is so.
    mutating func add(_ kind: Kind, when condition: Bool) { if condition { add(kind) } }

    /// Each trait and each pair of traits, hashed: what goes together tells more than what is there. A linear model over
    /// these is one with a weight for each combination.
    func forEachFeature(_ body: (UInt64) -> Void) {
        var i = 0
        while i < count {
            let trait = memory[i]
            body(trait)
            var j = 0
            while j < i {
                body(trait &+ memory[j])
                j += 1
            }
            i += 1
        }
    }
}

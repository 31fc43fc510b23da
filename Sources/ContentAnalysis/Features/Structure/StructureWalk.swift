/// Finds a message's structural traits: whether Message-ID, Received, links and Reply-To agree with the sender, how the
/// writing program presents itself, how text and markup are built.
///
/// They generalise where words do not: a new campaign has new words, and the same programs.
struct StructureWalk {
    let sample: ContentSample
    var traits: StructureTraits
    /// Places in `sample.fields` of the first of each kind, but of Received the last, which is the oldest.
    let from, to, subject, messageID, replyTo, date, contentType, encoding, mimeVersion, program, received: Int?
    let sender: AddressParts?
    let recipient: AddressParts?

    static func read(_ sample: ContentSample, memory: FeatureMemory) -> StructureTraits {
        var walk = StructureWalk(sample, memory)
        walk.readSender()
        walk.readSubject()
        walk.readReceived()
        walk.readProgram()
        walk.readLinks()
        walk.readBodies()
        walk.readMarkup()
        walk.readText()
        return walk.traits
    }

    private init(_ sample: ContentSample, _ memory: FeatureMemory) {
        self.sample = sample
        traits = StructureTraits(memory)
        let fields = sample.fields.prefix(ContentSample.Bounds.fields)
        func first(_ name: StaticString) -> Int? { fields.firstIndex { Self.isNamed($0, name) } }
        from = first("from")
        to = first("to")
        subject = first("subject")
        messageID = first("message-id")
        replyTo = first("reply-to")
        date = first("date")
        contentType = first("content-type")
        encoding = first("content-transfer-encoding")
        mimeVersion = first("mime-version")
        program = first("x-mailer") ?? first("user-agent")
        received = fields.lastIndex { Self.isNamed($0, "received") }
        sender = from.flatMap { AddressParts(sample.fields[$0].value) }
        recipient = to.flatMap { AddressParts(sample.fields[$0].value) }
    }

    /// What is looked at of a field's value; empty without the field.
    func value(_ place: Int?) -> [UInt8] {
        guard let place else { return [] }
        let value = sample.fields[place].value
        return value.count > ContentSample.Bounds.fieldBytes
            ? Array(value.prefix(ContentSample.Bounds.fieldBytes)) : value
    }

    /// The label of the sender's organisation.
    var senderLabel: ArraySlice<UInt8> { (sender.map { $0.domain[$0.organisation.label] } ?? []).prefix(63) }

    func has(_ name: StaticString) -> Bool {
        sample.fields.prefix(ContentSample.Bounds.fields).contains { Self.isNamed($0, name) }
    }

    private static func isNamed(_ field: ContentSample.Field, _ name: StaticString) -> Bool {
        let name = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        return field.name.count == name.count && field.name.elementsEqual(name)
    }

    /// Whether links lead to the sender's organisation, and to how many others.
    private mutating func readLinks() {
        var organisations: [UInt64] = []
        var isAddressed = false
        for url in sample.urls.prefix(ContentSample.Bounds.urls) {
            guard let colon = url.prefix(16).firstIndex(of: 0x3a), colon + 3 < url.count, url[colon + 1] == 0x2f,
                url[colon + 2] == 0x2f
            else { continue }
            let rest = url[(colon + 3)...].prefix(253)
            let end = rest.firstIndex { $0 == 0x2f || $0 == 0x3f || $0 == 0x23 || $0 == 0x3a } ?? rest.endIndex
            let organisation = HostOrganisation(rest[..<end])
            isAddressed = isAddressed || organisation.isAddress
            if !organisations.contains(organisation.hash) { organisations.append(organisation.hash) }
        }
        let matches = sender.map { organisations.contains($0.organisation.hash) } ?? false
        traits.add(.linksToSender, organisations.isEmpty ? 0 : (matches ? 1 : 3) + (organisations.count == 1 ? 0 : 1))
        traits.add(.linkHosts, min(5, organisations.count))
        traits.add(.linkCount, FeatureHash.magnitude(sample.urls.count))
        traits.add(.linkToAddress, when: isAddressed)
    }

    private mutating func readBodies() {
        let (text, html) = (!sample.text.isEmpty, !sample.html.isEmpty)
        traits.add(.bodies, (text ? 1 : 0) + (html ? 2 : 0))
        traits.add(.parts, min(5, sample.parts.count))
        traits.add(.htmlSize, FeatureHash.magnitude(sample.html.count))
        traits.add(.textSize, FeatureHash.magnitude(sample.text.count))
        traits.add(.visibleSize, FeatureHash.magnitude(sample.visibleHTML.count))
        if html { traits.add(.dress, min(12, sample.html.count / (sample.visibleHTML.count + 1))) }
        traits.add(.hidden, when: sample.hiddenBytes > 0)
        traits.add(.misleading, when: sample.misleadingLinks > 0)
    }
}

extension [UInt8] {
    /// Where a lower-case needle begins, letters of either case taken for the same; looks at the first `limit` bytes.
    func firstRange(ofLowercase needle: StaticString, limit: Int = ContentSample.Bounds.fieldBytes) -> Range<Int>? {
        let needle = UnsafeBufferPointer(start: needle.utf8Start, count: needle.utf8CodeUnitCount)
        return withUnsafeBufferPointer { bytes in
            let last = Swift.min(bytes.count, limit) - needle.count
            guard last >= 0, let first = needle.first else { return nil }
            var i = 0
            while i <= last {
                if FeatureHash.lowered(bytes[i]) == first {
                    var k = 1
                    while k < needle.count, FeatureHash.lowered(bytes[i + k]) == needle[k] { k += 1 }
                    if k == needle.count { return i..<(i + k) }
                }
                i += 1
            }
            return nil
        }
    }

    func holds(_ needle: StaticString) -> Bool { firstRange(ofLowercase: needle) != nil }
}

/// The transport's first word and the program that wrote the message.
extension StructureWalk {
    mutating func readReceived() {
        let line = value(received)
        guard received != nil else {
            traits.add(.receivedNamesSender, 0)
            return traits.add(.receivedWith, 0)
        }
        let label = senderLabel
        traits.add(.receivedNamesSender, !label.isEmpty && Self.namesHost(label, line) ? 1 : 2)
        traits.add(.receivedWith, (Self.protocols.firstIndex { line.holds($0) } ?? Self.protocols.count) + 1)
        traits.add(.receivedHello, when: line.holds("helo"))
        traits.add(.receivedUnknown, when: line.holds("unknown"))
        traits.add(.receivedLocal, when: line.holds("localhost"))
        traits.add(.receivedFor, line.holds("for ") ? 1 : 0)
        readHello(line)
    }

    private static let protocols: [StaticString] = [
        "invoked by uid", "invoked from network", "pickup service", "with esmtp", "with smtp", "http", "with qmqp",
        "with local",
    ]

    /// `from NAME (REVERSE [ADDRESS])`.
    private mutating func readHello(_ line: [UInt8]) {
        guard line.firstRange(ofLowercase: "from ", limit: 5) != nil else { return traits.add(.helloForm, 0) }
        let end = line[5...].firstIndex(of: 0x20) ?? line.endIndex
        let hello = line[5..<end]
        let organisation = HostOrganisation(hello)
        let isSender = organisation.hash == sender?.organisation.hash
        let isNumber = hello.first.map { FeatureHash.isDigit($0) || $0 == 0x5b } ?? false
        traits.add(.helloForm, !hello.contains(0x2e) ? 1 : isNumber ? 2 : isSender ? 3 : 4)
        guard let open = line[end...].prefix(3).firstIndex(of: 0x28) else { return traits.add(.reverseName, 0) }
        let rest = line[(open + 1)...]
        let name = rest[..<(rest.firstIndex { $0 == 0x20 || $0 == 0x29 } ?? rest.endIndex)]
        let isAddress = name.first.map { FeatureHash.isDigit($0) || $0 == 0x5b } ?? true
        let isSame = Self.lowercaseHash(name) == Self.lowercaseHash(hello)
        let isNear = HostOrganisation(name).hash == organisation.hash
        traits.add(.reverseName, isAddress ? 1 : isSame ? 2 : isNear ? 3 : 4)
        if let bracket = rest.firstIndex(of: 0x5b) {
            let address = Array(rest[(bracket + 1)...].prefix(16))
            let isPrivate = ["10.", "192.168.", "127."].contains { address.starts(with: $0.utf8) }
            traits.add(.addressKind, isPrivate ? 1 : 2)
        }
    }

    /// Whether the label occurs.
    private static func namesHost(_ label: ArraySlice<UInt8>, _ line: [UInt8]) -> Bool {
        guard line.count >= label.count else { return false }
        return (0...(line.count - label.count)).contains { start in
            zip(line[start...], label).allSatisfy { FeatureHash.lowered($0) == FeatureHash.lowered($1) }
        }
    }

    mutating func readProgram() {
        let program = value(self.program)
        let name = program.prefix(40).prefix { $0 != 0x2f && $0 != 0x5b && $0 != 0x28 && !FeatureHash.isDigit($0) }
        let family = self.program == nil ? 0 : Self.lowercaseHash(name)
        let id = value(messageID)
        let idShape = Self.shape(id[..<(id.firstIndex(of: 0x40) ?? id.endIndex)])
        let type = value(contentType)
        let boundary = type.firstRange(ofLowercase: "boundary=").map { Self.shape(type[$0.upperBound...]) } ?? 0
        let priority = (has("x-mimeole") ? 1 : 0) + (has("x-msmail-priority") ? 2 : 0) + (has("x-priority") ? 4 : 0)
        traits.add(.program, family)
        traits.add(.messageIDShape, idShape)
        traits.add(.boundaryShape, boundary)
        traits.add(.programAndID, family &* 31 &+ idShape)
        traits.add(.programAndBoundary, family &* 31 &+ boundary)
        traits.add(.programAndPriority, family &* 31 &+ UInt64(priority))
        traits.add(.contentType, Self.lowercaseHash(type.prefix { $0 != 0x3b && $0 != 0x2c && $0 > 0x20 }))
        let charset = type.firstRange(ofLowercase: "charset").map { type[$0.upperBound...].prefix(14) }
        traits.add(.charset, charset.map(Self.lowercaseHash) ?? 0)
        traits.add(.encoding, Self.lowercaseHash(value(encoding)[...]))
        traits.add(.mimeVersion, mimeVersion == nil ? 0 : Self.lowercaseHash(value(mimeVersion).prefix(4)))
        let date = value(self.date)
        traits.add(.dateShape, Self.shape(date[...]))
        let sign = date.lastIndex { $0 == 0x2b || $0 == 0x2d }
        traits.add(.zone, sign.map { Self.lowercaseHash(date[$0...].prefix(5)) } ?? 0)
        readFields()
    }

    /// Which fields there are: standard ones by name, all by number. Fields that transports and lists add do not count.
    private mutating func readFields() {
        var count = 0
        for field in sample.fields.prefix(ContentSample.Bounds.fields) {
            let kind = field.name.withUnsafeBufferPointer { FieldKind($0) }
            if kind == .skipped || kind == .received { continue }
            count += 1
            let isOwn = field.name.count > 1 && field.name[0] == 0x78 && field.name[1] == 0x2d
            if !isOwn, count <= 24 { traits.add(.field, Self.lowercaseHash(field.name[...])) }
        }
        traits.add(.fieldCount, min(20, count) / 2)
    }

    private static func shape(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.withUnsafeBufferPointer { FeatureHash.shape($0[...], into: FeatureHash.basis) }
    }
}

/// Sender, recipient and subject.
extension StructureWalk {
    mutating func readSender() {
        let messageID = value(messageID)
        let host = AddressParts(messageID)
        let isKnown = host.map { $0.organisation.hash == sender?.organisation.hash } ?? false
        traits.add(
            .messageIDHost, messageID.isEmpty ? 0 : isKnown ? 1 : host?.domain.contains(0x2e) == true ? 2 : 3)

        if replyTo == nil {
            traits.add(.replyTo, 0)
        } else if let reply = AddressParts(value(replyTo)), let sender {
            let isOwn = reply.organisation.hash == sender.organisation.hash
            traits.add(.replyTo, reply.isSame(as: sender) ? 1 : isOwn ? 2 : 3)
        } else {
            traits.add(.replyTo, 4)
        }

        let local = sender?.localPart ?? []
        traits.add(.senderDigits, min(4, local.count { FeatureHash.isDigit($0) }))
        traits.add(.senderLength, FeatureHash.magnitude(local.count))
        let from = value(from)
        traits.add(.senderForm, Self.form(from))
        let angle = from.firstIndex(of: 0x3c)
        traits.add(.senderNamedByAddress, when: angle.map { from[..<$0].contains(0x40) } ?? false)
        let domain = sender?.domain ?? []
        let top = domain[(domain.lastIndex(of: 0x2e) ?? domain.startIndex)...]
        traits.add(.senderTop, Self.lowercaseHash(top))
        traits.add(.senderLabels, min(4, domain.count { $0 == 0x2e }))

        let to = value(self.to)
        let addresses = to.count { $0 == 0x40 }
        let several = addresses < 2 ? 3 + addresses : addresses < 6 ? 5 : 6
        traits.add(.recipient, self.to == nil ? 0 : to.isEmpty ? 1 : to.holds("undisclosed") ? 2 : several)
        if let sender, let recipient, sender.organisation.hash == recipient.organisation.hash {
            traits.add(.recipientIsSender, sender.isSame(as: recipient) ? 1 : 2)
        }
        traits.add(.recipientForm, Self.form(to))
        traits.add(.copies, has("cc") ? 1 : 0)
    }

    /// How an address is written: quoted name, bare, in angle brackets, the name right before them, or with a blank.
    private static func form(_ value: [UInt8]) -> Int {
        guard !value.isEmpty else { return 0 }
        if value.contains(0x22) { return 1 }
        guard let angle = value.firstIndex(of: 0x3c) else { return 2 }
        return angle == 0 ? 3 : value[angle - 1] == 0x20 ? 4 : 5
    }

    static func lowercaseHash(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.prefix(64).reduce(FeatureHash.basis) { FeatureHash.extend($0, FeatureHash.lowered($1)) }
    }

    mutating func readSubject() {
        let subject = value(self.subject)
        let hasReferences = has("references") || has("in-reply-to")
        traits.add(.references, hasReferences ? 1 : 0)
        let isReply = subject.firstRange(ofLowercase: "re:", limit: 3) != nil
        traits.add(.reply, !isReply ? 0 : hasReferences ? 1 : 2)
        traits.add(
            .forward,
            when: subject.firstRange(ofLowercase: "fw:", limit: 3) != nil
                || subject.firstRange(ofLowercase: "fwd:", limit: 4) != nil)
        let counts = ByteCounts(subject)
        let letters = counts.capitals + counts.small
        traits.add(.subjectCapitals, letters > 0 ? min(5, counts.capitals * 6 / letters) : -1)
        traits.add(.subjectLength, FeatureHash.magnitude(subject.count))
        traits.add(.subjectDigits, min(3, counts.digits))
        if counts.foreign > 0 { traits.add(.subjectForeign, counts.foreign * 2 > subject.count ? 2 : 1) }
        if counts.exclamations > 0 { traits.add(.subjectExclaims, subject.holds("!!") ? 2 : 1) }
        traits.add(.subjectDollar, when: counts.dollars > 0)
        traits.add(.subjectAsks, when: subject.contains(0x3f))
        traits.add(.subjectPercent, when: counts.percents > 0)
        traits.add(.subjectGap, when: subject.holds("    "))
        traits.add(.subjectBracket, when: subject.contains(0x5b) || subject.contains(0x5d))
        readTail(subject)
        if let local = recipient?.localPart, local.count > 2, local.count < 64 {
            traits.add(.subjectNamesRecipient, when: Self.holds(local, in: subject))
        }
    }

    /// A last word that is no word: a number, or letters and digits, or letters without a vowel.
    private mutating func readTail(_ subject: [UInt8]) {
        guard let blank = subject.lastIndex(of: 0x20) else { return }
        let last = subject[(blank + 1)...]
        guard last.count > 3, last.allSatisfy({ FeatureHash.isLetter($0) || FeatureHash.isDigit($0) }) else { return }
        let digits = last.count { FeatureHash.isDigit($0) }
        let hasVowel = last.contains {
            switch FeatureHash.lowered($0) {
            case 0x61, 0x65, 0x69, 0x6f, 0x75: true
            default: false
            }
        }
        if digits > 0 || !hasVowel { traits.add(.subjectTail, digits == last.count ? 1 : 2) }
    }

    private static func holds(_ needle: ArraySlice<UInt8>, in bytes: [UInt8]) -> Bool {
        guard bytes.count >= needle.count else { return false }
        return (0...(bytes.count - needle.count)).contains { start in
            zip(bytes[start...], needle).allSatisfy { FeatureHash.lowered($0) == FeatureHash.lowered($1) }
        }
    }
}

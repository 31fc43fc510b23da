package import ContentAnalysis
package import Detection
package import MailTypes

/// One message about which somebody has said what it is: features, no text.
package struct Lesson: Sendable {
    package var id: SubmissionID
    /// When it was said.
    package var time: Timestamp
    package var identity: SubmissionIdentity
    package var campaign: CampaignID?
    package var isSpam: Bool
    package var teacher: Teacher
    package var features: ContentFeatures

    package init(
        id: SubmissionID, time: Timestamp, identity: SubmissionIdentity, campaign: CampaignID?, isSpam: Bool,
        teacher: Teacher, features: ContentFeatures
    ) {
        self.id = id
        self.time = time
        self.identity = identity
        self.campaign = campaign
        self.isSpam = isSpam
        self.teacher = teacher
        self.features = features
    }

    /// Whose word it is, and with it how far it reaches.
    package enum Teacher: UInt8, Hashable, Sendable, CaseIterable {
        /// The operator's people.
        case `operator` = 1
        /// The customer whose mail it is: moves the customer's own scores only.
        case customer
        /// A recipient's complaint that was proven to be about this message.
        case complaint
        /// A case that was confirmed, or called a false alarm.
        case incident

        /// What it is worth to the model that all share.
        var sharedWeight: Double {
            switch self {
            case .operator: 1
            case .customer: 0
            case .complaint: 0.3
            case .incident: 0.5
            }
        }
    }

    /// The word to detection; a complaint has been told there when it came.
    package var feedback: FeedbackEvent? {
        teacher == .complaint
            ? nil
            : FeedbackEvent(
                id: id, time: time, identity: identity, campaign: campaign, kind: isSpam ? .foundSpam : .foundGood)
    }
}

/// Lessons as bytes.
extension Lesson {
    private static let magic: [UInt8] = Array("SLUICELS".utf8) + [1]
    private static let bases: [SubmissionIdentity.Basis] = [.address, .login, .header]

    package var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.bytes = Self.magic
        writer.add(id.rawValue)
        writer.add(time.microseconds)
        writer.add(SourceID.server(identity.server, identity.customer))
        writer.add(UInt8(identity.account == nil ? 0 : 1))
        if let account = identity.account { writer.add(SourceID.account(account, identity.customer)) }
        writer.add(UInt8(clamping: Self.bases.firstIndex(of: identity.evidence) ?? 0))
        writer.add(UInt8(campaign == nil ? 0 : 1))
        if let campaign { writer.add(campaign.rawValue) }
        writer.add(UInt8(isSpam ? 1 : 0))
        writer.add(teacher.rawValue)
        writer.bytes += features.encoded
        return writer.bytes
    }

    /// `nil` for what no version of this program writes.
    package init?(decoding bytes: [UInt8]) {
        guard bytes.starts(with: Self.magic) else { return nil }
        var reader = ByteReader(bytes[Self.magic.count...])
        guard let number = reader.integer(Int64.self), let time = reader.time(),
            case .server(let server, let customer)? = reader.source(), let hasAccount = reader.flag()
        else { return nil }
        var account: AccountName?
        if hasAccount {
            guard case .account(let name, customer)? = reader.source() else { return nil }
            account = name
        }
        guard let basis = reader.integer(UInt8.self), Int(basis) < Self.bases.count, let hasCampaign = reader.flag()
        else { return nil }
        if hasCampaign {
            guard let value = reader.integer(UInt64.self) else { return nil }
            campaign = CampaignID(rawValue: value)
        }
        guard let isSpam = reader.flag(), let teacher = reader.integer(UInt8.self).flatMap(Teacher.init),
            let rest = reader.take(reader.remaining), let features = ContentFeatures(decoding: rest)
        else { return nil }
        id = SubmissionID(rawValue: number)
        self.time = time
        identity = SubmissionIdentity(
            customer: customer, server: server, account: account, evidence: Self.bases[Int(basis)])
        self.isSpam = isSpam
        self.teacher = teacher
        self.features = features
    }
}

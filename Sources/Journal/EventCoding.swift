package import Detection
import MailTypes

/// Events as bytes, little-endian, one after the other's length. The version stands in the segment's head.
package enum EventCoding {
    /// No event is larger: 1,000 recipients are 8 KB.
    package static let mostBytes = 1 << 20
    private static let mostRecipients = 100_000

    private enum Kind: UInt8 {
        case submission = 1
        case outcome, login, feedback, reinstatement, returned
    }

    package static func encode(_ event: DetectionEvent) -> [UInt8] {
        var writer = ByteWriter()
        writer.bytes.reserveCapacity(256)
        switch event {
        case .submission(let event):
            writer.add(Kind.submission.rawValue)
            encode(event, &writer)
        case .outcome(let event):
            writer.add(Kind.outcome.rawValue)
            writer.add(event.id.rawValue)
            writer.add(event.time.microseconds)
            encode(event.identity, &writer)
            encode(event.campaign, &writer)
            writer.add(place(of: event.result, in: outcomes))
            if let receiver = event.receiver { encode(receiver.description, &writer) }
        case .login(let event):
            writer.add(Kind.login.rawValue)
            writer.add(event.time.microseconds)
            encode(event.customer.description, &writer)
            encode(event.account.description, &writer)
            encode(event.address, &writer)
            writer.add(UInt8(event.succeeded ? 1 : 0))
            writer.add(event.autonomousSystem)
            writer.add(event.country)
        case .feedback(let event):
            writer.add(Kind.feedback.rawValue)
            writer.add(event.id.rawValue)
            writer.add(event.time.microseconds)
            encode(event.identity, &writer)
            encode(event.campaign, &writer)
            writer.add(place(of: event.kind, in: FeedbackEvent.Kind.allCases))
            if let reporter = event.reporter { encode(reporter.description, &writer) }
        case .reinstatement(let source, let time):
            writer.add(Kind.reinstatement.rawValue)
            writer.add(source)
            writer.add(time.microseconds)
        case .returned(let event):
            writer.add(Kind.returned.rawValue)
            writer.add(event.id.rawValue)
            writer.add(event.time.microseconds)
            writer.add(event.message)
        }
        return writer.bytes
    }

    /// `nil` for what no version of this program writes.
    package static func decode(_ bytes: ArraySlice<UInt8>) -> DetectionEvent? {
        var reader = ByteReader(bytes)
        guard let number = reader.integer(UInt8.self), let kind = Kind(rawValue: number) else { return nil }
        let event: DetectionEvent?
        switch kind {
        case .submission: event = submission(&reader).map(DetectionEvent.submission)
        case .outcome: event = outcome(&reader).map(DetectionEvent.outcome)
        case .login: event = login(&reader).map(DetectionEvent.login)
        case .feedback: event = feedback(&reader).map(DetectionEvent.feedback)
        case .reinstatement:
            guard let source = reader.source(), let time = reader.time() else { return nil }
            event = .reinstatement(source, time)
        case .returned:
            guard let id = reader.integer(Int64.self), let time = reader.time(),
                let message = reader.integer(UInt64.self)
            else { return nil }
            event = .returned(ReturnedEvent(id: SubmissionID(rawValue: id), time: time, message: message))
        }
        return reader.isAtEnd ? event : nil
    }

    private static let outcomes: [OutcomeEvent.Result] = [
        .delivered, .unknownRecipient, .policyRefusal, .otherFailure, .deferred,
    ]

    private static func place<T: Equatable>(of value: T, in all: [T]) -> UInt8 {
        UInt8(clamping: all.firstIndex(of: value) ?? 0)
    }

    private static func pick<T>(_ all: [T], _ reader: inout ByteReader) -> T? {
        guard let index = reader.integer(UInt8.self), Int(index) < all.count else { return nil }
        return all[Int(index)]
    }

    // MARK: submissions

    private static func encode(_ event: SubmissionEvent, _ writer: inout ByteWriter) {
        writer.add(event.id.rawValue)
        writer.add(event.time.microseconds)
        encode(event.identity, &writer)
        writer.add(event.contentLogOdds)
        encode(event.campaign?.campaign, &writer)
        if let sighting = event.campaign {
            writer.add(UInt64(clamping: sighting.earlier))
            writer.add(sighting.firstSeen.microseconds)
        }
        encode(event.recipients, &writer)
        writer.add(event.sender)
        writer.add(UInt8(event.senderIsBound ? 1 : 0))
        writer.add(event.helo)
        writer.add(UInt64(clamping: event.size.bytes))
        writer.add(event.senderDomain)
        writer.add(event.client.program)
        writer.add(event.client.zone ?? .min)
        writer.add(event.client.format.rawValue)
        writer.add(event.client.from)
        writer.add(event.client.fromName)
        writer.add(event.thread.id)
        encode(event.thread.repliesTo, &writer)
        encode(event.links, &writer)
        writer.add(event.bulk.rawValue)
        writer.add(event.listed)
    }

    private static func submission(_ reader: inout ByteReader) -> SubmissionEvent? {
        guard let id = reader.integer(Int64.self), let time = reader.time(), let identity = identity(&reader),
            let content = reader.double(), let campaign = sighting(&reader), let recipients = hashes(&reader),
            let sender = reader.integer(UInt64.self), let isBound = reader.flag(),
            let helo = reader.integer(UInt64.self), let size = reader.integer(UInt64.self),
            let domain = reader.integer(UInt64.self), let program = reader.integer(UInt64.self),
            let zone = reader.integer(Int16.self), let layout = reader.integer(UInt8.self),
            let format = ClientTraits.Format(rawValue: layout), let from = reader.integer(UInt64.self),
            let fromName = reader.integer(UInt64.self), let thread = reader.integer(UInt64.self),
            let replies = hashes(&reader), let links = hashes(&reader), let mark = reader.integer(UInt8.self),
            let bulk = BulkMark(rawValue: mark), let listed = reader.double()
        else { return nil }
        return SubmissionEvent(
            id: SubmissionID(rawValue: id), time: time, identity: identity, contentLogOdds: content,
            campaign: campaign.sighting, recipients: recipients, sender: sender, senderIsBound: isBound, helo: helo,
            size: ByteCount(Int(clamping: size)), senderDomain: domain,
            client: ClientTraits(
                program: program, zone: zone == .min ? nil : zone, format: format, from: from, fromName: fromName),
            thread: ThreadTraits(id: thread, repliesTo: replies), links: links, bulk: bulk, listed: listed)
    }

    private static func sighting(_ reader: inout ByteReader) -> (sighting: CampaignSighting?, Bool)? {
        guard let flag = reader.flag() else { return nil }
        guard flag else { return (nil, false) }
        guard let campaign = reader.integer(UInt64.self), let earlier = reader.integer(UInt64.self),
            let first = reader.time()
        else { return nil }
        return (
            CampaignSighting(
                campaign: CampaignID(rawValue: campaign), earlier: Int(clamping: earlier), firstSeen: first), true
        )
    }

    private static func outcome(_ reader: inout ByteReader) -> OutcomeEvent? {
        guard let id = reader.integer(Int64.self), let time = reader.time(), let identity = identity(&reader),
            let campaign = campaign(&reader), let result = pick(outcomes, &reader)
        else { return nil }
        return OutcomeEvent(
            id: SubmissionID(rawValue: id), time: time, identity: identity, campaign: campaign.id, result: result,
            receiver: domain(&reader))
    }

    private static func login(_ reader: inout ByteReader) -> LoginEvent? {
        guard let time = reader.time(), let customer = text(&reader).flatMap(CustomerID.init),
            let account = text(&reader).flatMap(AccountName.init), let address = address(&reader),
            let succeeded = reader.flag(), let system = reader.integer(UInt32.self),
            let country = reader.integer(UInt16.self)
        else { return nil }
        return LoginEvent(
            time: time, customer: customer, account: account, address: address, succeeded: succeeded,
            autonomousSystem: system, country: country)
    }

    private static func feedback(_ reader: inout ByteReader) -> FeedbackEvent? {
        guard let id = reader.integer(Int64.self), let time = reader.time(), let identity = identity(&reader),
            let campaign = campaign(&reader), let kind = pick(FeedbackEvent.Kind.allCases, &reader)
        else { return nil }
        return FeedbackEvent(
            id: SubmissionID(rawValue: id), time: time, identity: identity, campaign: campaign.id, kind: kind,
            reporter: domain(&reader))
    }

    // MARK: parts

    private static let bases: [SubmissionIdentity.Basis] = [.address, .login, .header]

    private static func encode(_ identity: SubmissionIdentity, _ writer: inout ByteWriter) {
        encode(identity.customer.description, &writer)
        encode(identity.server, &writer)
        writer.add(UInt8(identity.account == nil ? 0 : 1))
        if let account = identity.account { encode(account.description, &writer) }
        writer.add(place(of: identity.evidence, in: bases))
    }

    private static func identity(_ reader: inout ByteReader) -> SubmissionIdentity? {
        guard let customer = text(&reader).flatMap(CustomerID.init), let server = address(&reader),
            let hasAccount = reader.flag()
        else { return nil }
        var account: AccountName?
        if hasAccount {
            guard let name = text(&reader).flatMap(AccountName.init) else { return nil }
            account = name
        }
        guard let evidence = pick(bases, &reader) else { return nil }
        return SubmissionIdentity(customer: customer, server: server, account: account, evidence: evidence)
    }

    private static func encode(_ campaign: CampaignID?, _ writer: inout ByteWriter) {
        writer.add(UInt8(campaign == nil ? 0 : 1))
        if let campaign { writer.add(campaign.rawValue) }
    }

    private static func campaign(_ reader: inout ByteReader) -> (id: CampaignID?, Bool)? {
        guard let flag = reader.flag() else { return nil }
        guard flag else { return (nil, false) }
        return reader.integer(UInt64.self).map { (CampaignID(rawValue: $0), true) }
    }

    private static func encode(_ hashes: [UInt64], _ writer: inout ByteWriter) {
        writer.add(UInt32(clamping: hashes.count))
        for hash in hashes { writer.add(hash) }
    }

    private static func hashes(_ reader: inout ByteReader) -> [UInt64]? {
        guard let count = reader.integer(UInt32.self), count <= mostRecipients, reader.remaining >= Int(count) * 8
        else {
            return nil
        }
        var hashes: [UInt64] = []
        hashes.reserveCapacity(Int(count))
        for _ in 0..<count {
            guard let hash = reader.integer(UInt64.self) else { return nil }
            hashes.append(hash)
        }
        return hashes
    }

    private static func encode(_ text: String, _ writer: inout ByteWriter) {
        let bytes = Array(text.utf8.prefix(Int(UInt16.max)))
        writer.add(UInt16(bytes.count))
        writer.bytes += bytes
    }

    private static func text(_ reader: inout ByteReader) -> String? {
        guard let count = reader.integer(UInt16.self), let bytes = reader.take(Int(count)) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    /// A name that older journals do not have, at a record's end.
    private static func domain(_ reader: inout ByteReader) -> DomainName? {
        reader.isAtEnd ? nil : text(&reader).flatMap(DomainName.init)
    }

    private static func encode(_ address: IPAddress, _ writer: inout ByteWriter) {
        switch address {
        case .v4(let bits):
            writer.add(UInt8(4))
            writer.add(bits)
        case .v6(let high, let low):
            writer.add(UInt8(6))
            writer.add(high)
            writer.add(low)
        }
    }

    private static func address(_ reader: inout ByteReader) -> IPAddress? {
        switch reader.integer(UInt8.self) {
        case 4: return reader.integer(UInt32.self).map(IPAddress.v4)
        case 6:
            guard let high = reader.integer(UInt64.self), let low = reader.integer(UInt64.self) else { return nil }
            return IPAddress(high: high, low: low)
        default: return nil
        }
    }
}

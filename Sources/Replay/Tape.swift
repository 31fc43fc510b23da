import ContentAnalysis
package import Detection
package import Inspection
import MailTypes
import MessageFormat

/// Recorded traffic: events in order of time, and the messages they name.
///
/// A directory with `events.ndjson` and `messages.tar`, each maybe with `.xz`. Of each event only what a gateway would have
/// seen is read: keys that tell the truth are passed over. A submission's `content_scale` and `content_add` change what the
/// content model says of it, for measuring how much hangs on that.
package struct Tape: Sendable {
    private let directory: String
    private let eventsPath: String
    /// The same in every replay: a tape's addresses are no secret.
    package static let hash = KeyedHash(key: (0x736c_7569_6365, 0x7265_706c_6179))

    package init(directory: String) throws(ReplayError) {
        self.directory = directory
        eventsPath = try Self.first([directory + "/events.ndjson", directory + "/events.ndjson.xz"])
    }

    /// What each message shows, by its name on the tape.
    package typealias Traits = [String: MessageTraits]

    /// Reads all messages once. The order does not matter, so they are read as they are packed.
    ///
    /// - Parameter scoring: the model for the message of that name.
    package func traits(
        scoring: (String) -> any ContentScoring, progress: (Double) -> Void = { _ in }
    ) throws(ReplayError) -> Traits {
        var traits: Traits = [:]
        let path = try Self.first([directory + "/messages.tar", directory + "/messages.tar.xz"])
        let stream = try ByteStream(path)
        var archive = TarReader(stream)
        try archive.forEach { name, bytes throws(ReplayError) in
            traits[name] = MessageTraits(
                MessageReader.read(bytes), scoring: scoring(name), hash: Self.hash)
            progress(stream.share)
        }
        return traits
    }

    /// Calls `body` with each event and, for submissions, their name on the tape.
    ///
    /// - Parameter traits: without them content is not looked at, and its log-odds are 0.
    package func forEach(
        traits: Traits, progress: (Double) -> Void = { _ in },
        _ body: (DetectionEvent, String?) throws(ReplayError) -> Void
    ) throws(ReplayError) {
        var reading = TapeReading(traits: traits)
        var line = 0
        let stream = try ByteStream(eventsPath)
        try stream.forEachLine { bytes throws(ReplayError) in
            line += 1
            if line % 4096 == 0 { progress(stream.share) }
            if bytes.isEmpty { return }
            guard let fields = FlatJSON.fields(bytes) else {
                throw ReplayError(.malformed, "\(eventsPath), line \(line): not an event")
            }
            guard let (event, name) = try reading.event(TapeLine(fields), line) else { return }
            try body(event, name)
        }
    }

    private static func first(_ paths: [String]) throws(ReplayError) -> String {
        for path in paths where ReplayFile.exists(path) { return path }
        throw ReplayError(.unreadable, "none of \(paths.joined(separator: ", ")) is there")
    }
}

/// The fields of a tape's line that a gateway would know.
struct TapeLine {
    var time = 0.0
    var event = ""
    var id = ""
    var customer = ""
    var address = ""
    var account: String?
    var helo = ""
    var from = ""
    var recipients: [String] = []
    var message = ""
    var code = 0
    var text = ""
    var succeeded = false
    var contentScale = 1.0
    var contentAdd = 0.0

    init(_ fields: [(name: String, value: FlatJSON.Value)]) {
        for (name, value) in fields {
            switch (name, value) {
            case ("t", .number(let number)): time = number
            case ("ev", .text(let text)): event = text
            case ("id", .text(let text)): id = text
            case ("customer", .text(let text)): customer = text
            case ("ip", .text(let text)): address = text
            case ("account", .text(let text)): account = text
            case ("helo", .text(let text)): helo = text
            case ("from", .text(let text)): from = text
            case ("rcpts", .texts(let texts)): recipients = texts
            case ("msg", .text(let text)): message = text
            case ("code", .number(let number)): code = Int(max(0, min(999, number)))
            case ("text", .text(let text)): self.text = text
            case ("ok", .flag(let flag)): succeeded = flag
            case ("content_scale", .number(let number)): contentScale = number
            case ("content_add", .number(let number)): contentAdd = number
            default: break
            }
        }
    }
}

/// Makes events of lines: keeps what later ones refer to.
struct TapeReading {
    private struct Known {
        var id: SubmissionID
        var identity: SubmissionIdentity
        var campaign: CampaignID?
    }

    private let traits: Tape.Traits
    private var campaigns = CampaignIndex(capacity: 50_000)
    private var submissions: [String: Known] = [:]

    init(traits: Tape.Traits) { self.traits = traits }

    mutating func event(_ line: TapeLine, _ number: Int) throws(ReplayError) -> (DetectionEvent, String?)? {
        guard line.time.magnitude < 1e11 else { throw ReplayError(.malformed, "line \(number): the time is none") }
        let time = Timestamp(microseconds: Int64((line.time * 1_000_000).rounded()))
        switch line.event {
        case "submit":
            guard let customer = CustomerID(line.customer), let server = IPAddress(line.address) else {
                throw ReplayError(.malformed, "line \(number): the submission has no customer or no address")
            }
            let account = line.account.flatMap(AccountName.init)
            let identity = SubmissionIdentity(
                customer: customer, server: server, account: account, evidence: account == nil ? .address : .login)
            let event = submission(line, identity, time)
            submissions[line.id] = Known(id: event.id, identity: identity, campaign: event.campaign?.campaign)
            return (.submission(event), line.id)
        case "outcome":
            return submissions[line.id].map {
                (
                    .outcome(
                        OutcomeEvent(
                            id: $0.id, time: time, identity: $0.identity, campaign: $0.campaign,
                            result: Self.result(line.code, line.text))), nil
                )
            }
        case "login":
            guard let customer = CustomerID(line.customer), let account = line.account.flatMap(AccountName.init),
                let address = IPAddress(line.address)
            else { return nil }
            return (
                .login(
                    LoginEvent(
                        time: time, customer: customer, account: account, address: address,
                        succeeded: line.succeeded)), nil
            )
        case "complaint":
            return submissions[line.id].map {
                (
                    .feedback(
                        FeedbackEvent(
                            id: $0.id, time: time, identity: $0.identity, campaign: $0.campaign, kind: .complaint)), nil
                )
            }
        default: return nil
        }
    }

    private mutating func submission(
        _ line: TapeLine, _ identity: SubmissionIdentity, _ time: Timestamp
    ) -> SubmissionEvent {
        let id = SubmissionID(rawValue: Int64(submissions.count + 1))
        let sender = EmailAddress(line.from).map { ReversePath.mailbox($0) } ?? .null
        let recipients = line.recipients.compactMap { EmailAddress($0).map { Envelope.Recipient(address: $0) } }
        let envelope = Envelope(sender: sender, recipients: recipients)
        guard var traits = traits[line.message] else {
            return SubmissionEvent(
                id: id, time: time, identity: identity, contentLogOdds: 0, campaign: nil,
                recipients: recipients.map { Tape.hash.hash($0.address) }, sender: Tape.hash.hash(sender),
                senderIsBound: true, helo: Tape.hash.hash(Array(line.helo.utf8)), size: ByteCount(0))
        }
        traits.contentLogOdds = traits.contentLogOdds * line.contentScale + line.contentAdd
        let sighting = campaigns.sighting(of: traits, at: time)
        return SubmissionEvent(
            id: id, time: time, identity: identity, envelope: envelope, traits: traits, campaign: sighting,
            senderIsBound: true, heloName: line.helo, hash: Tape.hash)
    }

    /// What an answer means. Receivers that put everybody off say nothing about this sender.
    static func result(_ code: Int, _ text: String) -> OutcomeEvent.Result {
        if 200...299 ~= code { return .delivered }
        let lower = ASCII.lowercased(text)
        let isPolicy = ["spam", "rate", "block", "reputation", "policy", "listed", "reject"].contains {
            lower.contains($0)
        }
        if 400...499 ~= code { return lower.hasPrefix("4.7.") && isPolicy ? .policyRefusal : .deferred }
        let enhanced = text.prefix { $0 != " " }
        if enhanced.hasPrefix("5.1.") { return .unknownRecipient }
        if enhanced.hasPrefix("5.7.") { return .policyRefusal }
        return lower.contains("unknown") ? .unknownRecipient : isPolicy ? .policyRefusal : .otherFailure
    }
}

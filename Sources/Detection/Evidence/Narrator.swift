import MailTypes

/// Tells the measures as evidence: one sentence a kind, with its numbers.
struct Narrator {
    /// The place of each feature's kind.
    private static let kinds = Feature.allCases.map(\.kind.index)
    /// Less than this is not worth a sentence.
    private static let least = 0.2

    let weights: EvidenceWeights
    let event: SubmissionEvent
    let x: FeatureValues
    let facts: Facts

    /// All kinds that matter, unsorted. They and the bias, with what is too small to tell, sum up to the log-odds.
    ///
    /// - Parameter isBrief: only what the text says.
    func evidence(isBrief: Bool) -> [Evidence] {
        var sums = [Double](repeating: 0, count: Evidence.Kind.count)
        for (index, kind) in Self.kinds.enumerated() { sums[kind] += weights.values[index] * x.values[index] }
        if isBrief {
            return [Evidence(.content, logOdds: sums[Evidence.Kind.content.index], sentence(.content))]
        }
        var evidence: [Evidence] = []
        for kind in Evidence.Kind.allCases {
            let sum = sums[kind.index]
            guard abs(sum) >= Self.least || kind == .content else { continue }
            evidence.append(Evidence(kind, logOdds: sum, sentence(kind)))
        }
        return evidence
    }

    private func sentence(_ kind: Evidence.Kind) -> String {
        switch kind {
        case .content:
            let percent = 100 / (1 + Exponential.of(-facts.content))
            return
                "the text's log-odds of spam are \(Figure.signed(facts.content)) (\(Figure.decimal(percent, places: 1)) % at even odds)"
        case .localList: return "a list names the text, a link or a recipient of it"
        case .trust: return "\(facts.known) earlier messages of this sender are known"
        case .firstTimeRecipients:
            return facts.newToSender == 0
                ? "all \(facts.recipients) recipients are old contacts"
                : "\(facts.newToSender) of \(facts.recipients) recipients are new to this sender, \(facts.newToCustomer) to the customer, \(Int(facts.newInHour)) in this hour"
        case .login: return login
        case .client: return client
        case .senderBinding: return "the sender address is not one of the customer's"
        case .identity: return "no account is named, where this customer's servers name one"
        case .rate:
            return
                "\(Int(facts.messagesInHour)) messages to \(Int(facts.recipientsInHour)) recipients in an hour, where \(Int(facts.peakMessages)) were the most"
        case .campaign:
            return
                "\(Int(facts.copiesInDay)) near-copies of this text in a day, \(facts.suspectCopies) of them suspect"
        case .neighbours: return "\(facts.stoppedNeighbours) other accounts of this customer were stopped"
        case .links:
            return event.links.isEmpty
                ? "there is no link"
                : x[.newLink] > 0
                    ? "it links to a domain that nobody here linked to before"
                    : "it links to a domain new to the sender"
        case .thread:
            return x[.replyToOwn] > 0
                ? "it answers the sender's own earlier message" : "it is an answer in a conversation"
        case .bulk:
            if x[.declared] > 0 { return "somebody answers for bulk mail of this sender" }
            return x[.steadyBulk] > 0
                ? "it is bulk mail to steady recipients of a sender known for it" : "it declares itself bulk mail"
        case .unknownRecipients:
            return "\(Int(facts.unknown)) of \(Int(facts.answers)) recipients in a day did not exist"
        case .policyRefusals:
            return
                "receivers refused \(Int(facts.refused)) of \(Int(facts.answers)) recipients in a day by their policy"
        case .complaints: return "recipients complained of this sender (\(Figure.decimal(facts.complaints, places: 1)))"
        case .traps:
            if x[.learntTraps] > 0 {
                return
                    "\(facts.learntTraps) of \(facts.recipients) recipients are addresses to which only spam of several customers went"
            }
            return "mail of this sender went to addresses that nobody uses"
        case .history, .stop, .limit: return ""
        }
    }

    private var login: String {
        var parts: [String] = []
        if x[.taintedPlace] > 0 { parts.append("a stopped account was used from the same network") }
        if x[.sharedNetwork] > 0 { parts.append("several accounts lately logged in from one strange network") }
        if x[.strangeLogin] > 0 {
            parts.append(
                "the account lately logged in from \(x[.manyStrange] > 1 ? "several networks" : "a network") never seen before"
            )
        }
        if x[.abroad] > 0 { parts.append("it came from a country that is new to the customer") }
        if x[.guessedLogin] > 0 { parts.append("a login succeeded after failures") }
        if x[.strangePlace] > 0 { parts.append("it is submitted from a network never used before") }
        if facts.failures >= 1 { parts.append("\(Int(facts.failures)) failed logins in a day") }
        return parts.isEmpty ? "it is submitted from another network than usual" : parts.joined(separator: ", ")
    }

    private var client: String {
        var parts: [String] = []
        if x[.program] > 0 { parts.append("mail program") }
        if x[.zone] > 0 { parts.append("time zone") }
        if x[.format] > 0 { parts.append("layout") }
        if x[.from] > 0 { parts.append("From address") }
        if x[.fromName] > 0 { parts.append("name") }
        if x[.helo] > 0 { parts.append("host name") }
        return parts.isEmpty
            ? "the mail program is one that nobody of the customer uses"
            : "\(parts.joined(separator: ", ")) differ\(parts.count == 1 ? "s" : "") from the sender's earlier mail"
    }
}

extension Evidence.Kind {
    static let count = allCases.count
    /// Place in `allCases`.
    var index: Int { Self.places[self] ?? 0 }
    private static let places = Dictionary(uniqueKeysWithValues: allCases.enumerated().map { ($1, $0) })
}

/// Numbers for people, without Foundation.
enum Figure {
    static func decimal(_ value: Double, places: Int) -> String {
        guard value.isFinite, abs(value) < 1e12 else { return "?" }
        let scale = places == 1 ? 10 : 1
        let whole = Int((abs(value) * Double(scale)).rounded())
        let sign = value < 0 && whole > 0 ? "-" : ""
        return places == 1 ? "\(sign)\(whole / 10).\(whole % 10)" : "\(sign)\(whole)"
    }

    static func signed(_ value: Double) -> String { (value >= 0 ? "+" : "") + decimal(value, places: 1) }
}

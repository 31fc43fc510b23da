/// What is measured of each submission. The judgement is a weighted sum of these; each belongs to a kind of evidence,
/// under which people read it.
package enum Feature: Int, Hashable, Sendable, CaseIterable {
    /// The content model's word for and against, each clipped: it alone stops nobody.
    case contentFor, contentAgainst
    /// What it says beyond that, where it is very sure and the message is not declared bulk mail.
    case contentSure
    /// That of a sender of whom little is known: a clean past does not speak for him, and habits cannot speak against him.
    case sureOfNovice
    /// A local list knows the text, a link or a domain.
    case listed
    /// Little is known of the sender, of the customer.
    case novice, newcomer
    /// Share of recipients that the sender, the customer, and everybody at this relay never wrote to.
    case newToSender, newToCustomer, newToRelay
    /// How many of them, in this message and in the hour (binary logarithms).
    case manyNew, newInHour
    /// All recipients are old contacts of the sender.
    case oldContacts
    /// The submission comes from where the sender, or nobody of the customer, was before.
    case newPlace, strangePlace
    /// Recent logins from strange networks; from several; after failures; from where others were abused.
    case strangeLogin, manyStrange, guessedLogin, sharedNetwork
    /// One of them from a country that is nobody's of the customer's.
    case abroad
    /// Failed logins of the day (a share of 64, logarithmic).
    case failures
    /// The submission comes from a network from which a stopped account was used.
    case taintedPlace
    /// The mail program, zone, layout, From, name and host name are not the sender's; the program is no colleague's.
    case program, programOfCustomer, zone, format, from, fromName, helo
    /// The sender's domain is not one of the customer's, by configuration and by habit; From is unknown to the customer.
    case unbound, foreignDomain, foreignFrom
    /// No account, from a server that names its accounts.
    case unnamed
    /// Envelope senders and host names of the day against the day before (binary logarithms).
    case manySenders, manyHelos
    /// Messages and recipients of the hour against the most ever; messages of the minute (logarithms).
    case messageRate, recipientRate, burst
    /// Near-copies of the day (binary logarithm) by the share of new recipients; at other customers.
    case copies, copiesElsewhere
    /// Near-copies of the day, whoever gets them, of a sender that is not known for bulk mail.
    case repeats
    /// Earlier near-copies were suspect.
    case suspectCampaign
    /// Other accounts of the customer were stopped lately.
    case contagion
    /// Links to a domain that neither the customer nor anybody here linked to; to one new to the sender; none at all.
    case newLink, newLinkOfSender, noLink
    /// An answer; an answer to the sender's own mail.
    case reply, replyToOwn
    /// Bulk mail by its own declaration, sent as the sender always does; from a known bulk sender to steady recipients.
    case bulkMark, steadyBulk
    /// Unknown recipients and policy refusals of the day (log-likelihood ratios); complaints; traps.
    case unknownRecipients, refusals, complaints, traps
    /// Share of recipients to whom only spam of several customers went.
    case learntTraps
    /// Sent at an hour at which this sender never does.
    case oddHour
    /// Pairs that say more together: a strange login and something the owner would not do.
    case strangeAndNew, strangeAndClient, strangeAndContent, newAndContent, strangeAndLink
    case clientAndNew
    /// Somebody answers for this sender's bulk mail, and it is sent as the sender always does.
    case declared

    package static let count = allCases.count

    /// The evidence under which it is told.
    var kind: Evidence.Kind {
        switch self {
        case .contentFor, .contentAgainst, .contentSure, .sureOfNovice, .newAndContent: .content
        case .listed: .localList
        case .novice, .newcomer: .trust
        case .newToSender, .newToCustomer, .newToRelay, .manyNew, .newInHour, .oldContacts: .firstTimeRecipients
        case .newPlace, .strangePlace, .strangeLogin, .manyStrange, .guessedLogin, .sharedNetwork, .abroad,
            .failures,
            .taintedPlace, .strangeAndNew, .strangeAndContent:
            .login
        case .program, .programOfCustomer, .zone, .format, .from, .fromName, .helo, .strangeAndClient, .clientAndNew:
            .client
        case .unbound, .foreignDomain, .foreignFrom: .senderBinding
        case .unnamed, .manySenders, .manyHelos: .identity
        case .messageRate, .recipientRate, .burst, .oddHour: .rate
        case .copies, .copiesElsewhere, .repeats, .suspectCampaign: .campaign
        case .contagion: .neighbours
        case .newLink, .newLinkOfSender, .noLink, .strangeAndLink: .links
        case .reply, .replyToOwn: .thread
        case .bulkMark, .steadyBulk, .declared: .bulk
        case .unknownRecipients: .unknownRecipients
        case .refusals: .policyRefusals
        case .complaints: .complaints
        case .traps, .learntTraps: .traps
        }
    }
}

/// One submission's measures.
package struct FeatureValues: Hashable, Sendable {
    package private(set) var values = [Double](repeating: 0, count: Feature.count)

    package subscript(feature: Feature) -> Double {
        get { values[feature.rawValue] }
        set { values[feature.rawValue] = newValue }
    }
}

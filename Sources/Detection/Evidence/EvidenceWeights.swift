/// What each measure is worth in log-odds, a unit.
///
/// Found by penalised logistic regression over recorded traffic, each incident counting the same however long it went
/// on, then rounded and bounded by hand: no measure of behaviour alone reaches the point where mail is held.
package struct EvidenceWeights: Hashable, Sendable {
    /// The log-odds of a message about which nothing speaks.
    package var bias = -4.0
    package private(set) var values = [Double](repeating: 0, count: Feature.count)

    package init(bias: Double, _ weights: [Feature: Double]) {
        self.bias = bias
        for (feature, weight) in weights { values[feature.rawValue] = weight }
    }

    package subscript(feature: Feature) -> Double {
        get { values[feature.rawValue] }
        set { values[feature.rawValue] = newValue }
    }

    package static let standard = EvidenceWeights(
        bias: -5,
        [
            .contentFor: 0.5, .contentSure: 0.5, .sureOfNovice: 3, .contentAgainst: 1.1, .listed: 1, .newcomer: 0.2,
            .newToSender: 0.1,
            .newToCustomer: 0.3,
            .newToRelay: 0.6, .manyNew: 0.05, .newInHour: 0.03, .oldContacts: -0.2, .newPlace: 0.1, .strangePlace: 0.9,
            .strangeLogin: 1.9, .manyStrange: 0.1, .guessedLogin: 1.8, .sharedNetwork: 0.4, .abroad: 0.7,
            .failures: 0.6,
            .taintedPlace: 1.4, .program: 0.6, .programOfCustomer: 0.6, .zone: 0.2, .format: 0.35, .from: 0.3,
            .fromName: 0.1, .helo: 0.25, .unbound: 0.7, .foreignDomain: 1.8, .foreignFrom: 0.8, .unnamed: 2.2,
            .manySenders: 1, .manyHelos: 0.15, .messageRate: 0.5, .recipientRate: 0.15, .burst: 0.02, .copies: 0.02,
            .repeats: 0.15, .suspectCampaign: 1.1, .contagion: 1.4, .newLink: 1.3, .newLinkOfSender: 1.3,
            .noLink: -0.6, .reply: -0.55, .replyToOwn: 0.7, .bulkMark: -1.8, .steadyBulk: -2.2,
            .unknownRecipients: 0.35, .refusals: 0.3, .complaints: 0.5, .traps: 2, .learntTraps: 1.2,
            .oddHour: 0.4, .strangeAndNew: 0.5,
            .strangeAndClient: 0.5, .strangeAndContent: 1.1, .newAndContent: 0.15, .strangeAndLink: 1.1,
            .clientAndNew: 0.3, .declared: -2.5,
        ])

    /// The same with some kinds of evidence left out: what they are good for shows in what is missed without them.
    package func without(_ kinds: Set<Evidence.Kind>) -> EvidenceWeights {
        var rest = self
        for feature in Feature.allCases where kinds.contains(feature.kind) { rest[feature] = 0 }
        return rest
    }

    /// The message's log-odds.
    func logOdds(_ x: FeatureValues) -> Double {
        var sum = bias
        for index in values.indices { sum += values[index] * x.values[index] }
        return sum
    }
}

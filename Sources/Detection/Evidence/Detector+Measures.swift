import MailTypes

/// The numbers behind the features, for the sentences.
struct Facts: Sendable {
    var content = 0.0
    var known: UInt32 = 0
    var recipients = 0
    var newToSender = 0
    var newToCustomer = 0
    var newInHour = 0.0
    var messagesInHour = 0.0
    var recipientsInHour = 0.0
    var peakMessages = 0.0
    var copiesInDay = 0.0
    var suspectCopies: UInt32 = 0
    var failures = 0.0
    var unknown = 0.0
    var refused = 0.0
    var answers = 0.0
    var complaints = 0.0
    var stoppedNeighbours = 0
    var learntTraps = 0
}

/// Measures a submission against what is known. Nothing is changed here.
extension Detector {
    private static let contentLimit = 4.0
    private static let shareAtHome = 0.25

    func measure(_ event: SubmissionEvent, _ places: Places) -> (FeatureValues, Facts) {
        var x = FeatureValues()
        var facts = Facts()
        measureContent(event, &x, &facts)
        withPrincipal(places) { principal in
            measureSender(event, principal, customers[places.customer], &x, &facts)
        }
        measureCampaign(event, places, &x, &facts)
        measureServer(event, servers[places.server], &x)
        measureNeighbours(event, customers[places.customer], &x, &facts)
        let strange = min(1, x[.strangeLogin] + x[.strangePlace])
        let client = min(1, x[.program] + x[.format] + x[.fromName] + x[.zone] + x[.helo])
        // Whoever took over an account can write a List-Unsubscribe field as well.
        if event.bulk != .none { x[.bulkMark] = (1 - strange) * (1 - client) * (1 - x[.unnamed]) }
        if policy.isDeclared(event.identity, at: event.time) { x[.declared] = (1 - strange) * (1 - client) }
        let isNew = max(x[.newToRelay], x[.newToCustomer])
        x[.strangeAndNew] = strange * isNew
        x[.strangeAndClient] = strange * client
        x[.strangeAndContent] = strange * min(1, max(0, event.contentLogOdds) / 3)
        x[.newAndContent] = isNew * min(1, max(0, event.contentLogOdds) / 3)
        x[.strangeAndLink] = strange * x[.newLink]
        x[.clientAndNew] = client * isNew
        return (x, facts)
    }

    private func measureContent(_ event: SubmissionEvent, _ x: inout FeatureValues, _ facts: inout Facts) {
        let content = clipped(event.contentLogOdds)
        facts.content = content
        x[.contentFor] = min(max(content, 0), Self.contentLimit)
        x[.contentAgainst] = max(min(content, 0), -Self.contentLimit)
        if event.bulk == .none {
            x[.contentSure] = min(max(content - Self.contentLimit, 0), Self.contentLimit)
        }
        x[.listed] = min(max(clipped(event.listed), -5), 5)
        x[.noLink] = event.links.isEmpty ? 1 : 0
        x[.reply] = event.thread.repliesTo.isEmpty ? 0 : 1
        x[.unbound] = event.senderIsBound ? 0 : 1
    }

    private func measureSender(
        _ event: SubmissionEvent, _ state: SourceState, _ customer: SourceState,
        _ x: inout FeatureValues, _ facts: inout Facts
    ) {
        let seconds = event.time.seconds
        let count = Double(max(1, event.recipients.count))
        facts.recipients = event.recipients.count
        let own = state.habits
        let all = customer.habits
        let (sure, sureOfCustomer) = (own?.confidence ?? 0, all?.confidence ?? 0)
        facts.known = own?.learned ?? 0
        x[.novice] = 1 - sure
        x[.newcomer] = 1 - sureOfCustomer
        x[.sureOfNovice] = (1 - sure) * x[.contentSure] / Self.contentLimit

        var newToRelay = 0
        for recipient in event.recipients {
            let isKnown = own?.recipients.knows(recipient) ?? false
            if isKnown { continue }
            facts.newToSender += 1
            if all?.recipients.knows(recipient) ?? false { continue }
            facts.newToCustomer += 1
            if !relay.recipients.knows(recipient) { newToRelay += 1 }
        }
        facts.learntTraps = event.recipients.count { traps.isTrap($0, at: seconds) }
        x[.learntTraps] = Double(facts.learntTraps) / count
        x[.newToSender] = sure * Double(facts.newToSender) / count
        x[.newToCustomer] = sureOfCustomer * Double(facts.newToCustomer) / count
        x[.newToRelay] = relay.confidence * Double(newToRelay) / count
        x[.manyNew] = min(7, NaturalLogarithm.binary(1 + Double(newToRelay)))
        facts.newInHour = state.newRecipients.estimate(at: seconds, width: Rates.widths.hour) + Double(newToRelay)
        x[.newInHour] = min(8, NaturalLogarithm.binary(1 + facts.newInHour))
        x[.oldContacts] = facts.newToSender == 0 ? sure : 0

        let network = StableHash.network(event.identity.server)
        let strangeToCustomer = all?.networks.novelty(of: network, at: seconds) ?? 0
        let strangeToSender = own?.networks.novelty(of: network, at: seconds) ?? 0
        x[.newPlace] = strangeToSender
        x[.strangePlace] = strangeToCustomer * (own == nil || sure < 0.5 ? 1 : strangeToSender)
        let isTainted = networks.known(TraitMemory.hash(network))?.isTainted(at: event.time) ?? false
        x[.taintedPlace] = isTainted ? max(strangeToSender, strangeToCustomer) : 0
        if let login = state.logins {
            // What the owner sends from home is hardly made doubtful by somebody's logins elsewhere.
            let isAtHome = event.identity.evidence == .login && login.isAtHome(network, at: event.time)
            let share = isAtHome ? Self.shareAtHome : 1
            x[.strangeLogin] = share * min(1, login.strange)
            x[.manyStrange] = share * min(4, NaturalLogarithm.binary(max(1, login.strange)))
            x[.guessedLogin] = share * min(1, login.guessed)
            x[.sharedNetwork] = share * min(1, login.shared)
            x[.abroad] = share * min(1, login.abroad)
            facts.failures = login.failures.estimate(at: seconds, width: Rates.widths.day)
            x[.failures] = min(1, NaturalLogarithm.binary(1 + facts.failures) / 6)
        }

        if let own {
            x[.program] = own.programs.novelty(of: event.client.program, at: seconds)
            if let zone = event.client.zone {
                x[.zone] = own.zones.novelty(of: Habits.value(zone), at: seconds)
            }
            x[.format] = own.formats.novelty(of: UInt64(event.client.format.rawValue), at: seconds)
            x[.from] = sure * (own.froms.knows(event.client.from) ? 0 : 1)
            x[.fromName] = own.names.novelty(of: event.client.fromName, at: seconds)
            x[.helo] = own.helos.novelty(of: event.helo, at: seconds)
            x[.oddHour] = own.oddity(ofHour: Int(((seconds / 3600) % 24 + 24) % 24))
            x[.replyToOwn] = event.thread.repliesTo.contains { own.ids.knows($0) } ? 1 : 0
            if event.bulk != .none, own.bulk >= 20 {
                x[.steadyBulk] = 1 - Double(facts.newToSender) / count
            }
            facts.peakMessages = own.peakMessages
        }
        for (seen, feature) in [(state.senders, Feature.manySenders), (state.heloNames, .manyHelos)] {
            var usual = max(3, 2 * seen.estimateYesterday)
            if let own {
                let traits = feature == .manyHelos ? own.helos : own.senderDomains
                usual = max(usual, Double(traits.entries.count))
            }
            x[feature] = min(4, max(0, NaturalLogarithm.binary(seen.estimate / usual)))
        }
        if let all {
            x[.programOfCustomer] = all.programs.novelty(of: event.client.program, at: seconds)
            if event.senderDomain != 0 {
                x[.foreignDomain] = all.senderDomains.novelty(of: event.senderDomain, at: seconds)
            }
            x[.foreignFrom] = sureOfCustomer * (all.froms.knows(event.client.from) ? 0 : 1)
        }
        measureLinks(event, own, all, sure, sureOfCustomer, &x)
        measureRates(state, own, seconds, event.recipients.count, &x, &facts)
        measureAnswers(state, seconds, &x, &facts)
    }

    private func measureLinks(
        _ event: SubmissionEvent, _ own: Habits?, _ all: Habits?, _ sure: Double, _ sureOfCustomer: Double,
        _ x: inout FeatureValues
    ) {
        guard !event.links.isEmpty else { return }
        var isNewToSender = false
        var isNew = false
        for link in event.links {
            if own?.links.knows(link) ?? false { continue }
            isNewToSender = true
            if !(all?.links.knows(link) ?? false), !relay.links.knows(link) { isNew = true }
        }
        x[.newLinkOfSender] = isNewToSender ? sure : 0
        x[.newLink] = isNew ? min(relay.confidence, 1) : 0
    }

    private func measureRates(
        _ state: SourceState, _ own: Habits?, _ seconds: Int64, _ count: Int, _ x: inout FeatureValues,
        _ facts: inout Facts
    ) {
        facts.messagesInHour = state.messages.inHour(at: seconds) + 1
        facts.recipientsInHour = state.recipients.inHour(at: seconds) + Double(count)
        x[.messageRate] = min(
            4, max(0, NaturalLogarithm.of(facts.messagesInHour / ((own?.peakMessages ?? 0) + 4))))
        x[.recipientRate] = min(
            4, max(0, NaturalLogarithm.of(facts.recipientsInHour / ((own?.peakRecipients ?? 0) + 8))))
        x[.burst] = min(4, max(0, NaturalLogarithm.binary((state.messages.inMinute(at: seconds) + 1) / 3)))
    }

    /// Binomial: what share of bad answers a spammer's list gives against an honest one's. From three bad ones on.
    private func measureAnswers(
        _ state: SourceState, _ seconds: Int64, _ x: inout FeatureValues, _ facts: inout Facts
    ) {
        facts.unknown = state.answers(state.unknown, at: seconds)
        facts.refused = state.answers(state.refused, at: seconds)
        let good = state.answers(state.delivered, at: seconds)
        facts.answers = good + facts.unknown + facts.refused
        func ratio(_ bad: Double, spam: Double, honest: Double) -> Double {
            guard bad >= 3 else { return 0 }
            let odds =
                bad * NaturalLogarithm.of(spam / honest)
                + good * NaturalLogarithm.of((1 - spam) / (1 - honest))
            return min(max(odds, 0), 6)
        }
        x[.unknownRecipients] = ratio(facts.unknown, spam: 0.12, honest: 0.02)
        x[.refusals] = ratio(facts.refused, spam: 0.1, honest: 0.01)
        facts.complaints = state.complaints
        x[.complaints] = min(3, state.complaints)
        x[.traps] = min(3, state.traps)
    }

    private func measureCampaign(
        _ event: SubmissionEvent, _ places: Places, _ x: inout FeatureValues, _ facts: inout Facts
    ) {
        guard let place = places.campaign, let sighting = event.campaign else { return }
        let seconds = event.time.seconds
        let day = campaigns[place].messages.inDay(at: seconds)
        let recipients = max(1, campaigns[place].recipients.inDay(at: seconds))
        let new = campaigns[place].newRecipientsInDay.estimate(at: seconds, width: Rates.widths.day)
        facts.copiesInDay = day
        facts.suspectCopies = campaigns[place].suspectsInSum
        x[.copies] = min(8, NaturalLogarithm.binary(1 + day)) * min(1, new / recipients)
        let usesBulk = withPrincipal(places) { ($0.habits?.bulk ?? 0) >= 20 }
        x[.repeats] = usesBulk || event.bulk != .none ? 0 : min(6, NaturalLogarithm.binary(1 + day))
        x[.copiesElsewhere] = min(6, max(0, NaturalLogarithm.binary(max(1, Double(sighting.earlier) - day))))
        x[.suspectCampaign] = Double(min(3, campaigns[place].suspectsInSum)) / 3
    }

    private func measureServer(_ event: SubmissionEvent, _ server: SourceState, _ x: inout FeatureValues) {
        guard event.identity.account == nil else { return }
        let all = Double(server.named) + Double(server.unnamed)
        // The customer's own record is asked where the server is new: `measureNeighbours`.
        if all >= 5 { x[.unnamed] = Double(server.named) / all }
    }

    private func measureNeighbours(
        _ event: SubmissionEvent, _ customer: SourceState, _ x: inout FeatureValues, _ facts: inout Facts
    ) {
        if event.identity.account == nil {
            let all = Double(customer.named) + Double(customer.unnamed)
            if all >= 5 { x[.unnamed] = max(x[.unnamed], Double(customer.named) / all) }
        }
        let own = event.identity.account.map {
            StableHash.of(SourceID.account($0, event.identity.customer).description)
        }
        facts.stoppedNeighbours = customer.stoppedAccounts.stopped(
            but: own ?? 0, at: event.time, window: policy.wideningWindow)
        x[.contagion] = min(1, Double(facts.stoppedNeighbours) / 2)
    }
}

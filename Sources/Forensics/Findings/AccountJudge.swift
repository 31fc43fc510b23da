import MailTypes

/// Judges one account: stolen, or only travelling, posting a newsletter, mistyping.
///
/// A sum of log-odds: each signal adds what it is worth by itself, and only together do they reach "high". The prior is
/// that of an account that is not compromised; no single signal but a long guessing that ended in success outweighs it.
struct AccountJudge {
    struct Verdict {
        var finding: Finding
        /// Numbers of the addresses that took part.
        var addresses: Set<UInt32>
        /// They are strangers' addresses, not the account's own.
        var isForeign: Bool
    }

    static let prior = -4.0
    static let day: UInt32 = 86_400

    let builder: FindingsBuilder
    let view: AccountView
    var score = AccountJudge.prior
    var signals: [String] = []
    var hasAbuse = false
    var hasGuess = false
    var manyNetworks = 0

    init(_ builder: FindingsBuilder, _ view: AccountView) {
        self.builder = builder
        self.view = view
    }

    mutating func judge() -> Verdict? {
        let suspects = suspects()
        weighSpike(suspects)
        weighResults(suspects)
        weighLogins(suspects)
        guard hasAbuse || hasGuess || manyNetworks >= 6 else { return nil }
        guard score >= -1.5 else { return nil }
        let shown = suspects.isEmpty ? senders() : suspects
        return Verdict(
            finding: finding(suspects, shown), addresses: Set(suspects.map(\.record.address)),
            isForeign: !suspects.isEmpty)
    }

    // MARK: who

    /// The uses that are the attacker's, if there is one: those that sent in the spike, guessed, or helped elsewhere; then
    /// those linked with them.
    private func suspects() -> [AccountView.Use] {
        let spike = view.sending.spike
        let foreign = recipients { $0.isAlien && isInSpike($0) }
        let isForeign = foreign * 4 >= Int(spike.recipients)
        var core = view.uses.filter { use in
            guard use.isAlien else { return false }
            if use.isAttacker || use.record.failuresBefore >= 5 || builder.accomplices.contains(use.record.address) {
                return true
            }
            if use.record.flags & PairRecord.guessed != 0, isBrief(use) { return true }
            let bad = use.record.unknown + UInt32(use.record.refusals)
            if bad >= 3, bad * 20 >= use.record.recipients { return true }
            return isForeign && isInSpike(use)
        }
        if core.isEmpty, !spike.isEmpty, novelty(before: spike.start) <= 0.3,
            recipients({ $0.isShared && isInSpike($0) }) * 2 >= Int(spike.recipients)
        {
            // Sent by webmail: who did it came by another door just before.
            core = view.uses.filter {
                $0.isAlien && $0.record.firstSuccess &+ 2 * AccountJudge.day >= spike.start
                    && $0.record.firstSuccess <= spike.end
            }
        }
        if core.isEmpty, let burst = burstOfNetworks() { core = burst }
        guard let first = core.map(\.record.firstSuccess).min() else { return [] }
        return linked(core, first)
    }

    private func recipients(_ isMeant: (AccountView.Use) -> Bool) -> Int {
        view.uses.reduce(0) { isMeant($1) ? $0 + Int($1.record.recipients) : $0 }
    }

    private func isInSpike(_ use: AccountView.Use) -> Bool {
        let spike = view.sending.spike
        return !spike.isEmpty && use.record.recipients > 0 && use.record.lastMessage >= spike.start
            && use.record.firstMessage <= spike.end
    }

    /// Without suspects: the uses that sent in the spike, the account's own as they are.
    private func senders() -> [AccountView.Use] {
        view.uses.filter { isInSpike($0) && $0.record.recipients * 10 >= view.sending.spike.recipients }
    }

    /// A use of hours, not of days.
    private func isBrief(_ use: AccountView.Use) -> Bool { use.record.activeDays <= 2 }

    /// Alien networks a day that this account shows anyway: travellers and changing mobile addresses.
    private func novelty(before: UInt32) -> Double {
        let start = view.sending.firstSeen
        guard before > start else { return 0 }
        let days = max(1, Double(before - start) / Double(AccountJudge.day))
        let aliens = view.uses.filter { $0.isAlien && $0.record.firstSuccess < before && !$0.isAttacker }
        return Double(Set(aliens.map { AccountView.region($0.address) }).count) / days
    }

    private func linked(_ core: [AccountView.Use], _ first: UInt32) -> [AccountView.Use] {
        let members = Set(core.map(\.number))
        let sites = Set(core.map { AccountView.site($0.address) })
        let networks = Set(core.compactMap { $0.place?.network })
        let quiet = novelty(before: first &- min(first, AccountJudge.day)) < 0.15
        return view.uses.filter { use in
            if members.contains(use.number) { return true }
            guard use.isAlien else { return false }
            if sites.contains(AccountView.site(use.address)) { return true }
            if let network = use.place?.network, networks.contains(network) { return true }
            let at = use.record.firstSuccess
            if at >= first {
                return quiet || (use.record.messages > 0 && isBrief(use) && use.record.lastMessage >= first)
            }
            if use.record.failuresBefore >= 3 { return true }
            guard quiet, isBrief(use) else { return false }
            return first - at <= AccountJudge.day || (first - at <= 10 * AccountJudge.day && use.record.successes <= 5)
        }
    }

    /// Six and more alien networks within a day: a botnet's logins, each of which looks like a traveller's.
    private func burstOfNetworks() -> [AccountView.Use]? {
        let aliens = view.uses.filter(\.isAlien)
        guard aliens.count >= 6 else { return nil }
        var best: ArraySlice<AccountView.Use> = []
        var bestCount = 0
        var start = 0
        for end in aliens.indices {
            while aliens[end].record.firstSuccess - aliens[start].record.firstSuccess > AccountJudge.day { start += 1 }
            let regions = Set(aliens[start...end].map { AccountView.region($0.address) }).count
            if regions > bestCount {
                bestCount = regions
                best = aliens[start...end]
            }
        }
        guard bestCount >= 6, let first = best.first?.record.firstSuccess else { return nil }
        // An account that shows as many new networks on other days is no victim but on the move.
        guard Double(bestCount) >= 4 * max(0.5, novelty(before: first)) else { return nil }
        return aliens.filter { $0.record.firstSuccess >= first }
    }
}

extension PairRecord {
    /// The account was being guessed from many addresses when this use began.
    static let guessed: UInt8 = 1
}

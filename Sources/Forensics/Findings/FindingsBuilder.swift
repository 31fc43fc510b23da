import MailTypes

/// Draws the findings from the tables, once reading is over (or interrupted).
struct FindingsBuilder {
    let analysis: LogAnalysis
    let options: AnalysisOptions
    let places: (any PlaceFinding)?
    /// Pairs at an address that were in use on three days and more: what makes an address a household, not a burglar.
    private var established: [UInt16]
    /// Pairs at an address that sent what receivers refused, or sent in the account's spike.
    private var dirty: [UInt16]
    /// Addresses that took part in a compromise already found.
    var accomplices: Set<UInt32> = []

    init(_ analysis: LogAnalysis, _ options: AnalysisOptions, _ places: (any PlaceFinding)?) {
        self.analysis = analysis
        self.options = options
        self.places = places
        established = [UInt16](repeating: 0, count: analysis.addresses.records.count)
        dirty = established
        for number in 0..<UInt32(analysis.pairs.records.count) {
            let pair = analysis.pairs.records[number]
            let address = Int(pair.address)
            if pair.activeDays >= 3 { established[address] = established[address].addingSaturating(1) }
            if pair.unknown + UInt32(pair.refusals) >= 3 { dirty[address] = dirty[address].addingSaturating(1) }
        }
    }

    /// All findings, the gravest first.
    mutating func build() -> [Finding] {
        var stories: [UInt32: Finding] = [:]
        // Twice: what the first round finds tells in the second that the same addresses elsewhere are no travellers.
        for _ in 0..<2 {
            stories.removeAll(keepingCapacity: true)
            var found: Set<UInt32> = []
            for number in 0..<UInt32(analysis.accounts.records.count) {
                guard let view = view(number) else { continue }
                var judge = AccountJudge(self, view)
                guard let verdict = judge.judge() else { continue }
                stories[number] = verdict.finding
                if verdict.finding.confidence == .high, verdict.isForeign { found.formUnion(verdict.addresses) }
            }
            if found == accomplices { break }
            accomplices = found
        }
        var findings = stories.sorted { $0.key < $1.key }.map(\.value)
        findings += AttackFindings(self).build()
        findings += TrafficFindings(self).build()
        findings = findings.filter { $0.end >= options.since && $0.start <= options.until }
        return findings.sorted {
            ($1.confidence, $0.kind.rank, $1.score, $0.subject) < ($0.confidence, $1.kind.rank, $0.score, $1.subject)
        }
    }

    /// The account with its uses; `nil` when it never succeeded nor sent.
    func view(_ number: UInt32) -> AccountView? {
        let record = analysis.accounts.records[number]
        guard record.detail != noRecord else { return nil }
        let sending = analysis.accounts.sending[record.detail]
        var uses: [AccountView.Use] = []
        var pair = sending.firstPair
        while pair != noRecord, uses.count < 20_000 {
            let entry = analysis.pairs.records[pair]
            let address = analysis.addresses.address(entry.address)
            var use = AccountView.Use(number: pair, record: entry, address: address)
            use.isAttacker = isAttacker(entry.address)
            use.isShared = options.isKnown(address) || isShared(entry.address)
            uses.append(use)
            pair = entry.next
        }
        uses.sort { ($0.record.firstSuccess, $0.number) < ($1.record.firstSuccess, $1.number) }
        var view = AccountView(
            account: number, name: analysis.accounts.name(number), record: record, sending: sending, uses: uses)
        if let places { for i in view.uses.indices { view.uses[i].place = places.place(view.uses[i].address) } }
        view.markAliens(logStart: analysis.firstSeconds)
        return view
    }

    /// Tries passwords of many more accounts than log in from it.
    func isAttacker(_ address: UInt32) -> Bool {
        let record = analysis.addresses.records[address]
        let tried = record.failedAccounts.estimate
        return tried >= 5 && tried >= 3 * Int(record.okAccounts)
    }

    /// Used by several accounts over days: webmail, an office's NAT, a monitor.
    func isShared(_ address: UInt32) -> Bool {
        let record = analysis.addresses.records[address]
        guard record.okAccounts >= 5, !isAttacker(address) else { return false }
        let lasting = record.lastSeen &- record.firstSeen >= 3 * 86_400 || established[Int(address)] >= 3
        return lasting && Int(dirty[Int(address)]) * 4 <= Int(record.okAccounts)
    }

    func day(_ seconds: UInt32) -> Int { Int(seconds / 86_400) }
}

extension AccountView {
    /// Marks the uses in networks that the account's clean past does not know.
    ///
    /// A network is known from its first use on, unless that use was alien itself: an attacker's second address in a
    /// provider's range stays as alien as his first. The account's first use is its home, unless it is a guesser's.
    mutating func markAliens(logStart: UInt32) {
        var home: Set<UInt64> = []
        var homeNetworks: Set<UInt32> = []
        for i in uses.indices {
            let use = uses[i]
            if use.isShared { continue }
            let region = AccountView.region(use.address)
            let isHome = home.contains(region) || (use.place?.network.map { homeNetworks.contains($0) } ?? false)
            let suspicious =
                use.isAttacker || use.record.failuresBefore >= 20 || use.record.flags & PairRecord.guessed != 0
            if isHome && !use.isAttacker { continue }
            if use.isLongKept, !suspicious {
                remember(use, region, &home, &homeNetworks)
                continue
            }
            let isFirst = !uses[..<i].contains { !$0.isShared && !$0.isAlien }
            if isFirst, !suspicious {
                remember(use, region, &home, &homeNetworks)
                continue
            }
            uses[i].isAlien = true
            // What is used on three days and more by a client that reads mail becomes a home for what comes later.
            if use.record.activeDays >= 3, !suspicious, use.record.messages < 200, use.record.unknown < 5 {
                remember(use, region, &home, &homeNetworks)
            }
        }
    }

    private func remember(_ use: Use, _ region: UInt64, _ home: inout Set<UInt64>, _ networks: inout Set<UInt32>) {
        home.insert(region)
        if let network = use.place?.network { networks.insert(network) }
    }
}

extension AccountView.Use {
    /// In use on eight days and more, without what spam brings: the account's owner, wherever he sits.
    var isLongKept: Bool {
        record.activeDays >= 8 && (record.unknown + UInt32(record.refusals)) * 20 <= record.recipients + 20
    }
}

/// What is asked before a source may send again, by the kind of incident. From the configuration; the default is here.
package struct CheckPolicy: Hashable, Sendable {
    package struct Rule: Hashable, Sendable {
        package var name: RequiredCheck.Name
        package var needs: Assurance

        package init(_ name: RequiredCheck.Name, _ needs: Assurance) {
            self.name = name
            self.needs = needs
        }
    }

    /// What the gateway can see, and what there is to look at.
    package struct Circumstances: Hashable, Sendable {
        /// The customer has servers of its own: a queue, a relay, a port.
        package var hasServers: Bool
        /// The gateway may probe them from outside.
        package var mayProbe: Bool
        /// The gateway watches blocklists.
        package var watchesLists: Bool
        /// Earlier incidents of the source or its customer.
        package var earlier: Int

        package init(hasServers: Bool, mayProbe: Bool, watchesLists: Bool, earlier: Int = 0) {
            self.hasServers = hasServers
            self.mayProbe = mayProbe
            self.watchesLists = watchesLists
            self.earlier = earlier
        }
    }

    /// Asked whatever the kind.
    package var always: [Rule] = [
        Rule(.queueClean, .reported), Rule(.campaignQuiet, .verified), Rule(.noListing, .verified),
    ]
    package var byKind: [IncidentKind: [Rule]] = [
        .stolenPassword: [
            Rule(.passwordChanged, .attested), Rule(.noAlienLogin, .reported), Rule(.noForwarding, .attested),
        ],
        .openRelay: [Rule(.relayClosed, .verified)],
        .openPort: [Rule(.portRules, .reported), Rule(.portOutside, .verified)],
        .script: [Rule(.scriptRemoved, .attested), Rule(.noNullAccount, .reported)],
        .unknown: [Rule(.causeRemoved, .attested), Rule(.relayClosed, .verified)],
    ]
    /// How old a signed report may be at reinstatement.
    package var reportAge = Duration.seconds(24 * 3600)
    /// How old a look of our own may be.
    package var lookAge = Duration.seconds(2 * 3600)
    /// The shortest time between two looks at a customer's servers that people ask for: nobody makes us a load.
    package var lookInterval = Duration.seconds(120)
    /// How long no submission may have matched the incident's campaigns.
    package var quiet = Duration.seconds(3600)
    /// Whether a case whose checks all hold is let in again without a person.
    package var isAutomatic = true
    package var plan = ProbationPlan()
    /// After so many earlier incidents only a person lets the source in again; 0: never.
    package var personAfter = 3

    package init() {}

    /// The checks of an incident.
    ///
    /// What there is nothing to look at is not asked (an account that logs in here has no queue of its own). Where the gateway
    /// may not probe, the server's own report does. Repeat offenders: where a person's word would have done, a report is asked
    /// for if there is a server that could write one.
    package func checks(_ kinds: Set<IncidentKind>, _ circumstances: Circumstances) -> [RequiredCheck] {
        var found: [RequiredCheck.Name: Assurance] = [:]
        for rule in always + kinds.sorted().flatMap({ byKind[$0] ?? [] }) {
            guard let needs = needed(rule, circumstances) else { continue }
            found[rule.name] = max(found[rule.name] ?? needs, needs)
        }
        return found.sorted { $0.key < $1.key }.map { name, needs in
            RequiredCheck(name, needs: needs, maximumAge: age(name, needs))
        }
    }

    private func needed(_ rule: Rule, _ circumstances: Circumstances) -> Assurance? {
        switch rule.name {
        case .noListing: return circumstances.watchesLists ? rule.needs : nil
        case .queueClean, .portRules, .noNullAccount, .noAlienLogin:
            guard circumstances.hasServers else { return rule.name == .noAlienLogin ? .attested : nil }
        case .relayClosed, .portOutside:
            guard circumstances.hasServers else { return nil }
            if rule.needs == .verified, !circumstances.mayProbe { return .reported }
        case .namesMatch, .serverUnlisted:
            // What nobody can look at is not asked.
            guard circumstances.hasServers, circumstances.mayProbe else { return nil }
            if rule.name == .serverUnlisted, !circumstances.watchesLists { return nil }
        case .passwordChanged, .noForwarding, .scriptRemoved:
            if rule.needs == .attested, circumstances.earlier > 0, circumstances.hasServers, rule.name == .scriptRemoved
            {
                return .reported
            }
        case .causeRemoved, .campaignQuiet: break
        }
        return rule.needs
    }

    private func age(_ name: RequiredCheck.Name, _ needs: Assurance) -> Duration? {
        switch needs {
        case .attested: nil
        case .reported: reportAge
        case .verified: lookAge
        }
    }

    /// Whether the source is let in again without a person.
    package func reinstates(earlier: Int) -> Bool { isAutomatic && (personAfter == 0 || earlier < personAfter) }
}

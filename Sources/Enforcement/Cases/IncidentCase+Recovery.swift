package import MailTypes

extension IncidentCase {
    /// The way back: what is asked, what is known, and how far the source is trusted again.
    package struct Recovery: Hashable, Sendable {
        /// Campaigns remembered, to know left-overs and relapses by.
        package static let campaignLimit = 32

        package var kinds: Set<IncidentKind> = []
        /// In the order of their names; empty for a suspicion that was never confirmed.
        package internal(set) var checks: [RequiredCheck] = []
        package internal(set) var plan = ProbationPlan()
        /// Earlier incidents of the source or its customer.
        package internal(set) var earlier = 0
        /// How often it came back within this case.
        package internal(set) var relapses = 0
        /// Somebody on the customer's side has begun.
        package internal(set) var acknowledged: Timestamp?
        /// Somebody asked for reinstatement, and it was not given or refused yet.
        package internal(set) var asked: Timestamp?
        /// Since when the source may send again.
        package internal(set) var reinstated: Timestamp?
        package internal(set) var probation: Probation?
        /// The case that took this one's place.
        package internal(set) var mergedInto: CaseID?
        /// When a submission last looked like the incident's.
        package internal(set) var lastMatch: Timestamp?
        /// Latest first.
        package internal(set) var campaigns: [CampaignID] = []

        package init() {}

        /// As a store kept it.
        package init(
            kinds: Set<IncidentKind>, checks: [RequiredCheck], plan: ProbationPlan, earlier: Int, relapses: Int,
            acknowledged: Timestamp?, asked: Timestamp?, reinstated: Timestamp?, probation: Probation?,
            mergedInto: CaseID?, lastMatch: Timestamp?, campaigns: [CampaignID]
        ) {
            self.kinds = kinds
            self.checks = checks.sorted { $0.name < $1.name }
            self.plan = plan
            self.earlier = earlier
            self.relapses = relapses
            self.acknowledged = acknowledged
            self.asked = asked
            self.reinstated = reinstated
            self.probation = probation
            self.mergedInto = mergedInto
            self.lastMatch = lastMatch
            self.campaigns = Array(campaigns.prefix(Self.campaignLimit))
        }

        package subscript(name: RequiredCheck.Name) -> RequiredCheck? { checks.first { $0.name == name } }

        /// Adds what is not asked yet, and asks more where more is needed; never less. Gives whether anything changed.
        mutating func require(_ new: [RequiredCheck]) -> Bool {
            let before = checks
            for check in new {
                guard let index = checks.firstIndex(where: { $0.name == check.name }) else {
                    checks.append(check)
                    continue
                }
                if check.needs > checks[index].needs {
                    checks[index].needs = check.needs
                    checks[index].maximumAge = check.maximumAge
                }
            }
            checks.sort { $0.name < $1.name }
            return checks != before
        }

        mutating func remember(_ campaign: CampaignID) -> Bool {
            guard campaigns.first != campaign else { return false }
            campaigns.removeAll { $0 == campaign }
            campaigns.insert(campaign, at: 0)
            if campaigns.count > Self.campaignLimit { campaigns.removeLast() }
            return true
        }

        /// What was proven before a relapse proves nothing after it.
        mutating func relapse() {
            relapses += 1
            plan = plan.stretched(by: 2)
            probation = nil
            reinstated = nil
            asked = nil
            acknowledged = nil
            for index in checks.indices {
                checks[index].state = CheckState()
                checks[index].waiver = nil
            }
        }
    }

    /// What still stands against letting the source in again.
    package func missing(at time: Timestamp) -> [RequiredCheck] {
        recovery.checks.filter { !$0.isSatisfied(at: time) }
    }

    /// What still stands against closing.
    package func unsettled(at time: Timestamp) -> [RequiredCheck] {
        recovery.checks.filter { !$0.isSettled(at: time) }
    }
}

package import FirewallModel
package import MailTypes
package import Posture

/// From rule sets to the findings of the group FW.
package enum FirewallChecks {
    /// Who may.
    package struct Policy: Sendable {
        /// The provider's blocks; `nil`: not told.
        package var ranges: AddressSet?
        /// Who may reach the submission ports; `nil`: anybody, nothing is asked.
        package var submission: AddressSet?
        /// Hosts behind this one that may send mail themselves.
        package var mailHosts: AddressSet

        package init(
            ranges: AddressSet? = nil, submission: AddressSet? = nil, mailHosts: AddressSet = AddressSet()
        ) {
            self.ranges = ranges
            self.submission = submission
            self.mailHosts = mailHosts
        }
    }

    /// Blocks and rules shown at most.
    private static let shown = 40

    /// - Parameters:
    ///   - forwards: whether the host passes packets on; `nil`: not known.
    ///   - local: the host's own addresses, as far as they are known.
    package static func findings(
        _ sets: [RuleSet], _ policy: Policy, forwards: Bool?, local: [IPAddress] = [], target: String
    ) throws(FirewallError) -> [Finding] {
        var findings = [try port25(sets, policy, local, target)]
        if let submission = policy.submission {
            findings.append(try self.submission(sets, submission, local, target))
        }
        findings.append(try forwarded(sets, policy, forwards, target))
        return findings
    }

    private static func port25(
        _ sets: [RuleSet], _ policy: Policy, _ local: [IPAddress], _ target: String
    ) throws(FirewallError) -> Finding {
        let reach = try RuleSetReader.reach(sets, FirewallQuestion(port: 25, localAddresses: local))
        let allowed = (policy.ranges ?? AddressSet()).union(KnownNetworks.privateUse)
        let excess = reach.excess(beyond: allowed)
        let lines = evidence("TCP 25", reach, excess, sets)
        if policy.ranges == nil, !excess.isEmpty {
            return Finding(
                .portReach, target: target, .unknown("the provider's ranges: give --ranges FILE"), evidence: lines)
        }
        return judge(.portReach, .high, reach, excess, reach.certainExcess(beyond: allowed), lines, target)
    }

    private static func submission(
        _ sets: [RuleSet], _ ranges: AddressSet, _ local: [IPAddress], _ target: String
    ) throws(FirewallError) -> Finding {
        let allowed = ranges.union(KnownNetworks.privateUse)
        var lines: [String] = []
        var worst: Finding?
        for port in [UInt16(465), 587] {
            let reach = try RuleSetReader.reach(sets, FirewallQuestion(port: port, localAddresses: local))
            let excess = reach.excess(beyond: allowed)
            lines += evidence("TCP \(port)", reach, excess, sets)
            let finding = judge(
                .submissionReach, .medium, reach, excess, reach.certainExcess(beyond: allowed), lines, target)
            if worst == nil || finding.result.word == "fail" || worst?.result.word == "pass" { worst = finding }
        }
        return worst ?? Finding(.submissionReach, target: target, .unknown("no rules"))
    }

    private static func forwarded(
        _ sets: [RuleSet], _ policy: Policy, _ forwards: Bool?, _ target: String
    ) throws(FirewallError) -> Finding {
        if forwards == false {
            return Finding(.forwardedReach, target: target, .pass, evidence: ["this host forwards no packets"])
        }
        let reach = try RuleSetReader.reach(sets, FirewallQuestion(port: 25, direction: .forwarded))
        let excess = reach.excess(beyond: policy.mailHosts)
        let lines = evidence("TCP 25 on the internet, through this host,", reach, excess, sets)
        if forwards == nil, !excess.isEmpty {
            let missing = "whether this host forwards packets (net.ipv4.ip_forward, net.ipv6.conf.all.forwarding)"
            return Finding(.forwardedReach, target: target, .unknown(missing), evidence: lines)
        }
        let certain = reach.certainExcess(beyond: policy.mailHosts)
        return judge(.forwardedReach, .high, reach, excess, certain, lines, target)
    }

    private static func judge(
        _ id: CheckID, _ severity: Severity, _ reach: FirewallReach, _ excess: AddressSet, _ certain: AddressSet,
        _ lines: [String], _ target: String
    ) -> Finding {
        if !certain.isEmpty { return Finding(id, target: target, .fail(severity), evidence: lines) }
        if !excess.isEmpty {
            let missing = "\(reach.undecided.count) matches that the rules alone do not decide"
            return Finding(id, target: target, .unknown(missing), evidence: lines)
        }
        let uncovered = AddressFamily.allCases.filter { !reach.families.contains($0) }
        guard uncovered.isEmpty else {
            let missing = "rules for \(uncovered.map(\.rawValue).joined(separator: " and "))"
            return Finding(id, target: target, .unknown(missing), evidence: lines)
        }
        return Finding(id, target: target, .pass, evidence: lines)
    }

    private static func evidence(
        _ what: String, _ reach: FirewallReach, _ excess: AddressSet, _ sets: [RuleSet]
    ) -> [String] {
        func place(_ origin: RuleOrigin) -> String { sets.first?.place(of: origin) ?? "?" }
        var lines = sets.flatMap(\.notes).prefix(10).map { "note: " + $0 }
        guard !excess.isEmpty else { return ["\(what) is open to nobody else"] + lines }
        let (blocks, count) = excess.listed(limit: shown)
        var list = blocks.joined(separator: ", ")
        if count > blocks.count { list += " … (\(count) blocks)" }
        let world = AddressSet.everything.subtracting(KnownNetworks.privateUse).subtracting(KnownNetworks.loopback)
        let isWorld = ConnectorRanges.isWorld(excess)
        let isAll = isWorld && world.subtracting(excess).isEmpty
        let who = isAll ? "the whole internet" : isWorld ? "most of the internet: \(list)" : list
        lines.insert("\(what) is open to \(who)", at: 0)
        for ground in reach.grounds(for: excess).prefix(shown) {
            let (some, all) = ground.sources.listed(limit: 5)
            let who = some.joined(separator: ", ") + (all > some.count ? " … (\(all))" : "")
            lines.append("\(place(ground.origin)) [\(ground.chain)] \(ground.origin.text): lets in \(who)")
        }
        for item in reach.undecided.prefix(10) {
            lines.append("\(place(item.origin)): cannot be decided: \(item.reason)")
        }
        return lines
    }
}

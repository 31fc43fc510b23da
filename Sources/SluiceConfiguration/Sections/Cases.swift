package import Enforcement
package import MailTypes

extension Configuration {
    /// The way back to sending.
    package struct Cases: Hashable, Sendable {
        package var checks: CheckPolicy
        /// From where and with what the gateway tries customers' servers.
        package var probes: Probes
        package var reputation: Reputation
        package var damageDetail: CaseDamage.Detail

        package struct Probes: Hashable, Sendable {
            /// The address that is used; `nil`: the system chooses.
            package var source: IPAddress?
            package var recipient: EmailAddress
            package var sender: EmailAddress
            package var port: Int

            init(_ section: Section) {
                source = section.optional(
                    "source", .address, example: "198.51.100.7",
                    """
                    The address of this machine from which servers are tried. It should be none that their firewalls let pass for
                    being the provider's. Left out: the system chooses.
                    """)
                recipient = section.value(
                    "recipient", .mailbox, default: Self.address("relay-probe@example.org"),
                    "To whom a relay would have to send; nothing is ever sent, since no try goes as far as DATA.")
                sender = section.value(
                    "sender", .mailbox, default: Self.address("relay-probe@example.net"), "In whose name.")
                port = section.value("port", .integer(1...65_535), default: 25, "The port that is tried.")
            }

            private static func address(_ text: String) -> EmailAddress {
                guard let address = EmailAddress(text) else { preconditionFailure("\(text) is an address") }
                return address
            }
        }

        /// The gateway's own standing.
        package struct Reputation: Hashable, Sendable {
            package var lists: [DomainName]

            init(_ section: Section) {
                lists = section.list(
                    "lists", .domain, example: ["zen.spamhaus.org", "bl.spamcop.net"],
                    """
                    DNS lists of addresses that are asked about the egress addresses every quarter of an hour. Most ask for a
                    resolver of one's own, some for a contract. Left out: none, and no case asks for it.
                    """)
            }
        }

        init(_ section: Section) {
            var policy = CheckPolicy()
            policy.isAutomatic = section.value(
                "automatic", .flag, default: policy.isAutomatic,
                "Let a source send again, on probation, as soon as all that is asked holds. false: a person does.")
            policy.personAfter = section.value(
                "person-after", .integer(0...1000), default: policy.personAfter,
                "After so many earlier incidents of the same source a person does in any case; 0: never.")
            policy.quiet = section.value(
                "quiet", .duration(.seconds(1)...(.seconds(30 * 86_400))), default: policy.quiet,
                "How long nothing like the incident's mail may have come.")
            policy.reportAge = section.value(
                "report-age", .duration(.seconds(600)...(.seconds(30 * 86_400))), default: policy.reportAge,
                "How old a signed report may be at reinstatement.")
            policy.lookAge = section.value(
                "look-age", .duration(.seconds(600)...(.seconds(30 * 86_400))), default: policy.lookAge,
                "How old a look of the gateway's own may be then.")
            policy.lookInterval = section.value(
                "look-interval", .duration(.seconds(1)...(.seconds(86_400))), default: policy.lookInterval,
                "The shortest time between two looks at the same customer's servers that people ask for.")
            let steps = section.list(
                "probation", .probationStep, example: ["20/hour 10 2h", "100/hour 50 12h"],
                default: policy.plan.steps,
                "Steps of the ramp: messages an hour at most, clean ones and watched time before the next step.")
            let threshold = section.value(
                "probation-threshold", .number(-5...20), default: policy.plan.threshold,
                "Log-odds from which on a message counts as spam on probation; it stops the source at once.")
            policy.plan = ProbationPlan(steps: steps.isEmpty ? ProbationPlan().steps : steps, threshold: threshold)
            section.section(
                "required",
                """
                What is asked, by kind of incident, each as `check needs`: needs is attested (a person says so), reported (the
                server's own signed report) or verified (the gateway saw it). What there is nothing to look at is not asked.
                """
            ) { section in
                policy.always = Self.rules(section, "always", policy.always, "Whatever it was.")
                for kind in IncidentKind.allCases.sorted() {
                    policy.byKind[kind] = Self.rules(
                        section, kind.rawValue, policy.byKind[kind] ?? [], "Of this kind of incident.")
                }
            }
            checks = policy
            probes = section.section(
                "probes", "Looks at customers' servers from outside, where the customer agreed (probe-consent).",
                Probes.init)
            reputation = section.section("reputation", "The egress addresses' own standing.", Reputation.init)
            damageDetail = section.value(
                "damage-for-customers", .choice(), default: .domains,
                "What a customer sees of whom the incident's mail went to: domains, or counts only.")
        }

        private static func rules(
            _ section: Section, _ name: String, _ standard: [CheckPolicy.Rule], _ about: String
        ) -> [CheckPolicy.Rule] {
            section.list(
                name, .checkRule, example: standard.map(Kind<CheckPolicy.Rule>.checkRule.show), default: standard, about
            )
        }
    }
}

extension Kind where Value == CheckPolicy.Rule {
    /// `queue-clean reported`.
    static let checkRule = Kind(
        allowed: "a check and what it needs such as `queue-clean reported`; checks: "
            + RequiredCheck.Name.allCases.map(\.rawValue).joined(separator: ", "),
        parse: { text in
            let words = text.split(separator: " ")
            guard words.count == 2, let name = RequiredCheck.Name(rawValue: String(words[0])),
                let needs = Assurance(rawValue: String(words[1]))
            else { return nil }
            return CheckPolicy.Rule(name, needs)
        },
        show: { "\($0.name.rawValue) \($0.needs.rawValue)" },
        explain: { text in
            let words = text.split(separator: " ").map(String.init)
            guard let first = words.first else { return nil }
            if RequiredCheck.Name(rawValue: first) != nil { return "behind it: attested, reported or verified" }
            return SafeName.suggestion(for: first, among: RequiredCheck.Name.allCases.map(\.rawValue)).map {
                "did you mean \($0)?"
            }
        })
}

extension Kind where Value == ProbationPlan.Step {
    /// `20/hour 10 2h`.
    static let probationStep = Kind(
        allowed: "a step such as `20/hour 10 2h`: messages an hour, clean ones, and time before the next",
        parse: { text in
            let words = text.split(separator: " ").map(String.init)
            guard words.count == 3, words[0].hasSuffix("/hour"), let perHour = Int(words[0].dropLast(5)),
                let clean = Int(words[1]), let least = Units.duration(words[2]), (1...10_000_000).contains(perHour),
                (0...1_000_000).contains(clean), (Duration.seconds(60)...(.seconds(90 * 86_400))).contains(least)
            else { return nil }
            return ProbationPlan.Step(perHour: perHour, clean: clean, atLeast: least)
        },
        show: { "\($0.perHour)/hour \($0.clean) \(Units.text($0.atLeast))" })
}

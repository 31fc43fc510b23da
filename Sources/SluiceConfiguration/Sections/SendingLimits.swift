/// Plain limits of what may be sent, judged before detection: for each account, each server and each customer as a whole.
package struct SendingLimits: Hashable, Sendable {
    package var account = Scope()
    package var server = Scope()
    package var customer = Scope()

    package init() {}

    /// At most so many in a sliding minute, hour or day.
    package struct Rate: Hashable, Sendable, CustomStringConvertible {
        package enum Period: String, Hashable, Sendable, CaseIterable {
            case minute, hour, day

            package var duration: Duration {
                switch self {
                case .minute: .seconds(60)
                case .hour: .seconds(3600)
                case .day: .seconds(86_400)
                }
            }
        }

        package var most: Int
        package var period: Period

        package init(_ most: Int, per period: Period) {
            self.most = most
            self.period = period
        }

        /// Reads `500/hour`.
        package init?(_ text: String) {
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 2, Units.isNumber(String(parts[0])), let most = Int(parts[0]),
                (1...1_000_000_000).contains(most), let period = Period(rawValue: String(parts[1]))
            else { return nil }
            self.init(most, per: period)
        }

        package var description: String { "\(most)/\(period.rawValue)" }
    }

    /// The limits of one kind of source. `nil`: nothing is said, the general limits hold; empty: no limit.
    package struct Scope: Hashable, Sendable {
        package var messages: [Rate]?
        package var recipients: [Rate]?
        /// Recipients that the source never wrote to before.
        package var firstTimeRecipients: [Rate]?

        package init(messages: [Rate]? = nil, recipients: [Rate]? = nil, firstTimeRecipients: [Rate]? = nil) {
            self.messages = messages
            self.recipients = recipients
            self.firstTimeRecipients = firstTimeRecipients
        }

        init(_ section: Section) {
            func rates(_ name: String, _ example: [String], _ about: String) -> [Rate]? {
                let rates = section.list(name, .rate, example: example, about)
                for period in Rate.Period.allCases where rates.filter({ $0.period == period }).count > 1 {
                    section.error(name, "has two limits for one \(period.rawValue)")
                }
                return section.has(name) ? rates : nil
            }
            messages = rates("messages", ["60/minute", "500/hour", "2000/day"], "Left out, here and below: no limit.")
            recipients = rates("recipients", ["1000/hour", "5000/day"], "")
            firstTimeRecipients = rates(
                "first-time-recipients", ["200/day"],
                "Recipients that the sender never wrote to before.")
        }

        func inheriting(_ general: Scope) -> Scope {
            Scope(
                messages: messages ?? general.messages, recipients: recipients ?? general.recipients,
                firstTimeRecipients: firstTimeRecipients ?? general.firstTimeRecipients)
        }
    }

    init(_ section: Section) {
        account = section.section("account", "Of each account.", Scope.init)
        server = section.section("server", "Of each server.", Scope.init)
        customer = section.section("customer", "Of each customer as a whole.", Scope.init)
    }

    /// These, and the general ones where these say nothing.
    package func inheriting(_ general: SendingLimits) -> SendingLimits {
        var limits = SendingLimits()
        limits.account = account.inheriting(general.account)
        limits.server = server.inheriting(general.server)
        limits.customer = customer.inheriting(general.customer)
        return limits
    }
}

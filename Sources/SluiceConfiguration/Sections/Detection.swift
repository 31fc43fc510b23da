package import Detection
import MailTypes

extension Configuration {
    /// When mail is held and sources are stopped.
    package struct Detection: Hashable, Sendable {
        /// Thresholds and limits; those of single customers are in it already.
        package var policy: DetectionPolicy
        /// The content model's file; `nil`: the one that comes with Sluice.
        package var model: String?

        init(_ section: Section) {
            var policy = DetectionPolicy()
            let odds = 0.0...1000.0
            policy.mode = section.value(
                "mode", .choice(), default: policy.mode,
                "enforce; observe: everything is counted and told, nothing is held or stopped.")
            policy.hold = section.value(
                "hold-threshold", .number(odds), default: policy.hold, "A message from here on is held.")
            policy.suspect = section.value(
                "suspect-threshold", .number(odds), default: policy.suspect, "A message from here on counts as suspect."
            )
            policy.stop = section.value(
                "stop-threshold", .number(odds), default: policy.stop,
                "A source whose sum over its messages reaches this is stopped.")
            policy.fewestSuspects = section.value(
                "fewest-suspects", .integer(1...10_000), default: policy.fewestSuspects,
                "Suspect messages without which no source is stopped, whatever the sum.")
            policy.drift = section.value(
                "drift", .number(0...100), default: policy.drift,
                "Taken from each message's log-odds before it is added.")
            policy.credit = section.value(
                "credit", .number(0...100), default: policy.credit, "What one clean message takes back at most.")
            policy.largestStep = section.value(
                "largest-step", .number(0.1...1000), default: policy.largestStep, "What one message adds at most.")
            policy.accountsToWiden = section.value(
                "accounts-to-widen", .integer(2...10_000), default: policy.accountsToWiden,
                "Accounts of one server stopped within the window below before the server is; likewise a customer's servers."
            )
            policy.wideningWindow = section.value(
                "widening-window", .duration(.seconds(60)...(.seconds(30 * 86_400))), default: policy.wideningWindow, ""
            )
            policy.shareToWiden = section.value(
                "share-to-widen", .number(0...1), default: policy.shareToWiden,
                "Suspect share of a server's or customer's last hour without which it is not stopped for its accounts.")
            policy.customerLimits =
                section.section(
                    "customer-limits", "Plain limits of each customer, where it has none of its own.",
                    DetectionPolicy.Limits.init) ?? .init()
            policy.accountLimits =
                section.section(
                    "account-limits", "Plain limits of each account, where its customer has none of its own.",
                    DetectionPolicy.Limits.init) ?? .init()
            self.policy = policy
            model = section.file(
                "model", example: "/var/lib/sluice/content.model", isRequired: false,
                "The content model, as `sluice train` writes it. Left out: the one that comes with Sluice.")
            if policy.suspect > policy.hold {
                section.warning(
                    "suspect-threshold", "is above hold-threshold, so that held mail does not count as suspect")
            }
            if policy.stop < policy.hold {
                section.warning("stop-threshold", "is below hold-threshold: stops before it holds")
            }
        }
    }
}

package import Detection
import MailTypes

/// One submission's verdict as a line of a decisions file.
package struct Decision: Hashable, Sendable {
    package var name: String
    package var verdict: Verdict

    package init(name: String, verdict: Verdict) {
        self.name = name
        self.verdict = verdict
    }

    /// `{"id":…,"action":…,"stop":null|{"scope":…,"key":…},"p":…}` and a line end. Servers are told as
    /// `customer/address`.
    package var line: String {
        let stop =
            verdict.stop.map { source in
                let key =
                    switch source.scope {
                    case .server: "\(source.customer)/\(source.key)"
                    case .customer: source.customer.description
                    case .account, .campaign: source.key
                    }
                return "{\"scope\":\"\(source.scope.rawValue)\",\"key\":\(JSONString.quoted(key))}"
            } ?? "null"
        return
            "{\"id\":\(JSONString.quoted(name)),\"action\":\"\(verdict.action.rawValue)\",\"stop\":\(stop),\"p\":\(Self.number(probability))}\n"
    }

    /// 0…1.
    package var probability: Double { 1 / (1 + Exponent.of(-verdict.logOdds)) }

    private static func number(_ value: Double) -> String {
        guard value.isFinite else { return "0" }
        return String((value * 1e9).rounded() / 1e9)
    }
}

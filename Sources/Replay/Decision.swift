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
                return "{\"scope\":\"\(source.scope.rawValue)\",\"key\":\(JSONText.quoted(key))}"
            } ?? "null"
        return
            "{\"id\":\(JSONText.quoted(name)),\"action\":\"\(verdict.action.rawValue)\",\"stop\":\(stop),\"p\":\(JSONText.number(probability))}\n"
    }

    /// 0…1.
    package var probability: Double { 1 / (1 + Exponent.of(-verdict.logOdds)) }
}

/// JSON by hand: decisions are written by the hundred thousand.
enum JSONText {
    static func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case _
            where scalar.value < 0x20 || scalar.value == 0x7f || scalar.value == 0x2028 || scalar.value == 0x2029:
                let digits = String(scalar.value, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }

    static func number(_ value: Double) -> String {
        guard value.isFinite else { return "0" }
        return String((value * 1e9).rounded() / 1e9)
    }
}

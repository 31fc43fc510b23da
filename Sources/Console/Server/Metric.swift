/// One family of metrics, as `/metrics` shows it (Prometheus text exposition format 0.0.4).
///
/// Labels come from closed sets only (verdicts, phases, pools): a label per sender or customer would let the outside
/// world grow our memory and the monitoring's.
package struct MetricFamily: Sendable {
    package enum Kind: String, Sendable {
        case counter, gauge
    }

    package struct Sample: Sendable {
        /// Label names and values, in the order in which they are printed.
        package var labels: [(name: String, value: String)]
        package var value: Double

        package init(_ value: Double, labels: [(name: String, value: String)] = []) {
            self.labels = labels
            self.value = value
        }
    }

    /// `sluice_…`, in base units (`_seconds`, `_bytes`, `_total` for counters).
    package var name: String
    package var help: String
    package var kind: Kind
    package var samples: [Sample]

    package init(_ name: String, _ kind: Kind, _ help: String, _ samples: [Sample]) {
        self.name = name
        self.kind = kind
        self.help = help
        self.samples = samples
    }
}

extension MetricFamily {
    /// The exposition text of the families, each with its HELP and TYPE line.
    package static func exposition(_ families: [MetricFamily]) -> String {
        var text = ""
        for family in families {
            text += "# HELP \(family.name) \(escapedHelp(family.help))\n# TYPE \(family.name) \(family.kind.rawValue)\n"
            for sample in family.samples {
                text += family.name
                if !sample.labels.isEmpty {
                    text +=
                        "{" + sample.labels.map { "\($0.name)=\"\(escapedLabel($0.value))\"" }.joined(separator: ",")
                        + "}"
                }
                text += " \(number(sample.value))\n"
            }
        }
        return text
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
    }

    private static func escapedHelp(_ text: String) -> String { escaped(text, quote: false) }
    private static func escapedLabel(_ text: String) -> String { escaped(text, quote: true) }

    private static func escaped(_ text: String, quote: Bool) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "\\": result += "\\\\"
            case "\n", "\r\n", "\r": result += "\\n"
            case "\"" where quote: result += "\\\""
            default: result.append(character)
            }
        }
    }
}

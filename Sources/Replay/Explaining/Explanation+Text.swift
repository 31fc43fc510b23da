import MailTypes

extension Explanation {
    /// For people: sentences, and how they sum up.
    package var text: String {
        var out = ""
        if let message { out += Self.text(message) }
        for line in later { out += "  \(line)\n" }
        for source in sources { out += Self.text(source) }
        if !suspects.isEmpty { out += "the last \(suspects.count) suspect messages:\n" }
        for judged in suspects {
            out += "  \(judged.time)  \(judged.id)  \(Self.signed(judged.logOdds))  \(judged.action)\n"
            for reason in judged.reasons.prefix(3) {
                out += "      \(Self.signed(reason.logOdds))  \(reason.sentence)\n"
            }
        }
        if let damage { out += "what left before the stop: " + damage.text }
        if let history { out += "weighed with the journal since \(history)\n" }
        return SafeText.lines(out)
    }

    private static func text(_ judged: Judged) -> String {
        var out = "message \(judged.id) of \(judged.sender), \(judged.time): \(judged.action)"
        out += judged.observed.map { " (would have been: \($0))\n" } ?? "\n"
        out += "  \(signed(judged.start))  where every message starts, with what is too small to tell\n"
        for reason in judged.reasons where reason.kind != "history" {
            out += "  \(signed(reason.logOdds))  \(reason.sentence)\n"
        }
        out += "  \(signed(judged.logOdds))  in sum: the message's own log-odds of being spam\n"
        for reason in judged.reasons where reason.kind == "history" {
            out += "  \(signed(reason.logOdds))  beside it, for holding only: \(reason.sentence)\n"
        }
        if let stop = judged.stop { out += "  it completed the proof against \(stop), which was stopped\n" }
        return out
    }

    private static func text(_ source: Source) -> String {
        var out = "\(source.source): cumulative log-odds \(signed(source.sum)) of \(source.stopAt)"
        out += source.since.map { ", \(source.suspects) suspect messages since \($0)\n" } ?? "\n"
        out += "  \(source.messages) messages, \(source.held) held, \(source.refused) refused"
        for (name, count) in source.outcomes.sorted(by: { $0.key < $1.key }) { out += ", \(count) \(name)" }
        for (name, count) in source.feedback.sorted(by: { $0.key < $1.key }) { out += ", \(count) \(name)" }
        out += "\n"
        for stop in source.stops.suffix(5) { out += "  stopped \(stop)\n" }
        for reason in source.reasons.prefix(8) where abs(reason.logOdds) >= 0.1 {
            out += "  \(signed(reason.logOdds)) from \(reason.kind), such as: \(reason.sentence)\n"
        }
        return out
    }

    private static func signed(_ value: Double) -> String {
        let tenths = Int((max(-1e9, min(1e9, value)) * 10).rounded())
        return "\(tenths < 0 ? "-" : "+")\(abs(tenths) / 10).\(abs(tenths) % 10)"
    }
}

extension SafeText {
    /// Text of several lines, each made safe.
    fileprivate static func lines(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { printable(String($0), limit: 2000) }
            .joined(separator: "\n")
    }
}

import LogFormats
import MailTypes

extension LogReport {
    /// The whole report as one JSON object. Times are RFC 3339 in UTC.
    package var json: String {
        var json = JSONText()
        json.object { json in
            json.value("version", 1)
            json.value("from", ReportTime.iso(first))
            json.value("to", ReportTime.iso(last))
            json.value("time-zone", zone)
            json.value("interrupted", interrupted)
            json.object("totals") { json in
                for (name, value) in namedTotals { json.value(name, value) }
            }
            json.array("formats") { json in
                for format in LogFormat.allCases where tally.lines[Int(format.rawValue)] > 0 {
                    json.object { json in
                        json.value("name", format.name)
                        json.value("lines", tally.lines[Int(format.rawValue)])
                        json.value("unparsed", tally.unparsed[Int(format.rawValue)])
                    }
                }
            }
            json.array("files") { json in for file in files { json.value(nil, file.path) } }
            json.array("errors") { json in for error in errors { json.value(nil, error.description) } }
            json.array("findings") { json in for finding in findings { finding.write(&json) } }
        }
        return json.text
    }

    var namedTotals: [(String, Int)] {
        [
            ("lines", totals.lines), ("unparsed", totals.unparsed), ("logins", totals.logins),
            ("failed-logins", totals.failedLogins), ("messages", totals.messages), ("delivered", totals.delivered),
            ("bounced", totals.bounced), ("deferred", totals.deferrals), ("rejected", totals.rejects),
            ("firewall-connections", totals.flows), ("addresses", totals.addresses), ("accounts", totals.accounts),
        ]
    }
}

extension Finding {
    func write(_ json: inout JSONText) {
        json.object { json in
            json.value("kind", kind.rawValue)
            json.value("confidence", confidence.rawValue)
            json.value("probability", probability)
            json.value("subject", subject)
            json.value("start", ReportTime.iso(start))
            json.value("end", ReportTime.iso(end))
            json.value("summary", summary)
            json.object("numbers") { json in for (name, value) in numbers { json.value(name, value) } }
            json.array("signals") { json in for signal in signals { json.value(nil, signal) } }
            json.array("addresses") { json in for use in addresses { use.write(&json) } }
            json.array("timeline") { json in
                for moment in timeline {
                    json.object { json in
                        json.value("time", ReportTime.iso(moment.seconds))
                        json.value("text", moment.text)
                        moment.evidence?.write("evidence", &json)
                    }
                }
            }
            json.array("evidence") { json in for line in evidence { line.write(nil, &json) } }
            json.optional("benign", benign)
            json.array("advice") { json in for line in advice { json.value(nil, line) } }
        }
    }
}

extension Finding.AddressUse {
    fileprivate func write(_ json: inout JSONText) {
        json.object { json in
            json.value("address", address.description)
            json.value("first", ReportTime.iso(first))
            json.value("last", ReportTime.iso(last))
            json.value("logins", logins)
            json.value("failures", failures)
            json.value("messages", messages)
            json.value("recipients", recipients)
            json.optional("place", place)
        }
    }
}

extension Finding.Evidence {
    fileprivate func write(_ key: String?, _ json: inout JSONText) {
        json.object(key) { json in
            json.value("file", file)
            json.value("line", line)
            json.value("text", text)
        }
    }
}

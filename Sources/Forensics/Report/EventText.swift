package import LogFormats
import MailTypes

/// Events as text for people and as JSON lines for programs.
package enum EventText {
    /// One line: what happened, to whom, from where. Text from the log is made harmless.
    package static func describe(_ event: LogEvent) -> String {
        switch event {
        case .nothing: return ""
        case .login(let login):
            let who = login.account.isEmpty ? "unnamed account" : safe(login.account)
            let times = login.attempts > 1 ? " (\(login.attempts) attempts)" : ""
            return
                "\(login.success ? "login" : "failed login") of \(who) from \(text(login.address)) by \(login.service.name)\(times)"
        case .submission(let mail):
            let who = !mail.account.isEmpty ? safe(mail.account) : !mail.script.isEmpty ? safe(mail.script) : "no login"
            let count = mail.recipients > 0 ? " for \(mail.recipients)" : ""
            return
                "message \(safe(mail.queueID)) from \(who) at \(text(mail.client))\(count), sender <\(safe(mail.sender))>"
        case .queued(let mail):
            return
                "message \(safe(mail.queueID)) queued, sender <\(safe(mail.sender))>, \(mail.recipients) recipients, \(mail.size) bytes"
        case .delivery(let result):
            let reason = result.reason == .none ? "" : ": \(result.reason.name)"
            let codes = [result.code > 0 ? "\(result.code)" : nil, result.enhanced?.description].compactMap { $0 }
            return
                "message \(safe(result.queueID)) \(name(result.outcome)) to <\(safe(result.recipient))> by \(text(result.relay)) \(codes.joined(separator: " "))\(reason)"
        case .removed(let id): return "message \(safe(id)) done"
        case .reject(let refusal):
            return
                "refused \(text(refusal.client)) <\(safe(refusal.sender))> to <\(safe(refusal.recipient))>: \(refusal.code) \(refusal.reason.name)"
        case .flow(let flow):
            return
                "\(flow.accepted ? "accepted" : "dropped") \(flow.source):\(flow.sourcePort) to \(flow.destination):\(flow.destinationPort)"
        }
    }

    /// One JSON object in the vocabulary of Sluice's journal, with file and line.
    package static func json(_ event: LogEvent, seconds: UInt32, file: String, line: Int) -> String {
        var json = JSONText()
        json.object { json in
            json.value("time", ReportTime.iso(seconds))
            fields(event, &json)
            json.value("file", file)
            json.value("line", line)
        }
        return json.text
    }

    private static func fields(_ event: LogEvent, _ json: inout JSONText) {
        switch event {
        case .nothing: json.value("event", "nothing")
        case .login(let login):
            json.value("event", "login")
            json.value("account", login.account.string)
            json.optional("address", login.address?.description)
            json.value("success", login.success)
            json.value("service", login.service.name)
            json.value("method", login.method.string)
            json.value("attempts", login.attempts)
        case .submission(let mail):
            json.value("event", "submission")
            json.value("id", mail.queueID.string)
            json.value("account", mail.account.string)
            json.optional("address", mail.client?.description)
            json.value("sender", mail.sender.string)
            json.value("recipients", mail.recipients)
            json.value("size", mail.size)
            if !mail.script.isEmpty { json.value("script", mail.script.string) }
        case .queued(let mail):
            json.value("event", "queued")
            json.value("id", mail.queueID.string)
            json.value("sender", mail.sender.string)
            json.value("recipients", mail.recipients)
            json.value("size", mail.size)
        case .delivery(let result):
            json.value("event", "delivery")
            json.value("id", result.queueID.string)
            json.value("recipient", result.recipient.string)
            json.value("outcome", name(result.outcome))
            json.value("code", Int(result.code))
            json.optional("enhanced", result.enhanced?.description)
            json.optional("relay", result.relay?.description)
            json.value("reason", result.reason.name)
        case .removed(let id):
            json.value("event", "removed")
            json.value("id", id.string)
        case .reject(let refusal):
            json.value("event", "reject")
            json.value("account", refusal.account.string)
            json.optional("address", refusal.client?.description)
            json.value("sender", refusal.sender.string)
            json.value("recipient", refusal.recipient.string)
            json.value("code", Int(refusal.code))
            json.optional("enhanced", refusal.enhanced?.description)
            json.value("reason", refusal.reason.name)
        case .flow(let flow):
            json.value("event", "flow")
            json.value("source", flow.source.description)
            json.value("source-port", Int(flow.sourcePort))
            json.value("destination", flow.destination.description)
            json.value("destination-port", Int(flow.destinationPort))
            json.value("accepted", flow.accepted)
        }
    }

    private static func name(_ outcome: Delivery.Outcome) -> String {
        switch outcome {
        case .sent: "delivered"
        case .deferred: "deferred"
        case .bounced: "bounced"
        }
    }

    private static func safe(_ text: ByteSlice) -> String { SafeText.printable(text.prefix(1024).string, limit: 128) }
    private static func text(_ address: IPAddress?) -> String { address?.description ?? "this host" }
}

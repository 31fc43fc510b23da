import MailTypes
import Posture

/// EGR-04: what `sshd -T` says.
enum SSHForwarding {
    static let source = "egress/sshd-T"

    static func finding(_ facts: CollectedFacts, target: String) -> Finding {
        guard let text = facts.text(source) else {
            let reason = facts.reason(source)
            if reason.hasSuffix("is not installed") {
                return Finding(.sshForwarding, target: target, .pass, evidence: ["sshd is not installed"])
            }
            return Finding(.sshForwarding, target: target, .unknown(reason))
        }
        var values: [String: [String]] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.split(separator: " ", maxSplits: 1).map(String.init)
            if words.count == 2 { values[words[0].lowercased(), default: []].append(words[1]) }
        }
        func first(_ key: String) -> String? { values[key]?.first?.lowercased() }
        guard let forwarding = first("allowtcpforwarding"), let password = first("passwordauthentication") else {
            return Finding(.sshForwarding, target: target, .unknown("\(source): no output of sshd -T, or cut"))
        }
        let keyboard = first("kbdinteractiveauthentication") ?? "no"
        var evidence = [
            "AllowTcpForwarding \(forwarding)", "PasswordAuthentication \(password)",
            "KbdInteractiveAuthentication \(keyboard)",
        ]
        for key in ["allowusers", "allowgroups", "denyusers", "denygroups", "disableforwarding"] {
            if let lines = values[key] { evidence.append("\(key) \(lines.joined(separator: " "))") }
        }
        // Local forwarding is what reaches port 25; "remote" alone does not.
        let isShut = forwarding == "no" || forwarding == "remote" || first("disableforwarding") == "yes"
        let takesPasswords = password == "yes" || (keyboard == "yes" && first("usepam") == "yes")
        let isListed = values["allowusers"] != nil || values["allowgroups"] != nil
        return Finding(
            .sshForwarding, target: target, isShut || !takesPasswords || isListed ? .pass : .fail(.medium),
            evidence: evidence)
    }
}

import MailTypes

/// What `sshd -T` says, for everybody or for one user: whether a password alone opens a way to port 25 elsewhere.
struct SSHSettings {
    private var values: [String: [String]] = [:]
    private let forwarding: String
    private let password: String

    /// `nil`: no output of sshd -T, or cut.
    init?(_ text: String) {
        var values: [String: [String]] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.split(separator: " ", maxSplits: 1).map(String.init)
            if words.count == 2 { values[ASCII.lowercased(words[0]), default: []].append(words[1]) }
        }
        guard let forwarding = values["allowtcpforwarding"]?.first,
            let password = values["passwordauthentication"]?.first
        else { return nil }
        self.forwarding = ASCII.lowercased(forwarding)
        self.password = ASCII.lowercased(password)
        self.values = values
    }

    private func first(_ key: String) -> String? { values[key]?.first.map { ASCII.lowercased($0) } }

    /// Local forwarding is what reaches port 25; "remote" alone does not.
    private var isShut: Bool {
        if forwarding == "no" || forwarding == "remote" || first("disableforwarding") == "yes" { return true }
        // PermitOpen: host:port, where only some are allowed.
        let open = (values["permitopen"] ?? ["any"]).flatMap { $0.split(separator: " ") }
        return !open.contains { place in
            place == "any" || [":25", ":465", ":587", ":*"].contains { place.hasSuffix($0) }
        }
    }

    private var takesPasswords: Bool {
        let keyboard = first("kbdinteractiveauthentication") ?? first("challengeresponseauthentication") ?? "no"
        guard password == "yes" || (keyboard == "yes" && first("usepam") == "yes") else { return false }
        // Lists of methods, of which one has to be gone through whole.
        let lists = (values["authenticationmethods"] ?? ["any"]).flatMap { $0.split(separator: " ") }
        return !lists.allSatisfy { $0.contains("publickey") || $0.contains("hostbased") || $0.contains("gssapi") }
    }

    private func patterns(_ key: String) -> [String]? {
        values[key]?.flatMap { $0.split(separator: " ") }.map(String.init)
    }

    /// AllowUsers, DenyUsers for a user; without one, whether there is any list.
    private func isKeptOut(_ user: String?) -> Bool {
        guard let user else { return values["allowusers"] != nil || values["allowgroups"] != nil }
        func isNamed(_ key: String) -> Bool? {
            patterns(key).map {
                $0.contains { Self.matches(user, $0.split(separator: "@").first.map(String.init) ?? $0) }
            }
        }
        if isNamed("denyusers") == true || isNamed("allowusers") == false { return true }
        // Who is in which group, sshd does not tell.
        return values["allowusers"] == nil && values["allowgroups"] != nil
    }

    /// `*` and `?` of sshd_config(5).
    static func matches(_ name: String, _ pattern: String) -> Bool {
        let (name, pattern) = (Array(name.utf8), Array(pattern.utf8))
        var (n, p) = (0, 0)
        var (star, mark) = (-1, 0)
        while n < name.count {
            if p < pattern.count, pattern[p] == UInt8(ascii: "*") {
                (star, mark) = (p, n)
                p += 1
            } else if p < pattern.count, pattern[p] == UInt8(ascii: "?") || pattern[p] == name[n] {
                n += 1
                p += 1
            } else if star >= 0 {
                mark += 1
                (n, p) = (mark, star + 1)
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == UInt8(ascii: "*") }
    }

    /// A password alone opens a tunnel, for a user or for whom nothing is said of.
    func opens(for user: String? = nil) -> Bool { !isShut && takesPasswords && !isKeptOut(user) }

    var evidence: [String] {
        var evidence = [
            "AllowTcpForwarding \(forwarding)", "PasswordAuthentication \(password)",
            "KbdInteractiveAuthentication \(first("kbdinteractiveauthentication") ?? "no")",
        ]
        for key in [
            "allowusers", "allowgroups", "denyusers", "denygroups", "disableforwarding", "permitopen",
            "authenticationmethods",
        ] {
            guard let lines = values[key], !["any", "no"].contains(lines.joined(separator: " ")) else { continue }
            evidence.append("\(key) \(lines.joined(separator: " "))")
        }
        return evidence
    }
}

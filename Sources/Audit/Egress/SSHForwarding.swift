import Foundation
import MailTypes
import Posture

/// EGR-04: what `sshd -T` says, for everybody and, where there are Match blocks, for each user.
enum SSHForwarding {
    static let source = "egress/sshd-T"
    private static let file = "egress/sshd_config"
    private static let folder = "egress/sshd_config.d"
    private static let users = "egress/sshd-users"

    /// Users that sshd is asked about.
    private static let maximumUsers = 100

    /// With a question for each user of this host whom people are, where Match blocks may treat him otherwise.
    static func sources() -> [FactSource] {
        var sources = [
            FactSource.command("sshd", "-T", as: source), .file("/etc/ssh/sshd_config", as: file),
            FactSource(folder, .directory("/etc/ssh/sshd_config.d", suffix: ".conf")),
        ]
        let places = ["/etc/ssh/sshd_config.d", "/etc/ssh"].flatMap { path in
            ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).map { "\(path)/\($0)" }
        }
        let texts = places.filter { $0.hasSuffix(".conf") || $0.hasSuffix("/sshd_config") }.compactMap(text)
        guard texts.contains(where: hasMatch), let accounts = text("/etc/passwd") else { return sources }
        for name in people(accounts) {
            sources.append(
                .command(
                    "sshd", "-T", "-C", "user=\(name),host=client.invalid,addr=192.0.2.1", as: "\(users)/\(name)"))
        }
        return sources
    }

    private static func text(_ path: String) -> String? {
        guard case .content(let bytes) = FactGatherer.file(path) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A block that holds for some only.
    static func hasMatch(_ text: String) -> Bool {
        text.split(whereSeparator: \.isNewline).contains { line in
            let words = line.split { $0 == " " || $0 == "\t" }.map { ASCII.lowercased(String($0)) }
            return words.first == "match" && words.dropFirst() != ["all"]
        }
    }

    /// Users that are people, and root; a shell that lets nobody in does not keep a tunnel from being opened.
    static func people(_ passwd: String) -> [String] {
        var names: [String] = []
        for line in passwd.split(whereSeparator: \.isNewline) {
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            guard fields.count >= 7, let number = Int(fields[2]), number == 0 || number >= 1000, number < 65_534 else {
                continue
            }
            let name = String(fields[0])
            if FactFolder.isName(name), !name.contains(","), names.count < maximumUsers { names.append(name) }
        }
        return names
    }

    static func finding(_ facts: CollectedFacts, target: String) -> Finding {
        guard let text = facts.text(source) else {
            let reason = facts.reason(source)
            if reason.hasSuffix("is not installed") {
                return Finding(.sshForwarding, target: target, .pass, evidence: ["sshd is not installed"])
            }
            return Finding(.sshForwarding, target: target, .unknown(reason))
        }
        guard let everybody = SSHSettings(text) else {
            return Finding(.sshForwarding, target: target, .unknown("\(source): no output of sshd -T, or cut"))
        }
        let files = [file] + facts.names(under: folder)
        let blocks = files.filter { facts.text($0).map(hasMatch) ?? false }
        let asked = facts.names(under: users)
        guard !blocks.isEmpty || !asked.isEmpty else {
            return Finding(
                .sshForwarding, target: target, everybody.opens() ? .fail(.medium) : .pass, evidence: everybody.evidence
            )
        }
        var evidence = everybody.evidence
        var open: [String] = []
        for name in asked {
            let user = String(name.dropFirst(users.count + 1))
            guard let settings = facts.text(name).flatMap({ SSHSettings($0) }) else { continue }
            if settings.opens(for: user) {
                open.append(user)
                evidence.append("\(user): \(settings.evidence.joined(separator: ", "))")
            }
        }
        if asked.isEmpty {
            // Who is in no block has what holds for everybody.
            if everybody.opens() { return Finding(.sshForwarding, target: target, .fail(.medium), evidence: evidence) }
            let missing =
                "what the Match blocks of \(blocks.joined(separator: ", ")) change for whom (sshd -T -C, as root)"
            return Finding(.sshForwarding, target: target, .unknown(missing), evidence: evidence)
        }
        if !open.isEmpty { evidence.insert("with a password alone: \(open.joined(separator: ", "))", at: 0) }
        let severity: Severity = everybody.opens() || open.count > 1 ? .medium : .low
        return Finding(
            .sshForwarding, target: target, open.isEmpty ? .pass : .fail(severity),
            evidence: evidence + ["\(asked.count) users were asked about, as Match blocks say"])
    }
}

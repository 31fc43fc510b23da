import Audit
import Foundation
import Testing

@Suite struct FactFolderTests {
    private func place() -> String { NSTemporaryDirectory() + "sluice-facts-\(UUID().uuidString)" }

    @Test func readsBackWhatItWrote() throws {
        var facts = CollectedFacts()
        facts["mta/postfix/main.cf"] = .content(Array("a = b\n".utf8))
        facts["hashes/shadow"] = .content([0, 255])
        facts["firewall/nft.json"] = .missing("nft is not installed")
        facts["../outside"] = .content([1])
        facts["mta/.."] = .content([1])
        let path = place()
        defer { try? FileManager.default.removeItem(atPath: path) }
        try FactFolder.write(facts, to: path)
        let back = try FactFolder.read(path)
        #expect(back["mta/postfix/main.cf"] == facts["mta/postfix/main.cf"])
        #expect(back["hashes/shadow"] == facts["hashes/shadow"])
        #expect(back["firewall/nft.json"] == facts["firewall/nft.json"])
        #expect(back.entries.count == 3)
        #expect(back.reason("x/y") == "x/y was not collected")
        let mode = try FileManager.default.attributesOfItem(atPath: path + "/hashes/shadow")[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let folder = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(folder == 0o700)
        #expect(throws: AuditError.self) { try FactFolder.write(facts, to: path) }
    }

    @Test func followsNoLinks() throws {
        let path = place()
        defer { try? FileManager.default.removeItem(atPath: path) }
        try FileManager.default.createDirectory(atPath: path + "/accounts", withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: path + "/accounts/passwd", withDestinationPath: "/etc/passwd")
        try FileManager.default.createSymbolicLink(atPath: path + "/etc", withDestinationPath: "/etc")
        #expect(mkfifo(path + "/accounts/pipe", 0o600) == 0)
        #expect(try FactFolder.read(path).entries.isEmpty)
        #expect(throws: AuditError.self) { try FactFolder.read(path + "/none") }
        #expect(throws: AuditError.self) { try FactFolder.read("/etc/passwd") }
    }

    @Test func gathersWhatIsThere() async {
        let sources: [FactSource] = [
            .file("/etc/passwd", as: "a/passwd"), .file("/etc/shadow", as: "hashes/shadow", isSecret: true),
            .file("/nonexistent", as: "a/none"), .command("no-such-program-here", as: "a/program"),
            .command("cat", "/nonexistent", as: "a/failed"), .command("echo", "x; y", as: "a/echo"),
            FactSource("a/dir", .directory("/etc", suffix: "passwd")),
        ]
        let facts = await FactGatherer().gather(sources, withSecrets: false)
        #expect(
            facts.content("a/passwd")?.isEmpty == false && facts.content("a/dir/passwd") == facts.content("a/passwd"))
        #expect(facts.content("hashes/shadow") == nil && facts.reason("hashes/shadow").contains("not asked for"))
        #expect(facts.reason("a/none").contains("No such file"))
        #expect(facts.reason("a/program").contains("not installed"))
        #expect(facts.reason("a/failed").contains("ended with 1"))
        #expect(facts.text("a/echo") == "x; y\n")
    }

    @Test func boundsPrograms() async throws {
        await #expect(throws: AuditError.self) {
            try await HostCommand(["cat", "/dev/zero"], maximumOutput: 1 << 20).onThread()
        }
        // A program that never ends is ended: by a bound of time so short that no machine makes it.
        await #expect(throws: AuditError.self) {
            try await HostCommand(["sleep", "600"], timeout: .milliseconds(1)).onThread()
        }
        let output = try await HostCommand(["sh", "-c", "echo out; echo err >&2; exit 3"]).onThread()
        #expect(output.status == 3 && output.output == Array("out\n".utf8) && output.complaint == "err")
        // Nothing of ours is inherited: no variables, no input.
        let environment = try await HostCommand(["env"]).onThread()
        #expect(String(decoding: environment.output, as: UTF8.self).split(separator: "\n").count == 2)
    }

    @Test func leavesSecretsOut() {
        var facts = CollectedFacts()
        facts["mta/postfix/main.cf"] = .content(
            Array(
                "myhostname = a\nldap_bindpw = hunter2\nsmtp_sasl_password_maps = hash:/x\ndisable_plaintext_auth = yes\n"
                    .utf8))
        facts["mta/exim/bP"] = .content(Array("hide mysql_servers = localhost/db/user/hunter2\n".utf8))
        facts["mta/dovecot/doveconf-n"] = .content(Array("  connect = host=x password=hunter2 user=y\n".utf8))
        facts["hashes/shadow"] = .content(Array("password = kept\n".utf8))
        let clean = SecretLines.without(facts)
        for (_, entry) in clean.entries {
            guard case .content(let bytes) = entry else { continue }
            #expect(!String(decoding: bytes, as: UTF8.self).contains("hunter2"))
        }
        #expect(
            clean.text("mta/postfix/main.cf")?.contains(
                "smtp_sasl_password_maps = hash:/x\ndisable_plaintext_auth = yes\n") == true)
        #expect(clean.text("mta/dovecot/doveconf-n")?.contains("user=y") == true)
        #expect(clean["hashes/shadow"] == facts["hashes/shadow"])
    }
}

import Audit
import Crypto
import Foundation
import NIOConcurrencyHelpers
import NIOPosix
import Posture
import Testing

@Suite struct PasswordAuditTests {
    func run(_ accounts: [Account], isTimeUp: @escaping @Sendable () -> Bool = { false }) async throws -> [PasswordAudit
        .Result]
    {
        let audit = PasswordAudit(guesses: GuessList(words: ["acme"], year: 2026), isTimeUp: isTimeUp)
        return try await audit.run(accounts, on: .singleton)
    }

    func account(_ name: String, _ stored: String) -> Account {
        var account = Account(name: name, line: 1)
        account.stored = stored
        return account
    }

    /// What a program prints, as another tool than ours makes a hash.
    func output(_ program: String, _ arguments: [String]) async throws -> String {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    @Test(arguments: [
        "PLAIN", "PLAIN-MD5", "LDAP-MD5", "SMD5", "SHA", "SSHA", "SHA256", "SSHA256", "SHA512", "SSHA512",
        "MD5-CRYPT",
        "DES-CRYPT", "SSHA.HEX", "SHA256-CRYPT", "SHA512-CRYPT", "BLF-CRYPT",
    ]) func findsWhatDovecotStores(scheme: String) async throws {
        let weak = try await output("/usr/bin/doveadm", ["pw", "-s", scheme, "-p", "Lee2026!"])
        let strong = try await output("/usr/bin/doveadm", ["pw", "-s", scheme, "-p", "kV9-tram-olive"])
        try #require(weak.hasPrefix("{"))
        let found = try #require(StoredPassword(weak))
        #expect(found.matches("Lee2026!") == true && found.matches("lee2026!") == false)
        #expect(StoredPassword(strong)?.matches("Lee2026!") == false)
        #expect(found.isWeak == !["SHA256-CRYPT", "SHA512-CRYPT", "BLF-CRYPT"].contains(scheme))
    }

    /// Every scheme that this machine's Dovecot lists, whichever those are.
    @Test func findsAllThatDovecotLists() async throws {
        let schemes = try await output("/usr/bin/doveadm", ["pw", "-l"]).split(separator: " ").map(String.init)
        try #require(schemes.count > 20)
        for scheme in schemes {
            let stored = try await output(
                "/usr/bin/doveadm", ["pw", "-s", scheme, "-u", "ann@acme.test", "-p", "Lee2026!"])
            let found = try #require(StoredPassword(stored, account: "ann@acme.test"), "\(scheme)")
            #expect(found.matches("Lee2026!") == true, "\(scheme)")
            #expect(found.matches("lee2026!") == false, "\(scheme)")
        }
    }

    @Test(arguments: [
        "{PBKDF2}$1$salt$5000$zz", "{OTP}sha1 0 seed 8924034adf03c35d", "{OTP}sha1 99999999999 seed 8924034adf03c35d",
        "{CRAM-MD5}77ab", "{SCRAM-SHA-1}4096,x", "{DIGEST-MD5}", "{PLAIN-MD4}5f4d", "{UNKNOWN}x", "{", "{}",
    ]) func isNotKnown(stored: String) {
        #expect(StoredPassword(stored) == nil)
    }

    @Test func readsNTHashes() {
        // The hash of "password" that every description of NTLM shows.
        for text in ["{NTLM}8846F7EAEE8FB117AD06BDD830B7586C", "{NTLM}8846f7eaee8fb117ad06bdd830b7586c"] {
            #expect(StoredPassword(text)?.matches("password") == true)
            #expect(StoredPassword(text)?.matches("Password") == false)
        }
    }

    @Test(arguments: [["-nbm"], ["-nbs"], ["-nbB", "-C", "4"], ["-nbd"]]) func findsWhatHtpasswdStores(
        options: [String]
    ) async throws {
        let line = try await output("/usr/bin/htpasswd", options + ["ann", "ann123"])
        let stored = try #require(line.split(separator: ":", maxSplits: 1).last.map(String.init))
        #expect(StoredPassword(stored)?.matches("ann123") == true, "\(stored)")
        #expect(StoredPassword(stored)?.matches("ann124") == false)
    }

    @Test(arguments: [
        ("ann.lee@acme.test", "Lee2025!", GuessList.Origin.name), ("ann.lee@acme.test", "annlee1", .name),
        ("ann@acme.test", "Acme@2026", .company), ("ann@x.test", "Summer2026!", .season),
        ("ann@x.test", "Sommer2024", .season),
        ("ann@x.test", "1qaz2wsx", .keyboard), ("ann@x.test", "Passw0rd", .common),
        ("ann@x.test", "Willkommen2026", .common),
    ]) func guesses(name: String, password: String, origin: GuessList.Origin) async throws {
        let results = try await run([account(name, "{PLAIN}" + password)])
        #expect(results.map(\.outcome) == [.guessed(origin)])
        let findings = PasswordAudit.findings(results, target: "x")
        #expect(findings.first { $0.check == .guessedPasswords }?.result == .fail(.critical))
        #expect(!"\(findings)".contains(password), "the password is shown")
    }

    /// Ten thousand random passwords against the guesses that all accounts share, and some of them against all guesses.
    @Test func accusesNoRandomOne() async throws {
        var generator = SystemRandomNumberGenerator()
        let signs = Array("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789")
        let passwords = (0..<10_000).map { _ in
            String((0..<10).map { _ in signs.randomElement(using: &generator) ?? "x" })
        }
        let shared = Set(GuessList(words: ["acme"], year: 2026).shared().map(\.text))
        #expect(shared.count > 3000 && shared.isDisjoint(with: passwords))
        let results = try await run(
            passwords.prefix(200).enumerated().map { number, password in
                let digest = Insecure.MD5.hash(data: Array(password.utf8)).map { String($0, radix: 16).padded }.joined()
                let stored = number % 10 == 0 ? "{PLAIN-MD5}" + digest : "{PLAIN}" + password
                return account("user\(number)@acme.test", stored)
            })
        #expect(results.count == 200 && results.allSatisfy { $0.outcome == .withstood })
        let evidence = PasswordAudit.findings(results, target: "x").flatMap(\.evidence)
        #expect(evidence.contains { $0.hasPrefix("line 1: user0@acme.test: plain-md5") })
        let guessing =
            PasswordAudit.findings(results, target: "x").first { $0.check == .guessedPasswords }?.evidence ?? []
        #expect(guessing.contains { $0.hasPrefix("plain: 180 accounts, ") && $0.hasSuffix(" a second and core") })
        #expect(guessing.contains { $0.hasPrefix("plain-md5: 20 accounts, ") })
    }

    @Test(arguments: [
        ("ann", "xq7", true), ("ann", "aaaaaaaaaaaa", true), ("annabel", "xq-Annabel-7", true),

        ("ann", "abcdefgh12", true), ("ann", "kV9-tram-olive", false), ("ann", "", true),
        ("ann", "correct horse battery", false),
    ])
    func judgesPlainPasswords(name: String, password: String, isWeak: Bool) {
        let weakness = PasswordStrength.weakness(Array(password.utf8), account: name)
        #expect((weakness != nil) == isWeak, "\(weakness ?? "none")")
        if let weakness, !password.isEmpty { #expect(!weakness.contains(password)) }
    }

    @Test func judgesOnlyPlainOnes() async throws {
        let results = try await run([account("ann", "{PLAIN}short1"), account("bob", "{SHA}x")])
        let finding = PasswordAudit.findings(results, target: "x").first { $0.check == .plainStrength }
        #expect(finding?.result == .fail(.high) && finding?.evidence.first == "1 in plain text")
        #expect(!"\(finding.map { "\($0)" } ?? "")".contains("short1"))
        let none = try await run([account("bob", "{PLAIN-MD5}5f4dcc3b5aa765d61d8327deb882cf99")])
        #expect(PasswordAudit.findings(none, target: "x").first { $0.check == .plainStrength }?.result == .pass)
    }

    @Test func isUnknownWithoutTimeOrScheme() async throws {
        let late = PasswordAudit.findings(try await run([account("a", "{SHA}x")]), target: "x")
        #expect(late.prefix(2).map(\.result.word) == ["unknown", "unknown"])
        let results = try await run([account("ann", "{PLAIN}kV9-tram-olive")]) { true }
        #expect(results.map(\.outcome) == [.unfinished(0)])
        #expect(
            PasswordAudit.findings(results, target: "x").first { $0.check == .guessedPasswords }?.result.word
                == "unknown")
        #expect(PasswordAudit.findings([], target: "x").allSatisfy { $0.result.word == "unknown" })
        #expect(try await run([account("locked", "!$6$x"), account("none", "*")]).isEmpty)
    }
}

/// Counts what was asked, to end after so many guesses without a clock.
private final class Budget: Sendable {
    private let left: NIOLockedValueBox<Int>

    init(_ guesses: Int) { left = NIOLockedValueBox(guesses) }

    func isUp() -> Bool {
        left.withLockedValue { left in
            left -= 1
            return left < 0
        }
    }
}

extension PasswordAuditTests {
    @Test func triesTheLikeliestForEverybodyFirst() async throws {
        let strong = (0..<20).map { account("user\($0)", "{PLAIN}kV9-tram-olive") }
        let budget = Budget(21 * 100)
        let results = try await run(strong + [account("ann", "{PLAIN}ann1")]) { budget.isUp() }
        #expect(results.last?.outcome == .guessed(.name))
        #expect(results.first?.outcome != .withstood)
    }
}

extension String {
    fileprivate var padded: String { count == 1 ? "0" + self : self }
}

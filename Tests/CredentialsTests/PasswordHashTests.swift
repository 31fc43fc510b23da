import MailTypes
import SMTPProtocol
import Testing

@testable import Credentials

@Suite struct PasswordHashTests {
    /// As the tools of Debian 12 wrote them for the password `x`.
    static let recorded: [(method: String, text: String)] = [
        (
            "argon2id",
            "{ARGON2ID}$argon2id$v=19$m=65536,t=3,p=1$cailJ8ZyXlXzDbSOthxQdw$DHvFuOKO+j6BAPFUCVH/CaVdj43mpURbZCLzeLsG6qM"
        ),
        (
            "argon2i",
            "{ARGON2I}$argon2i$v=19$m=32768,t=4,p=1$V3zzkKxa5DNiTO/KFIcYHQ$VMhYEKdCifUpFhHN9j6wX9DgYajGnxH1AfYSNz0Glrk"
        ),
        ("argon2id", "$argon2id$v=19$m=4096,t=3,p=1$c2FsdHNhbHQx$c98+mx8dnmzJckUDvzfxvCMZR/OdKUm950V8eNhYG8Q"),
        ("argon2i", "$argon2i$v=16$m=4096,t=3,p=1$c2FsdHNhbHQx$IE/qzQYGfQOHICfjxnhYABuJPaQZrPZD1bRSVJD4M7Y"),
        ("bcrypt", "{BLF-CRYPT}$2y$05$h6O8CgRdP9YrZ3pRaZAwwuACECjOzoltmtNPvmfu2RpAlZpS61MXy"),
        ("bcrypt", "$2b$05$jrrY6UamQ/jUOUVkKckEF./MEodPNVvjVtK1rShwcOfCl6NONJdYO"),
        ("bcrypt", "$2a$05$YeIZC253wPjy4ZbZ4Dqx3uo3z9JIOptsMoAwrvvzE70bStoNFLTki"),
        ("bcrypt", "{CRYPT}$2y$05$lGfJzh5LagZxWxsO5BWPhurxckuX0Ga8jc7VC7EzdvMVU5zVfgN4e"),
        (
            "sha512-crypt",
            "{SHA512-CRYPT}$6$KwPiP6XYawsNsITq$OJ2VqBTbZSLu5S4eCODz7/DitMReiZs3S/Ets7R9F1vAzemiGwct4jG1Xz1oD16CH1UzwvyFMgKriEjmqjztm0"
        ),
        ("sha256-crypt", "{sha256-crypt}$5$wYxl3HS42MVSyeR3$sCwCBcN24QW5uxWEJ6HJtmnYYNNHUCsrrtddMK8xcr0"),
        ("yescrypt", "$y$j9T$2qi20HMP4G63FAVOSUbdY.$9dfgnU5dJdGLXVampvLE7UMJKnaGoai/32YbcBzTYD6"),
        ("gost-yescrypt", "$gy$j9T$Ruzx3Ix75IV0z15jqvu0J0$QelsqZiPkkgTAg.ApeakNflQQPwdjm7fuHmxhc5FTy9"),
        ("scrypt", "$7$CU..../....JoC55sDBG.8bgDbQ3cMhx1$P4C6xVVOWfveqgxnzRtoRtbDJyD1lqemdFYwZqzcrc6"),
    ]

    @Test(arguments: recorded) func hashesOfOtherToolsAreChecked(method: String, text: String) throws {
        let hash = try PasswordHash(text)
        #expect(hash.method == method && hash.text == text)
        #expect(hash.check(Array("x".utf8)) == .matches)
        #expect(hash.check(Array("y".utf8)) == .differs)
        #expect(hash.check([]) == .differs)
        #expect(hash.check(Array("x".utf8) + [0]) == .differs)
    }

    @Test func memoryIsReadFromTheParameters() throws {
        let expected: [String: ByteCount] = [
            "{ARGON2ID}": .mib(64), "$y$": .mib(16), "$7$": .mib(64), "$6$": .kib(4), "$2b$": .kib(4),
        ]
        for (beginning, memory) in expected {
            let text = try #require(
                Self.recorded.first { $0.text.hasPrefix(beginning) || $0.text.contains("}\(beginning)") }
            ).text
            #expect(try PasswordHash(text).memory == memory, "\(beginning)")
        }
    }

    @Test(arguments: PasswordHash.Scheme.allCases) func madeHashesAreReadAndChecked(scheme: PasswordHash.Scheme) throws
    {
        var random = SystemRandomNumberGenerator()
        let password = Array("pässword: {$6$} ,".utf8)
        let made = try PasswordHash.make(password, scheme: scheme, using: &random)
        let read = try PasswordHash(made.text)
        #expect(read == made)
        #expect(read.check(password) == .matches)
        #expect(read.check(Array("pässword: {$6$}".utf8)) == .differs)
        let second = try PasswordHash.make(password, scheme: scheme, using: &random)
        #expect(second.text != made.text)
    }

    @Test func passwordsThatASchemeWouldCutAreRefused() {
        var random = SystemRandomNumberGenerator()
        let long = [UInt8](repeating: 0x61, count: 73)
        #expect(throws: CredentialError.self) { try PasswordHash.make(long, scheme: .bcrypt, using: &random) }
        for wrong in [[], [0x61, 0], [UInt8](repeating: 0x61, count: 1025)] {
            #expect(throws: CredentialError.self) { try PasswordHash.make(wrong, scheme: .argon2id, using: &random) }
        }
    }

    static let refused: [(CredentialError.Code, String)] = [
        (.malformed, ""), (.malformed, "hunter2 "), (.malformed, "correct-horse"), (.malformed, "$6$short$abc"),
        (.malformed, "$6$KwPiP6XYawsNsITq"), (.malformed, "$2y$05$h6O8CgRdP9YrZ3pRaZAwwu"), (.malformed, "$y$j9T$$"),
        (.malformed, "{ARGON2ID}$6$x$y"), (.malformed, "{ARGON2ID"), (.malformed, "$argon2id$v=19$m=65536,t=3,p=1$"),
        (.malformed, "$argon2id$v=19$m=65536,t=3,p=1$c2FsdHNhbHQx$c2hvcnQ"),
        (.malformed, "$argon2id$v=19$m=4,t=3,p=1$c2FsdHNhbHQx$c98+mx8dnmzJckUDvzfxvCMZR/OdKUm950V8eNhYG8Q"),
        (.malformed, "$scrypt$ln=14,r=8,p=0$c2FsdHNhbHQ$c98+mx8dnmzJckUDvzfxvCMZR/OdKUm950V8eNhYG8Q"),
        (.malformed, "SCRAM-SHA-256$4096:c2FsdHNhbHQ=$AAAA:AAAA"),
        (.malformed, "{SCRAM-SHA-256}4096,c2FsdHNhbHQ=,AAAA"),
        (.tooWeak, "{PLAIN}hunter2"), (.tooWeak, "{plain}hunter2"), (.tooWeak, "{SSHA}abc"),
        (.tooWeak, "{MD5-CRYPT}$1$a$b"),
        (.tooWeak, "$1$.gpgqq3V$l7YUU4sOeRKtRwhWZUMAD0"), (.tooWeak, "$apr1$x$y"), (.tooWeak, "AmLIVZQfJyFxw"),
        (.tooWeak, "_J9..7r95o7mH5ErQ1rU"), (.tooWeak, "$3$$a9f0dd57e1edab5bb55a9ac0a99c15ec"),
        (.tooWeak, "$md5,rounds=63407$okZIQar4$$o9S5LCMpSeLKMjMqO6Czt."),
        (
            .tooWeak,
            "{SCRAM-SHA-256}4095,kUMor92TbtS2G8TLVK6GCQ==,2WyvlA1+Wn0rI7l0zngXYVg3sDqa/W8xpNxR9zcCx9A=,5U8j3wBFR1Em5p1EaQL+hQqEV+lTmpe2pB8IBsjefY0="
        ),
        (.unsupported, "{X-NEW}abc"), (.unsupported, "$argon2d$v=19$m=65536,t=3,p=1$a$b"),
        (.tooCostly, "$argon2id$v=19$m=1048576,t=3,p=1$c2FsdHNhbHQx$c98+mx8dnmzJckUDvzfxvCMZR/OdKUm950V8eNhYG8Q"),
        (.tooCostly, "$2b$31$jrrY6UamQ/jUOUVkKckEF./MEodPNVvjVtK1rShwcOfCl6NONJdYO"),
        (
            .tooCostly,
            "$6$rounds=99999999$KwPiP6XYawsNsITq$OJ2VqBTbZSLu5S4eCODz7/DitMReiZs3S/Ets7R9F1vAzemiGwct4jG1Xz1oD16CH1UzwvyFMgKriEjmqjztm0"
        ),
        (.tooCostly, "$7$MU..../....JoC55sDBG.8bgDbQ3cMhx1$P4C6xVVOWfveqgxnzRtoRtbDJyD1lqemdFYwZqzcrc6"),
        (.tooCostly, "$y$jLT$2qi20HMP4G63FAVOSUbdY.$9dfgnU5dJdGLXVampvLE7UMJKnaGoai/32YbcBzTYD6"),
        (.tooCostly, "$scrypt$ln=24,r=8,p=1$c2FsdHNhbHQ$c98+mx8dnmzJckUDvzfxvCMZR/OdKUm950V8eNhYG8Q"),
    ]

    @Test(arguments: refused) func whatIsWeakCostlyOrNoHashIsRefused(code: CredentialError.Code, text: String) {
        do throws(CredentialError) {
            _ = try PasswordHash(text)
            Issue.record("taken")
        } catch {
            #expect(error.code == code, "\(error)")
            #expect(PasswordHash.problem(with: text) == error.message)
            #expect(!error.message.contains("hunter2") && !error.message.contains("correct-horse"))
        }
    }

    @Test func hashesAreNotShown() throws {
        let hash = try PasswordHash(Self.recorded[0].text)
        var dumped = ""
        dump(hash, to: &dumped)
        #expect("\(hash)" == "(argon2id)")
        #expect(!"\(hash) \(String(reflecting: hash)) \(dumped)".contains("cailJ8Zy"))
    }

    /// RFC 7677 §3.
    @Test func theExchangeOfRFC7677() throws {
        let salt = try #require(Base64.decode("W22ZaJ0SNY7soEsUEjb6gQ==".utf8))
        let credential = try #require(ScramCredential(password: Array("pencil".utf8), salt: salt, iterations: 4096))
        var server = try #require(ScramServer(clientFirst: Array("n,,n=user,r=rOprNGfwEbeRWgbNEkqO".utf8)))
        let first = server.begin(credential, isKnown: true, nonce: "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0")
        #expect(
            String(decoding: first, as: UTF8.self)
                == "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096")
        let final =
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
        #expect(
            server.finish(clientFinal: Array(final.utf8), .sha256)
                == .proved(serverFinal: Array("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=".utf8)))
    }

    /// Seeded, so that a failure comes back. What is still taken must be a hash that can be checked or fail, not a crash.
    @Test(arguments: 1...4) func mutationsNeitherCrashNorAreTaken(seed: UInt64) throws {
        var random = Generator(state: seed)
        let alphabet = Array("$./,=:{}0129ajyzABZ+-_*! \u{0}\u{ff}".utf8)
        var taken = 0
        for _ in 0..<3000 {
            var bytes = Array((Self.recorded.randomElement(using: &random)?.text ?? "").utf8)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = alphabet.randomElement(using: &random) ?? 0
                case 1: bytes.insert(alphabet.randomElement(using: &random) ?? 0, at: place)
                case 2: bytes.remove(at: place)
                default: bytes.removeSubrange(place...)
                }
                if bytes.isEmpty { bytes = [0x24] }
            }
            guard let hash = try? PasswordHash(String(decoding: bytes, as: UTF8.self)) else { continue }
            #expect(hash.memory <= .mib(256))
            // Checking all would take minutes.
            if hash.memory <= .kib(4), taken < 20 {
                taken += 1
                #expect(hash.check(Array("another".utf8)) != .matches)
            }
        }
    }
}

/// SplitMix64.
struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

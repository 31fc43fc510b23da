import SMTPProtocol
import Testing

@testable import Credentials

/// The programs that make stored passwords on real systems, asked now; and asked whether they take ours.
@Suite struct RealToolTests {
    private static let password = "s3cret, wörd"

    private func checked(_ text: String?) throws {
        let hash = try PasswordHash(try #require(text))
        #expect(hash.check(Array(Self.password.utf8)) == .matches, "\(hash)")
        #expect(hash.check(Array("s3cret, word".utf8)) == .differs, "\(hash)")
    }

    @Test(
        .enabled(if: Tool.isInstalled("/usr/bin/doveadm")),
        arguments: ["SCRAM-SHA-256", "ARGON2ID", "ARGON2I", "BLF-CRYPT", "SHA512-CRYPT", "SHA256-CRYPT"])
    func doveadm(scheme: String) throws {
        try checked(Tool.run("/usr/bin/doveadm", ["-O", "pw", "-s", scheme, "-p", Self.password]))
    }

    @Test(
        .enabled(if: Tool.isInstalled("/usr/bin/mkpasswd")),
        arguments: ["yescrypt", "gost-yescrypt", "scrypt", "bcrypt", "bcrypt-a", "sha512crypt", "sha256crypt"])
    func mkpasswd(method: String) throws {
        try checked(Tool.run("/usr/bin/mkpasswd", ["-s", "-m", method], input: Self.password))
    }

    @Test(
        .enabled(if: Tool.isInstalled("/usr/bin/mkpasswd")),
        arguments: ["md5crypt", "descrypt", "bsdicrypt", "sunmd5", "nt"])
    func weakMethodsOfMkpasswdAreRefused(method: String) throws {
        let text = try #require(Tool.run("/usr/bin/mkpasswd", ["-s", "-m", method], input: "x"))
        #expect(PasswordHash.problem(with: text)?.contains("guessed in no time") == true, "\(text)")
    }

    @Test(.enabled(if: Tool.isInstalled("/usr/bin/argon2")), arguments: ["-i", "-id"])
    func argon2(type: String) throws {
        try checked(
            Tool.run(
                "/usr/bin/argon2", ["some salt", type, "-t", "2", "-m", "12", "-p", "2", "-e"], input: Self.password))
    }

    @Test(.enabled(if: Tool.isInstalled("/usr/bin/htpasswd")))
    func htpasswd() throws {
        let line = try #require(Tool.run("/usr/bin/htpasswd", ["-nbB", "joe", Self.password]))
        try checked(String(line.dropFirst("joe:".count)))
    }

    @Test(.enabled(if: Tool.isInstalled("/usr/bin/python3")))
    func pythonsScrypt() throws {
        let program = """
            import base64, hashlib
            b = lambda x: base64.b64encode(x).decode().rstrip('=')
            h = hashlib.scrypt('\(Self.password)'.encode(), salt=b'some salt bytes', n=4096, r=8, p=2, dklen=32)
            print('$scrypt$ln=12,r=8,p=2$' + b(b'some salt bytes') + '$' + b(h))
            """
        try checked(Tool.run("/usr/bin/python3", ["-c", program]))
    }

    @Test(
        .enabled(if: Tool.isInstalled("/usr/bin/doveadm")),
        arguments: [
            ("argon2id", "{ARGON2ID}"), ("bcrypt", "{BLF-CRYPT}"), ("sha512-crypt", "{SHA512-CRYPT}"),
            ("yescrypt", "{CRYPT}"), ("scrypt", "{CRYPT}"),
        ])
    func dovecotTakesOurs(scheme: String, prefix: String) throws {
        var random = SystemRandomNumberGenerator()
        let made = try PasswordHash.make(
            Array(Self.password.utf8), scheme: try #require(PasswordHash.Scheme(rawValue: scheme)), using: &random)
        let right = Tool.run("/usr/bin/doveadm", ["-O", "pw", "-t", prefix + made.text, "-p", Self.password])
        #expect(right?.contains("(verified)") == true)
        #expect(Tool.run("/usr/bin/doveadm", ["-O", "pw", "-t", prefix + made.text, "-p", "other"]) == nil)
    }

    @Test(.enabled(if: Tool.isInstalled("/usr/bin/doveadm")))
    func dovecotTakesOurSCRAM() throws {
        let made = try #require(
            ScramCredential(password: Array(Self.password.utf8), salt: Array("saltsaltsaltsalt".utf8), iterations: 4096)
        )
        let text =
            "{SCRAM-SHA-256}4096,\(Base64.encode(made.salt)),\(Base64.encode(made.storedKey)),\(Base64.encode(made.serverKey))"
        let right = Tool.run("/usr/bin/doveadm", ["-O", "pw", "-t", text, "-p", Self.password])
        #expect(right?.contains("(verified)") == true)
    }
}

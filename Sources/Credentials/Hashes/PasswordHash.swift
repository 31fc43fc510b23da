package import MailTypes
package import SMTPProtocol

/// A password as it is stored: enough to check one, and slow to guess from.
///
/// Reads what `doveadm pw`, `mkpasswd`, `htpasswd -B`, `argon2` and Sluice itself write, with or without Dovecot's
/// `{SCHEME}`: argon2id, argon2i, scrypt, yescrypt, bcrypt, SHA-crypt, SCRAM-SHA-256. Plain text, DES, MD5 and plain
/// digests are refused.
package struct PasswordHash: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    enum Form: Hashable, Sendable {
        case argon2(Argon2Hash)
        case crypt(CryptHash)
        case scrypt(ScryptHash)
        case scram(ScramCredential)
    }

    /// What a check came to.
    package enum Check: Hashable, Sendable {
        case matches
        case differs
        /// It could not be made: no memory.
        case failed
    }

    /// No stored password is longer; the lengths of its parts have their own bounds.
    static let maximumLength = 1024

    let form: Form
    /// As it is to be stored; not for logs.
    package let text: String

    /// The method alone: `(argon2id)`.
    package var description: String { "(\(method))" }
    package var customMirror: Mirror { Mirror(self, children: []) }

    package var method: String {
        switch form {
        case .argon2(let hash): hash.isID ? "argon2id" : "argon2i"
        case .crypt(let hash): hash.method.name
        case .scrypt: "scrypt"
        case .scram: "scram-sha-256"
        }
    }

    /// What SCRAM-SHA-256 needs; `nil` for the other methods, which can check a password but take no part in SCRAM.
    package var scram: ScramCredential? {
        if case .scram(let credential) = form { return credential }
        return nil
    }

    /// What one check takes; that of methods which need little is not told.
    package var memory: ByteCount {
        switch form {
        case .argon2(let hash): .kib(hash.memoryKiB)
        case .crypt(let hash): hash.memory
        case .scrypt(let hash): hash.memory
        case .scram: .kib(1)
        }
    }

    /// Reads a stored password.
    package init(_ text: String) throws(CredentialError) {
        guard (1...Self.maximumLength).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7e).contains($0) })
        else { throw Self.malformed }
        let (scheme, rest) = try Self.withoutScheme(text)
        form = try Self.form(rest, scheme: scheme)
        self.text = text
    }

    init(_ form: Form, text: String) {
        self.form = form
        self.text = text
    }

    /// What is wrong with a stored password; `nil` if nothing is.
    package static func problem(with text: String) -> String? {
        do throws(CredentialError) {
            _ = try PasswordHash(text)
            return nil
        } catch {
            return error.message
        }
    }

    /// Checks a password. Blocks, by intention long: tens of milliseconds, and `memory`.
    ///
    /// The comparison takes the same time wherever the first difference is.
    package func check(_ password: [UInt8]) -> Check {
        switch form {
        case .argon2(let hash): hash.check(password)
        case .crypt(let hash): hash.check(password)
        case .scrypt(let hash): hash.check(password)
        case .scram(let credential): credential.check(password)
        }
    }

    static func sameBytes(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        a.count == b.count && zip(a, b).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

import MailTypes
import NIOConcurrencyHelpers
import SMTPProtocol

@testable import Credentials

/// What the verifier's tests share: cheap hashes, a clock that stands still, addresses.
enum Fixtures {
    /// bcrypt at its lowest cost: under a millisecond.
    static func hash(_ password: String) throws -> PasswordHash {
        let made = try CryptHash.make(
            Array(password.utf8), prefix: "$2b$", cost: 4, salt: [UInt8](repeating: 7, count: 16))
        return try PasswordHash(made.stored)
    }

    static func scram(_ password: String, salt: String = "saltsaltsaltsalt", iterations: Int = 4096) throws
        -> PasswordHash
    {
        guard let made = ScramCredential(password: Array(password.utf8), salt: Array(salt.utf8), iterations: iterations)
        else { throw CredentialError(.failed, "PBKDF2") }
        return try PasswordHash(made.stored)
    }

    static func account(_ name: String, _ hash: PasswordHash) throws -> CredentialStore.Account {
        guard let account = AccountName(name), let customer = CustomerID("acme") else {
            throw CredentialError(.malformed, name)
        }
        return .init(name: account, customer: customer, hash: hash)
    }

    static func store(_ passwords: [String: String]) throws -> CredentialStore {
        CredentialStore(try passwords.map { try account($0.key, hash($0.value)) })
    }

    static let home = IPAddress.v4(0xc000_0201)
    static let away = IPAddress.v4(0xc633_6407)
    static let secret = [UInt8](repeating: 9, count: 16)
}

/// Time that passes when it is told to.
final class TestClock: Sendable {
    private let time = NIOLockedValueBox(Timestamp(seconds: 1_000_000))

    var now: @Sendable () -> Timestamp { { [time] in time.withLockedValue { $0 } } }

    func advance(_ duration: Duration) { time.withLockedValue { $0 = $0 + duration } }
}

extension PasswordVerifier {
    func answer(_ user: String, _ password: String, from address: IPAddress = Fixtures.home) async -> Answer {
        await withCheckedContinuation { continuation in
            verify(user: user, password: Array(password.utf8), from: address) { continuation.resume(returning: $0) }
        }
    }
}

/// A value that expectations may change: they cannot call mutating functions of a variable.
final class Box<Value> {
    var value: Value

    init(_ value: Value) { self.value = value }
}

import Crypto
import MailTypes
import NIOConcurrencyHelpers
import NIOCore
import SMTPProtocol
import SMTPServing

/// One account, `joe` of `acme` with the password `pencil`; SCRAM keys are derived from it here.
final class TestAccounts: Authenticating {
    static let salt: [UInt8] = Array("sixteen bytes of".utf8)
    static let iterations = 4096

    private let scramEnds = NIOLockedValueBox<[Bool]>([])
    var scramOutcomes: [Bool] { scramEnds.withLockedValue { $0 } }

    func verify(
        user: String, password: [UInt8], peer: PeerInfo, on loop: any EventLoop
    ) -> EventLoopFuture<AuthenticationResult> {
        guard user != "broken", let customer = CustomerID("acme"), let account = AccountName(user) else {
            return loop.makeSucceededFuture(.unavailable)
        }
        let fits = user == "joe" && password == Array("pencil".utf8)
        return loop.makeSucceededFuture(fits ? .accepted(customer, account) : .rejected)
    }

    func scramCredential(user: String, peer: PeerInfo, on loop: any EventLoop) -> EventLoopFuture<ScramLookup> {
        guard let customer = CustomerID("acme"), let account = AccountName(user) else {
            return loop.makeSucceededFuture(.unavailable)
        }
        let credential = Self.credential(password: "pencil")
        return loop.makeSucceededFuture(user == "joe" ? .found(credential, customer, account) : .unknown(credential))
    }

    func scramFinished(user: String, peer: PeerInfo, succeeded: Bool) {
        scramEnds.withLockedValue { $0.append(succeeded) }
    }

    static func saltedPassword(_ password: String) -> [UInt8] {
        let hmac = ScramFunctions.crypto.hmac
        var block = hmac(Array(password.utf8), salt + [0, 0, 0, 1])
        var result = block
        for _ in 1..<iterations {
            block = hmac(Array(password.utf8), block)
            result = zip(result, block).map { $0 ^ $1 }
        }
        return result
    }

    static func credential(password: String) -> ScramCredential {
        let functions = ScramFunctions.crypto
        let salted = saltedPassword(password)
        let clientKey = functions.hmac(salted, Array("Client Key".utf8))
        return ScramCredential(
            salt: salt, iterations: iterations, storedKey: functions.hash(clientKey),
            serverKey: functions.hmac(salted, Array("Server Key".utf8)))
    }
}

import SMTPProtocol

@testable import SMTPServing

/// The client's side of SCRAM-SHA-256 (RFC 5802 §3), as a test needs it.
struct ScramClient {
    var user: String
    var password: String
    private let nonce = "rOprNGfwEbeRWgbNEkqO"

    var first: String { Base64.encode(Array("n,,n=\(user),r=\(nonce)".utf8)) }

    /// The client-final message, and the signature that the server must show.
    func final(_ challenge: String) throws -> (message: String, serverFinal: String) {
        guard let bytes = Base64.decode(Array(challenge.utf8)) else { throw TestError.badFixture(challenge) }
        let serverFirst = String(decoding: bytes, as: UTF8.self)
        guard let server = serverFirst.split(separator: ",").first else { throw TestError.badFixture(serverFirst) }
        let withoutProof = "c=biws,\(server)"
        let message = Array("n=\(user),r=\(nonce),\(serverFirst),\(withoutProof)".utf8)
        let functions = ScramFunctions.crypto
        let salted = TestAccounts.saltedPassword(password)
        let clientKey = functions.hmac(salted, Array("Client Key".utf8))
        let signature = functions.hmac(functions.hash(clientKey), message)
        let proof = zip(clientKey, signature).map { $0 ^ $1 }
        let own = functions.hmac(functions.hmac(salted, Array("Server Key".utf8)), message)
        return (
            Base64.encode(Array("\(withoutProof),p=\(Base64.encode(proof))".utf8)),
            Base64.encode(Array("v=\(Base64.encode(own))".utf8))
        )
    }
}

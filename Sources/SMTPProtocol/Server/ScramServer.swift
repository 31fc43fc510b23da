/// The hash functions of SCRAM-SHA-256, given from outside: this module computes none.
package struct ScramFunctions: Sendable {
    /// HMAC-SHA-256 of the message under the key.
    package var hmac: @Sendable (_ key: [UInt8], _ message: [UInt8]) -> [UInt8]
    /// SHA-256.
    package var hash: @Sendable (_ message: [UInt8]) -> [UInt8]

    package init(
        hmac: @escaping @Sendable (_ key: [UInt8], _ message: [UInt8]) -> [UInt8],
        hash: @escaping @Sendable (_ message: [UInt8]) -> [UInt8]
    ) {
        self.hmac = hmac
        self.hash = hash
    }
}

/// The server's side of one SCRAM-SHA-256 exchange (RFC 5802 §5, RFC 7677), without channel binding. Pure.
package struct ScramServer: Hashable, Sendable {
    package enum Outcome: Hashable, Sendable {
        /// The client knows the password; the server's own proof.
        case proved(serverFinal: [UInt8])
        case wrong
    }

    package let user: String
    private let gs2Header: [UInt8]
    private let clientFirstBare: [UInt8]
    private let clientNonce: String
    private var serverFirst: [UInt8] = []
    private var nonce = ""
    private var credential: ScramCredential?
    private var isKnown = false

    /// Reads `n,,n=user,r=nonce`. `nil` for channel binding (not offered), for another authorisation identity than the
    /// user, for extensions, and for anything else that does not fit.
    package init?(clientFirst bytes: [UInt8]) {
        guard bytes.count <= 1024, let text = String(validating: bytes, as: UTF8.self) else { return nil }
        let parts = text.split(separator: ",", maxSplits: 4, omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "n" || parts[0] == "y", parts[2].hasPrefix("n="), parts[3].hasPrefix("r="),
            let user = Self.name(parts[2].dropFirst(2))
        else { return nil }
        guard parts[1].isEmpty || (parts[1].hasPrefix("a=") && Self.name(parts[1].dropFirst(2)) == user) else {
            return nil
        }
        let nonce = parts[3].dropFirst(2)
        guard (8...256).contains(nonce.utf8.count), nonce.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            return nil
        }
        self.user = user
        clientNonce = String(nonce)
        gs2Header = Array("\(parts[0]),\(parts[1]),".utf8)
        clientFirstBare = Array("\(parts[2]),\(parts[3])".utf8)
    }

    /// The server-first message. With `isKnown` false the exchange goes on as with any user, and no proof fits.
    package mutating func begin(_ credential: ScramCredential, isKnown: Bool, nonce: String) -> [UInt8] {
        self.credential = credential
        self.isKnown = isKnown
        self.nonce = clientNonce + nonce
        serverFirst = Array("r=\(self.nonce),s=\(Base64.encode(credential.salt)),i=\(credential.iterations)".utf8)
        return serverFirst
    }

    /// Checks the client-final message. `nil` if it is none.
    package func finish(clientFinal bytes: [UInt8], _ functions: ScramFunctions) -> Outcome? {
        guard let credential, bytes.count <= 2048, let text = String(validating: bytes, as: UTF8.self) else {
            return nil
        }
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "c=" + Base64.encode(gs2Header), parts[1] == "r=" + nonce,
            parts[2].hasPrefix("p="), let proof = Base64.decode(Array(parts[2].dropFirst(2).utf8)), proof.count == 32
        else { return nil }
        let message = clientFirstBare + [0x2c] + serverFirst + [0x2c] + Array("\(parts[0]),\(parts[1])".utf8)
        let signature = functions.hmac(credential.storedKey, message)
        guard signature.count == proof.count else { return nil }
        let clientKey = zip(proof, signature).map { $0 ^ $1 }
        let fits = Self.constantTimeEquals(functions.hash(clientKey), credential.storedKey)
        guard fits, isKnown else { return .wrong }
        let own = functions.hmac(credential.serverKey, message)
        return .proved(serverFinal: Array("v=\(Base64.encode(own))".utf8))
    }

    /// `=2C` is a comma and `=3D` an equals sign; no other `=` (RFC 5802 §5.1).
    private static func name(_ text: Substring) -> String? {
        var result: [UInt8] = []
        var bytes = text.utf8[...]
        while let byte = bytes.popFirst() {
            if byte != UInt8(ascii: "=") {
                result.append(byte)
                continue
            }
            if bytes.starts(with: "2C".utf8) {
                result.append(UInt8(ascii: ","))
            } else if bytes.starts(with: "3D".utf8) {
                result.append(UInt8(ascii: "="))
            } else {
                return nil
            }
            bytes = bytes.dropFirst(2)
        }
        return result.isEmpty ? nil : String(validating: result, as: UTF8.self)
    }

    private static func constantTimeEquals(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        guard a.count == b.count else { return false }
        return zip(a, b).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

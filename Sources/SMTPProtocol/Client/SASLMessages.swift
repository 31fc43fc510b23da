/// The client's side of the two password mechanisms.
enum SASLMessages {
    /// `authzid NUL authcid NUL password` (RFC 4616 §2), in base64.
    static func plain(_ credentials: ClientCredentials) -> [UInt8] {
        base64([0] + Array(credentials.user.utf8) + [0] + Array(credentials.password.utf8))
    }

    static func loginUser(_ credentials: ClientCredentials) -> [UInt8] { base64(Array(credentials.user.utf8)) }

    static func loginPassword(_ credentials: ClientCredentials) -> [UInt8] { base64(Array(credentials.password.utf8)) }

    private static func base64(_ bytes: [UInt8]) -> [UInt8] { Array(Base64.encode(bytes).utf8) }
}

/// Takes a message with its envelope.
package protocol MessageInjector {
    /// Throws when it was not taken for every recipient; what was taken before is told in the error.
    mutating func inject(_ content: [UInt8], sender: String, recipients: [String]) throws(CleanupError)
}

/// Addresses that may stand in an SMTP command or an argument vector.
enum InjectedAddress {
    static func check(_ address: String, isSender: Bool) throws(CleanupError) {
        if isSender, address.isEmpty { return }
        guard !address.isEmpty, address.utf8.count <= 1000,
            address.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }), !address.contains("<"), !address.contains(">")
        else { throw CleanupError(.restore, "an address that cannot be given on") }
    }
}

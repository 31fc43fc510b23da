import ControlStore
import Inspection
import Logging
import MailTypes

/// What detection remembers, kept over a restart in the control database, with the key of its address hashes.
struct DetectorMemory: Sendable {
    private static let keyName = "recipient-hash-key"
    private static let decoyName = "login-decoy-secret"
    private static let stateName = "detector"

    let control: ControlDatabase
    let logger: Logger

    /// The key of the address hashes: made once, and kept with the state. Blocks.
    func hashKey() throws(ControlError) -> (UInt64, UInt64) {
        let bytes = try secret(Self.keyName)
        func word(_ part: ArraySlice<UInt8>) -> UInt64 { part.reduce(0) { $0 << 8 | UInt64($1) } }
        return (word(bytes[..<8]), word(bytes[8...]))
    }

    /// What unknown users are shown in SCRAM is derived from this. Blocks.
    func decoySecret() throws(ControlError) -> [UInt8] { try secret(Self.decoyName) }

    /// 16 random bytes, the same after each restart.
    private func secret(_ name: String) throws(ControlError) -> [UInt8] {
        if let stored = try control.value(name), stored.bytes.count == 16 { return stored.bytes }
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) }
        try control.setValue(name, bytes, at: Clock.now())
        return bytes
    }

    // MARK: - State

    /// Gives the inspector what was known before. A state that cannot be read costs what was learnt, not the service.
    func restore(_ inspector: Inspector) {
        do {
            guard let stored = try control.value(Self.stateName) else { return }
            try inspector.restore(stored.bytes)
            logger.info("detection remembers", metadata: ["sources": "\(inspector.trackedSources)"])
        } catch {
            logger.warning("what detection knew cannot be read; it begins anew", metadata: ["error": "\(error)"])
        }
    }

    /// Writes what is known. Blocks.
    func save(_ inspector: Inspector) {
        do {
            try control.setValue(Self.stateName, inspector.snapshot(), at: Clock.now())
        } catch {
            logger.error("what detection knows cannot be written", metadata: ["error": "\(error)"])
        }
    }
}

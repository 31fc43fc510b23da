import MailTypes

/// What an account's recent logins say.
struct LoginRecord: Hashable, Sendable {
    /// How long a login from a strange network casts doubt: its weight is halved in this time.
    static let halfLife: Double = 4 * 86_400

    /// Failed attempts of the day.
    var failures = WindowCount()
    /// Good logins from networks that neither the account nor its customer used before, fading.
    var strange = 0.0
    var strangeSince = Timestamp.distantPast
    /// A good login came from a strange network after failures of the same day.
    var guessed = 0.0
    /// The network of a good login is one from which other accounts were abused, or newly used by several.
    var shared = 0.0
    var updated = Timestamp.distantPast
    /// Strange networks of the last days, each once.
    var networks = TraitMemory()

    mutating func advance(to time: Timestamp) {
        let elapsed = (time - updated).inSeconds
        guard elapsed > 0 else { return }
        failures.advance(to: time.seconds, width: Rates.widths.day)
        if strange > 0 || shared > 0 || guessed > 0 {
            let factor = Exponential.decay(min(elapsed, 30 * 86_400), halfLife: Self.halfLife)
            strange = strange * factor < 0.05 ? 0 : strange * factor
            guessed = guessed * factor < 0.05 ? 0 : guessed * factor
            shared = shared * factor < 0.05 ? 0 : shared * factor
        }
        updated = time
    }
}

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
    /// A good login came from a country from which neither the account nor its customer ever did.
    var abroad = 0.0
    /// The network of the last good login that was of a known place, and when.
    var latest: UInt64 = 0
    var latestTime = Timestamp.distantPast
    var updated = Timestamp.distantPast
    /// Strange networks of the last days, each once.
    var networks = TraitMemory()

    /// Whether a message that is submitted from that network comes from where its owner, at a place of his, logged in within
    /// a day: who stole the password is elsewhere. Never so for servers, through which all submit.
    func isAtHome(_ network: UInt64, at time: Timestamp) -> Bool {
        latest == network && latest != 0 && time - latestTime <= .seconds(86_400) && time >= latestTime
    }

    mutating func advance(to time: Timestamp) {
        let elapsed = (time - updated).inSeconds
        guard elapsed > 0 else { return }
        failures.advance(to: time.seconds, width: Rates.widths.day)
        if strange > 0 || shared > 0 || guessed > 0 || abroad > 0 {
            let factor = Exponential.decay(min(elapsed, 30 * 86_400), halfLife: Self.halfLife)
            strange = strange * factor < 0.05 ? 0 : strange * factor
            guessed = guessed * factor < 0.05 ? 0 : guessed * factor
            shared = shared * factor < 0.05 ? 0 : shared * factor
            abroad = abroad * factor < 0.05 ? 0 : abroad * factor
        }
        updated = time
    }
}

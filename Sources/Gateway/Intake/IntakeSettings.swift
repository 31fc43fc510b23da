import MailTypes
package import SluiceConfiguration

/// What the configuration says about mail that comes in.
package struct IntakeSettings: Sendable {
    package var directory: CustomerDirectory
    /// Whom a refused sender may ask.
    package var helpAddress: String
    /// How long held mail waits for a person.
    package var holdDeadline: Duration
    /// How long delivery is tried.
    package var queueLifetime: Duration
    /// A message from here on, in log-odds, leaves through the risky pool.
    package var doubtful: Double
    /// Mailboxes of the gateway's own.
    package var feedback: FeedbackMailbox
    /// DNS lists of link domains, if there are any.
    package var linkLists: LinkLists?
    /// Where logins come from, if there is a database.
    package var places: LoginPlaces?

    package init(_ configuration: Configuration) {
        directory = CustomerDirectory(configuration.customers)
        helpAddress = SafeText.ascii(
            (configuration.notices.operators.first ?? configuration.notices.from).description, limit: 254)
        holdDeadline = configuration.hold.deadline
        queueLifetime = configuration.delivery.lifetime
        doubtful = configuration.detection.suspect
        feedback = FeedbackMailbox(configuration.feedback)
    }

    func with(_ lists: LinkLists?) -> IntakeSettings {
        var settings = self
        settings.linkLists = lists
        return settings
    }
}

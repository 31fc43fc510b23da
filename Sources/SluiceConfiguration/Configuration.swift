package import MailTypes
package import SMTPProtocol

/// Everything that `sluice.yaml` says, checked and with its defaults filled in. Two of them can be compared, so that a reload
/// can tell what changed.
package struct Configuration: Hashable, Sendable {
    /// The gateway's own name, in greetings and trace fields.
    package var hostname: DomainName
    /// Holds the spool, the control database and what detection has learned.
    package var stateDirectory: String
    /// Whom to become after the listeners are bound; `nil`: nobody else.
    package var user: String?
    /// `nil`: the user's own group.
    package var group: String?
    package var listeners: [Listener]
    package var tls: TLS?
    package var customers: [Customer]
    package var limits: IntakeLimits
    /// Of all customers; `sendingLimits(of:)` has those of one.
    package var sendingLimits: SendingLimits
    package var spool: SpoolLimits
    package var routes: [Route]
    package var egress: Egress
    package var delivery: Delivery
    package var dns: DNS
    package var detection: Detection
    package var hold: Hold
    package var stops: Stops
    package var cases: Cases
    package var notices: Notices
    package var feedback: Feedback
    /// `nil`: no mail server asks.
    package var milter: Milter?
    package var http: HTTP
    package var logging: Logging

    /// Reads all sections in the order in which the example shows them.
    init(_ section: Section) {
        let machine = DomainName(section.decoding.isDocumenting ? "localhost" : section.decoding.files.hostName())
        let standard = machine ?? Self.localhost
        hostname =
            section.optional(
                "hostname", .domain, example: "mail.example.org",
                """
                The gateway's own name, in greetings and trace fields. Its address should have this name in reverse, or receivers
                will distrust it. Left out: the machine's name.
                """) ?? standard
        stateDirectory = section.decoding.resolved(
            section.value(
                "state-directory", .directory, default: "./var",
                """
                Holds the spool, the control database and what detection has learned. Relative names, here and below, are taken
                from this file's directory.
                """))
        user = section.optional(
            "user", .text("the name of a user", limit: 64), example: "sluice",
            "Whom to become after the listeners are bound, when started as root.")
        group = section.optional(
            "group", .text("the name of a group", limit: 64), example: "sluice", "Left out: the user's own group.")
        let own = hostname
        let listeners = section.sections(
            "listeners",
            """
            Where mail is taken. Left out: one relay listener on 127.0.0.1:2525. Nobody can relay whom no customer's servers
            or accounts name, whatever stands here.
            """, Listener.init)
        self.listeners = listeners ?? [.embedded]
        tls = section.optionalSection(
            "tls", "The certificate of the listeners: for STARTTLS on relay and submission, needed for submissions.",
            TLS.init)
        customers =
            section.sections("customers", "Who may send, and as whom. Nobody else can.", Customer.init) ?? []
        limits = section.section("limits", "Bounds of the intake.", IntakeLimits.init)
        sendingLimits = section.section(
            "sending-limits",
            "Plain limits of what may be sent, judged before detection; a customer's own take their place.",
            SendingLimits.init)
        spool = section.section("spool", "Accepted mail on the disk.", SpoolLimits.init)
        routes =
            section.sections(
                "routes", "Which way mail goes: the first route that matches decides. Without one: by MX records.",
                Route.init) ?? []
        egress = section.section(
            "egress",
            """
            Addresses that mail leaves from. Mail that was held or in doubt leaves through the risky pool only, so that it
            cannot spoil the reputation of the clean one.
            """
        ) { Egress($0, hostname: own) }
        delivery = section.section("delivery", "Delivery to other hosts.", Delivery.init)
        dns = section.section("dns", "Name resolution.", DNS.init)
        detection = section.section(
            "detection", "When mail is held and sources are stopped; thresholds are log-odds (3.5 is 97 %).",
            Detection.init)
        hold = section.section("hold", "Held mail.", Hold.init)
        stops = section.section("stops", "Stopped sources.", Stops.init)
        cases = section.section(
            "cases", "What is asked before a stopped source may send again, and how closely it is watched then.",
            Cases.init)
        notices = section.section("notices", "Who is told what, by mail.") { Notices($0, hostname: own) }
        feedback = section.section(
            "feedback",
            "Complaints (ARF) and bounces (DSN) that come back by mail, and are taken at mailboxes of the gateway.",
            Feedback.init)
        milter = section.optionalSection(
            "milter",
            """
            A filter beside a mail server that sends by itself (Postfix, Sendmail). What is clean stays with the mail server;
            what is held is kept here and, when released, goes by the routes: to a port of the mail server that does not ask
            the filter again.
            """, Milter.init)
        http = section.section("http", "Health, metrics and the console.", HTTP.init)
        logging = section.section("logging", "The log.", Logging.init)
    }

    private static let localhost: DomainName = {
        guard let name = DomainName("localhost") else { preconditionFailure("localhost is a domain name") }
        return name
    }()
}

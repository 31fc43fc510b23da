/// What was gathered about a host's mail servers: the texts of their configurations, as they are.
package struct MTAFacts: Sendable, Hashable {
    /// The parts, each by its path below the folder `mta` of collected files.
    package enum Part: String, Sendable, Hashable, CaseIterable {
        case postconfChanged = "postfix/postconf-n"
        /// `postconf` without options: with the defaults, and so with the version.
        case postconfAll = "postfix/postconf"
        case postconfServices = "postfix/postconf-M"
        case mainCF = "postfix/main.cf"
        case masterCF = "postfix/master.cf"
        case eximValues = "exim/bP"
        case eximFile = "exim/config"
        /// `exim -bV`.
        case eximVersion = "exim/bV"
        /// The version of Debian's package, which -bV does not tell.
        case eximPackage = "exim/package"
        case openSMTPD = "opensmtpd/smtpd.conf"
        case sendmailCF = "sendmail/sendmail.cf"
        case sendmailMC = "sendmail/sendmail.mc"
        case sendmailAccess = "sendmail/access"
        case sendmailRelayDomains = "sendmail/relay-domains"
        case doveconf = "dovecot/doveconf-n"
        case listening = "listening"
        /// /etc/resolv.conf: whom the host asks, lists included.
        case resolver = "resolv.conf"
        /// Marks that container engines leave in a container.
        case container = "container"
        /// /proc/net/route: the gateway.
        case routes = "routes"
    }

    /// One text, and where it came from, for the evidence.
    package struct Source: Sendable, Hashable {
        package var name: String
        package var text: String

        package init(name: String, text: String) {
            self.name = name
            self.text = text
        }
    }

    /// The host, as the operator names it.
    package var target: String
    package var parts: [Part: Source] = [:]
    /// Texts of lookup tables and of files that lists are read from, by their path in the configuration.
    package var tables: [String: String] = [:]
    /// Ports that the world reaches under another number or behind a forwarding: inside → outside.
    package var published: [Int: Int] = [:]
    /// What is there and could not be read, for people.
    package var problems: [String] = []

    package init(target: String) { self.target = target }

    /// A configuration is no larger; what is larger is not looked at.
    package static let maximumText = 16 << 20

    package subscript(part: Part) -> Source? { parts[part] }
}

import Glibc
package import MailTypes

/// What `sluice check relay` was told.
package struct RelayProbeSettings: Sendable {
    package struct Login: Sendable {
        package var account: String
        package var password: String

        package init(account: String, password: String) {
            self.account = account
            self.password = password
        }
    }

    /// The one host that is ever connected to.
    package var host: String
    package var port: Int
    /// The port that the world knows it by, if something forwards; findings about port 25 go by it.
    package var publicPort: Int?
    package var ownDomain: DomainName?
    package var recipient: EmailAddress
    package var sender: EmailAddress
    /// An own mailbox elsewhere that one message is really sent to, if a stranger's mail for it is taken; `nil`: nothing is sent.
    package var deliverTo: EmailAddress?
    /// The address of this machine to connect from; `nil`: the system chooses.
    package var source: IPAddress?
    /// The name that the probe gives in EHLO.
    package var helo: String
    package var logins: [Login] = []
    /// Between two commands: a probe is no load.
    package var pace: Duration = .milliseconds(200)
    /// More are never opened.
    package var maximumConnections = 24
    /// Servers slow down or hang up after ten refusals (Postfix' `smtpd_soft_error_limit`).
    package var refusalsPerConnection = 8
    /// For one answer. Servers let strangers wait for their greeting: Postfix' postscreen six seconds, tarpits longer.
    package var timeout: Duration = .seconds(60)
    /// For all tries: a server that answers each after a minute would hold the probe for an hour.
    package var maximumDuration: Duration = .seconds(900)
    /// A login over clear text, for servers on this machine only.
    package var allowsClearLogin = false
    /// Makes up mailboxes that cannot exist.
    package var nonce: String
    /// Seconds since 1970, for how long a certificate is good.
    package var now: @Sendable () -> Double = { Double(time(nil)) }

    /// Logins that are tried in one run: account lock-outs begin at five to ten.
    package static let maximumLogins = 5

    package init(
        host: String, port: Int, ownDomain: DomainName?, recipient: EmailAddress, sender: EmailAddress, helo: String,
        nonce: String
    ) {
        self.host = host
        self.port = port
        self.ownDomain = ownDomain
        self.recipient = recipient
        self.sender = sender
        self.helo = helo
        self.nonce = nonce
    }

    /// Reads `account:password` a line; `#` begins a comment.
    package static func logins(_ text: String) throws(AuditError) -> [Login] {
        var logins: [Login] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = line.last == "\r" ? line.dropLast() : line
            if line.isEmpty || line.hasPrefix("#") { continue }
            guard let colon = line.firstIndex(of: ":"), colon != line.startIndex, line.utf8.count <= 512 else {
                throw AuditError(.input, "line \(index + 1): a login is account:password")
            }
            guard logins.count < maximumLogins else {
                throw AuditError(.input, "line \(index + 1): at most \(maximumLogins) logins are tried")
            }
            logins.append(Login(account: String(line[..<colon]), password: String(line[line.index(after: colon)...])))
        }
        return logins
    }
}

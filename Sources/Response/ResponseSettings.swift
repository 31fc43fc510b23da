package import Enforcement
package import MailTypes
package import Notices

/// Whom the response tells, under which name, and how long what it does lasts.
package struct ResponseSettings: Hashable, Sendable {
    /// The notices' author and this gateway's name; `nil`: no notices are sent.
    package var sender: Sender?
    /// Who gets the operator's notices; empty: nobody.
    package var operators: [EmailAddress] = []
    package var contacts: [CustomerID: Contact] = [:]
    /// Where the console is, such as `https://sluice.example.net`, without a slash at the end.
    package var baseURL: String?
    /// How long held mail is kept, for the notices.
    package var retention: Duration = .seconds(5 * 86_400)
    /// A stop in doubt that nothing confirms ends by itself after this: well before clients give their mail back.
    package var doubtDuration: Duration = .seconds(86_400)
    /// A confirmed stop's end; `nil`: when somebody lifts it.
    package var stopDuration: Duration?
    /// Suspect messages, held or refused, that confirm a stop.
    package var confirmAfter = 6
    /// Held mail of a source that may send again is released if its own log-odds lie below this; the rest waits for a
    /// person or its deadline. What a person calls a false alarm is released whatever its log-odds.
    package var releaseBelow = 6.0
    /// Held mail of a source that is reinstated is deleted if its own log-odds reach this, or if it is of the incident's campaign
    /// and not below `releaseBelow`. What lies between waits for a person or its deadline.
    package var deleteFrom = 10.0
    /// Whether held mail of a campaign is deleted when its stop is confirmed; else it waits for a person or its deadline.
    package var deletesConfirmedCampaigns = false
    /// What is asked before a stopped source may send again.
    package var checks = CheckPolicy()
    /// The operator's words.
    package var template = NoticeTemplate.english
    /// Where notices go for programs.
    package var webhooks: [Webhook] = []
    /// The second contact is told when nobody has begun after this; `nil`: never.
    package var escalateAfter: Duration?
    /// How long delivery of a notice is tried.
    package var noticeLifetime: Duration = .seconds(3 * 86_400)

    package init() {}

    package struct Sender: Hashable, Sendable {
        package var address: EmailAddress
        package var hostname: DomainName

        package init(address: EmailAddress, hostname: DomainName) {
            self.address = address
            self.hostname = hostname
        }
    }

    /// A web address that is told, signed and in order.
    package struct Webhook: Hashable, Sendable {
        package var url: String
        package var audiences: Set<NoticePlan.Audience>

        package init(url: String, audiences: Set<NoticePlan.Audience>) {
            self.url = url
            self.audiences = audiences
        }
    }

    /// The customer's people for such matters.
    package struct Contact: Hashable, Sendable {
        /// For people.
        package var name: String
        package var addresses: [EmailAddress]
        /// Who is told when nobody answers.
        package var second: [EmailAddress] = []
        /// Who gets reports for programs (ARF).
        package var reports: [EmailAddress] = []
        /// What is not told by letter; everything stands on the case's page all the same.
        package var muted: Set<NoticePlan.Stage> = []
        package var template = NoticeTemplate.english
        /// The customer's first domain.
        package var domain: DomainName?

        package init(name: String, addresses: [EmailAddress]) {
            self.name = name
            self.addresses = addresses
        }
    }
}

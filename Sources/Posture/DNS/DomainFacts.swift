package import MailTypes

/// What DNS says about one domain that mail is sent in the name of.
package struct DomainFacts: Sendable, Hashable {
    /// One MX record; no host: the null MX (RFC 7505).
    package struct Exchange: Sendable, Hashable {
        package var preference: UInt16
        package var host: DomainName?

        package init(preference: UInt16, host: DomainName?) {
            self.preference = preference
            self.host = host
        }
    }

    package struct Host: Sendable, Hashable {
        package var addresses: DNSAnswer<IPAddress>
        /// A CNAME at the host's own name.
        package var alias: DNSAnswer<DomainName>
        /// TLSA records' data at `_25._tcp`.
        package var tlsa: DNSAnswer<[UInt8]>
        /// What the host showed behind STARTTLS; asked for only where there are TLSA records.
        package var presented = Presented.notAsked("give --online")

        package init(addresses: DNSAnswer<IPAddress>, alias: DNSAnswer<DomainName>, tlsa: DNSAnswer<[UInt8]>) {
            self.addresses = addresses
            self.alias = alias
            self.tlsa = tlsa
        }
    }

    /// Certificates that a mail host shows behind STARTTLS, its own first.
    package enum Presented: Sendable, Hashable {
        case notAsked(String)
        /// No answer: nothing is known.
        case failure(String)
        /// It answers, and has no TLS.
        case none(String)
        case chain([PresentedCertificate])
    }

    package struct Selector: Sendable, Hashable {
        package var name: String
        /// By the operator, who says that it is in use; else one of the usual names.
        package var isGiven: Bool
        package var texts: DNSAnswer<[UInt8]>

        package init(name: String, isGiven: Bool, texts: DNSAnswer<[UInt8]>) {
            self.name = name
            self.isGiven = isGiven
            self.texts = texts
        }
    }

    /// TXT records at `_dmarc` of the domain or of a parent.
    package struct DMARCLookup: Sendable, Hashable {
        package var domain: DomainName
        package var texts: DNSAnswer<[UInt8]>

        package init(domain: DomainName, texts: DNSAnswer<[UInt8]>) {
            self.domain = domain
            self.texts = texts
        }
    }

    /// The policy of MTA-STS, which lies on a web server.
    package enum Policy: Sendable, Hashable {
        /// With the reason why it was not asked for.
        case notAsked(String)
        case fetched([UInt8])
        /// The server answered something else, or with a certificate that does not hold.
        case wrong(String)
        /// No answer.
        case failure(String)
    }

    package var domain: DomainName
    /// The domain's own addresses count as its mail host without MX (RFC 5321 §5.1).
    package var addresses: DNSAnswer<IPAddress> = .failure("not asked")
    package var exchanges: DNSAnswer<Exchange> = .failure("not asked")
    package var hosts: [DomainName: Host] = [:]
    package var selectors: [Selector] = []
    /// A selector that nobody can have made has a record: then what the usual ones have means nothing.
    package var answersAnySelector = false
    /// From the domain upwards, up to and with the first that has a record.
    package var dmarc: [DMARCLookup] = []
    /// For each other domain that DMARC's reports go to: its own word that it wants them (RFC 7489 §7.1).
    package var reportConsents: [DomainName: DNSAnswer<[UInt8]>] = [:]
    package var mtaSTS: DNSAnswer<[UInt8]> = .failure("not asked")
    package var mtaSTSPolicy: Policy = .notAsked("not asked")
    package var tlsReports: DNSAnswer<[UInt8]> = .failure("not asked")
    /// The resolver validates by DNSSEC: without it, nothing is secure and DANE cannot be judged.
    package var isValidating = false
    /// Somebody sends in the domain's name: a domain that takes no mail must not.
    package var isSending = true

    package init(domain: DomainName) { self.domain = domain }
}

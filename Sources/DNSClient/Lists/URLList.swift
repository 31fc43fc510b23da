package import MailTypes

/// A DNS list of domains that are seen in spam's links.
package struct URLList: Sendable, Hashable {
    /// For people. The zone is not shown: it may hold a key.
    package var name: String
    package var zone: DomainName
    package var codes: ListCodes
    /// A domain that is always listed, and one that never is (RFC 5782 §5 has TEST and INVALID; few lists do).
    package var listedTest: DomainName
    package var unlistedTest: DomainName

    package init(
        name: String, zone: DomainName, codes: ListCodes, listedTest: DomainName, unlistedTest: DomainName,
        removal: String = "see the list's own pages"
    ) {
        self.name = name
        self.zone = zone
        self.codes = codes
        self.listedTest = listedTest
        self.unlistedTest = unlistedTest
        self.removal = removal
    }

    /// The name that is asked for; `nil` if it would be too long.
    package func question(_ domain: DomainName) -> String? {
        guard let ascii = IDNA.ascii(domain), ascii.utf8.count + zone.description.utf8.count < 253 else { return nil }
        return "\(ascii).\(zone)"
    }

    /// Whether the list may be believed, by what it says of its test points: `nil` if it may, else why not.
    package func problem(listed: ListAnswer, unlisted: ListAnswer) -> ListAnswer? {
        switch (listed, unlisted) {
        case (.listed, .notListed): nil
        case (.refused, _), (.unknown, _): listed
        case (_, .refused), (_, .unknown): unlisted
        case (.notListed, _): .unknown("its test point is not listed: it is gone, or answers nobody here")
        case (.listed, .listed): .unknown("it lists what is never listed: it lists everything")
        }
    }

    /// How and when a listing ends.
    package var removal: String

    /// Lists that are known here by name. Their terms bound who may ask how much: none is asked without being configured.
    package enum Known: String, Sendable, Hashable, CaseIterable {
        /// spamhaus.org/faqs/domain-blocklist; codes as docs.spamhaus.com has them under "Available Zones".
        case dbl = "spamhaus-dbl"
        /// surbl.org/lists
        case surbl
        /// uribl.com/about.shtml#implementation
        case uribl
    }

    /// A known list. `zone` replaces the public one, as with a key of one's own (`KEY.dbl.dq.spamhaus.net`).
    package init?(_ known: Known, zone: DomainName? = nil) {
        let names: (zone: String, test: String) =
            switch known {
            case .dbl: ("dbl.spamhaus.org", "dbltest.com")
            case .surbl: ("multi.surbl.org", "surbl-org-permanent-test-point.com")
            case .uribl: ("multi.uribl.com", "test.uribl.com")
            }
        guard let publicZone = DomainName(names.zone), let test = DomainName(names.test),
            let unlisted = DomainName("example.com")
        else { return nil }
        self.init(
            name: known.rawValue, zone: zone ?? publicZone, codes: Self.codes(known), listedTest: test,
            unlistedTest: unlisted, removal: Self.removal(known))
    }

    private static func removal(_ known: Known) -> String {
        switch known {
        case .dbl: "check.spamhaus.org, by the form; entries end by themselves when the domain is no longer seen"
        case .surbl: "surbl.org/surbl-analysis, by the form"
        case .uribl: "admin.uribl.com, by its form, with an account"
        }
    }

    private static func codes(_ known: Known) -> ListCodes {
        switch known {
        case .dbl:
            ListCodes(
                .values([
                    0x0102: ListMeaning(.spam, "a domain of poor reputation"),
                    0x0104: ListMeaning(.phishing, "a phishing domain"),
                    0x0105: ListMeaning(.malware, "a malware domain"),
                    0x0106: ListMeaning(.botnet, "a botnet's control domain"),
                    0x0166: ListMeaning(.abused, "an honest domain, abused for spam"),
                    0x0167: ListMeaning(.abused, "an abused redirector"),
                    0x0168: ListMeaning(.abused, "an honest domain, abused for phishing"),
                    0x0169: ListMeaning(.abused, "an honest domain, abused for malware"),
                    0x016a: ListMeaning(.abused, "an honest domain, abused by a botnet"),
                ]))
        case .surbl:
            ListCodes(
                .bits([
                    8: ListMeaning(.phishing, "a phishing domain"), 16: ListMeaning(.malware, "a malware domain"),
                    64: ListMeaning(.spam, "a domain of spam"), 128: ListMeaning(.abused, "a cracked site"),
                ]))
        case .uribl:
            ListCodes(
                .bits([
                    2: ListMeaning(.spam, "a spammer's domain"),
                    4: ListMeaning(.grey, "bulk mail, not all unasked for"),
                    8: ListMeaning(.grey, "new, or its owner hidden"),
                ]))
        }
    }
}

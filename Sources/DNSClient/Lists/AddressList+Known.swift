package import MailTypes

extension AddressList {
    /// Lists that are known here by name, with what their operators document about codes, IPv6 and removal.
    package enum Known: String, Sendable, Hashable, CaseIterable {
        /// docs.spamhaus.com "Available Zones"; CSS covers a /64 of IPv6 (spamhaus.org/faqs/combined-spam-sources-css).
        case zen = "spamhaus-zen"
        /// spamcop.net/fom-serve/cache/291.html
        case spamcop
        /// psbl.org/faq
        case psbl
        /// uceprotect.net/en/index.php?m=3&s=3
        case uceprotect1 = "uceprotect-1"
        /// dronebl.org/docs/howtouse
        case dronebl
        /// usenix.org.uk/content/rbl.html
        case s5h
        /// barracudacentral.org/rbl/how-to-use: answers registered resolvers only.
        case barracuda
        /// mailspike.org/usage.html
        case mailspike
        /// blocklist.de/en/rbldns.html
        case blocklistDE = "blocklist-de"

        /// Answers everybody's own resolver, within fair use.
        package var isDefault: Bool {
            switch self {
            case .zen, .spamcop, .psbl, .uceprotect1, .dronebl, .s5h: true
            case .barracuda, .mailspike, .blocklistDE: false
            }
        }
    }

    /// A known list. `zone` replaces the public one, as with a key of one's own (`KEY.zen.dq.spamhaus.net`).
    package init?(_ known: Known, zone: DomainName? = nil) {
        guard let publicZone = DomainName(Self.zone(known)) else { return nil }
        self.init(
            name: known.rawValue, zone: zone ?? publicZone, hasIPv6: [.zen, .dronebl, .s5h].contains(known),
            hasIPv6TestPoint: [.zen, .s5h].contains(known), ipv6Unit: known == .zen ? 64 : 128,
            codes: Self.codes(known), removal: Self.removal(known))
    }

    private static func zone(_ known: Known) -> String {
        switch known {
        case .zen: "zen.spamhaus.org"
        case .spamcop: "bl.spamcop.net"
        case .psbl: "psbl.surriel.com"
        case .uceprotect1: "dnsbl-1.uceprotect.net"
        case .dronebl: "dnsbl.dronebl.org"
        case .s5h: "all.s5h.net"
        case .barracuda: "b.barracudacentral.org"
        case .mailspike: "bl.mailspike.net"
        case .blocklistDE: "bl.blocklist.de"
        }
    }

    private static func codes(_ known: Known) -> ListCodes {
        func only(_ kind: ListKind, _ text: String) -> ListCodes { ListCodes(.values([2: ListMeaning(kind, text)])) }
        return switch known {
        case .zen: ListCodes(.values(zenCodes))
        case .dronebl: ListCodes(.values(droneCodes))
        case .spamcop: only(.spam, "users of SpamCop report spam from it")
        case .psbl: only(.spam, "it sent to a spam trap")
        case .uceprotect1: only(.spam, "it sent to a spam trap within seven days")
        case .s5h: only(.spam, "spam or an attack was seen from it")
        case .barracuda: only(.spam, "Barracuda's systems see spam from it")
        case .mailspike:
            ListCodes(
                .values([
                    2: ListMeaning(.spam, "listed"), 10: ListMeaning(.spam, "reputation: worst possible"),
                    11: ListMeaning(.spam, "reputation: very bad"), 12: ListMeaning(.spam, "reputation: bad"),
                    13: ListMeaning(.grey, "reputation: suspicious"),
                ]))
        case .blocklistDE: ListCodes(.any(ListMeaning(.compromised, "attacks were seen from it; the text says which")))
        }
    }

    private static let zenCodes: [UInt32: ListMeaning] = [
        2: ListMeaning(.spam, "SBL: a source of spam, listed by hand"),
        3: ListMeaning(.spam, "CSS: spam was seen from it by machine"),
        4: ListMeaning(.compromised, "XBL: infected, taken over, or an open proxy"),
        5: ListMeaning(.compromised, "XBL"), 6: ListMeaning(.compromised, "XBL"), 7: ListMeaning(.compromised, "XBL"),
        9: ListMeaning(.network, "DROP: a whole network in criminal hands"),
        10: ListMeaning(.policy, "PBL: its provider says that it does not send mail directly"),
        11: ListMeaning(.policy, "PBL: a range of end users"),
        30: ListMeaning(.botnet, "BCL: a botnet's control server"),
    ]

    /// 2 is the sample entry, which the test point answers with.
    private static let droneCodes: [UInt32: ListMeaning] = [
        2: ListMeaning(.grey, "a sample entry"), 3: ListMeaning(.compromised, "an IRC spam drone"),
        5: ListMeaning(.compromised, "a bottler"), 6: ListMeaning(.compromised, "a worm or spam bot"),
        7: ListMeaning(.compromised, "a drone for denial of service"),
        8: ListMeaning(.compromised, "an open SOCKS proxy"), 9: ListMeaning(.compromised, "an open HTTP proxy"),
        10: ListMeaning(.compromised, "a chain of proxies"), 11: ListMeaning(.compromised, "a web page proxy"),
        12: ListMeaning(.compromised, "an open DNS resolver"), 13: ListMeaning(.compromised, "it tries passwords"),
        14: ListMeaning(.compromised, "an open Wingate proxy"), 15: ListMeaning(.compromised, "a router taken over"),
        16: ListMeaning(.compromised, "a worm that spreads by itself"),
        17: ListMeaning(.compromised, "found in a botnet by machine"),
        18: ListMeaning(.compromised, "a host of IRC abuse"), 19: ListMeaning(.compromised, "an abused VPN service"),
        255: ListMeaning(.compromised, "a threat without a class"),
    ]

    private static func removal(_ known: Known) -> String {
        switch known {
        case .zen:
            "check.spamhaus.org. SBL: only the provider that owns the range can ask, by the record's link. CSS: ends three days after the last spam, or by the form. XBL: by the form, once cleaned. PBL: by the form, for a static address with its own name"
        case .spamcop: "ends by itself 24 hours after the last report"
        case .psbl: "psbl.org/remove, by anybody; it comes back with the next spam"
        case .uceprotect1: "ends by itself seven days after the last spam; paying for less changes nothing"
        case .dronebl: "dronebl.org/lookup, with what was wrong and what was done"
        case .s5h: "usenix.org.uk/content/rblremove, from the listed address itself"
        case .barracuda:
            "barracudacentral.org/rbl/removal-request, with a telephone number and the reason; answered within 12 hours"
        case .mailspike: "mailspike.org/iplookup.html; ends by itself some days after the last spam"
        case .blocklistDE: "ends by itself 48 hours after the last attack, or by blocklist.de/en/delist.html"
        }
    }
}

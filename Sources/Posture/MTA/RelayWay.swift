import MailTypes

/// Who is asked about: what a configuration does with somebody who wants to send to a domain elsewhere.
enum RelayAsker: Sendable, Hashable {
    /// Any address of the internet, without a login.
    case stranger
    /// With a login, from anywhere.
    case login
}

/// One way through a list of rules.
struct RelayWay: Sendable, Hashable {
    /// What the asker has to do for it.
    enum Lever: Sendable, Hashable {
        /// Nothing.
        case nothing
        /// To have an address in a network that is too wide.
        case network
        /// To write a sender address, or give a name in HELO or for his own address.
        case claim
        /// To write to a domain that strangers choose.
        case recipient
        /// To write to one foreign domain, which somebody named.
        case domain
        /// To log in.
        case login
    }

    var lever: Lever
    /// The rule, with its place.
    var rule: String
    /// Not certain: with what is missing to know.
    var missing: String?

    init(_ lever: Lever, _ rule: String, missing: String? = nil) {
        self.lever = lever
        self.rule = rule
        self.missing = missing
    }
}

extension MTAResults {
    /// What ways through for strangers mean, by the check that names them. `place` says where it was looked.
    mutating func judge(strangerWays ways: [RelayWay], place: String) {
        for way in ways {
            let ids: [CheckID] =
                switch way.lever {
                case .nothing: [.mtaStrangers]
                case .network: [.mtaStrangers, .mtaNetworks]
                case .claim: [.mtaClaims]
                case .recipient, .domain: [.mtaRelayDomains]
                case .login: []
                }
            for id in ids {
                if let missing = way.missing {
                    unknown(id, "\(place): \(missing)")
                } else {
                    fail(id, way.lever == .domain ? .high : .critical, "\(place): \(way.rule)")
                }
            }
        }
        for id in [CheckID.mtaStrangers, .mtaNetworks, .mtaClaims, .mtaRelayDomains] {
            pass(id, "\(place): nothing lets strangers through this way")
        }
    }
}

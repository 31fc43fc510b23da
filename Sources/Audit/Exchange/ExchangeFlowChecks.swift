import FirewallModel
import MailTypes
import Posture

// MARK: Domains, mailboxes, limits, send connectors
extension ExchangeExportChecks {
    /// More recipients in one message are no limit.
    private static let mostRecipients = 5000

    func flowFindings() -> [Finding] {
        [relayDomains(), autoForward(), demoMailboxes(), outboundLimits(), sendConnectors()]
    }

    private func relayDomains() -> Finding {
        judge(.relayDomains, .acceptedDomain, "Get-AcceptedDomain") { object, sight in
            let type = object.text("domaintype")?.lowercased() ?? ""
            let domain = SafeText.printable(object.text("domainname") ?? object.name, limit: 100)
            switch type {
            case "authoritative", "0": sight.good.append(domain)
            case "externalrelay", "internalrelay", "1", "2":
                let isAll = domain == "*" || domain == "*.*"
                sight.bad.append(
                    (isAll ? .critical : .medium, "\(object.place) \(domain): \(type), relayed for everybody"))
            default:
                sight.missing.append("\(object.place) \(domain): DomainType \(SafeText.printable(type, limit: 40))")
            }
        }
    }

    private func autoForward() -> Finding {
        var finding = judge(.autoForward, .remoteDomain, "Get-RemoteDomain") { object, sight in
            guard let forwards = object.truth("autoforwardenabled") else {
                sight.missing.append("\(describe(object)): AutoForwardEnabled is not told")
                return
            }
            let domain = SafeText.printable(object.text("domainname") ?? "", limit: 100)
            if forwards { sight.bad.append((.medium, "\(describe(object)): to \(domain) by AutoForwardEnabled")) }
        }
        let forwards = objects.filter { $0.kind == .mailbox }.compactMap { mailbox in
            mailbox.text("forwardingsmtpaddress").map {
                "\(describe(mailbox)): forwards to \(SafeText.printable($0, limit: 100))"
            }
        }
        if !forwards.isEmpty {
            finding = Finding(
                .autoForward, target: target, .fail(.medium), evidence: forwards + finding.evidence)
        }
        return finding
    }

    private func demoMailboxes() -> Finding {
        judge(.demoMailboxes, .mailbox, "Get-Mailbox") { object, sight in
            let control = (object.text("exchangeuseraccountcontrol") ?? object.text("useraccountcontrol") ?? "")
                .lowercased()
            if control.contains("accountdisabled") || object.truth("accountdisabled") == true { return }
            let names = ["samaccountname", "alias", "primarysmtpaddress", "name"].compactMap { object.text($0) }
            if let name = names.first(where: { name in
                let account = Account(name: name, line: object.line)
                return AccountNames.isGuest(account) || AccountNames.isTest(account)
            }) {
                sight.bad.append((.high, "\(describe(object)): \(SafeText.printable(name, limit: 80))"))
            }
            if names.isEmpty { sight.missing.append("\(object.place): a mailbox without a name") }
        }
    }

    private func outboundLimits() -> Finding {
        var sight = Sight()
        let configurations = objects.filter { $0.kind == .transportConfig }
        let policies = objects.filter { $0.kind == .throttlingPolicy }
        if configurations.isEmpty { sight.missing.append("the export of Get-TransportConfig") }
        if policies.isEmpty { sight.missing.append("the export of Get-ThrottlingPolicy") }
        for object in configurations {
            let text = object.text("maxrecipientenvelopelimit") ?? ""
            if text.lowercased() == "unlimited" || Int(text) ?? 0 > Self.mostRecipients {
                sight.bad.append(
                    (.medium, "\(describe(object)): MaxRecipientEnvelopeLimit \(SafeText.printable(text, limit: 40))"))
            } else if Int(text) == nil {
                sight.missing.append("\(describe(object)): MaxRecipientEnvelopeLimit is not told")
            } else {
                sight.good.append("MaxRecipientEnvelopeLimit \(text)")
            }
        }
        for object in policies {
            let limits = ["recipientratelimit", "messageratelimit"].map { object.text($0)?.lowercased() }
            if limits.allSatisfy({ $0 == "unlimited" }) {
                sight.bad.append((.medium, "\(describe(object)): neither RecipientRateLimit nor MessageRateLimit"))
            } else if limits.allSatisfy({ $0 == nil }) {
                sight.missing.append("\(describe(object)): RecipientRateLimit and MessageRateLimit are not told")
            }
        }
        return finding(.outboundLimits, sight)
    }

    private func sendConnectors() -> Finding {
        var ways: [(name: String, way: String)] = []
        var result = judge(.sendConnectors, .sendConnector, "Get-SendConnector") { object, sight in
            guard let enabled = object.truth("enabled") else {
                sight.missing.append("\(describe(object)): Enabled is not told")
                return
            }
            guard enabled else { return }
            let hosts = object.list("smarthosts")
            // None, BasicAuth, BasicAuthRequireTLS, ExchangeServer, ExternalAuthoritative
            let login = object.text("smarthostauthmechanism")?.lowercased() ?? ""
            if !hosts.isEmpty, login == "basicauth" || login == "2", object.truth("requiretls") != true {
                sight.bad.append(
                    (.high, "\(describe(object)): BasicAuth to \(hosts.joined(separator: ", ")) without TLS"))
            }
            let spaces = object.list("addressspaces").map { $0.lowercased() }
            guard !spaces.isEmpty else {
                sight.missing.append("\(describe(object)): AddressSpaces is not told")
                return
            }
            if spaces.contains(where: { $0.hasPrefix("*;") || $0.hasPrefix("smtp:*;") || $0 == "*" || $0 == "smtp:*" })
            {
                ways.append((describe(object), hosts.isEmpty ? "by MX" : hosts.sorted().joined(separator: ", ")))
                sight.good.append(
                    "\(describe(object)): the world, \(hosts.isEmpty ? "by MX" : "by \(hosts.joined(separator: ", "))")"
                )
            }
        }
        if Set(ways.map(\.way)).count > 1, result.result.word != "fail" {
            result = Finding(
                .sendConnectors, target: target, .fail(.medium),
                evidence: ways.map { "\($0.name): the world, \($0.way)" })
        }
        return result
    }
}

// MARK: IIS and Exchange 2000/2003
extension ExchangeExportChecks {
    func metabaseFindings() -> [Finding] {
        [
            judge(.relayForLogins, .smtpServer, "the SMTP service") { object, sight in
                let how = object.text("relayforauth-inherited").map { " (\($0))" } ?? ""
                guard let text = object.text("relayforauth") else {
                    sight.bad.append(
                        (.high, "\(describe(object)): RelayForAuth is not set, and the box is ticked by default"))
                    return
                }
                // As IIS reads it: anything but 0 is set.
                guard
                    let number = Int(text) ?? (text.lowercased() == "true" ? 1 : text.lowercased() == "false" ? 0 : nil)
                else {
                    sight.missing.append(
                        "\(describe(object)): RelayForAuth “\(SafeText.printable(text, limit: 40))” is no number")
                    return
                }
                if number != 0 {
                    sight.bad.append((.high, "\(describe(object)): RelayForAuth is \(number)\(how)"))
                } else {
                    sight.good.append("\(describe(object)): RelayForAuth is 0\(how)")
                }
            },
            judge(.relayList, .smtpServer, "the SMTP service") { object, sight in
                let how = object.text("relayiplist-inherited").map { " (\($0))" } ?? ""
                guard let value = object.properties["relayiplist"] else {
                    sight.good.append("\(describe(object)): no RelayIpList: only an empty list")
                    return
                }
                let list: RelayAddressList =
                    switch value {
                    case .none: .allExcept
                    case .text(let text): RelayAddressList(text)
                    case .list(let items): RelayAddressList(items.joined(separator: ","))
                    }
                switch list {
                case .allExcept:
                    sight.bad.append((.critical, "\(describe(object)): all computers but those listed may relay\(how)"))
                case .unreadable:
                    sight.missing.append("\(describe(object)): RelayIpList is of a form that is not known here")
                case .only(let hosts):
                    let shown = hosts.prefix(20).joined(separator: ", ")
                    guard let reach = ConnectorRanges.read(hosts),
                        !ConnectorRanges.outside(reach).networks.contains(where: {
                            $0.first.bitWidth - $0.prefixLength > 4
                        })
                    else {
                        sight.bad.append((.high, "\(describe(object)): relays without a login for \(shown)\(how)"))
                        return
                    }
                    sight.good.append("\(describe(object)): relays for \(shown)\(how)")
                }
            },
        ]
    }
}

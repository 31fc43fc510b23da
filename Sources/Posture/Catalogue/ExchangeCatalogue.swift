extension CheckID {
    package static let anonymousRelay = CheckID(.exchange, 1)
    package static let externalAuthoritative = CheckID(.exchange, 2)
    package static let connectorRanges = CheckID(.exchange, 3)
    package static let basicWithoutTLS = CheckID(.exchange, 4)
    package static let loginOnPort25 = CheckID(.exchange, 5)
    package static let relayDomains = CheckID(.exchange, 6)
    package static let autoForward = CheckID(.exchange, 7)
    package static let demoMailboxes = CheckID(.exchange, 8)
    package static let outboundLimits = CheckID(.exchange, 9)
    package static let sendConnectors = CheckID(.exchange, 10)
    package static let relayForLogins = CheckID(.exchange, 11)
    package static let relayList = CheckID(.exchange, 12)
}

extension Check {
    private static let receive = "https://learn.microsoft.com/exchange/mail-flow/connectors/receive-connectors"

    static let exchange: [Check] = [
        Check(
            .exchange, 1, "no receive connector relays for strangers",
            why:
                "ANONYMOUS LOGON with the right Ms-Exch-SMTP-Accept-Any-Recipient is an open relay for all that the connector lets in.",
            verified:
                "The extended rights on each receive connector that takes anonymous mail (Get-ADPermission), and its RemoteIPRanges.",
            remedies: [
                "Exchange":
                    "Get-ReceiveConnector NAME | Remove-ADPermission -User 'NT AUTHORITY\\ANONYMOUS LOGON' -ExtendedRights Ms-Exch-SMTP-Accept-Any-Recipient; or Set-ReceiveConnector NAME -RemoteIPRanges only the hosts that need it"
            ], reference: receive),
        Check(
            .exchange, 2, "no receive connector takes the whole network for authenticated",
            why: "ExternalAuthoritative lets everybody in its RemoteIPRanges relay, with any sender, past the filter.",
            verified: "AuthMechanism and RemoteIPRanges of each enabled receive connector.",
            remedies: [
                "Exchange":
                    "Set-ReceiveConnector NAME -RemoteIPRanges the hosts meant, or -AuthMechanism without ExternalAuthoritative"
            ], reference: receive),
        Check(
            .exchange, 3, "mail without a login is taken from the provider's ranges only",
            why: "Else senders pass by the provider's filter.",
            verified: "RemoteIPRanges of enabled connectors with AnonymousUsers, less --ranges and private addresses.",
            remedies: ["Exchange": "Set-ReceiveConnector NAME -RemoteIPRanges RANGES; and the firewall alike"],
            reference: receive),
        Check(
            .exchange, 4, "passwords go over TLS only", why: "Whoever listens on the way has the password.",
            verified: "BasicAuth without BasicAuthRequireTLS in AuthMechanism.",
            remedies: [
                "Exchange": "Set-ReceiveConnector NAME -AuthMechanism Tls, Integrated, BasicAuth, BasicAuthRequireTLS"
            ],
            reference: receive),
        Check(
            .exchange, 5, "nobody logs in on port 25 from the internet",
            why: "Passwords are guessed there, and one guessed is enough to relay anywhere.",
            verified:
                "ExchangeUsers in PermissionGroups of enabled connectors bound to port 25 and open beyond private addresses.",
            remedies: [
                "Exchange":
                    "Set-ReceiveConnector NAME -PermissionGroups AnonymousUsers, ExchangeServers; clients use port 587"
            ],
            reference: receive),
        Check(
            .exchange, 6, "no accepted domain is a relay to elsewhere, unless it is meant",
            why: "ExternalRelay and InternalRelay domains are relayed for everybody; * relays the world.",
            verified: "DomainName and DomainType of Get-AcceptedDomain.",
            remedies: [
                "Exchange":
                    "Set-AcceptedDomain NAME -DomainType Authoritative, or Remove-AcceptedDomain; waive what is meant"
            ],
            reference: "https://learn.microsoft.com/exchange/mail-flow/accepted-domains/accepted-domains"),
        Check(
            .exchange, 7, "mail is not forwarded to remote domains by itself",
            why: "Who has a mailbox's password sets a forward and reads on; forwarded spam counts as yours.",
            verified: "AutoForwardEnabled of remote domains, ForwardingSmtpAddress of mailboxes.",
            remedies: [
                "Exchange":
                    "Set-RemoteDomain Default -AutoForwardEnabled $false; Set-Mailbox NAME -ForwardingSmtpAddress $null"
            ], reference: "https://learn.microsoft.com/exchange/mail-flow/remote-domains"),
        Check(
            .exchange, 8, "no guest, test or demo mailbox can log in",
            why: "They are guessed first, and nobody misses them.",
            verified: "Names, aliases and addresses of Get-Mailbox that are not disabled.",
            remedies: ["Exchange": "Disable-Mailbox NAME, and Disable-ADAccount of its user"],
            reference: "MITRE ATT&CK T1078.001"),
        Check(
            .exchange, 9, "what one sender may send is limited",
            why: "A limit makes the difference between ten and ten thousand messages.",
            verified:
                "MaxRecipientEnvelopeLimit, and RecipientRateLimit and MessageRateLimit of throttling policies and client connectors.",
            remedies: [
                "Exchange":
                    "Set-TransportConfig -MaxRecipientEnvelopeLimit 500; Set-ThrottlingPolicy NAME -RecipientRateLimit 2000 -MessageRateLimit 30"
            ], reference: "https://learn.microsoft.com/exchange/mail-flow/message-rate-limits"),
        Check(
            .exchange, 10, "send connectors give no password in the clear, and all mail goes one way",
            why: "A second connector to the world passes by the smart host and its filter.",
            verified: "SmartHosts, SmartHostAuthMechanism, AddressSpaces of enabled send connectors.",
            remedies: [
                "Exchange":
                    "Set-SendConnector NAME -SmartHostAuthMechanism BasicAuthRequireTLS; disable what is not needed"
            ],
            reference: "https://learn.microsoft.com/exchange/mail-flow/connectors/send-connectors"),
        Check(
            .exchange, 11,
            "“Allow all computers which successfully authenticate to relay, regardless of the list above” is not ticked",
            why: "With it, one guessed password of any account relays anywhere.",
            verified: "RelayForAuth (metabase id 36973) of each SMTP virtual server, inherited from the service.",
            remedies: [
                "Exchange 2000/2003, IIS":
                    "SMTP Virtual Server, Properties, Access, Relay: clear the box; or adsutil set smtpsvc/1/RelayForAuth 0"
            ], reference: "https://technet.microsoft.com/library/cc778501(v=ws.10).aspx"),
        Check(
            .exchange, 12, "the relay list of the SMTP virtual server holds only hosts meant",
            why: "“All except the list below” is an open relay.",
            verified: "RelayIpList (metabase id 36970): whether it grants or denies, and whom.",
            remedies: [
                "Exchange 2000/2003, IIS":
                    "SMTP Virtual Server, Properties, Access, Relay: “Only the list below”, and only hosts that need it"
            ],
            reference:
                "https://learn.microsoft.com/previous-versions/windows/it-pro/windows-server-2003/cc780293(v=ws.10)"),
    ]
}

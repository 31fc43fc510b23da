extension CheckID {
    package static let spfAuthorises = CheckID(.dns, 1)
    package static let spfWorld = CheckID(.dns, 2)
    package static let spfValid = CheckID(.dns, 3)
    package static let spfFallback = CheckID(.dns, 4)
    package static let reverseName = CheckID(.dns, 5)
    package static let confirmedName = CheckID(.dns, 6)
    package static let heloName = CheckID(.dns, 7)
    package static let ownName = CheckID(.dns, 8)
    package static let dkimPublished = CheckID(.dns, 9)
    package static let dkimStrength = CheckID(.dns, 10)
    package static let dkimInForce = CheckID(.dns, 11)
    package static let dmarcPolicy = CheckID(.dns, 12)
    package static let dmarcReports = CheckID(.dns, 13)
    package static let mailExchange = CheckID(.dns, 14)
    package static let mtaSTS = CheckID(.dns, 15)
    package static let tlsReports = CheckID(.dns, 16)
    package static let dane = CheckID(.dns, 17)
}

extension Check {
    private static let publish: KeyValuePairs<String, String> = [
        "DNS": "one TXT record: v=spf1, your hosts as ip4: and ip6:, your providers as include:, -all"
    ]

    static let dns: [Check] = spf + hosts + domains

    private static let spf: [Check] = [
        Check(
            .dns, 1, "SPF authorises the address that sends",
            why: "Mail that fails SPF is refused or counted as spam.",
            verified: "check_host() of RFC 7208, complete, for the address and the sender given.", remedies: publish,
            reference: "RFC 7208 §4"),
        Check(
            .dns, 2, "SPF does not authorise the world",
            why: "+all and huge ranges let anybody send in your name.",
            verified: "All networks that the record and its includes let pass are counted: a /8 or more is the world.",
            remedies: ["DNS": "take out +all and wide ranges; name your own hosts"], reference: "RFC 7208 §5.1, §8.1"),
        Check(
            .dns, 3, "the SPF record is valid",
            why: "A record with an error, or with more than 10 lookups, protects nothing and may refuse your mail.",
            verified: "The record and all that it includes are read whole, and lookups counted as if nothing matched.",
            remedies: ["DNS": "mend the term shown; replace include: by ip4: of hosts that do not change"],
            reference: "RFC 7208 §4.6.4"),
        Check(
            .dns, 4, "SPF ends in -all or ~all", why: "Without it, forged senders are neither here nor there.",
            verified: "The qualifier of all, through redirect=.", remedies: ["DNS": "end the record with -all"],
            reference: "RFC 7208 §5.1"),
    ]

    private static let hosts: [Check] = [
        Check(
            .dns, 5, "the sending address has a name", why: "Most receivers refuse mail from addresses without PTR.",
            verified: "The PTR records of the address.",
            remedies: ["provider": "have the PTR set to the mail host's name by who owns the range"],
            reference: "RFC 1912 §2.1, RFC 5321 §4.1.4"),
        Check(
            .dns, 6, "the address' name leads back to it",
            why: "A name that does not lead back proves nothing: anybody can write any name into a range of their own.",
            verified: "The A or AAAA records of the PTR names hold the address.",
            remedies: ["DNS": "give the name an A or AAAA record with the address, or correct the PTR"],
            reference: "RFC 1912 §2.1, RFC 8601 §2.7.3"),
        Check(
            .dns, 7, "HELO gives the host's own full name",
            why:
                "Bots say localhost, an address, or somebody else's name; lists of spam sources go by it. A changing or wrong name looks like one.",
            verified: "The name is full, is in DNS, leads to the address, and is the PTR name.",
            remedies: [
                "Postfix": "myhostname (or smtp_helo_name) = the PTR name",
                "Exim": "primary_hostname, or helo_data of the transport",
                "Exchange": "Set-SendConnector -Fqdn",
                "Plesk": "server-wide mail settings: send from the server's address, not each domain's name",
            ], reference: "RFC 5321 §4.1.1.1, §4.1.4"),
        Check(
            .dns, 8, "the address has a name of its own",
            why: "Names that only spell the address, or say dynamic or dsl, are taken for end users' lines.",
            verified:
                "The PTR name does not hold the address in decimal or hexadecimal digits, nor a word that means a line.",
            remedies: ["provider": "have the PTR set to a name like mail.your-domain"], reference: "RFC 5321 §7.9"),
    ]

    private static let domains: [Check] = [
        Check(
            .dns, 9, "the DKIM keys are published and can be read",
            why: "A signature whose key is missing or cannot be read is no signature.",
            verified: "The records of the selectors given (--selector), and of some forty usual ones, are read whole.",
            remedies: ["DNS": "publish the record that the signer made, in one TXT record, at SELECTOR._domainkey"],
            reference: "RFC 6376 §3.6"),
        Check(
            .dns, 10, "the DKIM keys are strong",
            why: "A short key can be computed, and then anybody signs in your name.",
            verified:
                "The key is taken out of its DER: RSA of 2048 bits or more, an odd exponent, no small factor; or Ed25519.",
            remedies: [
                "signer": "make a new key of 2048 bits under a new selector, switch to it, then take the old record out"
            ], reference: "RFC 8301 §3.2, RFC 8463"),
        Check(
            .dns, 11, "the DKIM keys are in force",
            why: "With t=y receivers treat signed mail as if it were not; keys for SHA-1 only are not used any more.",
            verified: "The tags t= and h= of the keys found.",
            remedies: ["DNS": "take t=y out once signing works; take h=sha1 out"],
            reference: "RFC 6376 §3.6.1, RFC 8301 §3.1"),
        Check(
            .dns, 12, "DMARC says what to do with forged mail",
            why: "Without a policy, anybody's mail in your name is delivered, and large receivers distrust yours.",
            verified: "The record at _dmarc of the domain, or of the first parent that has one, is read whole.",
            remedies: [
                "DNS":
                    "begin with v=DMARC1; p=none; rua=mailto:…; read the reports; then p=quarantine, then p=reject"
            ], reference: "RFC 7489 §6.3, §6.6.3"),
        Check(
            .dns, 13, "DMARC reports come, and may be sent where they go",
            why: "The reports show who sends in your name. Receivers do not send them to a domain that has not agreed.",
            verified: "rua= is there; other domains' consent is looked up at YOURS._report._dmarc.THEIRS.",
            remedies: ["DNS": "rua=mailto: an address of your own, or have the receiver publish v=DMARC1 there"],
            reference: "RFC 7489 §7.1"),
        Check(
            .dns, 14, "the domain's MX records are sane",
            why: "Bounces, complaints and list removals go there. A sender that takes no mail is refused.",
            verified:
                "Each MX host has an address that is on the internet and is no alias; a null MX stands alone, and not at a domain that sends.",
            remedies: ["DNS": "MX to a host name with A or AAAA, never to an address, a CNAME or a private network"],
            reference: "RFC 5321 §5.1, RFC 2181 §10.3, RFC 7505"),
        Check(
            .dns, 15, "mail to the domain comes over TLS: MTA-STS, or DANE",
            why: "Without either, who sits on the way reads and diverts mail to you, password resets included.",
            verified:
                "The record at _mta-sts; with --online the policy too, over https with a valid certificate: its mode, age, and that it names the MX hosts.",
            remedies: [
                "MTA-STS":
                    "publish _mta-sts TXT v=STSv1; id=…, and the policy at https://mta-sts.DOMAIN/.well-known/mta-sts.txt",
                "DANE": "or sign the zone and publish TLSA 3 1 1 at _25._tcp of each MX host",
            ], reference: "RFC 8461, RFC 7672"),
        Check(
            .dns, 16, "failures of TLS are reported", why: "Else nobody hears that MTA-STS or DANE refuses your mail.",
            verified: "The record at _smtp._tls, where MTA-STS or DANE is in use.",
            remedies: ["DNS": "_smtp._tls TXT v=TLSRPTv1; rua=mailto:…"], reference: "RFC 8460 §3"),
        Check(
            .dns, 17, "what DANE publishes can be used",
            why: "TLSA records without DNSSEC are ignored; wrong ones stop mail from all who validate.",
            verified:
                "TLSA records of each MX host are validated from the root and of a usage for mail (2 or 3). The certificate is not compared.",
            remedies: [
                "DNS": "sign the zone; TLSA 3 1 1 with the key's SHA-256; publish the next key's before it is used"
            ],
            reference: "RFC 7672 §2.1, §3.1"),
    ]
}

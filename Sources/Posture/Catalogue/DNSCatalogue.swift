extension CheckID {
    package static let spfAuthorises = CheckID(.dns, 1)
    package static let spfWorld = CheckID(.dns, 2)
    package static let spfValid = CheckID(.dns, 3)
    package static let spfFallback = CheckID(.dns, 4)
}

extension Check {
    private static let publish: KeyValuePairs<String, String> = [
        "DNS": "one TXT record: v=spf1, your hosts as ip4: and ip6:, your providers as include:, -all"
    ]

    static let dns: [Check] = [
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
}

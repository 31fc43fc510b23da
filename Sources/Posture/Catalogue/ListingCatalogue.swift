extension CheckID {
    package static let listTestPoints = CheckID(.listings, 1)
    package static let addressListing = CheckID(.listings, 2)
    package static let policyListing = CheckID(.listings, 3)
    package static let domainListing = CheckID(.listings, 4)
}

extension Check {
    static let listings: [Check] = [
        Check(
            .listings, 1, "the list answers, and can be believed",
            why:
                "A list that refuses the resolver, is gone, or lists everything says nothing about an address: its silence is no pass.",
            verified:
                "127.0.0.2 has to be listed and 127.0.0.1 not, for IPv6 ::FFFF:7F00:2 and ::FFFF:7F00:1. 127.255.255.x and 127.0.0.1 are refusals.",
            remedies: [
                "resolver": "ask through a resolver of your own (unbound on loopback), not a public or shared one",
                "Spamhaus": "above fair use, get a key: --list spamhaus-zen=KEY.zen.dq.spamhaus.net",
                "Barracuda": "register the resolver's address at barracudacentral.org",
            ], reference: "RFC 5782 §5, RFC 6471 §3.3"),
        Check(
            .listings, 2, "the address is not listed for spam",
            why: "Receivers refuse mail from listed addresses, all of it, whoever sends.",
            verified:
                "The address is asked for at each list whose test points are right; the code's meaning and the list's text are shown. An IPv6 entry mostly covers the /64.",
            remedies: [
                "first":
                    "find and end the cause: sluice logs, sluice check all, sluice queue; a list that is asked too early lists for longer",
                "then": "ask for removal as the evidence says, once nothing was sent for hours and the checks pass",
            ], reference: "RFC 5782, RFC 6471 §2"),
        Check(
            .listings, 3, "the address may send mail by its range's policy",
            why: "Ranges of end users are listed as not sending mail: receivers refuse them without any spam seen.",
            verified: "Codes of policy lists, as the PBL in zen.spamhaus.org (127.0.0.10 and .11).",
            remedies: [
                "server": "a static address with its own PTR name; then take it out by the form in the evidence",
                "end users": "send through the provider's smart host: being listed is right for them",
            ], reference: "spamhaus.org/blocklists/policy-blocklist"),
        Check(
            .listings, 4, "the domain is not listed",
            why: "Mail that names a listed domain in its sender or its links is refused from any address.",
            verified: "The domain is asked for at lists of domains whose test points are right (DBL, SURBL, URIBL).",
            remedies: [
                "web site":
                    "look for pages that you did not write, mend the hole, change passwords, then ask for removal",
                "mail": "end the spam that names the domain, then ask for removal at the list's site",
            ], reference: "RFC 5782 §3"),
    ]
}

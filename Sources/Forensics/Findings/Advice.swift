/// What to do, by kind of finding.
enum Advice {
    static func lines(_ kind: Finding.Kind, _ subject: String) -> [String] {
        switch kind {
        case .compromisedAccount:
            [
                "Change the password of this account now, and end its sessions (mail server, webmail).",
                "Stop what is still queued: `sluice queue scan` shows its groups, archive before you delete.",
                "Look in the mailbox for forwarding rules, filters and signatures that the stranger left.",
                "Ask the user where else this password was used, and have the computer checked for malware.",
            ]
        case .spammingScript:
            [
                "Stop the script or the site: take its files out of service, keep a copy for the examination.",
                "Look for files changed since the start, for unknown cron jobs, and update the application.",
                "Clear the queue: `sluice queue scan`, archive, delete.",
            ]
        case .spammingClient:
            [
                "Take the host off the network or forbid it port 25 and 587, and have it examined.",
                "Let no host relay without a login: shrink the trusted networks (mynetworks, relay hosts).",
            ]
        case .successAfterFailures, .manyNetworks:
            [
                "Ask the user whether it was they; if not or in doubt, change the password.",
                "Follow the thread: `sluice logs --account` with this name shows all that was done.",
            ]
        case .sendingSpike: ["Ask the user; look at one of the messages in the queue or the sent folder."]
        case .secondSender:
            [
                "Find the program or host that opens these connections, for instance with `ss -tnp dport = :25`.",
                "Let only the mail server's own user out to port 25 (firewall, by user id or by host).",
            ]
        case .blocklisted, .refused:
            [
                "Find the source first (the findings above); asking for delisting before that makes it worse.",
                "Then ask for delisting at the list that the replies name.",
            ]
        case .bruteForce, .spraying, .distributedGuessing:
            [
                "Limit failed logins by address and by account (fail2ban, the mail server's own limits).",
                "Take passwords that may be guessed out of use; switch off services that nobody needs.",
            ]
        case .recipientStorm: ["Refuse unknown recipients at RCPT, and slow down or refuse clients that ask for many."]
        case .deferredQueue: ["See what waits: `sluice queue scan` groups it by campaign, sender and receiver."]
        case .foreignAccept: ["Allow port 25 only from the provider's ranges, and check IPv6 too: `sluice check`."]
        case .forgotten: ["Read fewer files at once, or narrow the time with --since and --until."]
        }
    }
}

extension CheckID {
    package static let alienLogins = CheckID(.logs, 1)
    package static let spammingSources = CheckID(.logs, 2)
    package static let sendingSpikes = CheckID(.logs, 3)
    package static let refusals = CheckID(.logs, 4)
    package static let foreignConnections = CheckID(.logs, 5)
    package static let logWindow = CheckID(.logs, 6)
}

extension Check {
    static let logs: [Check] = [
        Check(
            .logs, 1, "no account was used by somebody else",
            why: "One stolen password is enough to get a whole server listed.",
            verified:
                "Successful logins from foreign networks, after failures, from many networks, together with what was sent afterwards.",
            remedies: [
                "all":
                    "change the password, end the sessions, look for rules left in the mailbox; sluice logs --account NAME"
            ],
            reference: "Documentation/logs.md"),
        Check(
            .logs, 2, "no script, client or second sender sends spam from here",
            why:
                "Mail that does not pass the mail server does not stand in its logs, and gets the address listed all the same.",
            verified:
                "Mail by script and by client address, and connections to port 25 in firewall logs that are not the server's.",
            remedies: ["all": "stop the script or the host; let only the mail server's user out to port 25"],
            reference: "Documentation/logs.md"),
        Check(
            .logs, 3, "nobody suddenly sends much more than before", why: "That is how stolen accounts look from afar.",
            verified: "Each account's recipients against its own past.",
            remedies: ["all": "ask the user; look at one of the messages"], reference: "Documentation/logs.md"),
        Check(
            .logs, 4, "receivers do not refuse this server's mail for its reputation",
            why: "Replies that name a list mean that spam has already left.",
            verified: "Replies of receivers that name a blocklist or a policy.",
            remedies: ["all": "find and close the source first; then ask the list named for removal"],
            reference: "Documentation/logs.md"),
        Check(
            .logs, 5, "nobody but the provider reached port 25, and no attack goes on unhindered",
            why: "The firewall's own log says best whether its rules hold.",
            verified: "Accepted connections to port 25 from outside --ranges, guessing and spraying of passwords.",
            remedies: ["all": "sluice check firewall; limit failed logins (fail2ban)"],
            reference: "Documentation/logs.md"),
        Check(
            .logs, 6, "the logs go four days back, and can be read",
            why: "Who looks at today only does not see when it began.",
            verified: "The time between the first and the last event, and what could not be read.",
            remedies: ["all": "keep at least four days of logs: rotate 4 or more, daily, in logrotate"],
            reference: "Spamhaus, Hacked… here's help"),
    ]
}

extension CheckID {
    package static let strangerRelay = CheckID(.relay, 1)
    package static let ownSenderRelay = CheckID(.relay, 2)
    package static let nullSenderRelay = CheckID(.relay, 3)
    package static let routedRelay = CheckID(.relay, 4)
    package static let heloRelay = CheckID(.relay, 5)
    package static let unknownRecipient = CheckID(.relay, 6)
    package static let authOnPort25 = CheckID(.relay, 7)
    package static let authWithoutTLS = CheckID(.relay, 8)
    package static let weakMechanisms = CheckID(.relay, 9)
    package static let addressHarvest = CheckID(.relay, 10)
    package static let serverName = CheckID(.relay, 11)
    package static let startTLS = CheckID(.relay, 12)
    package static let loginRelay = CheckID(.relay, 13)
    package static let loginSender = CheckID(.relay, 14)
    package static let roleMailboxes = CheckID(.relay, 15)
    package static let trustedCommands = CheckID(.relay, 16)
    package static let certificate = CheckID(.relay, 17)
    package static let oldTLS = CheckID(.relay, 18)
}

extension Check {
    private static let closing: KeyValuePairs<String, String> = [
        "Postfix":
            "smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination; mynetworks only your own hosts",
        "Exim":
            "relay_from_hosts and relay_to_domains only your own; acl_check_rcpt ends with 'deny message = relay not permitted'",
        "OpenSMTPD": "'match … for any action relay' only with 'from local' or 'auth'",
        "Sendmail": "no FEATURE(promiscuous_relay), no 'RELAY' for strangers in /etc/mail/access",
        "Exchange": "Set-ReceiveConnector: take Ms-Exch-SMTP-Accept-Any-Recipient from NT AUTHORITY\\ANONYMOUS LOGON",
    ]

    static let relay: [Check] = [
        Check(
            .relay, 1, "strangers cannot relay",
            why: "An open relay is found within hours, and used until it is listed.",
            verified:
                "RCPT to a foreign domain from a foreign sender, in several spellings, then RSET: nothing is sent.",
            remedies: closing, reference: "RFC 5321 §3.6.2, RFC 2505 §2.1"),
        Check(
            .relay, 2, "a sender address of your own domain does not open the relay",
            why: "Anybody can write your domain into MAIL FROM.",
            verified: "RCPT to a foreign domain with senders of your domain, your host's name and its address.",
            remedies: [
                "Postfix": "no check_sender_access with OK before reject_unauth_destination; no permit_… by sender",
                "Exim": "no 'accept senders = …' in acl_smtp_rcpt without 'authenticated = *' or 'hosts = …'",
                "Sendmail": "no FEATURE(relay_local_from), no FEATURE(relay_mail_from)",
                "OpenSMTPD": "'match … mail-from …' only together with 'from local' or 'auth'",
            ], reference: "RFC 2505 §2.1"),
        Check(
            .relay, 3, "the null sender does not open the relay",
            why: "Notifications have it, so rules often let it pass everything.",
            verified: "RCPT to a foreign domain with MAIL FROM:<>.", remedies: closing, reference: "RFC 5321 §4.5.5"),
        Check(
            .relay, 4, "routes inside an address do not open the relay",
            why: "user%other@yours, other!user@yours and @yours:user@other are read as routes by some servers.",
            verified:
                "Some 30 such forms at RCPT; beside each, a mailbox that cannot exist, to tell relaying from accepting everything.",
            remedies: [
                "Postfix": "allow_untrusted_routing = no, swap_bangpath = no, allow_percent_hack = no",
                "Exim": "in acl_check_rcpt: deny local_parts = ^[.] : ^.*[@%!/|]",
                "Sendmail": "no FEATURE(loose_relay_check), no FEATURE(nouucp) with relaying of bang paths",
            ], reference: "RFC 5321 Appendix C, RFC 2505 §2.1"),
        Check(
            .relay, 5, "a name given in HELO does not open the relay",
            why: "Anybody can call himself localhost, or by your name.",
            verified: "RCPT to a foreign domain after HELO localhost, your host's name, your domain, and no HELO.",
            remedies: closing, reference: "RFC 5321 §4.1.4"),
        Check(
            .relay, 6, "unknown recipients are refused at RCPT",
            why: "What is accepted and bounced later goes to forged senders: backscatter gets servers listed.",
            verified: "RCPT to a mailbox of your domain that cannot exist must be answered 5xx.",
            remedies: [
                "Postfix": "local_recipient_maps, relay_recipient_maps, virtual_mailbox_maps set; no catch-all @domain",
                "Exim": "acl_check_rcpt: require verify = recipient",
                "Exchange": "Set-RecipientFilterConfig -RecipientValidationEnabled $true, or a lookup at the edge",
            ], reference: "RFC 5321 §6.1, https://www.spamhaus.org/faqs/ (backscatter)"),
        Check(
            .relay, 7, "port 25 takes no logins",
            why: "Passwords are guessed on port 25 first, and few watch it. Users belong on 587 or 465.",
            verified: "EHLO on port 25, before and after STARTTLS, must not offer AUTH.",
            remedies: [
                "Postfix": "smtpd_sasl_auth_enable = no in main.cf; yes only with -o on submission and submissions",
                "Exim": "auth_advertise_hosts = ${if eq{$received_port}{25}{}{*}}",
                "Exchange": "Set-ReceiveConnector … -AuthMechanism Tls for port 25",
            ], reference: "RFC 6409 §3.3, RFC 8314 §3.3"),
        Check(
            .relay, 8, "no login without TLS",
            why: "A password in clear text is anybody's on the way.",
            verified: "EHLO without TLS must not offer AUTH.",
            remedies: [
                "Postfix": "smtpd_tls_auth_only = yes", "Exim": "auth_advertise_hosts = ${if def:tls_in_cipher{*}{}}",
                "OpenSMTPD": "listen on … port 587 tls-require auth",
                "Exchange": "Set-ReceiveConnector … -AuthMechanism Tls,BasicAuth,BasicAuthRequireTLS",
            ], reference: "RFC 4954 §4, RFC 8314 §4.1"),
        Check(
            .relay, 9, "no obsolete login mechanisms",
            why:
                "CRAM-MD5, DIGEST-MD5 and NTLM need stored passwords that are as good as clear text; ANONYMOUS is no login.",
            verified: "The mechanisms that EHLO offers.",
            remedies: [
                "Dovecot": "auth_mechanisms = plain login",
                "Postfix (Cyrus SASL)": "mech_list: PLAIN LOGIN SCRAM-SHA-256",
                "Exchange": "take Integrated from AuthMechanism on connectors that the internet reaches",
            ], reference: "RFC 6331, RFC 8314"),
        Check(
            .relay, 10, "VRFY and EXPN tell nothing",
            why: "They tell spammers and guessers which accounts exist.",
            verified: "VRFY and EXPN of postmaster and of a mailbox that cannot exist must be answered alike.",
            remedies: [
                "Postfix": "disable_vrfy_command = yes", "Sendmail": "define(`confPRIVACY_FLAGS', `goaway')",
                "Exim": "no accept in acl_smtp_vrfy and acl_smtp_expn",
            ], reference: "RFC 5321 §7.3"),
        Check(
            .relay, 11, "the server gives its full name",
            why: "Receivers refuse hosts whose HELO is no full name; localhost in it is a listing's reason by itself.",
            verified: "The name in the greeting and in the answer to EHLO.",
            remedies: ["Postfix": "myhostname = mail.example.org", "Exim": "primary_hostname = mail.example.org"],
            reference: "RFC 5321 §4.1.1.1"),
        Check(
            .relay, 12, "STARTTLS is offered and works",
            why: "Without it, mail and passwords go in clear text.",
            verified: "STARTTLS and a handshake; RELAY-17 judges the certificate.",
            remedies: [
                "Postfix": "smtpd_tls_security_level = may, smtpd_tls_chain_files = …",
                "Exim": "tls_advertise_hosts = *",
            ],
            reference: "RFC 3207, RFC 8314"),
        Check(
            .relay, 13, "a login on port 25 does not open the relay",
            why:
                "“Allow all computers which successfully authenticate to relay, regardless of the list above”: one guessed password sends for all the world.",
            verified: "With a login given: RCPT to a foreign domain after AUTH.",
            remedies: [
                "Postfix": "no permit_sasl_authenticated for the smtp service on port 25",
                "Exchange 2003, IIS": "SMTP virtual server, Access, Relay: clear the check box",
                "Exchange": "a separate client connector on 587; on 25 no ExchangeUsers",
            ], reference: "RFC 6409 §3.3"),
        Check(
            .relay, 14, "a login sends with its own addresses only",
            why: "A stolen password then shows at once, and cannot use your customers' names.",
            verified: "With a login given: MAIL FROM a foreign domain, then RCPT to a foreign domain.",
            remedies: [
                "Postfix": "smtpd_sender_login_maps with reject_sender_login_mismatch",
                "Exim": "deny !condition = ${if eq{$authenticated_id}{$sender_address}} in acl_smtp_mail",
                "Exchange": "do not give users Ms-Exch-SMTP-Accept-Any-Sender",
            ], reference: "RFC 6409 §6.1"),
        Check(
            .relay, 15, "postmaster@ and abuse@ take mail",
            why: "Complaints that nobody gets become listings.",
            verified: "RCPT to both at your domain must be accepted.",
            remedies: ["all": "aliases for postmaster and abuse in each domain that you send for"],
            reference: "RFC 5321 §4.5.1, RFC 2142 §4"),
        Check(
            .relay, 16, "XCLIENT and XFORWARD are not offered to strangers",
            why: "Who may use them writes his own address and login.",
            verified: "The extensions that EHLO offers.",
            remedies: [
                "Postfix":
                    "smtpd_authorized_xclient_hosts and smtpd_authorized_xforward_hosts empty, or your filters only"
            ],
            reference: "https://www.postfix.org/XCLIENT_README.html"),
        Check(
            .relay, 17, "the certificate is trusted for the server's name",
            why: "Users' programs warn or refuse, and people learn to click warnings away; DANE and MTA-STS fail.",
            verified:
                "A second handshake with the certificate verified by this host's roots, for the name given or the one in EHLO.",
            remedies: [
                "all":
                    "a certificate of a public authority (ACME) for the name in MX and EHLO, renewed by itself, with its chain"
            ], reference: "RFC 8314 §5.3, RFC 7817"),
        Check(
            .relay, 18, "TLS older than 1.2 is refused",
            why: "TLS 1.0 and 1.1 are broken and deprecated.",
            verified: "A handshake that offers nothing newer than TLS 1.1.",
            remedies: [
                "Postfix": "smtpd_tls_protocols = >=TLSv1.2, smtpd_tls_mandatory_protocols = >=TLSv1.2",
                "Exim": "tls_require_ciphers without old versions; openssl_options = +no_tlsv1 +no_tlsv1_1",
                "Exchange": "SCHANNEL: TLS 1.0 and 1.1 Server Enabled = 0",
            ], reference: "RFC 8996"),
    ]
}

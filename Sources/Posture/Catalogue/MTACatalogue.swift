extension CheckID {
    package static let mtaStrangers = CheckID(.mta, 1)
    package static let mtaNetworks = CheckID(.mta, 2)
    package static let mtaClaims = CheckID(.mta, 3)
    package static let mtaRelayDomains = CheckID(.mta, 4)
    package static let mtaRoutes = CheckID(.mta, 5)
    package static let mtaUnknownRecipients = CheckID(.mta, 6)
    package static let mtaAuthOnPort25 = CheckID(.mta, 7)
    package static let mtaAuthWithoutTLS = CheckID(.mta, 8)
    package static let mtaMechanisms = CheckID(.mta, 9)
    package static let mtaLoginRelay = CheckID(.mta, 10)
    package static let mtaLoginSender = CheckID(.mta, 11)
    package static let mtaRateLimits = CheckID(.mta, 12)
    package static let mtaSubmission = CheckID(.mta, 13)
    package static let mtaTrustedCommands = CheckID(.mta, 14)
    package static let mtaSmuggling = CheckID(.mta, 15)
    package static let mtaFilter = CheckID(.mta, 16)
    package static let mtaStartTLS = CheckID(.mta, 17)
    package static let mtaHarvest = CheckID(.mta, 18)
    package static let mtaPasswordSources = CheckID(.mta, 19)
    package static let mtaListening = CheckID(.mta, 20)
    package static let mtaAgreement = CheckID(.mta, 21)
    package static let mtaListedUsers = CheckID(.mta, 22)
    package static let mtaListResolver = CheckID(.mta, 23)
}

extension Check {
    static let mta: [Check] = [
        Check(
            .mta, 1, "the configuration lets no stranger relay",
            why: "An open relay is found within hours, and used until it is listed.",
            verified:
                "The rules of each service that the internet reaches, followed in their order for a stranger who writes to a foreign domain.",
            remedies: [
                "Postfix":
                    "smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination; nothing that says OK or permit before it",
                "Exim":
                    "in acl_smtp_rcpt, accept only with 'hosts = +relay_from_hosts', 'authenticated = *', or 'domains = +local_domains : +relay_to_domains'; end with deny",
                "OpenSMTPD": "'match from any' only 'for domain'; 'for any' only with 'from local' or 'auth'",
                "Sendmail": "take FEATURE(`promiscuous_relay') out of sendmail.mc, and build sendmail.cf anew",
            ], reference: "RFC 5321 §3.6.2, RFC 2505 §2.1"),
        Check(
            .mta, 2, "only own hosts may relay by their address",
            why: "Every host in a trusted network sends as you, without a login.",
            verified:
                "Trusted networks: public ones wider than a /24 (IPv6: /48) fail; what the host's interfaces decide is unknown without them.",
            remedies: [
                "Postfix": "mynetworks = 127.0.0.0/8 [::1]/128 and single hosts; then mynetworks_style has no effect",
                "Exim": "hostlist relay_from_hosts = 127.0.0.1 : ::1 and single hosts",
                "OpenSMTPD": "'match from src <hosts>' with single hosts",
                "Sendmail":
                    "/etc/mail/access and /etc/mail/relay-domains: single hosts, no 'Connect:NET RELAY' for wide nets",
            ], reference: "https://www.postfix.org/BASIC_CONFIGURATION_README.html#relay_from"),
        Check(
            .mta, 3, "nothing that a client says of itself opens the relay",
            why: "Sender, HELO, and the name of one's own address can be chosen by anybody.",
            verified: "Rules before the refusal that accept by sender, HELO, or reverse name.",
            remedies: [
                "Postfix":
                    "no check_sender_access, check_helo_access, check_reverse_client_hostname_access with OK before reject_unauth_destination; DUNNO instead of OK",
                "Exim": "no 'accept senders = …' without 'authenticated = *' or 'hosts = …'",
                "OpenSMTPD": "no 'from mail-from', 'from rdns', 'helo' that leads to 'for any'",
                "Sendmail": "no FEATURE(`relay_local_from'), no FEATURE(`relay_mail_from'), no 'From:… RELAY'",
            ], reference: "RFC 2505 §2.1"),
        Check(
            .mta, 4, "only own domains are relayed to",
            why: "A list of domains that holds whole top-level domains, or everything, is an open relay.",
            verified:
                "The lists of domains that mail is taken for: patterns for everything, top-level domains, MX backup.",
            remedies: [
                "Postfix":
                    "relay_domains, mydestination and check_recipient_access name full domains; no permit_mx_backup",
                "Exim": "domainlist relay_to_domains names full domains; no '*', no @mx_any",
                "OpenSMTPD": "'for domain' with full names; no regex for everything",
                "Sendmail": "no FEATURE(`relay_based_on_MX'); no 'To:com RELAY'",
            ], reference: "RFC 2505 §2.1"),
        Check(
            .mta, 5, "routes inside an address are not followed",
            why: "user%other@yours is a relay's way around its own list.",
            verified: "The switches that follow them.",
            remedies: [
                "Postfix": "allow_untrusted_routing = no",
                "Exim": "percent_hack_domains empty; deny local_parts = ^[.] : ^.*[@%!/|] in acl_smtp_rcpt",
                "Sendmail": "no FEATURE(`loose_relay_check')",
            ], reference: "RFC 5321 Appendix C"),
        Check(
            .mta, 6, "recipients that do not exist are refused at once",
            why: "What is taken and bounced later goes to forged senders: backscatter gets servers listed.",
            verified: "The switches that look recipients up at RCPT.",
            remedies: [
                "Postfix": "local_recipient_maps and relay_recipient_maps set; smtpd_reject_unlisted_recipient = yes",
                "Exim": "require verify = recipient in acl_smtp_rcpt",
                "Sendmail": "FEATURE(`nullclient') only on hosts that take no mail; virtusertable with error:nouser",
            ], reference: "RFC 5321 §6.1"),
        Check(
            .mta, 7, "port 25 takes no logins by configuration",
            why: "Passwords are guessed on port 25 first; users belong on 587 or 465.",
            verified: "Whether the service on port 25 offers AUTH.",
            remedies: [
                "Postfix": "smtpd_sasl_auth_enable = no in main.cf; -o smtpd_sasl_auth_enable=yes for submission only",
                "Exim": "auth_advertise_hosts = ${if eq{$received_port}{25}{}{*}}",
                "OpenSMTPD": "no 'auth' on the listener of port 25",
                "Sendmail": "DAEMON_OPTIONS(`Port=smtp, Name=MTA, M=A')",
            ], reference: "RFC 6409 §3.3, RFC 8314 §3.3"),
        Check(
            .mta, 8, "logins are taken behind TLS only",
            why: "A password in clear text is anybody's on the way.",
            verified: "The switches that allow plain-text logins on unprotected connections.",
            remedies: [
                "Postfix": "smtpd_tls_auth_only = yes",
                "Exim": "auth_advertise_hosts = ${if def:tls_in_cipher{*}{}}",
                "OpenSMTPD": "listen on … tls-require auth, or smtps auth",
                "Sendmail": "define(`confAUTH_OPTIONS', `A p y')",
                "Dovecot": "ssl = required, disable_plaintext_auth = yes (2.4: auth_allow_cleartext = no)",
            ], reference: "RFC 4954 §4, RFC 8314 §4.1"),
        Check(
            .mta, 9, "the configuration has no obsolete login mechanisms",
            why:
                "CRAM-MD5, DIGEST-MD5 and NTLM need stored passwords as good as clear text; ANONYMOUS is no login.",
            verified: "The mechanisms that are set.",
            remedies: [
                "Dovecot": "auth_mechanisms = plain login",
                "Postfix": "smtpd_sasl_security_options = noanonymous",
                "Exim": "no authenticator with driver = cram_md5 or spa",
                "Sendmail": "define(`confAUTH_MECHANISMS', `PLAIN LOGIN')",
            ], reference: "RFC 6331, RFC 8314"),
        Check(
            .mta, 10, "a login on port 25 opens no relay",
            why:
                "“All computers which successfully authenticate” may relay: one guessed password sends for all the world.",
            verified: "The rules of port 25, followed for somebody with a login who writes to a foreign domain.",
            remedies: [
                "Postfix":
                    "no AUTH on port 25, or -o smtpd_relay_restrictions=permit_mynetworks,reject_unauth_destination there",
                "Exim": "accept authenticated = * only with condition = ${if !eq{$received_port}{25}}",
                "OpenSMTPD": "auth on a listener of port 587 or 465 only",
            ], reference: "RFC 6409 §3.3"),
        Check(
            .mta, 11, "a login sends with its own addresses only",
            why: "A stolen password then shows at once, and cannot use your customers' names.",
            verified: "Whether senders are bound to logins wherever a login may relay.",
            remedies: [
                "Postfix": "smtpd_sender_login_maps with reject_sender_login_mismatch before permit_sasl_authenticated",
                "Exim": "deny authenticated = * with !condition on $authenticated_id and $sender_address",
                "OpenSMTPD": "listen on … auth senders <table>",
                "Sendmail": "a milter or a check_mail rule: Sendmail has no switch for it",
            ], reference: "RFC 6409 §6.1"),
        Check(
            .mta, 12, "one client or login cannot send without limit",
            why: "A limit bounds what a stolen password can do before anybody looks.",
            verified: "Rate limits of services that relay for logins; policy services and filters are not looked into.",
            remedies: [
                "Postfix":
                    "smtpd_client_message_rate_limit, smtpd_client_recipient_rate_limit on submission, or a policy service",
                "Exim": "ratelimit = 100 / 1h / strict / $authenticated_id in the ACLs",
                "OpenSMTPD": "a filter that counts",
                "Sendmail": "FEATURE(`ratecontrol') with ClientRate: in /etc/mail/access",
                "Dovecot": "auth_failure_delay = 2 secs or more",
            ], reference: "Documentation/check-mta.md"),
        Check(
            .mta, 13, "submission ports ask for TLS and a login",
            why: "Without both, 587 is a second port 25.",
            verified: "The services of ports 465 and 587.",
            remedies: [
                "Postfix":
                    "submission: -o smtpd_tls_security_level=encrypt; submissions: -o smtpd_tls_wrappermode=yes; both -o smtpd_sasl_auth_enable=yes -o smtpd_relay_restrictions=permit_sasl_authenticated,reject",
                "Exim": "deny !authenticated = * with condition on $received_port; tls_on_connect_ports = 465",
                "OpenSMTPD": "listen on … port 587 tls-require auth; listen on … smtps auth",
                "Sendmail": "DAEMON_OPTIONS(`Port=submission, Name=MSA, M=Ea')",
            ], reference: "RFC 6409 §4.3, RFC 8314 §3"),
        Check(
            .mta, 14, "no client may write its own address or login",
            why: "XCLIENT, XFORWARD and the PROXY protocol replace what all other rules look at.",
            verified: "Who may use them.",
            remedies: [
                "Postfix":
                    "smtpd_authorized_xclient_hosts, smtpd_authorized_xforward_hosts: your filters only; smtpd_upstream_proxy_protocol only on ports that the proxy alone reaches",
                "Exim": "hosts_proxy: the proxy's address only",
                "OpenSMTPD": "proxy-v2 only on listeners that the proxy alone reaches",
            ], reference: "https://www.postfix.org/XCLIENT_README.html"),
        Check(
            .mta, 15, "bare line ends cannot smuggle a second message",
            why: "One accepted message then becomes two, the second with any sender: it passes SPF as yours.",
            verified: "The switches against it, and the version where its default depends on that.",
            remedies: [
                "Postfix":
                    "smtpd_forbid_bare_newline = normalize (3.5.23, 3.6.13, 3.7.9, 3.8.4 and later), smtpd_data_restrictions = reject_unauth_pipelining",
                "Exim": "4.97.1 or later, or Debian's 4.96-15+deb12u4; else chunking_advertise_hosts = ",
                "Sendmail": "8.18.1: no 'o' in DAEMON_OPTIONS and confSRV_FEATURES (the defaults)",
            ], reference: "CVE-2023-51764, CVE-2023-51765, CVE-2023-51766; https://www.postfix.org/smtp-smuggling.html"),
        Check(
            .mta, 16, "what a login sends is looked at like everything else",
            why: "Stacks that switch their filter off for logins let a stolen password's spam out unseen.",
            verified: "Content filters and milters of port 25 that services for logins do not have.",
            remedies: [
                "Postfix": "no -o smtpd_milters= and no -o content_filter= on submission",
                "Exim": "no 'accept authenticated = *' before the scanning in acl_smtp_data",
            ], reference: "https://www.postfix.org/MILTER_README.html"),
        Check(
            .mta, 17, "TLS is offered by configuration",
            why: "Without it, mail goes in clear text.", verified: "The TLS switches of port 25, and of Dovecot.",
            remedies: [
                "Postfix": "smtpd_tls_security_level = may, smtpd_tls_chain_files = …",
                "Exim": "tls_advertise_hosts = *, tls_certificate = …",
                "OpenSMTPD": "pki NAME cert …, listen on … tls pki NAME",
                "Sendmail": "define(`confSERVER_CERT', …), define(`confSERVER_KEY', …)",
                "Dovecot": "ssl = required",
            ], reference: "RFC 3207"),
        Check(
            .mta, 18, "VRFY and EXPN are switched off",
            why: "They tell guessers which accounts exist.", verified: "The switches.",
            remedies: [
                "Postfix": "disable_vrfy_command = yes", "Sendmail": "define(`confPRIVACY_FLAGS', `goaway')",
                "Exim": "no acl_smtp_vrfy and no acl_smtp_expn that accepts",
            ], reference: "RFC 5321 §7.3"),
        Check(
            .mta, 19, "each login is tested by a password of its own",
            why: "A source of passwords that says yes to all makes every name a login.",
            verified:
                "Dovecot's passdbs, Exim's authenticators: no password needed, one password for all, plain text stores.",
            remedies: [
                "Dovecot": "no passdb with nopassword=y or a common password; default_pass_scheme not PLAIN",
                "Exim": "server_condition compares with a stored hash: crypteq, not eq with a literal, not 'yes'",
            ], reference: "https://doc.dovecot.org/configuration_manual/authentication/"),
        Check(
            .mta, 20, "nothing but the mail ports takes SMTP from the world",
            why: "Filters hand mail back on ports that trust whoever connects.",
            verified: "Listening sockets (/proc/net/tcp, tcp6) and the services' addresses.",
            remedies: [
                "all":
                    "bind re-injection ports (10025, 10026, 8025…) to 127.0.0.1 and ::1, or close them in the firewall"
            ], reference: "https://www.postfix.org/FILTER_README.html"),
        Check(
            .mta, 21, "the configuration and the probe from outside say the same",
            why: "Where they differ, one of them is about another server, or something stands between.",
            verified: "What each says to the same question, side by side (--probe).",
            remedies: ["all": "reload the server; see that the probe reached it, and not a firewall or another host"],
            reference: "Documentation/check-mta.md"),
        Check(
            .mta, 22, "blocklists do not judge logged-in users",
            why:
                "Users at home and on the road have addresses that policy lists name rightly; refused, they look for worse ways out.",
            verified: "Lists that refuse a client before his login counts, on services that take logins.",
            remedies: [
                "Postfix":
                    "permit_sasl_authenticated before reject_rbl_client, in each list; no logins behind postscreen",
                "Exim": "accept authenticated = * before deny dnslists = …, or deny !authenticated = * there",
            ], reference: "https://www.spamhaus.org/faqs/dnsbl-usage/"),
        Check(
            .mta, 23, "blocklists are asked through a resolver of one's own",
            why:
                "Lists refuse the large public resolvers: each answer is then an error, and mail is judged by nothing or by errors.",
            verified: "/etc/resolv.conf, where the mail server's configuration names a list.",
            remedies: [
                "all": "install unbound or another resolver on the host, and 'nameserver 127.0.0.1' in resolv.conf"
            ],
            reference: "https://www.spamhaus.org/faqs/dnsbl-usage/"),
    ]
}

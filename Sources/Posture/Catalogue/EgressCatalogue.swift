extension CheckID {
    package static let directSending = CheckID(.egress, 1)
    package static let senderUsers = CheckID(.egress, 2)
    package static let openProxy = CheckID(.egress, 3)
    package static let sshForwarding = CheckID(.egress, 4)
    package static let phpMail = CheckID(.egress, 5)
    package static let plainShells = CheckID(.egress, 6)
}

extension Check {
    static let egress: [Check] = [
        Check(
            .egress, 1, "a host that is no mail server cannot open TCP 25 on the internet",
            why: "Malware sends directly, past the mail server and its logs.",
            verified:
                "Whether a mail server listens here; the outgoing rules computed; with --sink, one connection to port 25 of that host.",
            remedies: [
                "iptables": "iptables -A OUTPUT -p tcp --dport 25 -j REJECT; the same in ip6tables",
                "nftables": "in output: tcp dport 25 reject",
            ], reference: "M3AAWG, Managing Port 25"),
        Check(
            .egress, 2, "only the mail server's own user can open TCP 25 on the internet",
            why: "A hacked web site on the mail server sends past it.",
            verified: "Whether the outgoing rules let every user out, or only some (owner, skuid).",
            remedies: [
                "iptables":
                    "iptables -A OUTPUT -p tcp --dport 25 -m owner ! --uid-owner postfix -j REJECT; the same in ip6tables",
                "nftables": "in output: tcp dport 25 meta skuid != \"postfix\" reject",
            ], reference: "iptables-extensions(8) owner, nft(8) meta skuid"),
        Check(
            .egress, 3, "no open proxy listens here", why: "Spammers send through it, and the address listed is yours.",
            verified:
                "Each TCP socket that listens is asked, as SOCKS 4, SOCKS 5 and HTTP CONNECT without login, for a connection to a socket of our own on this host.",
            remedies: ["all": "stop the program shown, bind it to 127.0.0.1, or let it ask for a login"],
            reference: "RFC 1928, RFC 9110 §9.3.6"),
        Check(
            .egress, 4, "a mail password does not open an ssh tunnel",
            why:
                "With port forwarding, who knows a mail password reaches port 25 in the server's name, without any shell.",
            verified:
                "What sshd -T says of forwarding, passwords and of who may log in; where Match blocks are, for each user (as root).",
            remedies: [
                "sshd":
                    "AllowTcpForwarding no, or DisableForwarding yes; AllowGroups of those who need ssh; PasswordAuthentication no"
            ], reference: "sshd_config(5)"),
        Check(
            .egress, 5, "PHP says which script sent a message",
            why: "Otherwise nobody finds the hacked one among hundreds.",
            verified: "mail.add_x_header and mail.log of every php.ini, its conf.d after it.",
            remedies: ["PHP": "mail.add_x_header = On, mail.log = syslog"],
            reference: "https://www.php.net/manual/mail.configuration.php"),
        Check(
            .egress, 6, "no telnet, rlogin or rsh listens here",
            why:
                "Machines that spread by guessing telnet passwords send spam next; routers are taken over this way first.",
            verified: "TCP 23, 2323, 512, 513 and 514 among the sockets that listen beyond loopback.",
            remedies: [
                "all": "stop telnetd, rlogind and rshd, and take them out; log in by ssh. The same on the router"
            ],
            reference: "RFC 8996; Spamhaus, “Hacked… Here's help”"),
    ]
}

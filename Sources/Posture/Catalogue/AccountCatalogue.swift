extension CheckID {
    package static let guestAccounts = CheckID(.accounts, 1)
    package static let testAccounts = CheckID(.accounts, 2)
    package static let loginShells = CheckID(.accounts, 3)
    package static let neverUsed = CheckID(.accounts, 4)
    package static let emptyPasswords = CheckID(.accounts, 5)
    package static let neverExpiring = CheckID(.accounts, 6)
    package static let weakSchemes = CheckID(.passwords, 1)
    package static let guessedPasswords = CheckID(.passwords, 2)
    package static let plainStrength = CheckID(.passwords, 3)
    package static let triedPasswords = CheckID(.passwords, 4)
}

extension Check {
    static let accounts: [Check] = [
        Check(
            .accounts, 1, "no guest account is enabled",
            why: "Guest logins have no password or a known one; with relaying for logins they are an open relay.",
            verified: "Names for guest in some forty languages, and the Windows RID 501 whatever its name.",
            remedies: [
                "Windows": "Disable-LocalUser by SID ending in -501; in AD: Disable-ADAccount",
                "Unix": "usermod -L -e 1 NAME, or userdel NAME", "Dovecot": "take the line out of the passwd-file",
            ],
            reference:
                "https://learn.microsoft.com/windows-server/identity/ad-ds/manage/understand-security-identifiers"),
        Check(
            .accounts, 2, "no test, demo or default account is enabled",
            why: "They are the first that guessers try, and nobody misses them.",
            verified: "Names that products and people give such accounts, if they have a password that can be used.",
            remedies: ["all": "delete them; or lock them and note what for they are kept"],
            reference: "MITRE ATT&CK T1078.001"),
        Check(
            .accounts, 3, "mail users have no login shell",
            why: "A stolen mail password then opens the host: ssh tunnels reach port 25.",
            verified: "Users with a password, a UID from 1000 on, and a shell that is none of nologin and false.",
            remedies: ["Unix": "usermod -s /usr/sbin/nologin NAME"], reference: "sshd_config(5), AllowTcpForwarding"),
        Check(
            .accounts, 4, "no account is enabled that was never used",
            why: "Its first password is often still the one it was made with.",
            verified: "No last logon in the export of an enabled account.",
            remedies: ["AD": "Disable-ADAccount; then delete after some weeks"], reference: "CIS Controls 5.3"),
        Check(
            .accounts, 5, "no account is open without a password", why: "Anybody can log in.",
            verified: "An empty password field, {PLAIN} with nothing behind it, or PASSWD_NOTREQD.",
            remedies: ["Unix": "passwd -l NAME", "AD": "Set-ADUser NAME -PasswordNotRequired $false"],
            reference: "shadow(5), userAccountControl 0x20"),
        Check(
            .accounts, 6, "no Windows account has a password that never expires",
            why:
                "Such accounts are services and devices: nobody notices that they are used by others, and nobody changes them.",
            verified:
                "userAccountControl 0x10000, PasswordNeverExpires, PasswordExpires; asked only where the export tells it.",
            remedies: [
                "AD": "Set-ADUser NAME -PasswordNeverExpires $false; waive service accounts that may not send mail"
            ],
            reference: "userAccountControl 0x10000"),
    ]

    static let passwords: [Check] = [
        Check(
            .passwords, 1, "passwords are stored by a slow method",
            why: "Plain text, MD5, SHA-1, NT hashes are guessed by the billion a second from one leaked file.",
            verified: "The scheme of each stored password.",
            remedies: [
                "Dovecot": "default_pass_scheme = ARGON2ID (doveadm pw -s ARGON2ID)",
                "Unix": "ENCRYPT_METHOD YESCRYPT in /etc/login.defs", "Apache": "htpasswd -B",
            ], reference: "OWASP Password Storage Cheat Sheet"),
        Check(
            .passwords, 2, "no password can be guessed",
            why: "Most spam through good servers is sent with one guessed password.",
            verified:
                "Guesses made for each account (its name, domain, company, years and seasons, keyboard walks, common ones, --wordlist) against the stored hash; the password itself is never shown.",
            remedies: [
                "all": "let the user set a new one of 12 characters or more; end the sessions; look into its log"
            ],
            reference: "NIST SP 800-63B §5.1.1.2"),
        Check(
            .passwords, 3, "passwords stored in plain text are strong ones",
            why: "What can be read can be judged: weak ones fall to the first who tries.",
            verified:
                "libpwquality, as PAM asks it: length, kinds of signs, sequences, the account's name, cracklib's dictionary where it is installed.",
            remedies: ["all": "let the user set a new one; store it as in PW-01"], reference: "pwquality.conf(5)"),
        Check(
            .passwords, 4, "no account lets in who tries its likeliest passwords",
            why: "Where hashes cannot be read (a directory elsewhere), a login is the only way to know.",
            verified:
                "With --online only: on this host's own submission port, at most four tries an account with a pause before each; an account whose replies sound like a lock-out is left at once.",
            remedies: ["all": "let the user set a new one; limit failed logins"], reference: "NIST SP 800-63B §5.2.2"),
    ]
}

import Testing

/// Lines as other versions, other syslog daemons, containers' runtimes and other languages write them.
struct VariantLineTests {
    static let postfix: [(String, String)] = [
        (
            #"Nov 24 08:30:00 mx postfix/smtpd[1]: NOQUEUE: reject: RCPT from h.example[203.0.113.8]: 553 5.7.1 <boss@shop.example>: Sender address rejected: not owned by user ann@shop.example; from=<boss@shop.example> to=<x@far.example> proto=ESMTP helo=<h> sasl_username=<ann@shop.example>"#,
            #"Postfix: reject 203.0.113.8 ann@shop.example <boss@shop.example> <x@far.example> 553 5.7.1 policy"#
        ),
        (
            #"Nov 24 08:30:00 mx postfix/smtp[9]: A1B2C3D4E5: host mx.far.example[192.0.2.9] refused to talk to me: 554 5.7.1 Service unavailable; Client host [203.0.113.1] blocked using zen.spamhaus.org"#,
            #"Postfix: deferred A1B2C3D4E5 <> 192.0.2.9 554 5.7.1 blocklist"#
        ),
        (
            #"Nov 24 08:30:00 mx postfix/smtpd[1]: message repeated 3 times: [ warning: unknown[203.0.113.8]: SASL LOGIN authentication failed: UGFzc3dvcmQ6]"#,
            #"Postfix: failure 203.0.113.8 smtp LOGIN"#
        ),
        (
            #"<22>1 2026-11-24T08:30:00.123456+01:00 mx postfix/smtpd 4711 - - 3xQ1k95vJrz4x: client=h.example[203.0.113.8], sasl_method=PLAIN, sasl_username=ann@shop.example"#,
            #"Postfix: submission 3xQ1k95vJrz4x ann@shop.example 203.0.113.8 <> size=0 for=0"#
        ),
        (
            #"Nov 24 08:30:00 2026 mx postfix/smtpd[4711]: 3xQ1k95vJrz4x: client=h.example[203.0.113.8]"#,
            #"Postfix: submission 3xQ1k95vJrz4x 203.0.113.8 <> size=0 for=0"#
        ),
        (
            #"2026 Nov 24 08:30:00 mx postfix/smtpd[4711]: 3xQ1k95vJrz4x: client=h.example[203.0.113.8]"#,
            #"Postfix: submission 3xQ1k95vJrz4x 203.0.113.8 <> size=0 for=0"#
        ),
        (
            #"Nov 24 08:30:00 mx mail.info postfix/smtpd[4711]: 3xQ1k95vJrz4x: client=h.example[203.0.113.8]"#,
            #"Postfix: submission 3xQ1k95vJrz4x 203.0.113.8 <> size=0 for=0"#
        ),
        (
            #"Nov 24 08:30:00 mx postfix/smtpd[4711]: [ID 197553 mail.info] 3xQ1k95vJrz4x: client=h.example[203.0.113.8]"#,
            #"Postfix: submission 3xQ1k95vJrz4x 203.0.113.8 <> size=0 for=0"#
        ),
        (
            #"mail_1  | Nov 24 08:30:00 mail postfix/smtpd[12]: 3xQ1k95vJrz4x: client=h.example[203.0.113.8]"#,
            #"Postfix: submission 3xQ1k95vJrz4x 203.0.113.8 <> size=0 for=0"#
        ),
        (
            #"postfix-1  | 2026-11-24T08:30:00.123456+00:00 INFO    postfix/smtpd[12]: 3xQ1k95vJrz4x: client=h.example[203.0.113.8]"#,
            #"Postfix: submission 3xQ1k95vJrz4x 203.0.113.8 <> size=0 for=0"#
        ),
        (
            #"{"log":"Nov 24 08:30:00 mail postfix/smtpd[12]: 3xQ1k95vJrz4x: client=h.example[203.0.113.8]\n","stream":"stdout","time":"2026-11-24T08:30:00.1Z"}"#,
            #"Postfix: submission 3xQ1k95vJrz4x 203.0.113.8 <> size=0 for=0"#
        ),
        (
            #"2026-11-24T08:30:00.123456789Z stdout F Nov 24 08:30:00 mail postfix/smtpd[12]: 3xQ1k95vJrz4x: client=h.example[203.0.113.8]"#,
            #"Postfix: submission 3xQ1k95vJrz4x 203.0.113.8 <> size=0 for=0"#
        ),
        (
            #"2026-11-24T08:30:00.123456789Z Nov 24 08:30:00 mail postfix/smtpd[12]: 3xQ1k95vJrz4x: client=h.example[203.0.113.8]"#,
            #"Postfix: submission 3xQ1k95vJrz4x 203.0.113.8 <> size=0 for=0"#
        ),
        (
            #"Nov 24 08:30:00 mx saslauthd[55]: do_auth         : auth failure: [user=ann@shop.example] [service=smtp] [realm=] [mech=pam] [reason=PAM auth error]"#,
            #"other syslog: failure ann@shop.example - smtp backend"#
        ),
        (
            #"Nov 24 08:30:00 mx postfix/smtpd[1]: A1B2C3D4E5: client=localhost[127.0.0.1], orig_queue_id=99AABB0011, orig_client=h.example[203.0.113.8]"#,
            #"Postfix: submission A1B2C3D4E5 203.0.113.8 <> size=0 for=0"#
        ),
    ]

    static let dovecot: [(String, String)] = [
        (
            #"Nov 24 08:30:00 mx dovecot: pop3-login: Aborted login (auth failed, 3 attempts in 14 secs): user=<ann>, method=PLAIN, rip=203.0.113.8, lip=10.0.0.1, session=<abc>"#,
            #"Dovecot: failure ann 203.0.113.8 pop3 PLAIN x3"#
        ),
        (
            #"Nov 24 08:30:00 mx dovecot: pop3-login: Aborted login (auth failed, 1 attempts): user=<ann>, method=PLAIN, rip=::ffff:203.0.113.8, lip=::ffff:10.0.0.1"#,
            #"Dovecot: failure ann 203.0.113.8 pop3 PLAIN"#
        ),
        (
            #"Nov 24 08:30:00 mx dovecot: imap-login: Login aborted: Connection closed (auth failed, 2 attempts in 7 secs) (auth_failed): user=<ann>, method=PLAIN, rip=203.0.113.8, lip=10.0.0.1, TLS, session=<x>"#,
            #"Dovecot: failure ann 203.0.113.8 imap PLAIN x2"#
        ),
        (
            #"Nov 24 08:30:00 mx dovecot: imap-login: Login aborted: Connection closed (no auth attempts in 0 secs) (no_auth_attempts): user=<>, rip=203.0.113.8, lip=10.0.0.1, session=<x>"#,
            #"Dovecot: nothing"#
        ),
        (
            #"Nov 24 08:30:00 mx dovecot: auth-worker(123): Info: conn unix:auth-worker (pid=1,uid=97): auth-worker<2>: sql(ann@shop.example,203.0.113.8,<abc>): Password mismatch"#,
            #"Dovecot: failure ann@shop.example 203.0.113.8 other backend"#
        ),
        (
            #"Nov 24 08:30:00 mx dovecot: auth-worker(123): pam(ann,203.0.113.8): pam_authenticate() failed: Authentication failure (Password mismatch?)"#,
            #"Dovecot: failure ann 203.0.113.8 other backend"#
        ),
        (
            #"Nov 24 08:30:00 mx dovecot: auth: ldap(ann,203.0.113.8,<abc>): invalid credentials"#,
            #"Dovecot: failure ann 203.0.113.8 other backend"#
        ),
        (
            #"2026-11-24 08:30:00 imap-login: Info: Login: user=<ann@shop.example>, method=PLAIN, rip=203.0.113.8, lip=10.0.0.1, mpid=123, TLS, session=<abc>"#,
            #"Dovecot: login ann@shop.example 203.0.113.8 imap PLAIN"#
        ),
        (
            #"Nov 24 08:30:00 mx dovecot[77]: submission-login: Login: user=<ann@shop.example>, method=PLAIN, rip=203.0.113.8, lip=10.0.0.1, mpid=1, TLS, session=<x>"#,
            #"Dovecot: login ann@shop.example 203.0.113.8 smtp PLAIN"#
        ),
        (
            #"dovecot: Nov 24 08:30:00 Info: imap-login: Login: user=<ann@shop.example>, method=PLAIN, rip=203.0.113.8, lip=10.0.0.1, mpid=123, TLS, session=<abc>"#,
            #"Dovecot: login ann@shop.example 203.0.113.8 imap PLAIN"#
        ),
        (
            #"Nov 24 08:30:00 mx dovecot: imap-login: proxy(ann@shop.example): started proxying to 10.0.0.7:143: user=<ann@shop.example>, method=PLAIN, rip=203.0.113.8, lip=10.0.0.1, TLS, session=<x>"#,
            #"Dovecot: login ann@shop.example 203.0.113.8 imap PLAIN"#
        ),
        (
            #"Nov 24 08:30:00 mx dovecot: imap-login: proxy(ann@shop.example): Login failed to 10.0.0.7:143 (1): Authentication failed.: user=<ann@shop.example>, method=PLAIN, rip=203.0.113.8, lip=10.0.0.1"#,
            #"Dovecot: failure ann@shop.example 203.0.113.8 imap PLAIN"#
        ),
        (
            #"Nov 24 08:30:00 mx auth: pam_unix(dovecot:auth): authentication failure; logname= uid=0 euid=0 tty=dovecot ruser=ann rhost=203.0.113.8"#,
            #"PAM: failure ann 203.0.113.8 imap backend"#
        ),
    ]

    static let exim: [(String, String)] = [
        (
            #"2026-11-24 08:30:00 1tF3xA-0001Ab-2C <= ann@shop.example H=h.example (client) [203.0.113.8] P=esmtpsa X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=no A=dovecot_login:ann@shop.example S=1234 id=x@y T="from <evil@x> A=plain:bob" from <ann@shop.example> for bob@far.example carl@far.example"#,
            #"Exim: submission 1tF3xA-0001Ab-2C ann@shop.example 203.0.113.8 <ann@shop.example> size=1234 for=2"#
        ),
        (
            #"2026-11-24 08:30:00 +0100 1tF3xA-0001Ab-2C <= ann@shop.example H=(client) [203.0.113.8]:4711 I=[10.0.0.1]:587 P=esmtpa A=plain:ann S=1234"#,
            #"Exim: submission 1tF3xA-0001Ab-2C ann 203.0.113.8 <ann@shop.example> size=1234 for=0"#
        ),
        (
            #"2026-11-24 08:30:00.123 [4711] 1tF3xA-00000001Ab2-2Cde <= ann@shop.example H=(client) [203.0.113.8]:4711 I=[10.0.0.1]:587 P=esmtpa L A=plain:ann PRX=10.1.1.1 S=1234 RT=0.2s"#,
            #"Exim: submission 1tF3xA-00000001Ab2-2Cde ann 203.0.113.8 <ann@shop.example> size=1234 for=0"#
        ),
        (
            #"2026-11-24 08:30:00 1tF3xA-0001Ab-2C => ann <ann@shop.example> R=localuser T=local_delivery"#,
            #"Exim: sent 1tF3xA-0001Ab-2C <ann@shop.example> - local"#
        ),
        (
            #"2026-11-24 08:30:00 1tF3xA-0001Ab-2C == zz@far.example R=dnslookup T=remote_smtp defer (-44) H=mx.far.example [192.0.2.9]: SMTP error from remote mail server after RCPT TO:<zz@far.example>: 451 4.7.1 Greylisted"#,
            #"Exim: deferred 1tF3xA-0001Ab-2C <zz@far.example> 192.0.2.9 451 4.7.1 greylisted"#
        ),
        (
            #"2026-11-24 08:30:00 1tF3xA-0001Ab-2C Completed QT=3s"#,
            #"Exim: removed 1tF3xA-0001Ab-2C"#
        ),
        (
            #"2026-11-24 08:30:00 plain authenticator failed for ([192.168.1.2]) [203.0.113.8] I=[10.0.0.1]:587: 535 Incorrect authentication data (set_id=ann)"#,
            #"Exim: failure ann 203.0.113.8 smtp plain"#
        ),
        (
            #"2026-11-24 08:30:00 [99] login authenticator failed for H=(User) [203.0.113.8]: 535 Incorrect authentication data"#,
            #"Exim: failure 203.0.113.8 smtp login"#
        ),
        (
            #"2026-11-24 08:30:00 H=h.example [203.0.113.8]:4711 X=TLS1.3:x CV=no F=<a@b.example> A=dovecot_login:ann rejected RCPT <zz@far.example>: Sending limit reached"#,
            #"Exim: reject 203.0.113.8 ann <a@b.example> <zz@far.example> 550 other"#
        ),
        (
            #"2026-11-24 08:30:00 H=h.example [203.0.113.8] F=<a@b.example> temporarily rejected RCPT <zz@shop.example>: greylisted"#,
            #"Exim: reject 203.0.113.8 <a@b.example> <zz@shop.example> 450 greylisted"#
        ),
        (
            #"Nov 24 08:30:00 mx exim[4711]: 2026-11-24 08:30:00 1tF3xA-0001Ab-2C <= ann@shop.example H=(client) [203.0.113.8] P=esmtpa A=plain:ann S=1234"#,
            #"Exim: submission 1tF3xA-0001Ab-2C ann 203.0.113.8 <ann@shop.example> size=1234 for=0"#
        ),
    ]

    static let others: [(String, String)] = [
        (
            #"Nov 24 08:30:00 mx sm-mta[124]: xAO7U0ab012345: to=<bob@far.example>,<carl@far.example>, ctladdr=<ann@shop.example> (1000/1000), delay=00:00:01, xdelay=00:00:01, mailer=esmtp, pri=121234, relay=mx.far.example. [192.0.2.9], dsn=2.0.0, stat=Sent (ok)"#,
            #"Sendmail: sent xAO7U0ab012345 <bob@far.example> 192.0.2.9 2.0.0"#
        ),
        (
            #"Nov 24 08:30:00 mx sm-mta[124]: xAO7U0ab012345: AUTH failure (LOGIN): authentication failure (-13) SASL(-13): authentication failure: checkpass failed, relay=h.example [203.0.113.8]"#,
            #"Sendmail: failure 203.0.113.8 smtp LOGIN"#
        ),
        (
            #"Nov 24 08:30:00 mx smtpd[77]: 5a6b7c8d9e0f1a2b smtp event=authentication user=ann address=203.0.113.8 host=h.example result=permfail"#,
            #"OpenSMTPD: failure ann 203.0.113.8 smtp"#
        ),
        (
            #"Nov 24 08:30:00 mx smtpd[77]: 5a6b7c8d9e0f1a2c mta event=delivery evpid=abcd123400000000 from=<ann@shop.example> to=<bob@far.example> rcpt=<-> source="10.0.0.1" relay="192.0.2.9 (mx.far.example)" delay=1s result="PermFail" stat="550 5.1.1 User unknown""#,
            #"OpenSMTPD: bounced abcd1234 <bob@far.example> 192.0.2.9 550 5.1.1 unknown-recipient"#
        ),
        (
            #"Nov 24 08:30:00 mx courieresmtpd: error,relay=::ffff:203.0.113.8,port=4711,msg="535 Authentication failed.",cmd: AUTH LOGIN ann@shop.example"#,
            #"Courier: failure ann@shop.example 203.0.113.8 smtp LOGIN"#
        ),
        (
            #"2026-11-24 08:30:00,123 WARN  [qtp1-99:https:https://localhost:7071/service/admin/soap/AuthRequest] [name=ann@shop.example;oip=203.0.113.8;ua=Zimbra;] security - cmd=Auth; account=ann@shop.example; protocol=soap; error=authentication failed for [ann@shop.example], invalid password;"#,
            #"Zimbra: failure ann@shop.example 203.0.113.8 webmail"#
        ),
        (
            #"2026-11-24 08:30:00,123 WARN  [ImapServer-9] [ip=10.0.0.1;oip=203.0.113.8;via=10.0.0.1(nginx);] security - cmd=Auth; account=ann@shop.example; protocol=imap; error=authentication failed for [ann@shop.example], invalid password;"#,
            #"Zimbra: failure ann@shop.example 203.0.113.8 imap"#
        ),
        (
            #"2026-11-24 08:30:00,123 INFO  [qtp1] [oip=203.0.113.8;oport=4711;oproto=smtp;] SoapEngine - handler exception: authentication failed for [ann@shop.example], account not found"#,
            #"Zimbra: failure ann@shop.example 203.0.113.8 smtp"#
        ),
        (
            #"Nov 24 08:30:00 mx sshd[1]: Failed password for invalid user a from b from 203.0.113.8 port 51234 ssh2"#,
            #"sshd: failure a from b 203.0.113.8 ssh password"#
        ),
        (
            #"Nov 24 08:30:00 mx sshd-session[1]: Failed password for root from 2001:db8::5 port 51234 ssh2"#,
            #"sshd: failure root 2001:db8::5 ssh password"#
        ),
        (
            #"[24-Nov-2026 08:30:00 +0000]: <abc123> Successful login for ann@shop.example (ID: 5) from 10.0.0.1 (X-Forwarded-For: 203.0.113.8) in session abc"#,
            #"Roundcube: login ann@shop.example 203.0.113.8 webmail"#
        ),
        (
            #"[2026-11-24 08:30:00 +0000]: <abc123> Failed login for ann@shop.example from 203.0.113.8 in session abc (error: 0)"#,
            #"Roundcube: failure ann@shop.example 203.0.113.8 webmail"#
        ),
        (
            #"[24-Nov-2026 08:30:00 +0000]: User ann@shop.example [203.0.113.8]; Message for bob@far.example; 250: 2.0.0 Ok: queued as 4XYZ"#,
            #"Roundcube: login ann@shop.example 203.0.113.8 webmail"#
        ),
    ]

    static let firewalls: [(String, String)] = [
        (
            #"Nov 24 08:30:00 fw kernel: [12345.678] [UFW BLOCK] IN=eth0 OUT= MAC=aa:bb SRC=203.0.113.8 DST=198.51.100.5 LEN=60 TOS=0x00 PREC=0x00 TTL=50 ID=1 DF PROTO=TCP SPT=51234 DPT=25 WINDOW=1 RES=0x00 SYN URGP=0"#,
            #"iptables/nft/ufw: drop 203.0.113.8:51234 198.51.100.5:25 incoming"#
        ),
        (
            #"Nov 24 08:30:00 fw kernel: IPTables-Dropped: IN=eth0 OUT= MAC= SRC=2001:0db8:0000:0000:0000:0000:0000:0005 DST=2001:0db8:0000:0000:0000:0000:0000:0001 LEN=80 TC=0 HOPLIMIT=50 FLOWLBL=0 PROTO=TCP SPT=51234 DPT=25"#,
            #"iptables/nft/ufw: drop 2001:db8::5:51234 2001:db8::1:25 incoming"#
        ),
        (
            #"Nov 24 08:30:00 fw kernel: Shorewall:net-fw:DROP:IN=eth0 OUT= MAC= SRC=203.0.113.8 DST=198.51.100.5 LEN=60 PROTO=TCP SPT=51234 DPT=25"#,
            #"iptables/nft/ufw: drop 203.0.113.8:51234 198.51.100.5:25 incoming"#
        ),
        (
            #"Nov 24 08:30:00 fw kernel: "filter_IN_public_REJECT: "IN=eth0 OUT= MAC= SRC=203.0.113.8 DST=198.51.100.5 LEN=60 PROTO=TCP SPT=51234 DPT=25"#,
            #"iptables/nft/ufw: drop 203.0.113.8:51234 198.51.100.5:25 unknown"#
        ),
        (
            #"Nov 24 08:30:00 fw filterlog: 5,16777216,,1000000103,igb0,match,pass,out,6,0x00,0x00000,64,TCP,6,40,2001:db8::5,2001:db8::1,51234,25,0,S,1,,64240,,mss"#,
            #"pf/pfSense filterlog: accept 2001:db8::5:51234 2001:db8::1:25 unknown"#
        ),
        (
            #"<134>1 2026-11-24T08:30:00.123+01:00 OPNsense.local filterlog 123 - [meta sequenceId="1"] 5,,,abc,igb0,match,pass,out,4,0x0,,64,420,0,none,6,tcp,60,198.51.100.5,192.0.2.9,51234,25,0,S,1,,64240,,mss"#,
            #"pf/pfSense filterlog: accept 198.51.100.5:51234 192.0.2.9:25 unknown"#
        ),
        (
            #"2026-11-24 08:30:00.123456 rule 3/0(match): block in on em0: 203.0.113.8.51234 > 198.51.100.5.25: Flags [S], seq 1, win 1"#,
            #"pf/pfSense filterlog: drop 203.0.113.8:51234 198.51.100.5:25 unknown"#
        ),
        (
            #"Nov 24 08:30:00 fw pf: 00:00:01.123 rule 3/0(match): block in on em0: (tos 0x0, ttl 64, id 1, offset 0, flags [DF], proto TCP (6), length 60) 203.0.113.8.51234 > 198.51.100.5.25: S, cksum 0x1"#,
            #"pf/pfSense filterlog: drop 203.0.113.8:51234 198.51.100.5:25 unknown"#
        ),
        (
            #"%ASA-4-106023: Deny tcp src outside:203.0.113.8/51234 dst inside:10.0.0.5/25 by access-group "outside_in" [0x0, 0x0]"#,
            #"Cisco ASA: drop 203.0.113.8:51234 10.0.0.5:25 unknown"#
        ),
        (
            #"<166>%ASA-6-302013: Built outbound TCP connection 123 for outside:192.0.2.9/25 (192.0.2.9/25) to inside:10.0.0.5/51234 (198.51.100.5/51234)"#,
            #"Cisco ASA: accept 10.0.0.5:51234 192.0.2.9:25 outgoing"#
        ),
        (
            #"<166>:Nov 24 08:30:00 CET: %ASA-session-6-302013: Built outbound TCP connection 123 for outside:192.0.2.9/25 (192.0.2.9/25) to inside:10.0.0.5/51234 (198.51.100.5/51234)"#,
            #"Cisco ASA: accept 10.0.0.5:51234 192.0.2.9:25 outgoing"#
        ),
        (
            #"Nov 24 08:30:00 10.1.1.1 %FTD-6-302013: Built outbound TCP connection 123 for outside:192.0.2.9/25 (192.0.2.9/25) to inside:10.0.0.5/51234 (198.51.100.5/51234)"#,
            #"Cisco ASA: accept 10.0.0.5:51234 192.0.2.9:25 outgoing"#
        ),
        (
            #"Nov 24 08:30:00 10.1.1.1 %PIX-4-106023: Deny tcp src outside:203.0.113.8/51234 dst inside:10.0.0.5/25 by access-group "x""#,
            #"Cisco ASA: drop 203.0.113.8:51234 10.0.0.5:25 unknown"#
        ),
        (
            #"Nov 24 08:30:00 asa : %ASA-6-605005: Login permitted from 203.0.113.8/51234 to outside:198.51.100.1/ssh for user "admin""#,
            #"Cisco ASA: login admin 203.0.113.8 ssh"#
        ),
        (
            #"<189>date=2026-11-24 time=08:30:00 devname="FGT" devid="FG1" eventtime=1795509000123456789 tz="+0100" logid="0000000013" type="traffic" subtype="local" srcip=203.0.113.8 srcport=51234 srcintfrole="wan" dstip=198.51.100.5 dstport=25 proto=6 action="deny""#,
            #"FortiGate: drop 203.0.113.8:51234 198.51.100.5:25 incoming"#
        ),
        (
            #"date=2026-11-24,time=08:30:00,devname=FGT,logid=13,type=traffic,subtype=forward,srcip=10.0.0.5,srcport=51234,dstip=192.0.2.9,dstport=25,proto=6,action=accept"#,
            #"FortiGate: accept 10.0.0.5:51234 192.0.2.9:25 unknown"#
        ),
        (
            #"itime=1795509000 date=2026-11-24 time=08:30:00 devid=FG1 type=traffic srcip=10.0.0.5 srcport=51234 dstip=192.0.2.9 dstport=25 proto=6 action=accept"#,
            #"FortiGate: accept 10.0.0.5:51234 192.0.2.9:25 unknown"#
        ),
        (
            #"date=2026-11-24 time=08:30:00 type="event" subtype="vpn" logdesc="SSL VPN login fail" action="ssl-login-fail" remip=203.0.113.8 user="ann" reason="sslvpn_login_permission_denied""#,
            #"FortiGate: failure ann 203.0.113.8 other"#
        ),
        (
            #"2026-11-24T08:30:00.000Z 2 123456789010 eni-1235b8ca 10.0.0.5 192.0.2.9 51234 25 6 20 4249 1795509000 1795509060 REJECT OK"#,
            #"AWS VPC flow: drop 10.0.0.5:51234 192.0.2.9:25 unknown"#
        ),
    ]

    static let windows: [(String, String)] = [
        (
            #"{"Id":4625,"TimeCreated":"2026-11-24T08:30:00.1234567+01:00","Message":"Fehler beim Anmelden eines Kontos.\r\n\r\nAntragsteller:\r\n\tSicherheits-ID:\t\tS-1-0-0\r\n\tKontoname:\t\t-\r\n\tKontodomäne:\t\t-\r\n\tAnmelde-ID:\t\t0x0\r\n\r\nAnmeldetyp:\t\t\t3\r\n\r\nKonto, für das die Anmeldung fehlgeschlagen ist:\r\n\tSicherheits-ID:\t\tS-1-0-0\r\n\tKontoname:\t\tann\r\n\tKontodomäne:\t\tSHOP\r\n\r\nFehlerinformationen:\r\n\tFehlerursache:\t\tUnbekannter Benutzername oder ungültiges Kennwort.\r\n\tStatus:\t\t\t0xC000006D\r\n\tUnterstatus::\t\t0xC000006A\r\n\r\nProzessinformationen:\r\n\tAufrufprozess-ID:\t0x0\r\n\tAufrufprozessname:\t-\r\n\r\nNetzwerkinformationen:\r\n\tArbeitsstationsname:\tPC\r\n\tQuellnetzwerkadresse:\t203.0.113.8\r\n\tQuellport:\t\t51234\r\n"}"#,
            #"Windows Security: failure ann 203.0.113.8 windows 3"#
        ),
        (
            #"{"Id":4624,"TimeCreated":"\/Date(1795509000123)\/","Message":"L’ouverture de session d’un compte s’est correctement déroulée.\r\n\r\nObjet :\r\n\tID de sécurité :\t\tS-1-5-18\r\n\tNom du compte :\t\tEX01$\r\n\r\nInformations d’ouverture de session :\r\n\tType d’ouverture de session :\t\t3\r\n\r\nNouvelle ouverture de session :\r\n\tID de sécurité :\t\tS-1-5\r\n\tNom du compte :\t\tann\r\n\tDomaine du compte :\t\tSHOP\r\n\r\nInformations sur le processus :\r\n\tNom du processus :\t\t-\r\n\r\nInformations sur le réseau :\r\n\tNom de la station de travail :\tPC\r\n\tAdresse du réseau source :\t203.0.113.8\r\n\tPort source :\t\t51234\r\n"}"#,
            #"Windows Security: login ann 203.0.113.8 windows 3"#
        ),
        (
            #"{"EventID":4625,"TimeCreated":"2026-11-24T08:30:00Z","EventData":{"TargetUserName":"ann","LogonType":"3","IpAddress":"203.0.113.8","ProcessName":"-"}}"#,
            #"Windows Security: failure ann 203.0.113.8 windows 3"#
        ),
        (
            ##"{"Event":{"System":{"EventID":4624,"TimeCreated":{"#attributes":{"SystemTime":"2026-11-24T08:30:00.123Z"}},"Computer":"EX01"},"EventData":{"TargetUserName":"ann","LogonType":3,"IpAddress":"203.0.113.8","ProcessName":"-"}}}"##,
            #"Windows Security: login ann 203.0.113.8 windows 3"#
        ),
        (
            #"{"@timestamp":"2026-11-24T08:30:00.123Z","winlog":{"event_id":4625,"event_data":{"TargetUserName":"ann","LogonType":"3","IpAddress":"203.0.113.8","ProcessName":"-"}}}"#,
            #"Windows Security: failure ann 203.0.113.8 windows 3"#
        ),
        (
            #"{"EventTime":"2026-11-24 08:30:00","EventID":4625,"TargetUserName":"ann","LogonType":"3","IpAddress":"203.0.113.8"}"#,
            #"Windows Security: failure ann 203.0.113.8 windows 3"#
        ),
    ]

    static let mailEnable: [(String, String)] = [
        (
            #"24/11/26 08:30:00\#tSMTP-IN\#tA1B2.MAI\#t900\#t203.0.113.8\#tAUTH\#tYW5u\#t535 Invalid Username or Password\#t34\#t18\#t\#t"#,
            #"MailEnable: failure ann 203.0.113.8 smtp"#
        ),
        (
            #"2026-11-24 08:30:00\#tSMTP-IN\#tA1B2.MAI\#t900\#t203.0.113.8\#tAUTH\#tYW5u\#t535 Invalid Username or Password\#t34\#t18\#t\#t"#,
            #"MailEnable: failure ann 203.0.113.8 smtp"#
        ),
        (
            #"24.11.26 08:30:00\#tSMTP-IN\#tA1B2.MAI\#t900\#t203.0.113.8\#tAUTH\#tYW5u\#t535 Invalid Username or Password\#t34\#t18\#t\#t"#,
            #"MailEnable: failure ann 203.0.113.8 smtp"#
        ),
    ]

    static let all: [(String, String)] = [postfix, dovecot, exim, others, firewalls, windows, mailEnable].flatMap { $0 }

    @Test(arguments: all) func reads(line: String, told: String) { #expect(Lines.story([line]) == told) }
}

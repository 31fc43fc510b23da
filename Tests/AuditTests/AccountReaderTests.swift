import Audit
import Posture
import Testing

@Suite struct AccountReaderTests {
    func read(_ text: String, _ format: AccountReader.Format) throws -> [Account] {
        try AccountReader.read(Array(text.utf8), format)
    }

    @Test func readsPasswdAndShadow() throws {
        let passwd = try read(
            "root:x:0:0:root:/root:/bin/bash\nann:x:1000:1000:Ann Lee,,,:/home/ann:/bin/sh\n", .passwd)
        let shadow = try read("root:*:19000:0:99999:7:::\nann:$y$abc:19000:0:99999:7:::\n", .shadow)
        let merged = AccountReader.merged(passwd: passwd, shadow: shadow)
        #expect(merged.map(\.stored) == ["*", "$y$abc"])
        #expect(merged[1].shell == "/bin/sh" && merged[1].uid == 1000 && merged[1].line == 2)
        #expect(merged[0].isLocked && !merged[1].isLocked)
    }

    @Test func readsDovecotAndHtpasswd() throws {
        let users = try read("ann@a.test:{PLAIN}x::::::\nbob@a.test:{SHA}y::::::nologin=y\n", .dovecot)
        #expect(users.map(\.canLogIn) == [true, false])
        #expect(try read("ann:$apr1$a$b\n", .htpasswd)[0].stored == "$apr1$a$b")
    }

    @Test func readsLDIF() throws {
        let sid = "AQUAAAAAAAUVAAAAAQAAAAIAAAADAAAA9QEAAA=="
        let accounts = try read(
            """
            version: 1

            dn: CN=Gast,CN=Users,DC=a,DC=test
            sAMAccountName: Gast
            objectSid:: \(sid)
            userAccountControl: 544
            lastLogonTimestamp: 0

            dn: CN=Ann,DC=a,DC=test
            sAMAccountName: an
             n
            userAccountControl: 514
            displayName:: QW5uIEzDqWU=

            """, .ldif)
        #expect(accounts.count == 2)
        #expect(accounts[0].rid == 501 && accounts[0].isEnabled == true && accounts[0].needsNoPassword)
        #expect(accounts[0].lastUse == .never)
        #expect(accounts[1].name == "ann" && accounts[1].isEnabled == false && accounts[1].fullName == "Ann Lée")
    }

    @Test func readsCSVAndJSON() throws {
        let table =
            "#TYPE Microsoft\r\n\"SamAccountName\";\"Enabled\";\"SID\";\"LastLogonDate\"\r\n\"a;\"\"n\";\"True\";\"S-1-5-21-1-2-3-501\";\"\"\r\n"
        let accounts = try read(table, .csv)
        #expect(accounts.map(\.name) == ["a;\"n"] && accounts[0].rid == 501 && accounts[0].lastUse == .never)
        let json =
            #"[{"Name":"Gast","Enabled":true,"SID":{"Value":"S-1-5-21-1-501"},"LastLogon":null,"PasswordRequired":false}]"#
        let local = try read(json, .json)
        #expect(
            local[0].rid == 501 && local[0].isEnabled == true && local[0].lastUse == .never && local[0].needsNoPassword)
        #expect(try read(#"{"Name":"one","Enabled":false}"#, .json).count == 1)
    }

    @Test func readsUTF16() throws {
        let bytes: [UInt8] = [0xff, 0xfe] + "ann:{PLAIN}é\n".utf16.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] }
        #expect(try AccountReader.read(bytes, .dovecot)[0].stored == "{PLAIN}é")
        #expect(throws: PostureError.self) { try AccountReader.read(bytes.dropLast(), .dovecot) }
    }

    @Test(arguments: [
        ("a:b\nroot:x:0:0:root:/root\n", AccountReader.Format.passwd, 1),
        ("ok:x:0:0:a:b:c\nx:x:y:0:a:b:c\n", .passwd, 2),
        ("\n\nann:x\n", .shadow, 3), ("name,enabled\nann,perhaps\n", .csv, 2), ("name,enabled\nann\n", .csv, 2),
        ("name,enabled\n\"ann,1\n", .csv, 2), ("dn: x\nnothing\n", .ldif, 2), ("dn: x\ncn:: ***\n", .ldif, 2),
        (" x: y\n", .ldif, 1), (":x\n", .dovecot, 1), ("what,ever\n1,2\n", .csv, 2),
    ]) func tellsTheLine(text: String, format: AccountReader.Format, line: Int) {
        do {
            _ = try read(text, format)
            Issue.record("was read")
        } catch let error as PostureError {
            #expect(error.line == line)
        } catch {
            Issue.record("\(error)")
        }
    }

    @Test(arguments: ["[{\"Name\":\"a\"", "[1]", "[{}]", "", "{\"Name\":1}"]) func refusesBrokenJSON(text: String) {
        #expect(throws: PostureError.self) { try read(text, .json) }
    }

    @Test func refusesBinary() {
        #expect(throws: PostureError.self) { try AccountReader.read([0x61, 0x0a, 0xff, 0x0a], .dovecot) }
        #expect(throws: PostureError.self) { try AccountReader.read([0x61, 0x62, 0, 0x0a], .dovecot) }
    }

    @Test(arguments: [
        ("root:x:0:0:root:/root:/bin/bash\n", AccountReader.Format.passwd), ("root:*:19000:0:99999:7:::\n", .shadow),
        ("a@b.test:{PLAIN}x::::::\n", .dovecot), ("ann:$apr1$x$y\n", .htpasswd), ("dn: x\n", .ldif), ("a,b\n", .csv),
        ("[\n", .json),
    ]) func guessesTheFormat(text: String, format: AccountReader.Format) {
        #expect(AccountReader.guess(Array(text.utf8)) == format)
    }

    @Test func readsWhatOtherSystemsHave() throws {
        let bsd =
            "guest:*LOCKED*:1001:1001::0:0:A Guest:/home/guest:/bin/sh\nann:$2b$08$x:1002:1002:staff:0:0:Ann:/home/ann:/bin/ksh\n"
        #expect(AccountReader.guess(Array(bsd.utf8)) == .passwd)
        let accounts = try read(bsd, .passwd)
        #expect(
            accounts.map(\.canLogIn) == [false, true] && accounts[1].shell == "/bin/ksh"
                && accounts[1].fullName == "Ann")
        let solaris = try read("daemon:NP:6445::::::\nann:$5$x:6445::::::\nsmmsp:UP:6445::::::\n", .shadow)
        #expect(solaris.map(\.canLogIn) == [false, true, false])
    }

    @Test func readsLists() throws {
        let text = """

            Name                  : Gast
            Enabled               : True
            FullName              :
            SID                   : S-1-5-21-1-2-3-501
            PasswordRequired      : False
            PasswordExpires       :
            LastLogon             :
            DistinguishedName     : CN=Gast,CN=Users,DC=very-long-name,DC=exa
                                    mple,DC=test

            Name                  : ann
            Enabled               : False
            LastLogon             : 24.11.2026 10:11:12

            """
        #expect(AccountReader.guess(Array(text.utf8)) == .list)
        let accounts = try read(text, .list)
        #expect(accounts.map(\.name) == ["Gast", "ann"] && accounts[0].rid == 501 && accounts[0].needsNoPassword)
        #expect(accounts.map(\.lastUse) == [.never, .used] && accounts.map(\.isEnabled) == [true, false])
        #expect(accounts[0].neverExpires == true)
        #expect(throws: PostureError.self) { try read("Name : a\nEnabled : vielleicht\n", .list) }
        #expect(throws: PostureError.self) { try read("Name : a\nno property\n", .list) }
    }

    @Test(arguments: [
        "+------+---------+----------------------+\n| user | active | last_login          |\n+------+--------+---------------------+\n| test | 1      | 0000-00-00 00:00:00 |\n+------+--------+---------------------+\n",
        " user | active | last_login \n------+--------+------------\n test | t      | \n(1 row)\n",
        "user\tactive\tlast_login\ntest\t1\tNULL\n",
        "\"user\";\"enabled\";\"LastLogon\"\r\n\"test\";\"WAHR\";\"01.01.1601 01:00:00\"\r\n",
        "username,disabled,lastlogon\ntest,0,0\n",
    ]) func readsTables(text: String) throws {
        let accounts = try read(text, AccountReader.guess(Array(text.utf8)) ?? .csv)
        #expect(accounts.map(\.name) == ["test"] && accounts[0].isEnabled == true && accounts[0].lastUse == .never)
    }

    @Test func readsJSONOfWindowsPowerShell() throws {
        let text =
            #"{"value":[{"SamAccountName":"a","Enabled":true,"LastLogon":{"value":"/Date(1)/","DateTime":"x"}},{"SamAccountName":"b","userAccountControl":66082}],"Count":2}"#
        let accounts = try read(text, .json)
        #expect(accounts.map(\.name) == ["a", "b"] && accounts[0].lastUse == .used)
        #expect(accounts[1].isEnabled == false && accounts[1].neverExpires == true && accounts[1].needsNoPassword)
    }

    @Test func readsDirectoriesAsToolsWriteThem() throws {
        let accounts = try read(
            """
            # extended LDIF
            #
            # filter: (objectClass=person) and more that does not fit into
              one line
            dn:: Q049QW5u
            sAMAccountName: ann
            userAccountControl: 66048

            dn: CN=PC1
            sAMAccountName: PC1$
            userAccountControl: 4096

            dn: uid=old,dc=x
            uid: old
            nsAccountLock: TRUE
            userPassword:: e1NIQX14

            # search result
            search: 2
            result: 0 Success

            """, .ldif)
        #expect(
            accounts.map(\.name) == ["ann", "old"] && accounts[0].lastUse == nil && accounts[0].neverExpires == true)
        #expect(accounts[1].isEnabled == false && accounts[1].stored == "{SHA}x")
    }

    @Test func readsPdbeditVerbose() throws {
        let text = """
            ---------------
            Unix username:        guest
            NT username:
            Account Flags:        [UX         ]
            User SID:             S-1-5-21-1-2-3-501
            Full Name:            A Guest
            Logon time:           0
            ---------------
            Unix username:        ann
            Account Flags:        [DU         ]
            User SID:             S-1-5-21-1-2-3-3000
            Logon time:           Tue, 24 Nov 2026 10:11:12 CET

            """
        #expect(AccountReader.guess(Array(text.utf8)) == .samba)
        let accounts = try read(text, .samba)
        #expect(accounts.map(\.name) == ["guest", "ann"] && accounts[0].rid == 501 && accounts[0].neverExpires == true)
        #expect(accounts.map(\.canLogIn) == [true, false] && accounts[1].lastUse == .used)
        #expect(throws: PostureError.self) { try read("---\nUnix username: x\nUser SID: S-1-5-1\n", .samba) }
    }

    @Test(arguments: [
        (
            "accounts/lastlog",
            "Username         Port     From             Latest\nroot                                       **Noch nie angemeldet**\nann              pts/0    192.0.2.1        Tue Nov 24 10:11:12 +0100 2026\nbob                                        **Never logged in**\nbox                                        **Never logged in**\n"
        ),
        (
            "accounts/lslogins",
            "  UID USER PROC PWD-LOCK PWD-DENY LAST-LOGIN GECOS\n    0 root   90        0        0            root\n 1000 ann     2        0        0 Nov24/10:11 Ann\n 1001 bob     0        0        0            Bob\n 1002 box     0        0        0            Box\n"
        ),
    ]) func knowsWhoNeverCame(name: String, text: String) throws {
        var facts = CollectedFacts()
        let passwd =
            "root:x:0:0:root:/root:/bin/bash\nann:x:1000:1000::/home/ann:/bin/sh\nbob:x:1001:1001::/home/bob:/bin/sh\nbox:x:1002:1002::/var/mail:/usr/sbin/nologin\n"
        facts["accounts/passwd"] = .content(Array(passwd.utf8))
        facts["accounts/passwd-status"] = .content(Array("root P x\nann P x\nbob P x\nbox P x\n".utf8))
        facts[name] = .content(Array(text.utf8))
        let accounts = try AccountFacts.exports(facts)[0].accounts
        #expect(accounts.map(\.lastUse) == [nil, .used, .never, nil])
        let finding = AccountChecks.findings(accounts, target: "x").first { $0.check == .neverUsed }
        #expect(finding?.result == .fail(.medium) && finding?.evidence.count == 1)
    }

    @Test func readsPdbedit() throws {
        let text = """
            ann:1000:XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX:8846F7EAEE8FB117AD06BDD830B7586C:[U          ]:LCT-65F0A1B2:
            nobody:65534:XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX:NO PASSWORDXXXXXXXXXXXXXXXXXXXXX:[NU         ]:LCT-00000000:
            old:1001:XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX:8846F7EAEE8FB117AD06BDD830B7586C:[DU         ]:LCT-65F0A1B2:
            pc$:1002:XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX:8846F7EAEE8FB117AD06BDD830B7586C:[W          ]:LCT-65F0A1B2:

            """
        #expect(AccountReader.guess(Array(text.utf8)) == .samba)
        let accounts = try read(text, .samba)
        #expect(accounts.map(\.canLogIn) == [true, true, false, false])
        #expect(accounts[0].stored == "{NTLM}8846F7EAEE8FB117AD06BDD830B7586C" && accounts[1].stored == "")
        #expect(accounts[1].needsNoPassword && !accounts[0].needsNoPassword)
        for broken in ["ann:1000:XX", "ann:x:a:b:[U]:", "ann:1000:a:zz:[U ]:LCT-1:"] {
            #expect(throws: PostureError.self) { try read(text + broken + "\n", .samba) }
        }
    }

    @Test func readsDoveadm() throws {
        let names = try read("ann@a.test\nguest@a.test\n", .doveadm)
        #expect(names.map(\.name) == ["ann@a.test", "guest@a.test"])
        let lookup = "passdb: ann@a.test\n  user      : ann@a.test\n  password  : {PLAIN}x\n  nologin   : y\n"
        #expect(AccountReader.guess(Array(lookup.utf8)) == .doveadm)
        let found = try read(lookup, .doveadm)
        #expect(found.map(\.stored) == ["{PLAIN}x"] && found[0].isEnabled == false)
        #expect(try read("{SHA}abc\n", .doveadm)[0].stored == "{SHA}abc")
        for broken in ["  password : x\n", "passdb:\n", "two words\n", "passdb: a\n  nothing\n"] {
            #expect(throws: PostureError.self) { try read(broken, .doveadm) }
        }
    }

    @Test func joinsWhatAHostTells() throws {
        var facts = CollectedFacts()
        let passwd = "root:x:0:0:root:/root:/bin/bash\nguest:x:1000:1000::/home/guest:/bin/sh\n"
        facts["accounts/passwd"] = .content(Array(passwd.utf8))
        facts["accounts/passwd-status"] = .content(
            Array("root L 01/01/2026 0 99999 7 -1\nguest P 01/01/2026 0 99999 7 -1\n".utf8))
        let states = try AccountFacts.exports(facts)
        #expect(states.count == 1 && states[0].accounts.map(\.isEnabled) == [false, true])
        facts["hashes/shadow"] = .content(Array("root:*:1:0:99999:7:::\nguest:!$y$x:1:0:99999:7:::\n".utf8))
        let merged = try AccountFacts.exports(facts)
        #expect(merged.count == 1 && merged[0].accounts.map(\.stored) == ["*", "!$y$x"])
        facts["hashes/broken"] = .content(Array("no export at all\n".utf8))
        #expect(throws: AuditError.self) { try AccountFacts.exports(facts) }
    }

    @Test func readsExpiry() throws {
        let users =
            #"[{"Name":"a","Enabled":true,"PasswordExpires":null},{"Name":"b","Enabled":true,"PasswordExpires":"/Date(1)/"}]"#
        #expect(try read(users, .json).map(\.neverExpires) == [true, false])
        #expect(try read("SamAccountName,PasswordNeverExpires\na,True\n", .csv)[0].neverExpires == true)
        #expect(try read("dn: CN=a\nsAMAccountName: a\nuserAccountControl: 66048\n", .ldif)[0].neverExpires == true)
        #expect(try read("a:$apr1$a$b\n", .htpasswd)[0].neverExpires == nil)
    }
}

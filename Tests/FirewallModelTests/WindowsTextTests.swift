import FirewallModel
import MailTypes
import Testing

/// Windows' firewall as text, as its own tools write it.
struct WindowsTextTests {
    static let english = """

        Rule Name:                            SMTP in
        ----------------------------------------------------------------------
        Description:                          Mail: from the provider
        Enabled:                              Yes
        Direction:                            In
        Profiles:                             Domain,Private,Public
        Grouping:                             
        LocalIP:                              Any
        RemoteIP:                             192.0.2.0/24,198.51.100.7-198.51.100.9
        Protocol:                             TCP
        LocalPort:                            25,587
        RemotePort:                           Any
        Edge traversal:                       No
        Program:                              C:\\Program Files\\hMailServer\\hMailServer.exe
        InterfaceTypes:                       Any
        Security:                             NotRequired
        Rule source:                          Local Setting
        Action:                               Allow

        Rule Name:                            Block bad
        ----------------------------------------------------------------------
        Enabled:                              Yes
        Direction:                            In
        Profiles:                             Public
        Grouping:                             
        LocalIP:                              Any
        RemoteIP:                             198.51.100.8/255.255.255.255
        Protocol:                             Any
        Edge traversal:                       No
        Action:                               Block

        Rule Name:                            Echo Request - ICMPv4-In
        ----------------------------------------------------------------------
        Enabled:                              Yes
        Direction:                            In
        Profiles:                             Private
        Grouping:                             File and Printer Sharing
        LocalIP:                              Any
        RemoteIP:                             LocalSubnet
        Protocol:                             ICMPv4
                                              Type    Code
                                              8       Any 
        Edge traversal:                       No
        Action:                               Allow

        Ok.
        """

    static let german = """
        Regelname:                            SMTP ein
        ----------------------------------------------------------------------
        Aktiviert:                            Ja
        Richtung:                             Eingehend
        Profile:                              Dom\u{fffd}ne,Privat,\u{fffd}ffentlich
        Gruppierung:                          
        Lokales IP:                           Beliebig
        Remote-IP:                            192.0.2.0/24
        Protokoll:                            TCP
        Lokaler Port:                         25
        Remoteport:                           Beliebig
        Edgeausnahme:                         Nein
        Aktion:                               Zulassen
        """

    static let commands = """
        @echo off
        rem mail
        netsh advfirewall firewall delete rule name="Mail in"
        netsh advfirewall firewall add rule name="Mail in" dir=in action=allow protocol=TCP localport=25 remoteip=192.0.2.0/24
        netsh advfirewall firewall add rule name="off" dir=in action=allow enable=no
        netsh advfirewall firewall add rule name="bad" dir=in action=block remoteip=192.0.2.6 profile=public
        """

    static let registry = """
        HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy\\FirewallRules
            {A1B2}    REG_SZ    v2.30|Action=Allow|Active=TRUE|Dir=In|Protocol=6|Profile=Domain|LPort=25|LPort=587|RA4=192.0.2.0/255.255.255.0|RA6=2001:db8::/32|App=C:\\x.exe|Name=SMTP|
            {A1B3}    REG_SZ    v2.30|Action=Allow|Active=FALSE|Dir=In|Protocol=6|LPort=25|Name=no|
            {A1B4}    REG_SZ    v2.30|Action=Allow|Active=TRUE|Dir=In|Protocol=17|LPort=25|Name=udp|
        """

    static let properties = """

        DisplayName           : SMTP in
        Enabled               : True
        Profile               : Domain, Private
        Direction             : Inbound
        Action                : Allow
        LocalPort             : {25, 587}
        Protocol              : TCP
        RemoteAddress         : {192.0.2.0/24, 198.51.100.7}

        """

    @Test(arguments: [
        (english, "Public", ["192.0.2.0/24", "198.51.100.7", "198.51.100.9"]),
        (english, "Domain", ["192.0.2.0/24", "198.51.100.7", "198.51.100.8/31"]), (german, "Public", ["192.0.2.0/24"]),
        (commands, "Domain", ["192.0.2.0/24"]),
        (
            commands, "Public",
            [
                "192.0.2.0/30", "192.0.2.4/31", "192.0.2.7", "192.0.2.8/29", "192.0.2.16/28", "192.0.2.32/27",
                "192.0.2.64/26", "192.0.2.128/25",
            ]
        ),
        (registry, "Domain", ["192.0.2.0/24", "2001:db8::/32"]), (registry, "Public", []),
        (properties, "Domain", ["192.0.2.0/24", "198.51.100.7"]),
    ])
    func `is read like an export`(_ text: String, _ profile: String, _ expected: [String]) throws {
        let answer = try reach(text, FirewallQuestion(incoming: profile))
        #expect(blocks(answer.upper) == expected)
        #expect(answer.isExact)
    }

    @Test func `in UTF-16, as PowerShell writes files`() throws {
        var bytes: [UInt8] = [0xff, 0xfe]
        for unit in WindowsTextTests.english.utf16 { bytes += [UInt8(truncatingIfNeeded: unit), UInt8(unit >> 8)] }
        let sets = try RuleSetReader.read([SourceFile(name: "rules", bytes: bytes)])
        #expect(try !RuleSetReader.reach(sets, FirewallQuestion()).upper.isEmpty)
    }

    @Test(arguments: [
        (String(german.dropLast(30)), "its action is not found"),
        (german.replacing("Zulassen", with: "Erlaubnis"), "its action is not found"),
        (german.replacing("Eingehend", with: "Hinein"), "its direction is not found"),
        ("netsh advfirewall firewall add rule name=\"a\" dir=in", "without dir or action"),
        ("netsh advfirewall firewall set rule name=\"a\" new enable=no", "give the rules"),
        ("x v2.30|Action=Allow|Active=TRUE|Dir=In|Pro", "the file is cut"),
    ])
    func `what is cut or not known is an error`(_ text: String, _ message: String) throws {
        let error = try #require(failure(text, as: .windows))
        #expect(error.description.contains(message), "\(error)")
    }

    @Test func `rules without their ports and addresses are no exact answer`() throws {
        let text = #"[{"DisplayName": "a", "Enabled": "True", "Direction": "Inbound", "Action": "Allow"}]"#
        let answer = try reach(text)
        #expect(!answer.upper.isEmpty && answer.lower.isEmpty)
    }
}

import Audit
import Foundation
import Posture
import Testing

@Suite struct ExchangeReaderTests {
    static let clixml = """
        <Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">
          <Obj RefId="0">
            <TN RefId="0"><T>Microsoft.Exchange.Data.Directory.SystemConfiguration.ReceiveConnector</T><T>System.Object</T></TN>
            <ToString>EX01\\Relay</ToString>
            <Props>
              <Obj N="AuthMechanism" RefId="1"><TN RefId="1"><T>AuthMechanisms</T></TN><ToString>Tls, ExternalAuthoritative</ToString><I32>33</I32></Obj>
              <Obj N="Bindings" RefId="2"><TN RefId="2"><T>MultiValuedProperty</T></TN><LST><S>0.0.0.0:25</S><S>[::]:25</S></LST></Obj>
              <B N="Enabled">true</B>
              <Obj N="PermissionGroups" RefId="3"><ToString>AnonymousUsers, ExchangeServers</ToString><I32>5</I32></Obj>
              <Obj N="RemoteIPRanges" RefId="4"><LST><Obj RefId="5"><ToString>0.0.0.0-255.255.255.255</ToString></Obj><S>::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff</S></LST></Obj>
              <S N="Identity">EX01\\Relay_x000A_two</S>
              <Ref N="Copy" RefId="3" />
              <Nil N="Comment" />
            </Props>
          </Obj>
        </Objs>
        """

    static let json = """
        [
          {"Identity": "EX01\\\\Relay", "Enabled": true, "AuthMechanism": 33, "PermissionGroups": 5,
           "Bindings": ["0.0.0.0:25", "[::]:25"],
           "RemoteIPRanges": [{"LowerBound": "0.0.0.0", "UpperBound": {"Address": 1, "IPAddressToString": "255.255.255.255"}}]}
        ]
        """

    static let list = """


        Identity         : EX01\\Relay
        Enabled          : True
        AuthMechanism    : Tls, ExternalAuthoritative
        PermissionGroups : AnonymousUsers, ExchangeServers
        Bindings         : {0.0.0.0:25, [::]:25}
        RemoteIPRanges   : {0.0.0.0-255.255.255.255,
                           10.0.0.0(255.0.0.0)}
        Comment          :


        """

    private func read(_ text: String) throws -> ExchangeExport { try ExchangeReader.read("x", Array(text.utf8)) }

    @Test(arguments: [clixml, json, list]) func readsConnectors(text: String) throws {
        let object = try #require(try read(text).objects.first)
        #expect(object.kind == .receiveConnector && object.truth("enabled") == true)
        #expect(object.list("bindings") == ["0.0.0.0:25", "[::]:25"])
        #expect(object.list("remoteipranges").first == "0.0.0.0-255.255.255.255")
        #expect(object.name.hasPrefix("EX01\\Relay"))
        #expect(object.text("comment") == nil)
    }

    /// Copied out of the shell's window, prompts and all.
    @Test func readsWhatWasCopiedFromTheShell() throws {
        let prompt = "[PS] C:\\Windows\\system32>"
        let text = "\(prompt)Get-ReceiveConnector | fl\r\n\r\n\(Self.list)\n\(prompt)exit\n"
        #expect(try read(text).objects.map(\.properties) == read(Self.list).objects.map(\.properties))
    }

    @Test func decodesClixml() throws {
        let object = try #require(try read(Self.clixml).objects.first)
        #expect(object.name == "EX01\\Relay\ntwo")
        #expect(object.text("copy") == "AnonymousUsers, ExchangeServers")
        #expect(object.line == 2)
    }

    /// PowerShell writes UTF-16 by default.
    @Test(arguments: [clixml, json, list]) func readsUTF16(text: String) throws {
        for isLittle in [true, false] {
            var bytes: [UInt8] = isLittle ? [0xff, 0xfe] : [0xfe, 0xff]
            for unit in text.utf16 {
                let (high, low) = (UInt8(unit >> 8), UInt8(unit & 255))
                bytes += isLittle ? [low, high] : [high, low]
            }
            #expect(try ExchangeReader.read("x", bytes).objects == read(text).objects)
            #expect(throws: AuditError.self) { try ExchangeReader.read("x", Array(bytes.dropLast())) }
        }
        #expect(try ExchangeReader.read("x", [0xef, 0xbb, 0xbf] + Array(text.utf8)).objects.count == 1)
    }

    /// Cut anywhere, an export is an error, or has lost properties whose absence no check takes for a pass.
    @Test(arguments: [clixml, json]) func refusesEveryCut(text: String) {
        let bytes = Array(text.utf8)
        for length in stride(from: 0, to: bytes.count - 1, by: 7) {
            #expect(throws: AuditError.self) { try ExchangeReader.read("x", Array(bytes[..<length])) }
        }
    }

    @Test func cutListsNeverPass() throws {
        let bytes = Array(Self.list.utf8)
        for length in stride(from: 0, to: bytes.count, by: 3) {
            guard let export = try? ExchangeReader.read("x", Array(bytes[..<length])) else { continue }
            let findings = ExchangeExportChecks.findings(export.objects, ranges: nil, target: "x")
            #expect(findings.first { $0.check == .externalAuthoritative }?.result.word != "pass")
        }
    }

    @Test(arguments: [
        ("Name : x\nRemoteIPRanges : {10.0.0.1, 10.0.0.2...}\n", "x:2"),
        ("Name : x\nRemoteIPRanges : {10.0.0.1\n", "x:2"),
        ("Name : x\nwhat is this\n", "x:2"), ("Name : x\n\nRemoteIPRanges : {1}", "cut"), ("", "empty"),
        ("\n\n", "empty"),
        ("Name : x\n", "no connector"), ("<a></a>", "x:1"), ("<Objs><Obj></Objs>", "x:1"), ("{\"a\":", "x:1"),
        ("[1]", "x:1"), ("<!DOCTYPE a [<!ENTITY b \"c\">]><Objs></Objs>", "x:1"), ("a\0b : c\n", "x"),
        ("\u{1} : c\n", "x:1"),
    ])
    func saysWhere(text: String, part: String) {
        #expect {
            try ExchangeReader.read("x", Array(text.utf8))
        } throws: {
            "\($0)".contains(part)
        }
    }

    @Test func refusesWhatIsDeepOrOfAnotherEncoding() {
        let deep = "<Objs>" + String(repeating: "<Obj>", count: 100_000)
        #expect(throws: AuditError.self) { try ExchangeReader.read("x", Array(deep.utf8)) }
        let brackets = String(repeating: "[", count: 100_000)
        #expect(throws: AuditError.self) { try ExchangeReader.read("x", Array(brackets.utf8)) }
        #expect(throws: AuditError.self) { try ExchangeReader.read("x", Array("Name : ".utf8) + [0xfc, 0x0a]) }
        #expect(throws: AuditError.self) { try ExchangeReader.read("x", [UInt8](repeating: 0x41, count: 65 << 20)) }
    }

    /// A reference that leads to itself.
    @Test func survivesCycles() throws {
        let text = """
            <Objs><Obj RefId="0"><Props><S N="Identity">x</S><Obj N="RemoteIPRanges" RefId="1"><LST><Ref RefId="1"/></LST></Obj>
            <Ref N="Enabled" RefId="0"/></Props></Obj></Objs>
            """
        #expect(try read(text).objects.count == 1)
    }
}

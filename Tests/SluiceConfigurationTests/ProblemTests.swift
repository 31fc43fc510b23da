import MailTypes
import Testing

@testable import SluiceConfiguration

@Suite struct ProblemTests {
    private func problems(_ text: String, files: FileAccess = .none) -> [String] {
        Configuration.parse(text: text, path: "etc/sluice.yaml", files: files).problems.map(\.description)
    }

    private func errors(_ text: String, files: FileAccess = .none) -> [String] {
        problems(text, files: files).filter { $0.contains(" error: ") }
    }

    @Test func unknownKeyHasPlaceAndSuggestion() {
        #expect(
            errors("limits:\n  mesage-size: 5MB\n")
                == ["etc/sluice.yaml:2:3: error: limits.mesage-size: unknown key; did you mean message-size?"])
        #expect(errors("state_directory: /x\n").first?.contains("did you mean state-directory?") == true)
        #expect(errors("tls:\n  zzzzzzzzz: 1\n").contains { $0.contains("known here: certificate, key, minimum") })
    }

    @Test func allErrorsAreCollectedInOrder() {
        let found = errors(
            """
            hostname: -bad-
            limits:
              errors: many
              message-size: 50
              timeouts:
                command: 5
            hold:
              then: relaese
            """)
        #expect(found.count == 5)
        #expect(found[0].hasPrefix("etc/sluice.yaml:1:11: error: hostname: expected a domain name"))
        #expect(
            found[1].hasPrefix("etc/sluice.yaml:3:11: error: limits.errors: expected a whole number from 1 to 10000"))
        #expect(found[2].hasSuffix("found `50`; the unit is missing: 50B are bytes, 50MiB mebibytes"))
        #expect(found[3].contains("limits.timeouts.command") && found[3].contains("the unit is missing"))
        #expect(found[4].hasSuffix("did you mean release?"))
    }

    @Test func duplicateKeysAreErrorsWithBothLines() {
        #expect(
            errors("http:\n  address: 127.0.0.1:1\nhttp:\n  address: 127.0.0.1:2\n")
                == ["etc/sluice.yaml:3:1: error: the key `http` stands here a second time; first on line 1"])
    }

    @Test func wrongShapesAreNamed() {
        #expect(
            errors("limits: 5\n") == [
                "etc/sluice.yaml:1:9: error: limits: expected a section (lines of `key: value`), found a single value"
            ])
        #expect(errors("customers: {id: a}\n").first?.contains("expected a list") == true)
        #expect(
            errors("notices: {operator: a@example.org}\n").first?.contains(
                "expected a list such as [abuse@example.net]") == true)
        #expect(errors("hostname: [a]\n").first?.contains("found a list") == true)
        #expect(errors("- a\n").first?.contains("expected a section") == true)
        #expect(errors("a: [\n").first?.contains("no valid YAML") == true)
        #expect(errors("--- {}\n--- {}\n").first?.contains("second document") == true)
    }

    @Test(arguments: ["0.0.0.0/0", "\"::/0\"", "64.0.0.0/7", "\"2000::/16\""])
    func anOpenRelayCannotBeConfigured(network: String) {
        #expect(
            errors("customers: [{id: a, servers: [\(network)]}]\n").first?.contains("it would make an open relay")
                == true)
        #expect(
            errors("listeners: [{address: \"0.0.0.0:25\", proxy-protocol-from: [\(network)]}]\n")
                .first?.contains("too broad") == true)
    }

    @Test func networksOfTwoCustomersAreErrorsWithBothLines() {
        let found = errors(
            """
            customers:
              - id: a
                servers: [192.0.2.0/24, 198.51.100.7]
              - id: b
                servers:
                  - 203.0.113.0/24
                  - 192.0.2.0/24
              - {id: c, servers: [198.51.100.7]}
            """)
        #expect(
            found == [
                "etc/sluice.yaml:7:9: error: customers[1].servers[1]: 192.0.2.0/24 is customer a's already (line 3)",
                "etc/sluice.yaml:8:23: error: customers[2].servers[0]: 198.51.100.7 is customer a's already (line 3)",
            ])
        #expect(errors("customers: [{id: a, servers: [192.0.2.0/24, 192.0.2.0/24]}]\n").isEmpty)
    }

    @Test func namesAreUnique() {
        let text = """
            customers:
              - {id: a, servers: [192.0.2.1], accounts: [{name: joe, credential: x}]}
              - {id: a, servers: [192.0.2.2], accounts: [{name: JOE, credential: x}]}
            """
        let found = errors(text)
        #expect(found.contains { $0.contains("customers[1].id: a is taken (line 2)") })
        #expect(found.contains { $0.contains("customers[1].accounts[0].name: `joe` is taken (line 2)") })
    }

    @Test func submissionNeedsTLS() {
        let found = errors("listeners: [{address: \"127.0.0.1:587\", kind: submission}]\n")
        #expect(found.first?.contains("passwords are never taken in the clear") == true)
    }

    @Test func loginsOnARelayListenerNeedTLSToo() {
        let found = errors("listeners: [{address: \"127.0.0.1:25\", login: true}]\n")
        #expect(found.first?.contains("login needs tls") == true)
    }

    @Test func storedPasswordsThatEverybodyReadsAreWarnings() {
        let text = "customers: [{id: a, servers: [192.0.2.1], accounts: [{name: joe, credential: x}]}]\n"
        func warnings(_ mode: UInt32) -> [String] {
            Configuration.parse(
                bytes: Array(text.utf8), mode: mode, path: "a", files: .none, checkCredential: { _ in nil }
            ).warnings.map(\.description)
        }
        #expect(warnings(0o644).contains { $0.hasPrefix("a: warning: mode 644 lets everybody read") })
        #expect(!warnings(0o640).contains { $0.contains("mode") })
    }

    @Test func badCredentialsAreToldByTheCallersCheck() {
        let text = "customers: [{id: a, servers: [192.0.2.1], accounts: [{name: joe, credential: hunter2}]}]\n"
        let reading = Configuration.parse(
            text: text, checkCredential: { $0 == "hunter2" ? "is no stored password" : nil })
        #expect(reading.errors.map(\.message) == ["is no stored password"])
        #expect(!reading.errors.map(\.description).joined().contains("hunter2"))
    }

    @Test func doubtfulThingsAreWarnings() {
        let found = problems("http: {address: \"0.0.0.0:8025\"}\ncustomers: [{id: a}]\n")
        #expect(found.contains { $0.contains("warning: http.address") && $0.contains("not loopback") })
        #expect(found.contains { $0.contains("warning: customers[0].servers") })
        #expect(problems("").contains { $0.contains("warning: customers: none: nobody can send") })
    }

    @Test func aLoginNeverGoesInTheClear() {
        let files = FileAccess(
            read: { _, _ in .success(.init(bytes: Array("pw\n".utf8), mode: 0o644)) }, hostName: { "localhost" })
        func route(_ tls: String, _ host: String) -> String {
            "routes: [{smart-hosts: [{host: \(host)}], tls: \(tls), username: u, password-file: pw}]\n"
        }
        #expect(errors(route("may", "relay.example.net"), files: files).first?.contains("in the clear") == true)
        #expect(errors(route("encrypt", "relay.example.net"), files: files).isEmpty)
        #expect(errors(route("none", "127.0.0.1"), files: files).isEmpty)
        #expect(
            problems(route("verify", "relay.example.net"), files: files)
                .contains { $0.contains("warning: routes[0].password-file") && $0.contains("mode 644") })
        #expect(errors("routes: [{username: u}]\n").count == 2)
    }

    @Test func routesNameKnownCustomers() {
        let text = "customers: [{id: acme, servers: [192.0.2.1]}]\nroutes: [{match: {customers: [amce]}}]\n"
        #expect(errors(text).first?.contains("there is no customer amce; did you mean acme?") == true)
    }

    @Test func unreadableFilesAreErrors() {
        #expect(Configuration.load("/nonexistent/sluice.yaml").errors.first?.message.contains("No such file") == true)
        #expect(Configuration.load("/dev").errors.first?.message.contains("not a regular file") == true)
        #expect(errors("tls: {certificate: a, key: b}\n").count == 2)
    }
}

import MailTypes
import Testing

@testable import SluiceConfiguration

@Suite struct ExampleTests {
    /// The example with all its settings in force: `#` taken off the lines that are no comments.
    private var uncommented: String {
        Configuration.example.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            guard line.first == "#" else { return String(line) }
            let rest = line.dropFirst()
            let isComment = rest.first == " " && rest.dropFirst().first != " " && rest.dropFirst().first != "#"
            return isComment ? String(line) : String(rest)
        }.joined(separator: "\n")
    }

    @Test func parsesAndGivesTheDefaults() throws {
        let reading = Configuration.parse(text: Configuration.example)
        #expect(reading.errors.map(\.description) == [])
        #expect(reading.configuration == Configuration.parse(text: "").configuration)
    }

    @Test func everySettingOfItIsValid() throws {
        let files = FileAccess(
            read: { path, _ in
                .success(.init(bytes: Array((path.hasSuffix(".accounts") ? "ann:secret" : "secret").utf8), mode: 0o600))
            }, hostName: { "localhost" })
        let reading = Configuration.parse(
            text: uncommented.replacing("    tls: may", with: "    tls: verify"), files: files)
        #expect(reading.errors.map(\.description) == [])
        let configuration = try #require(reading.configuration)
        #expect(configuration.customers.first?.accounts.first?.name == AccountName("joe@acme.example"))
        #expect(configuration.routes.first?.domains.count == 2)
        #expect(configuration.tls != nil)
    }

    @Test func mentionsEveryKeyWithWhatItIsFor() {
        let example = Configuration.example
        for item in Configuration.catalogue.items {
            switch item {
            case .key(let key): #expect(example.contains("\(key.name): "), "\(key.name)")
            case .begin(let name, let about, _):
                #expect(example.contains("\(name):"), "\(name)")
                #expect(!about.isEmpty, "\(name)")
            case .end: break
            }
        }
    }

    @Test func keysAreKebabCase() {
        for case .key(let key) in Configuration.catalogue.items {
            #expect(
                key.name.utf8.allSatisfy { (97...122).contains($0) || $0 == 45 || ASCII.isDigit($0) }, "\(key.name)")
        }
    }

    @Test func embeddedTakesMailFromThisMachineOnly() throws {
        let configuration = Configuration.embedded(files: .none)
        #expect(configuration.listeners.map(\.address.description) == ["127.0.0.1:2525"])
        #expect(configuration.http.address.description == "127.0.0.1:8025")
        #expect(configuration.customers.map(\.id.description) == ["local"])
        #expect(
            configuration.customers.first?.servers.allSatisfy { $0.first.isLoopback || $0.description == "127.0.0.0/8" }
                == true)
        #expect(configuration.stateDirectory == "./var")
        #expect(configuration.routes.isEmpty && configuration.detection.mode == .enforce)
    }
}

import ArgumentParser
import ControlStore
import Enforcement
import MailTypes
import Response
import SluiceConfiguration

extension CaseCommand {
    struct Delisting: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Own addresses on blocklists: their history, or what to send to the lists for one case.",
            discussion: """
                Without a case: all listings of the egress addresses that were seen, with the case that caused each. With one: \
                for each of its listings where to ask, what is still missing before one may ask, and the text to send, made \
                from what the case knows. Asking before the cause is gone brings the next listing. It only reads.

                  sluice case delisting
                  sluice case delisting case-17

                Exit status: 0 all is ready or nothing is listed, 1 something is still missing, 2 an argument cannot be used.
                """)

        @OptionGroup var config: ConfigurationOption
        @Flag(help: "As JSON.") var json = false
        @Argument(help: "The case; none: the history of all.") var id: String?

        private struct Line: Encodable {
            var address: String
            var list: String
            var since: String
            var until: String?
            var caseID: String?
            var said: String
            var removal: String
            var missing: [String]?
            var text: String?

            init(_ listing: OwnListing) {
                address = listing.address.description
                list = SafeText.printable(listing.list, limit: 100)
                since = listing.since.iso8601
                until = listing.until?.iso8601
                caseID = listing.caseID?.description
                said = SafeText.printable(listing.said, limit: 500)
                removal = SafeText.printable(listing.removal, limit: 500)
            }
        }

        func run() throws {
            let configuration = try config.load()
            let control = try State.control(configuration)
            guard let id else { return try history(control) }
            guard let caseID = CaseID(id) ?? CaseID("case-" + id) else {
                throw CommandFailure.input("'\(SafeText.printable(id))' is no case: case-17 or 17")
            }
            guard let incident = try control.incident(caseID) else {
                throw CommandFailure.cannot("there is no \(caseID)")
            }
            let (now, damage) = (State.now, try control.damage(of: incident.id))
            let notes = try control.ownListings(of: incident.id).map {
                DelistingNote($0, incident: incident, damage: damage, hostname: configuration.hostname, at: now)
            }
            if json {
                try JSONOutput.print(
                    notes.map { note in
                        var line = Line(note.listing)
                        (line.missing, line.text) = (note.missing, note.text)
                        return line
                    })
            } else if notes.isEmpty {
                Terminal.line("no own address was listed because of \(incident.id)")
            } else {
                for note in notes { Self.print(note) }
            }
            if notes.contains(where: { $0.listing.until == nil && !$0.isReady }) { throw ExitCode(1) }
        }

        private func history(_ control: ControlDatabase) throws {
            let listings = try control.ownListings(limit: ControlDatabase.pageLimit)
            if json { return try JSONOutput.print(listings.map(Line.init)) }
            guard !listings.isEmpty else { return Terminal.line("no own address was seen on a list") }
            var table = Table("ADDRESS", "LIST", "SINCE", "UNTIL", "CASE")
            for listing in listings {
                table.add(
                    listing.address.description, SafeText.printable(listing.list, limit: 60), listing.since.iso8601,
                    listing.until?.iso8601 ?? "listed", listing.caseID?.description ?? "-")
            }
            table.print()
        }

        private static func print(_ note: DelistingNote) {
            let listing = note.listing
            Terminal.line("\(listing.address) on \(SafeText.printable(listing.list, limit: 100))")
            if !listing.removal.isEmpty { Terminal.line("where: " + SafeText.printable(listing.removal, limit: 500)) }
            if note.isReady {
                Terminal.line(Terminal.coloured("ready to send", .green))
            } else {
                Terminal.line(Terminal.coloured(listing.until == nil ? "do not send yet" : "nothing to send", .yellow))
                for sentence in note.missing { Terminal.line("- " + SafeText.printable(sentence, limit: 300)) }
            }
            guard listing.until == nil else { return Terminal.line() }
            Terminal.line()
            for line in note.text.split(separator: "\n", omittingEmptySubsequences: false) {
                Terminal.line(SafeText.printable(String(line), limit: 600))
            }
        }
    }
}

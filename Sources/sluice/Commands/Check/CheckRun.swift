import ArgumentParser
import Audit
import FirewallModel
import Foundation
import MailTypes
import NIOConcurrencyHelpers
import Posture

/// Where facts come from: this host, or a folder.
struct CheckSource: ParsableArguments {
    @Option(help: "A folder that `sluice collect` or collect-exchange.ps1 wrote, instead of this host.")
    var fromFiles: String?

    @Option(
        name: .customLong("host-name"),
        help: "What the report calls the host (default: this one's name, or the folder's).")
    var hostName: String?
}

/// Gathers once for all groups, asks each, and tells.
struct CheckRun {
    let source: CheckSource
    let output: CheckOutput

    private var target: String {
        if let name = source.hostName { return name }
        guard let folder = source.fromFiles else { return ProcessInfo.processInfo.hostName }
        return folder.split(separator: "/").last.map(String.init) ?? folder
    }

    /// - Parameters:
    ///   - withSecrets: also stored passwords are read.
    ///   - isWhole: what cannot be read makes checks `unknown` instead of ending all; one screen is shown.
    func run(
        _ groups: [any AuditGroup], withSecrets: Bool = false, isWhole: Bool = false
    ) async throws -> Never {
        var request = AuditRequest(
            origin: source.fromFiles.map { .folder($0) } ?? .host, target: target,
            facts: try await facts(groups, withSecrets))
        var findings: [Finding] = []
        for group in groups {
            let name = group.group.rawValue.lowercased()
            if isWhole, source.fromFiles != nil, !Self.wasCollected(group, request.facts) {
                if output.isForPeople {
                    Terminal.error("\(name): nothing of it was collected; not looked at", prefix: "")
                }
                continue
            }
            let line = CheckProgress(name, isShown: output.isForPeople)
            request.progress = { line.show($0) }
            let found: [Finding]
            do {
                found = try await group.findings(request)
            } catch let failure as CommandFailure {
                line.end()
                throw failure
            } catch {
                line.end()
                let message = SafeText.printable("\(error)", limit: 400)
                guard isWhole else { throw CommandFailure.input(message) }
                found = Check.all(group.group).map { Finding($0.id, target: target, .unknown(message)) }
            }
            line.end()
            if isWhole, output.isForPeople { line.tell(PostureReport(found, time: "")) }
            findings += found
        }
        try output.tell(
            findings, host: target, fromFiles: source.fromFiles != nil, isWhole: isWhole,
            systems: DetectedSystems.names(request.facts))
    }

    /// A folder from another system holds nothing of some parts: not even that it was looked for.
    private static func wasCollected(_ group: any AuditGroup, _ facts: CollectedFacts) -> Bool {
        let folders = Set(group.sources.compactMap { $0.name.split(separator: "/").first.map(String.init) })
        return folders.isEmpty || facts.entries.keys.contains { name in folders.contains { name.hasPrefix($0 + "/") } }
    }

    private func facts(_ groups: [any AuditGroup], _ withSecrets: Bool) async throws -> CollectedFacts {
        if let folder = source.fromFiles {
            do throws(AuditError) {
                return try FactFolder.read(folder)
            } catch {
                throw CommandFailure.input(error.message)
            }
        }
        var sources: [FactSource] = []
        for wanted in groups.flatMap(\.sources) where !sources.contains(wanted) { sources.append(wanted) }
        let line = CheckProgress("gathering", isShown: output.isForPeople)
        defer { line.end() }
        return await FactGatherer().gather(sources, withSecrets: withSecrets) { line.show($0) }
    }
}

/// A group's progress on standard error; told from any thread.
final class CheckProgress: Sendable {
    private let name: String
    private let isShown: Bool
    private let line: NIOLockedValueBox<ProgressLine>
    private let began = ContinuousClock.now

    init(_ name: String, isShown: Bool) {
        self.name = name
        self.isShown = isShown
        line = NIOLockedValueBox(ProgressLine(name))
    }

    func show(_ share: Double) { if isShown { line.withLockedValue { $0.show(share) } } }

    func end() { line.withLockedValue { $0.end() } }

    /// One line when the group is done, on a terminal only.
    func tell(_ report: PostureReport) {
        guard isShown, Terminal.hasErrorTerminal else { return }
        let seconds = Double((ContinuousClock.now - began) / .milliseconds(1)) / 1000
        let padded = name + String(repeating: " ", count: max(0, 10 - name.count))
        Terminal.error("\(padded) \(report.summary) (\(seconds) s)", prefix: "")
    }
}

/// The provider's blocks and the like, from a file or an https address.
enum CheckRanges {
    static func read(_ places: [String]) async throws -> AddressSet? {
        guard !places.isEmpty else { return nil }
        var set = AddressSet()
        for place in places {
            let file =
                place.hasPrefix("https://")
                ? SourceFile(name: place, bytes: try await RangesDownload.read(place)) : try FirewallInput.file(place)
            do throws(FirewallError) {
                set = set.union(try RangesReader.read(file))
            } catch {
                throw CommandFailure.input(error.description)
            }
        }
        return set
    }
}

import ArgumentParser
import FirewallModel
import MailTypes

/// `sluice firewall reach`
struct FirewallReachCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reach", abstract: "The addresses that can open the connection, and the rules that let them.",
        discussion: """
            Files given together are in force together: a packet must get through all. Exit status: 0 nobody beyond --ranges; \
            1 somebody; 2 a file cannot be read or understood.
            """)

    @Argument(help: "Rule files; - is standard input.", completion: .file()) var files: [String]
    @OptionGroup var asked: FirewallQuestionOptions
    @Option(help: "File of the blocks that may (the provider's): one a line, or any JSON.", completion: .file())
    var ranges: String?
    @Flag(help: "As JSON.") var json = false
    @Flag(help: "Also each rule that lets somebody in, and what could not be decided.") var explain = false
    @Option(help: "Blocks listed at most.") var limit = 1000

    private struct View: Encodable {
        struct Ground: Encodable {
            var place: String
            var chain: String
            var rule: String
            var addresses: [String]
        }
        struct Undecided: Encodable {
            var place: String
            var reason: String
        }
        var direction: String
        var port: UInt16
        var exact: Bool
        var families: [String]
        var reach: [String]
        var certain: [String]
        var excess: [String]
        var certainExcess: [String]
        var grounds: [Ground]
        var undecided: [Undecided]
        var notes: [String]
    }

    func run() throws {
        let allowed = try FirewallInput.ranges(ranges)
        let sets = try FirewallInput.rules(files, asked.dialect)
        var found = false
        var views: [View] = []
        for (name, question) in asked.questions {
            let reach: FirewallReach
            do {
                reach = try RuleSetReader.reach(sets, question)
            } catch {
                throw CommandFailure.input(error.description)
            }
            let excess = reach.excess(beyond: allowed)
            if !excess.isEmpty { found = true }
            if json {
                views.append(view(name, reach, excess, allowed, sets))
            } else {
                show(name, reach, excess, allowed, sets)
            }
        }
        if json { try JSONOutput.print(views) }
        if found { throw ExitCode(1) }
    }

    private func place(_ origin: RuleOrigin, _ sets: [RuleSet]) -> String {
        SafeText.printable(sets.first?.place(of: origin) ?? "?", limit: 300)
    }

    private func view(
        _ name: String, _ reach: FirewallReach, _ excess: AddressSet, _ allowed: AddressSet, _ sets: [RuleSet]
    ) -> View {
        View(
            direction: name, port: asked.port, exact: reach.isExact, families: reach.families.map(\.rawValue).sorted(),
            reach: reach.upper.networks.map(\.description), certain: reach.lower.networks.map(\.description),
            excess: excess.networks.map(\.description),
            certainExcess: reach.certainExcess(beyond: allowed).networks.map(\.description),
            grounds: reach.grounds(for: excess).prefix(limit).map {
                View.Ground(
                    place: place($0.origin, sets), chain: SafeText.printable($0.chain, limit: 120),
                    rule: SafeText.printable($0.origin.text, limit: 400),
                    addresses: $0.sources.listed(limit: limit).blocks)
            },
            undecided: reach.undecided.map { View.Undecided(place: place($0.origin, sets), reason: $0.reason) },
            notes: sets.flatMap(\.notes) + FirewallReachCommand.uncovered(reach))
    }

    private static func uncovered(_ reach: FirewallReach) -> [String] {
        AddressFamily.allCases.filter { !reach.families.contains($0) }.map {
            "\($0.rawValue): no rules are given; nothing is known of who gets in"
        }
    }

    private func show(
        _ name: String, _ reach: FirewallReach, _ excess: AddressSet, _ allowed: AddressSet, _ sets: [RuleSet]
    ) {
        let what = ranges == nil ? "can open" : "beyond the ranges can open"
        for note in sets.flatMap(\.notes) + FirewallReachCommand.uncovered(reach) {
            Terminal.error(SafeText.printable(note, limit: 300), prefix: "note: ")
        }
        if excess.isEmpty {
            Terminal.line("TCP \(asked.port) \(name): nobody \(what) it")
        } else {
            let certain = reach.certainExcess(beyond: allowed)
            let (blocks, count) = excess.listed(limit: limit)
            let bounds = certain == excess ? "" : " (at most; \(certain.networks.count) certain)"
            Terminal.line("TCP \(asked.port) \(name): \(count) block\(count == 1 ? "" : "s") \(what) it\(bounds)")
            let sure = Set(certain.networks.map(\.description))
            for block in blocks {
                Terminal.line(
                    "  \(block)\(certain == excess || sure.contains(block) ? "" : "  (part or all not certain)")")
            }
            if count > blocks.count { Terminal.line("  … \(count - blocks.count) more") }
            for ground in reach.grounds(for: excess).prefix(explain ? limit : 5) {
                let (blocks, count) = ground.sources.listed(limit: explain ? 20 : 3)
                Terminal.line("by \(place(ground.origin, sets)) [\(SafeText.printable(ground.chain, limit: 80))]")
                Terminal.line("   \(SafeText.printable(ground.origin.text, limit: 300))")
                Terminal.line(
                    "   lets in \(blocks.joined(separator: ", "))\(count > blocks.count ? " … (\(count))" : "")")
            }
        }
        guard !reach.undecided.isEmpty else { return }
        Terminal.line(
            "not decided by the rules alone: \(reach.undecided.count)\(explain ? "" : " (--explain lists them)")")
        guard explain else { return }
        for item in reach.undecided.prefix(limit) {
            Terminal.line("  \(place(item.origin, sets)): \(SafeText.printable(item.reason, limit: 200))")
        }
    }
}

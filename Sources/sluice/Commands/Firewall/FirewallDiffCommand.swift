import ArgumentParser
import FirewallModel
import MailTypes

/// `sluice firewall diff`
struct FirewallDiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Who can reach the port under one rule set and not under another.",
        discussion: "The files may be of different dialects. Exit status: 0 the same, 1 a difference, 2 an input error."
    )

    @Argument(help: "The rules now.", completion: .file()) var old: String
    @Argument(help: "The rules to be.", completion: .file()) var new: String
    @OptionGroup var asked: FirewallQuestionOptions
    @Flag(help: "As JSON.") var json = false

    private struct View: Encodable {
        var direction: String
        var gained: [String]
        var lost: [String]
        var exact: Bool
    }

    func run() throws {
        let before = try FirewallInput.rules([old], asked.dialect)
        let after = try FirewallInput.rules([new], asked.dialect)
        var views: [View] = []
        for (name, question) in asked.questions {
            do {
                let (a, b) = (try RuleSetReader.reach(before, question), try RuleSetReader.reach(after, question))
                views.append(
                    View(
                        direction: name, gained: b.upper.subtracting(a.upper).networks.map(\.description),
                        lost: a.upper.subtracting(b.upper).networks.map(\.description), exact: a.isExact && b.isExact))
            } catch {
                throw CommandFailure.input(error.description)
            }
        }
        if json {
            try JSONOutput.print(views)
        } else {
            for view in views {
                let bounds = view.exact ? "" : " (upper bounds)"
                Terminal.line(
                    "TCP \(asked.port) \(view.direction): \(view.gained.count) blocks more, \(view.lost.count) fewer\(bounds)"
                )
                for block in view.gained { Terminal.line("  + \(block)") }
                for block in view.lost { Terminal.line("  - \(block)") }
            }
        }
        if views.contains(where: { !$0.gained.isEmpty || !$0.lost.isEmpty }) { throw ExitCode(1) }
    }
}

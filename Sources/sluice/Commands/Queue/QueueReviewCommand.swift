import ArgumentParser
import Foundation
import MTAControl
import MailTypes
import QueueCleanup

struct QueueReviewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "review", abstract: "Go through the groups on the terminal: look, and mark as spam or good.",
        discussion: """
            The marks are kept, each at once, for --spam of the other commands. Nothing in the queue is changed. Ctrl-C or q ends \
            it; what was marked stays marked.
            """)
    @OptionGroup var options: QueueOptions
    @OptionGroup var model: ModelOption
    @Flag(help: "Also the groups that are marked already.") var again = false

    func run() throws {
        guard Terminal.isInteractive else {
            throw CommandFailure.input("review needs a terminal; `sluice queue scan --json` is for programs")
        }
        let folder = try options.workFolder()
        let look = try QueueLook(options, folder, model: model)
        let record = ScanRecord(
            look.scan, queue: look.queue.name, after: try QueueFailures.told { try folder.record(of: look.queue.name) })
        var review = Review(look: look, folder: folder, record: record)
        let view = QueueView(look.scan, queue: look.queue.name)
        view.print()
        let groups = view.groups.filter { again || $0.marked == nil }
        var place = 0
        while groups.indices.contains(place) {
            Terminal.line()
            QueueView.print(groups[place])
            switch try review.ask(groups[place]) {
            case .next: place += 1
            case .back: place = max(0, place - 1)
            case .list: view.print()
            case .quit: place = groups.count
            }
        }
        Terminal.line()
        let spam = review.record.marks.filter { $0.value == .spam }.keys.sorted().joined(separator: " ")
        Terminal.line("marked as spam: \(spam.isEmpty ? "none" : spam)")
    }

    private struct Review {
        enum Answer {
            case next, back, list, quit
        }

        let look: QueueLook
        let folder: WorkFolder
        var record: ScanRecord

        private static let keys =
            "[s]pam  [g]ood  [u]nsure  [l]ook at a message  [n]ext  [b]ack  [o]verview  [q]uit: "

        /// Asks until the group is done with. The end of the input is `quit`.
        mutating func ask(_ group: QueueView.Group) throws -> Answer {
            var sample = 0
            while true {
                Terminal.error(Self.keys, prefix: "", ends: false)
                guard let answer = readLine()?.lowercased() else { return .quit }
                switch answer.first {
                case "s": try mark(group, .spam)
                case "g": try mark(group, .good)
                case "u": try mark(group, .unsure)
                case "l":
                    try show(group, sample)
                    sample += 1
                    continue
                case "n", nil: return .next
                case "b": return .back
                case "o": return .list
                case "q": return .quit
                default: continue
                }
                return .next
            }
        }

        private mutating func mark(_ group: QueueView.Group, _ mark: MessageGroup.Verdict) throws {
            record.marks[group.name] = mark
            try QueueFailures.told { try folder.save(record) }
            Terminal.line("\(group.name) is marked as \(mark.rawValue)")
        }

        /// One of the group's messages, each time another from elsewhere in it; as much as the window shows.
        private func show(_ group: QueueView.Group, _ number: Int) throws {
            let members = look.scan.group(named: group.name)?.members ?? []
            guard !members.isEmpty else { return }
            let message = QueuedMessageView(look.scan, members[number * max(1, members.count / 7) % members.count])
            message.print()
            try message.printReadable(look.queue, within: WindowSize.current)
        }
    }
}

/// The terminal's window.
struct WindowSize: Hashable {
    var rows: Int
    var columns: Int

    /// What standard output's terminal tells, or the usual 24 by 80.
    static var current: WindowSize {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0, size.ws_col > 0 else {
            return WindowSize(rows: 24, columns: 80)
        }
        return WindowSize(rows: Int(size.ws_row), columns: Int(size.ws_col))
    }
}

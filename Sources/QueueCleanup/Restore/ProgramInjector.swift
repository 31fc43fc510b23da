package import MTAControl

/// Gives messages to the mail server's own `sendmail`, by its argument vector: `-f sender -- recipient…`.
package struct ProgramInjector: MessageInjector {
    private let program: Program
    private let arguments: [String]

    /// Recipients in one call: far below what an argument vector holds.
    private static let recipients = 500

    package init(_ queue: some MailQueue) throws(CleanupError) {
        guard let submission = queue.submission else {
            throw CleanupError(.usage, "\(queue.name) takes restored messages over SMTP only: --smtp")
        }
        (program, arguments) = submission
    }

    package mutating func inject(_ content: [UInt8], sender: String, recipients: [String]) throws(CleanupError) {
        try InjectedAddress.check(sender, isSender: true)
        for recipient in recipients { try InjectedAddress.check(recipient, isSender: false) }
        for start in stride(from: 0, to: recipients.count, by: Self.recipients) {
            let some = Array(recipients[start..<min(start + Self.recipients, recipients.count)])
            let taken = start == 0 ? "" : " (after it was taken for \(start) recipients)"
            let result: Program.Result
            do {
                result = try program.run(
                    arguments + ["-f", sender.isEmpty ? "<>" : sender, "--"] + some, input: content, seconds: 120)
            } catch {
                throw CleanupError(.restore, error.description + taken)
            }
            guard result.status == 0 else {
                let words = String(decoding: (result.errors + result.output).prefix(300), as: UTF8.self)
                throw CleanupError(.restore, "\(program.path) ended with \(result.status)\(taken): \(words)")
            }
        }
    }
}

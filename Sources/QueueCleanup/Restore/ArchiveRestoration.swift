package import MTAControl

extension QueueArchive {
    /// Gives archived messages back, each with the envelope it had: to the recipients that did not have it yet.
    ///
    /// - Parameter report: called after each message that was taken, so that at most the one in flight is sent twice after a crash.
    package func restore(
        _ ids: Set<QueueID>, through injector: inout some MessageInjector, progress: (Double) -> Bool,
        report: (MessageOutcome) throws -> Void
    ) throws {
        var done = 0
        var injector = injector
        try read(where: { ids.contains($0.id) }) { message, content in
            try report(Self.outcome(message, content, &injector))
            done += 1
            guard progress(Double(done) / Double(max(1, ids.count))) else {
                throw CleanupError(.usage, "stopped; `sluice queue resume` goes on")
            }
        }
    }

    private static func outcome(
        _ message: ArchiveLine.Message, _ content: [UInt8]?, _ injector: inout some MessageInjector
    ) -> MessageOutcome {
        guard let content else { return .init(message.id, .failed, "damaged in the archive") }
        guard !message.recipients.isEmpty else { return .init(message.id, .already, "every recipient had it") }
        do {
            try injector.inject(content, sender: message.sender, recipients: message.recipients)
            return .init(message.id, .restored, "\(message.recipients.count) recipients")
        } catch {
            return .init(message.id, .failed, error.description)
        }
    }
}

import MailTypes
import NIOConcurrencyHelpers
import NIOCore

/// Writes that the spool has not answered yet, by number.
struct WriteLedger {
    struct Answer: Sendable {
        var number: Int
        var error: (any Error)?
    }

    struct Entry {
        /// May run several times: what it writes is what holds then.
        var operation: (@escaping MailStore.Done) -> Void
        var done: () -> Void
    }

    private var entries: [Int: Entry] = [:]
    private var next = 0

    var count: Int { entries.count }

    mutating func add(_ entry: Entry) -> Int {
        next &+= 1
        entries[next] = entry
        return next
    }

    subscript(number: Int) -> Entry? { entries[number] }

    mutating func remove(_ number: Int) -> Entry? { entries.removeValue(forKey: number) }
}

extension RelayCore {
    /// Runs a write; at a failure it is repeated until the spool takes it, since its outcome has happened.
    func write(then done: @escaping () -> Void = {}, _ operation: @escaping (@escaping MailStore.Done) -> Void) {
        submit(writes.add(WriteLedger.Entry(operation: operation, done: done)))
    }

    /// Answers come on the spool's thread, hundreds at a time after one commit: they wake the event loop once together.
    private func submit(_ number: Int) {
        let (answers, loop) = (answers, loop)
        let bound = NIOLoopBound(self, eventLoop: loop)
        writes[number]?.operation { result in
            var error: (any Error)?
            if case .failure(let failure) = result { error = failure }
            let isFirst = answers.withLockedValue { answers in
                answers.append(WriteLedger.Answer(number: number, error: error))
                return answers.count == 1
            }
            if isFirst { loop.execute { bound.value.takeAnswers() } }
        }
    }

    private func takeAnswers() {
        let taken = answers.withLockedValue { answers in
            defer { answers = [] }
            return answers
        }
        for answer in taken {
            if let error = answer.error {
                emit(.spoolTrouble(SafeText.printable("\(error)")))
                if !isStopping {
                    let number = answer.number
                    loop.assumeIsolated().scheduleTask(in: TimeAmount(settings.spoolRetry)) { self.submit(number) }
                    continue
                }
            }
            writes.remove(answer.number)?.done()
        }
        checkStopped()
    }
}

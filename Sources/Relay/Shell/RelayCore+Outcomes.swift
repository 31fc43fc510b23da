import MailTypes
import NIOCore
import NIOPosix

extension RelayCore {
    /// Writes down what became of recipients, tells it, and sees to the reports.
    func settle(_ outcome: DeliveryScheduler.Outcome, _ active: ActiveMessage, _ answer: Answer?, _ now: Timestamp) {
        let attempts = Int(outcome.attempts)
        var failed: [ReportRequest.Recipient] = []
        var succeeded: [ReportRequest.Recipient] = []
        func record(_ numbers: RecipientNumbers, _ status: RecipientProgress.Status, next: Timestamp?) {
            numbers.forEach { number in
                guard number < active.message.envelope.recipients.count else { return }
                let recipient = active.message.envelope.recipients[number]
                let reply = self.reply(for: number, outcome, active, answer)
                progress(active, number) {
                    $0.status = status
                    $0.attempts = attempts
                    $0.nextAttempt = next
                    $0.lastReply = reply.description
                }
                let told = ReportRequest.Recipient(recipient: recipient, reply: reply, remoteHost: answer?.host)
                // A report has nobody to be told to, but that it is dropped is told.
                if status == .failed, recipient.notify.wantsFailure || active.message.kind == .report {
                    failed.append(told)
                }
                if status == .delivered, recipient.notify.contains(.success), answer?.result.passedOnNotify != true {
                    succeeded.append(told)
                }
                emit(
                    .attempt(
                        .init(
                            message: outcome.message, identity: active.message.identity,
                            campaign: active.message.campaign, recipient: recipient.address, time: now,
                            attempts: attempts, reply: reply, result: ReplyClassifier.result(reply),
                            isFinal: status != .pending, nextAttempt: next,
                            destination: key(outcome.destination, recipient, active), remoteHost: answer?.remote,
                            tls: answer?.tls)))
            }
        }
        record(outcome.delivered, .delivered, next: nil)
        record(outcome.failed, .failed, next: nil)
        record(outcome.deferred, .pending, next: outcome.nextAttempt)
        rates.count(delivered: outcome.delivered.count, failed: outcome.failed.count, now)

        cache.pin(active)
        report(.failure, failed, active, now) {
            self.report(.success, succeeded, active, now) {
                self.store(outcome, active)
            }
        }
    }

    private func store(_ outcome: DeliveryScheduler.Outcome, _ active: ActiveMessage) {
        let id = outcome.message
        if outcome.isLast, active.message.progress.allSatisfy({ $0.status != .pending }) {
            cache.giveUp(active)
            let done = {
                self.cache.unpin(active)
                if self.pageReads > 0 { self.settledDuringReads.insert(id) }
                self.emit(.completed(id))
            }
            write(then: done) { self.store.remove(active.message, $0) }
        } else {
            if outcome.nextAttempt.map({ $0 > self.clock() }) == true { cache.giveUp(active) }
            // What is written is what holds at that time, also when the write is repeated.
            write(then: { self.cache.unpin(active) }) { self.store.update(active.message, $0) }
        }
    }

    private func reply(
        for number: Int, _ outcome: DeliveryScheduler.Outcome, _ active: ActiveMessage, _ answer: Answer?
    ) -> Reply {
        if outcome.cause == .reply || !outcome.failed.numbers.contains(number) {
            if let reply = answer?.reply(for: number) { return reply }
            return Reply(.localError, .init(4, 4, 2), "the connection was lost")
        }
        let trouble = destinations[outcome.destination]?.trouble
        if outcome.cause == .unroutable {
            return trouble ?? Reply(.mailboxUnavailable, .init(5, 1, 2), "the destination takes no mail")
        }
        let last = answer?.reply(for: number)?.description ?? lastReply(active, number) ?? trouble?.description
        let reason = last.map { "; the last reason: \(SafeText.ascii($0))" } ?? ""
        // RFC 3463: 4.4.7 «delivery time expired», final here.
        return Reply(.transactionFailed, .init(5, 4, 7), "not delivered within the time allowed\(reason)")
    }

    private func lastReply(_ active: ActiveMessage, _ number: Int) -> String? {
        number < active.message.progress.count ? active.message.progress[number].lastReply : nil
    }

    private func key(
        _ handle: DeliveryScheduler.DestinationHandle, _ recipient: Envelope.Recipient, _ active: ActiveMessage
    ) -> DestinationKey {
        destinations[handle]?.key
            ?? routes.destination(
                of: recipient.address, customer: active.message.identity?.customer, pool: active.message.pool)
    }

    private func progress(_ active: ActiveMessage, _ number: Int, _ change: (inout RecipientProgress) -> Void) {
        while active.message.progress.count <= number { active.message.progress.append(RecipientProgress()) }
        change(&active.message.progress[number])
    }

    // MARK: what must be read first

    /// Works off outcomes whose messages are not in memory, a few at a time.
    func readOn() {
        while readsUnderWay < Self.maximumReads, let next = unread.popFirst() {
            let id: SubmissionID
            switch next {
            case .outcome(let outcome): id = outcome.message
            case .delayed(let message, _, _): id = message
            }
            if let active = cache[id] {
                handle(next, active)
                continue
            }
            readsUnderWay += 1
            let store = store
            readers.runIfActive(eventLoop: loop) { try store.message(id) }.assumeIsolated().whenComplete { result in
                self.readsUnderWay -= 1
                switch result {
                case .success(.some(let message)):
                    self.handle(next, self.cache[id] ?? ActiveMessage(message, body: nil))
                case .success(.none): break
                case .failure(let error):
                    self.emit(.spoolTrouble("\(error)"))
                    guard !self.isStopping else { break }
                    self.loop.assumeIsolated().scheduleTask(in: TimeAmount(self.settings.spoolRetry)) {
                        self.unread.append(next)
                        self.readOn()
                    }
                }
                self.readOn()
                self.checkStopped()
            }
        }
    }

    private func handle(_ unread: Unread, _ active: ActiveMessage) {
        let now = clock()
        switch unread {
        case .outcome(let outcome): settle(outcome, active, nil, now)
        case .delayed(_, let recipients, let destination): tellDelay(active, recipients, destination, now)
        }
    }

    private func tellDelay(
        _ active: ActiveMessage, _ recipients: RecipientNumbers, _ destination: DeliveryScheduler.DestinationHandle,
        _ now: Timestamp
    ) {
        var told: [ReportRequest.Recipient] = []
        recipients.forEach { number in
            guard number < active.message.envelope.recipients.count else { return }
            let recipient = active.message.envelope.recipients[number]
            let last = lastReply(active, number) ?? destinations[destination]?.trouble?.description
            progress(active, number) { $0.isDelayNoticed = true }
            guard recipient.notify.wantsDelay else { return }
            let reply = Reply(.localError, .init(4, 4, 7), SafeText.ascii(last ?? "not delivered yet"))
            told.append(.init(recipient: recipient, reply: reply, remoteHost: nil))
        }
        cache.pin(active)
        report(.delay, told, active, now) {
            self.write(then: { self.cache.unpin(active) }) {
                self.store.update(active.message, $0)
            }
        }
    }
}

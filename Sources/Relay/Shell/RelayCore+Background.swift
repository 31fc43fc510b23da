import MailTypes
import NIOCore
import NIOPosix

extension RelayCore {
    /// Loads what a former process left, and begins to look for releases and ends of holds.
    func start() {
        isLoading = true
        loadPage(after: nil, before: firstNew)
        after(settings.pollInterval) { self.pickUpReleased() }
        after(settings.pollInterval) { self.sweepHeld() }
    }

    /// Runs something later, unless the relay is stopping by then.
    func after(_ time: Duration, _ body: @escaping () -> Void) {
        loop.assumeIsolated().scheduleTask(in: TimeAmount(time)) {
            if !self.isStopping { body() }
        }
    }

    /// One page, oldest first; the next when this one is queued, so that new mail is served in between.
    private func loadPage(after: SubmissionID?, before end: SubmissionID) {
        guard !isStopping else { return }
        let (store, limit) = (store, settings.startPage)
        pageReads += 1
        readers.runIfActive(eventLoop: loop) { try store.queued(after: after, limit: limit) }
            .assumeIsolated().whenComplete { result in
                defer { self.endPageRead() }
                switch result {
                case .success(let page):
                    for message in page where message.id < end { self.takeStored(message) }
                    if let last = page.last?.id, page.count >= limit, last < end {
                        self.loadPage(after: last, before: end)
                    } else {
                        self.isLoading = false
                    }
                case .failure(let error):
                    self.emit(.spoolTrouble("\(error)"))
                    self.after(self.settings.spoolRetry) { self.loadPage(after: after, before: end) }
                }
            }
    }

    private func pickUpReleased() {
        guard !isStopping else { return }
        let store = store
        pageReads += 1
        readers.runIfActive(eventLoop: loop) { try store.pickUpReleased().map { ($0, try store.message($0)) } }
            .assumeIsolated().whenComplete { result in
                defer { self.endPageRead() }
                switch result {
                case .success(let changes):
                    for (id, message) in changes {
                        if let message { self.takeStored(message) } else { self.cancel(id) }
                    }
                case .failure(let error): self.emit(.spoolTrouble("\(error)"))
                }
                self.after(self.settings.pollInterval) { self.pickUpReleased() }
            }
    }

    /// Forgets a message that was deleted or held again; what is in flight runs to its end.
    func cancel(_ id: SubmissionID) {
        scheduler.cancel(id, now: clock())
        if let active = cache[id] { cache.giveUp(active) }
    }

    /// What a person or a stop does to one message: first in the spool, then here.
    func act(_ act: HoldAct, on id: SubmissionID, author: String, _ promise: EventLoopPromise<Void>) {
        let (store, loop) = (store, loop)
        let written = loop.makePromise(of: Void.self)
        store.act(act, on: id, author: author, at: clock()) { written.completeWith($0) }
        written.futureResult.assumeIsolated().whenComplete { result in
            switch (result, act) {
            case (.failure(let error), _): promise.fail(error)
            case (.success, .release): self.takeReleased(id, promise)
            case (.success, .hold), (.success, .delete):
                self.cancel(id)
                promise.succeed()
            }
        }
    }

    private func takeReleased(_ id: SubmissionID, _ promise: EventLoopPromise<Void>) {
        let store = store
        pageReads += 1
        readers.runIfActive(eventLoop: loop) { try store.message(id) }.assumeIsolated().whenComplete { result in
            defer { self.endPageRead() }
            switch result {
            case .success(let message):
                if let message { self.takeStored(message) }
                promise.succeed()
            case .failure(let error):
                self.emit(.spoolTrouble("\(error)"))
                promise.fail(error)
            }
        }
    }

    /// Takes new bounds and routes.
    func reload(_ settings: RelaySettings, _ routes: RoutingTable) {
        var settings = settings
        settings.memory = self.settings.memory
        self.settings = settings
        self.routes = routes
        scheduler.settings = settings.scheduler
    }

    /// Held messages ended in one sweep; the next sweep takes the others.
    private static let heldPerSweep = 200

    func sweepHeld() {
        guard !isStopping else { return }
        let (store, now) = (store, clock())
        readers.runIfActive(eventLoop: loop) { try store.heldPastDeadline(now, limit: Self.heldPerSweep) }
            .assumeIsolated().whenComplete { result in
                switch result {
                case .success(let messages): for message in messages { self.endHold(message, now) }
                case .failure(let error): self.emit(.spoolTrouble("\(error)"))
                }
                self.after(self.settings.heldSweepInterval) { self.sweepHeld() }
            }
    }

    private func endHold(_ message: RelayMessage, _ now: Timestamp) {
        let (id, fate) = (message.id, settings.heldFate)
        guard cache[id] == nil else { return }
        let active = ActiveMessage(message, body: nil)
        cache.pin(active)
        let end = {
            self.write(then: {
                self.cache.unpin(active)
                self.emit(.heldExpired(id, fate: fate))
                if fate == .release {
                    var released = message
                    released.pool = .risky
                    self.take(released, body: nil)
                }
            }) { self.store.settleHeld(message, fate, at: now, $0) }
        }
        guard fate == .bounce else { return end() }
        let reply = Reply(
            .transactionFailed, .init(5, 7, 1), "the message was held as suspicious, and nobody released it in time")
        let told = message.envelope.recipients.filter(\.notify.wantsFailure)
            .map { ReportRequest.Recipient(recipient: $0, reply: reply, remoteHost: nil) }
        report(.failure, told, active, now, then: end)
    }

    // MARK: stop

    /// No new transactions; those in flight end within the bound, with their writes.
    func stop(_ promise: EventLoopPromise<Void>, _ deadline: Duration) {
        guard !isStopping else {
            stopped?.futureResult.cascade(to: promise)
            if stopped == nil { promise.succeed() }
            return
        }
        isStopping = true
        stopped = promise
        wake?.cancel()
        execute(scheduler.stop(now: clock()), clock())
        loop.assumeIsolated().scheduleTask(in: TimeAmount(deadline)) { self.endStop() }
        checkStopped()
    }

    func checkStopped() {
        if isStopping, scheduler.inFlight == 0, writes.count == 0, readsUnderWay == 0 { endStop() }
    }

    private func endStop() {
        guard let promise = stopped else { return }
        stopped = nil
        for connection in connections.values { connection.quit() }
        connections = [:]
        promise.succeed()
    }
}

import MailTypes
import NIOCore
import NIOPosix

extension RelayCore {
    /// What a transaction answered, for the outcome that the scheduler makes of it.
    struct Answer {
        var active: ActiveMessage
        /// The recipients that were sent, in the order of the replies.
        var sent: RecipientNumbers
        var result: OutboundResult
        var remote: String
        /// The host's name, or its address in brackets, for reports.
        var host: String?
        var tls: String?

        func reply(for recipient: Int) -> Reply? {
            guard let place = sent.numbers.firstIndex(of: recipient), place < result.replies.count else { return nil }
            return result.replies[place]
        }
    }

    func execute(_ actions: [DeliveryScheduler.Action], _ now: Timestamp, answer: Answer? = nil) {
        for action in actions {
            switch action {
            case .resolve(let handle, let key): resolve(handle, key)
            case .connect(let connection, let destination): connect(connection, destination)
            case .send(let delivery, let id, let recipients, let connection):
                send(delivery, id, recipients, connection)
            case .close(let connection): connections.removeValue(forKey: connection)?.quit()
            case .outcome(let outcome):
                if let answer, answer.active.message.id == outcome.message {
                    settle(outcome, answer.active, answer, now)
                } else {
                    unread.append(.outcome(outcome))
                }
            case .delayed(let id, let recipients, let destination):
                unread.append(.delayed(id, recipients, destination))
            case .postponed(let handle, let until, let failures): postponed(handle, until, failures)
            case .wakeAt(let time): wake(at: time, now)
            }
        }
        readOn()
    }

    private func wake(at time: Timestamp, _ now: Timestamp) {
        wake?.cancel()
        let delay = max(0, (time - now).wholeMicroseconds)
        wake = loop.assumeIsolated().scheduleTask(in: .microseconds(delay)) {
            let now = self.clock()
            self.execute(self.scheduler.tick(now: now), now)
        }
    }

    private func resolve(_ handle: DeliveryScheduler.DestinationHandle, _ key: DestinationKey) {
        if destinations.count > 2 * scheduler.destinationCount + 1024 { forgetDestinations() }
        destinations[handle, default: KnownDestination(key: key)].key = key
        finder.hosts(of: key, on: loop).hop(to: loop).assumeIsolated().whenComplete { result in
            let now = self.clock()
            let resolution: DeliveryScheduler.Resolution
            switch result {
            case .success(.hosts(let hosts, let validFor)) where !hosts.isEmpty:
                self.destinations[handle]?.hosts = hosts
                resolution = .usable(until: now + validFor)
            case .success(.hosts):
                self.destinations[handle]?.trouble = Reply(.localError, .init(4, 4, 3), "no usable host was found")
                resolution = .temporary
            case .success(.permanent(let reply)):
                self.destinations[handle]?.trouble = reply
                resolution = .permanent(until: now + Self.negativeLifetime)
            case .success(.temporary(let reason)):
                self.destinations[handle]?.trouble = Reply(.localError, .init(4, 4, 3), SafeText.ascii(reason))
                resolution = .temporary
            case .failure(let error):
                self.destinations[handle]?.trouble = Reply(.localError, .init(4, 4, 3), SafeText.ascii("\(error)"))
                resolution = .temporary
            }
            self.execute(self.scheduler.resolved(handle, resolution, now: now), now)
        }
    }

    /// How long «this domain takes no mail» is believed.
    private static let negativeLifetime: Duration = .seconds(300)

    /// The scheduler forgets empty destinations without a word; so does the shell, now and then.
    private func forgetDestinations() {
        destinations = destinations.filter { scheduler.isCurrent($0.key) }
    }

    private func postponed(
        _ handle: DeliveryScheduler.DestinationHandle, _ until: Timestamp, _ failures: Int
    ) {
        guard let known = destinations[handle] else { return }
        emit(
            .destinationPostponed(
                known.key, reason: known.trouble?.description ?? "too many transactions failed", until: until,
                failures: failures, queued: scheduler.queued(at: handle)))
    }

    private func connect(
        _ handle: DeliveryScheduler.ConnectionHandle, _ destination: DeliveryScheduler.DestinationHandle
    ) {
        guard let known = destinations[destination] else {
            // Not within this call: the caller is still working off the scheduler's actions.
            loop.assumeIsolated().execute { self.connectFailed(handle) }
            return
        }
        let target = OutboundTarget(
            hosts: known.hosts, tls: known.key.tls, credentials: known.key.credentials,
            pool: routes.pool(known.key.pool))
        connector.connect(target, on: loop).hop(to: loop).assumeIsolated().whenComplete { result in
            switch result {
            case .success(let connection):
                let now = self.clock()
                self.connections[handle] = connection
                self.destinations[destination]?.trouble = nil
                self.destinations[destination]?.prefer(connection.host)
                connection.closed.hop(to: self.loop).assumeIsolated().whenComplete { _ in self.closed(handle) }
                self.execute(self.scheduler.connected(handle, now: now), now)
            case .failure(let error):
                let failure = error as? OutboundError
                self.destinations[destination]?.trouble =
                    failure?.reply ?? Reply(.localError, .init(4, 4, 1), SafeText.ascii(failure?.message ?? "\(error)"))
                self.connectFailed(handle)
            }
            self.checkStopped()
        }
    }

    private func connectFailed(_ handle: DeliveryScheduler.ConnectionHandle) {
        let now = clock()
        execute(scheduler.connectFailed(handle, now: now), now)
    }

    private func closed(_ handle: DeliveryScheduler.ConnectionHandle) {
        guard connections.removeValue(forKey: handle) != nil else { return }
        let now = clock()
        execute(scheduler.closed(handle, now: now), now)
    }

    private func send(
        _ delivery: DeliveryScheduler.DeliveryHandle, _ id: SubmissionID, _ recipients: RecipientNumbers,
        _ connection: DeliveryScheduler.ConnectionHandle
    ) {
        if let active = cache[id] {
            cache.pin(active)
            transmit(delivery, active, recipients, connection)
            return
        }
        let store = store
        readers.runIfActive(eventLoop: loop) { try store.message(id) }.assumeIsolated().whenComplete { result in
            switch result {
            case .success(.some(let message)):
                // Another delivery of the message may have read it meanwhile: there is one truth only.
                let active = self.cache[id] ?? ActiveMessage(message, body: nil)
                self.cache.pin(active)
                self.transmit(delivery, active, recipients, connection)
            case .success(.none):
                // Deleted by a person, through another process.
                self.scheduler.cancel(id, now: self.clock())
                self.giveBack(delivery, connection)
            case .failure(let error):
                self.emit(.spoolTrouble("\(error)"))
                self.giveBack(delivery, connection)
            }
        }
    }

    /// Ends a transaction that did not begin for a reason of our own: the delivery is put off.
    private func giveBack(
        _ delivery: DeliveryScheduler.DeliveryHandle, _ connection: DeliveryScheduler.ConnectionHandle
    ) {
        let now = clock()
        let actions = scheduler.finished(delivery, on: connection, [], connection: .usable, now: now)
        execute(
            actions.filter { action in
                if case .outcome = action { return false }
                return true
            }, now)
        checkStopped()
    }

    private func transmit(
        _ delivery: DeliveryScheduler.DeliveryHandle, _ active: ActiveMessage, _ recipients: RecipientNumbers,
        _ handle: DeliveryScheduler.ConnectionHandle
    ) {
        let message = active.message
        var envelope = message.envelope
        envelope.recipients = recipients.numbers.compactMap {
            $0 < message.envelope.recipients.count ? message.envelope.recipients[$0] : nil
        }
        guard let connection = connections[handle] else {
            let result = OutboundResult(replies: [], connection: .neverStarted, passedOnNotify: false)
            loop.assumeIsolated().execute { self.ended(delivery, active, recipients, handle, nil, result) }
            return
        }
        let outbound = OutboundMessage(envelope: envelope, size: message.size, content: content(active))
        connection.send(outbound).hop(to: loop).assumeIsolated().whenComplete { result in
            let answer: OutboundResult
            switch result {
            case .success(let value): answer = value
            case .failure(let error):
                let reply = Reply(.localError, .init(4, 4, 2), SafeText.ascii("\(error)"))
                let replies = Array(repeating: reply, count: recipients.count)
                answer = OutboundResult(replies: replies, connection: .troubled, passedOnNotify: false)
            }
            self.ended(delivery, active, recipients, handle, connection, answer)
        }
    }

    private func content(_ active: ActiveMessage) -> OutboundMessage.Content {
        if let body = active.body { return .memory(body) }
        let (id, loop, readers, store) = (active.message.id, loop, readers, store)
        return .stored(count: active.message.chunkCount) { number in
            readers.runIfActive(eventLoop: loop) {
                guard let chunk = try store.chunk(id, number) else {
                    throw OutboundError("chunk \(number) of \(id) is missing in the spool")
                }
                return chunk
            }
        }
    }

    private func ended(
        _ delivery: DeliveryScheduler.DeliveryHandle, _ active: ActiveMessage, _ sent: RecipientNumbers,
        _ handle: DeliveryScheduler.ConnectionHandle, _ connection: (any OutboundConnection)?, _ result: OutboundResult
    ) {
        let now = clock()
        let answer = Answer(
            active: active, sent: sent, result: result, remote: connection?.remote ?? "",
            host: connection.map { $0.host.name?.description ?? "[\($0.host.address)]" }, tls: connection?.tls)
        let dispositions = result.replies.map(ReplyClassifier.disposition)
        let actions = scheduler.finished(delivery, on: handle, dispositions, connection: result.connection, now: now)
        execute(actions, now, answer: answer)
        cache.unpin(active)
        checkStopped()
    }
}

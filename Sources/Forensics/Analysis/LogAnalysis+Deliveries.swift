import LogFormats
import MailTypes

extension LogAnalysis {
    func take(_ delivery: Delivery, _ key: UInt64, host: UInt32, _ now: UInt32, _ ref: EvidenceRef) {
        switch delivery.outcome {
        case .sent: totals.delivered += 1
        case .bounced: totals.bounced += 1
        case .deferred: totals.deferrals += 1
        }
        if totals.firstDelivery == 0 { totals.firstDelivery = now }
        totals.lastDelivery = now
        if let relay = delivery.relay, !delivery.isLocal { noteRelay(relay, now) }
        if delivery.reason.isReputation { noteReputation(delivery, now, ref) }
        guard let place = queue.find(key) else { return }
        if !delivery.nextQueueID.isEmpty, delivery.outcome == .sent {
            hand(place.pointee, to: queueKey(delivery.nextQueueID, host), now)
        }
        if !delivery.isLocal, place.pointee.account == noRecord { adopt(place, delivery, now, ref) }
        if delivery.outcome == .deferred, place.pointee.flags & QueueRecord.deferred == 0 {
            place.pointee.flags |= QueueRecord.deferred
            noteDeferred(now, ref)
        }
        let entry = place.pointee
        guard entry.account != noRecord, let sending = accounts.sending(entry.account, now: now) else { return }
        if entry.flags & QueueRecord.sized == 0, delivery.outcome != .deferred, !delivery.recipient.isEmpty {
            send(entry, messages: 0, recipients: UInt32(clamping: delivery.recipients), now, ref)
            place.pointee.recipients &+= 1
        }
        count(delivery, entry, sending, now, ref)
    }

    private func count(
        _ delivery: Delivery, _ entry: QueueRecord, _ sending: UnsafeMutablePointer<SendingRecord>, _ now: UInt32,
        _ ref: EvidenceRef
    ) {
        let inSpike = !sending.pointee.spike.isEmpty && now >= sending.pointee.spike.start
        switch delivery.outcome {
        case .sent:
            sending.pointee.delivered &+= 1
            return
        case .deferred: sending.pointee.deferred &+= 1
        case .bounced: sending.pointee.dayFailed &+= 1
        }
        if delivery.reason == .unknownRecipient, delivery.outcome == .bounced {
            sending.pointee.unknown &+= 1
            if inSpike { sending.pointee.spike.unknown &+= 1 }
            withPair(entry) { $0.unknown &+= 1 }
        } else if delivery.reason.isReputation || delivery.reason == .rateLimit {
            sending.pointee.refusals &+= 1
            if sending.pointee.refusalFirst == 0 {
                sending.pointee.refusalFirst = now
                sending.pointee.refusalRef = ref
            }
            if inSpike { sending.pointee.spike.refusals &+= 1 }
            withPair(entry) { $0.refusals = $0.refusals.addingSaturating(1) }
        }
    }

    private func withPair(_ entry: QueueRecord, _ change: (inout PairRecord) -> Void) {
        guard entry.pair != noRecord, accounts.records.pointer(entry.account).pointee.kind == .login else { return }
        change(&pairs.records.pointer(entry.pair).pointee)
    }

    /// A content filter gave the message back under another id: it stays its sender's, and is counted once.
    private func hand(_ entry: QueueRecord, to key: UInt64, _ now: UInt32) {
        guard entry.account != noRecord else { return }
        let place = queue.at(key, now: now, fresh: QueueRecord())
        guard place.pointee.account == noRecord else { return }
        place.pointee.account = entry.account
        place.pointee.pair = entry.pair
        place.pointee.flags |= QueueRecord.counted | QueueRecord.sized
    }

    /// A message that came without a login leaves for elsewhere: its client relays, and is counted as a sender.
    private func adopt(
        _ place: UnsafeMutablePointer<QueueRecord>, _ delivery: Delivery, _ now: UInt32, _ ref: EvidenceRef
    ) {
        let client = place.pointee.pair
        guard client != noRecord, let relay = delivery.relay, !relay.isInside else { return }
        let address = addresses.address(client)
        guard !address.isLoopback else { return }
        var text = address.description
        let account = text.withUTF8 { bytes -> UInt32 in
            guard let base = bytes.baseAddress else { return noRecord }
            return accounts.number(ByteSlice(base: base, count: bytes.count), .client)
        }
        guard account != noRecord else { return }
        place.pointee.account = account
        place.pointee.flags |= QueueRecord.counted
        totals.messages += 1
        send(place.pointee, messages: 1, recipients: max(1, place.pointee.recipients), now, ref)
        place.pointee.flags |= QueueRecord.sized
        if let sending = accounts.sending(account, now: now) {
            let key = AddressTable.key(relay)
            sending.pointee.senders.add(hasher.hash(key.high, key.low))
        }
    }

    func remove(_ key: UInt64) {
        guard let place = queue.find(key) else { return }
        if place.pointee.flags & QueueRecord.deferred != 0 { totals.deferredOpen -= 1 }
        queue.remove(key)
    }

    private func noteDeferred(_ now: UInt32, _ ref: EvidenceRef) {
        totals.deferredOpen += 1
        if totals.deferredOpen > totals.deferredPeak {
            totals.deferredPeak = totals.deferredOpen
            totals.deferredPeakAt = now
            totals.deferredRef = ref
        }
        if totals.deferredHours.count < 20_000 { totals.deferredHours[now / 3600, default: 0] += 1 }
    }

    private func noteReputation(_ delivery: Delivery, _ now: UInt32, _ ref: EvidenceRef) {
        if delivery.reason == .blocklist {
            totals.reputation.blocklist += 1
            if totals.reputation.blocklistRef == .none { totals.reputation.blocklistRef = ref }
        } else {
            totals.reputation.policy += 1
        }
        if totals.reputation.first == 0 { totals.reputation.first = now }
        totals.reputation.last = now
        if totals.reputation.refs.count < 6 { totals.reputation.refs.append(ref) }
        if let relay = delivery.relay {
            let key = AddressTable.key(relay)
            totals.reputation.receivers.add(hasher.hash(key.high, key.low))
        }
    }

    private func noteRelay(_ relay: IPAddress, _ now: UInt32) {
        guard !relay.isLoopback else { return }
        relays.insert(relayKey(relay, now / 600))
    }

    func relayKey(_ relay: IPAddress, _ bucket: UInt32) -> UInt64 {
        let key = AddressTable.key(relay)
        return max(1, hasher.hash(key.high ^ UInt64(bucket) << 32, key.low))
    }

    func take(_ reject: Reject, _ known: Resolved, times: UInt32, _ now: UInt32, _ ref: EvidenceRef) {
        totals.rejects += Int(times)
        let address = known.address
        if reject.reason == .unknownRecipient {
            totals.unknownAtDoor.add(now, Int(times), ref)
            if address != noRecord {
                addresses.records.pointer(address).pointee.unknownRecipients &+= times
                totals.unknownAtDoor.addresses.add(addresses.hash(address))
            }
        }
        let account = known.account
        guard account != noRecord, let sending = accounts.sending(account, now: now) else { return }
        sending.pointee.refusals &+= times
        if sending.pointee.refusalFirst == 0 {
            sending.pointee.refusalFirst = now
            sending.pointee.refusalRef = ref
        }
    }
}

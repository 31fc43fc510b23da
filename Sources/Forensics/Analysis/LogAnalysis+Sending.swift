import LogFormats
import MailTypes

extension LogAnalysis {
    func take(_ submission: Submission, _ known: Resolved, _ now: UInt32, _ ref: EvidenceRef) {
        var entry = QueueRecord()
        let address = known.address
        if !submission.account.isEmpty {
            entry.account = known.account
            if entry.account != noRecord {
                entry.pair = succeed(entry.account, address, .smtp, now, ref) ?? noRecord
            }
        } else if !submission.script.isEmpty {
            entry.account = known.account
        } else {
            // No login: whose mail it is shows when it leaves (see `adopt`).
            entry.pair = address
        }
        if submission.recipients > 0 {
            entry.recipients = UInt32(clamping: submission.recipients)
            entry.flags |= QueueRecord.sized
        }
        guard !submission.queueID.isEmpty else {
            if entry.account != noRecord {
                totals.messages += 1
                send(entry, messages: 1, recipients: UInt32(max(1, submission.recipients)), now, ref)
            }
            return
        }
        let place = queue.at(known.key, now: now, fresh: QueueRecord())
        if place.pointee.flags & QueueRecord.counted != 0, !submission.script.isEmpty {
            move(place, to: entry.account, now, ref)
            return
        }
        place.pointee = entry
        if entry.account != noRecord {
            totals.messages += 1
            place.pointee.flags |= QueueRecord.counted
            send(entry, messages: 1, recipients: entry.recipients, now, ref)
            note(sender: submission.sender, of: entry.account)
        }
    }

    func take(_ queued: Queued, _ key: UInt64, _ now: UInt32, _ ref: EvidenceRef) {
        if !queued.account.isEmpty {
            var submission = Submission(queueID: queued.queueID, account: queued.account, client: queued.client)
            submission.recipients = queued.recipients
            submission.sender = queued.sender
            if let known = queue.find(key)?.pointee, known.flags & QueueRecord.counted != 0 { return }
            let sized = queue.find(key)?.pointee.recipients ?? 0
            if submission.recipients == 0 { submission.recipients = Int(sized) }
            take(submission, resolve(submission, key, now), now, ref)
            return
        }
        guard let place = queue.find(key) else {
            guard queued.client != nil else { return }
            var submission = Submission(queueID: queued.queueID, client: queued.client)
            submission.recipients = queued.recipients
            take(submission, resolve(submission, key, now), now, ref)
            return
        }
        if place.pointee.account != noRecord { note(sender: queued.sender, of: place.pointee.account) }
        guard place.pointee.flags & QueueRecord.sized == 0, queued.recipients > 0 else { return }
        place.pointee.recipients = UInt32(clamping: queued.recipients)
        place.pointee.flags |= QueueRecord.sized
        if place.pointee.account != noRecord {
            send(place.pointee, messages: 0, recipients: place.pointee.recipients, now, ref)
        }
    }

    /// A later line tells the script of a local submission that was counted for its user.
    private func move(_ place: UnsafeMutablePointer<QueueRecord>, to account: UInt32, _ now: UInt32, _ ref: EvidenceRef)
    {
        let old = place.pointee
        guard account != noRecord, account != old.account else { return }
        if old.account != noRecord, let sending = accounts.sending(old.account, now: now) {
            sending.pointee.messages = sending.pointee.messages &- min(1, sending.pointee.messages)
            sending.pointee.recipients = sending.pointee.recipients &- min(old.recipients, sending.pointee.recipients)
        }
        place.pointee.account = account
        place.pointee.pair = noRecord
        send(place.pointee, messages: 1, recipients: old.recipients, now, ref)
    }

    private func note(sender: ByteSlice, of account: UInt32) {
        guard !sender.isEmpty, account != noRecord else { return }
        let detail = accounts.records.pointer(account).pointee.detail
        guard detail != noRecord else { return }
        accounts.sending.pointer(detail).pointee.senders.add(hasher.hash(sender.pointer, sender.count, folding: true))
    }

    /// Counts mail for the account, its place, its day and, where it leaves its own past, its spike.
    func send(_ entry: QueueRecord, messages: UInt32, recipients: UInt32, _ now: UInt32, _ ref: EvidenceRef) {
        guard entry.account != noRecord, let sending = accounts.sending(entry.account, now: now) else { return }
        if entry.pair != noRecord, accounts.records.pointer(entry.account).pointee.kind == .login {
            let pair = pairs.records.pointer(entry.pair)
            if pair.pointee.messages == 0 {
                pair.pointee.firstMessage = now
                pair.pointee.messageRef = ref
            }
            pair.pointee.messages &+= messages
            pair.pointee.recipients &+= recipients
            pair.pointee.lastMessage = now
        }
        sending.pointee.messages &+= messages
        sending.pointee.recipients &+= recipients
        count(sending, messages: messages, recipients: recipients, now, ref)
    }

    /// Rules of the spike. An hour or a day far above the account's own past opens it; from then on the past learns
    /// nothing more, so that a week of spam does not become the custom.
    private func count(
        _ sending: UnsafeMutablePointer<SendingRecord>, messages: UInt32, recipients: UInt32, _ now: UInt32,
        _ ref: EvidenceRef
    ) {
        let amount = max(messages, recipients)
        if sending.pointee.spike.isEmpty {
            if now / 3600 != sending.pointee.hour {
                sending.pointee.pastMaxHour = max(sending.pointee.pastMaxHour, sending.pointee.hourRecipients)
            }
            if now / 86_400 != sending.pointee.day {
                sending.pointee.pastMaxDay = max(sending.pointee.pastMaxDay, sending.pointee.dayRecipients)
                if sending.pointee.dayRecipients > 0 { sending.pointee.activeDays &+= 1 }
            }
        }
        if now / 3600 != sending.pointee.hour {
            sending.pointee.hour = now / 3600
            sending.pointee.hourRecipients = 0
        }
        if now / 86_400 != sending.pointee.day {
            closeDay(sending)
            sending.pointee.day = now / 86_400
            sending.pointee.dayRecipients = 0
            sending.pointee.dayMessages = 0
            sending.pointee.dayFailed = 0
            sending.pointee.dayStart = now
            sending.pointee.dayRef = ref
        }
        if now &- sending.pointee.lastMessage > 1800 || sending.pointee.burstStart == 0 {
            sending.pointee.burstStart = now
            sending.pointee.burstRef = ref
        }
        sending.pointee.lastMessage = now
        sending.pointee.hourRecipients &+= amount
        sending.pointee.dayRecipients &+= amount
        sending.pointee.dayMessages &+= messages
        if sending.pointee.spike.isEmpty {
            openSpike(sending, now)
        } else if sending.pointee.isAboveCustom {
            sending.pointee.spike.end = now
            sending.pointee.spike.messages &+= messages
            sending.pointee.spike.recipients &+= recipients
            sending.pointee.spike.peakHour = max(sending.pointee.spike.peakHour, sending.pointee.hourRecipients)
        }
    }

    private func openSpike(_ sending: UnsafeMutablePointer<SendingRecord>, _ now: UInt32) {
        let record = sending.pointee
        let fresh = record.activeDays < 2
        let hourly = record.hourRecipients >= max(fresh ? 80 : 30, 5 * record.pastMaxHour)
        let daily = record.dayRecipients >= max(fresh ? 200 : 80, 4 * record.pastMaxDay)
        guard hourly || daily else { return }
        var spike = SpikeRecord()
        spike.start = hourly ? record.burstStart : record.dayStart
        spike.ref = hourly ? record.burstRef : record.dayRef
        spike.end = now
        spike.messages = record.hourRecipients
        spike.recipients = hourly ? record.hourRecipients : record.dayRecipients
        spike.peakHour = record.hourRecipients
        spike.usualHour = record.pastMaxHour
        spike.usualDay = record.pastMaxDay
        spike.pastDays = record.activeDays
        sending.pointee.spike = spike
    }

    /// Ends the account's day: what was counted becomes a bin.
    private func closeDay(_ sending: UnsafeMutablePointer<SendingRecord>) {
        guard sending.pointee.dayRecipients > 0 || sending.pointee.dayFailed > 0 else { return }
        let bin = DayBin(
            day: sending.pointee.day, messages: sending.pointee.dayMessages, recipients: sending.pointee.dayRecipients,
            failed: sending.pointee.dayFailed, next: noRecord)
        guard let made = bins.append(bin) else { return }
        if sending.pointee.lastBin == noRecord {
            sending.pointee.firstBin = made
        } else {
            bins.pointer(sending.pointee.lastBin).pointee.next = made
        }
        sending.pointee.lastBin = made
    }
}

extension SendingRecord {
    /// This hour or this day is above twice the most that the past held.
    var isAboveCustom: Bool {
        hourRecipients > max(10, 2 * spike.usualHour) || dayRecipients > max(40, 2 * spike.usualDay)
    }
}

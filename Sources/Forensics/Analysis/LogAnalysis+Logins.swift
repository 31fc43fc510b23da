import LogFormats
import MailTypes

extension LogAnalysis {
    func take(_ login: Login, _ known: Resolved, times: UInt32, _ now: UInt32, _ ref: EvidenceRef) {
        let (address, account) = (known.address, known.account)
        if login.success {
            totals.logins += Int(times)
            if account != noRecord { _ = succeed(account, address, login.service, now, ref, times: times) }
        } else {
            fail(login, account, address, times: times &* UInt32(clamping: login.attempts), now, ref)
        }
    }

    private func fail(
        _ login: Login, _ account: UInt32, _ address: UInt32, times: UInt32, _ now: UInt32, _ ref: EvidenceRef
    ) {
        if !login.isBackend { totals.failedLogins += Int(times) }
        let service = UInt8(1) << login.service.rawValue
        if address != noRecord {
            let record = addresses.records.pointer(address)
            if login.isBackend {
                record.pointee.backendFailures &+= times
            } else {
                record.pointee.failures &+= times
            }
            record.pointee.failedServices |= service
            record.pointee.lastFailure = max(record.pointee.lastFailure, now)
            if record.pointee.firstFailure == 0 {
                record.pointee.firstFailure = now
                record.pointee.failureRef = ref
            }
            if account != noRecord { record.pointee.failedAccounts.add(accounts.hash(account)) }
        }
        if account != noRecord {
            let record = accounts.records.pointer(account)
            if login.isBackend {
                record.pointee.backendFailures &+= times
            } else {
                record.pointee.failures &+= times
            }
            record.pointee.failedServices |= service
            if record.pointee.firstFailure == 0 {
                record.pointee.firstFailure = now
                record.pointee.failureRef = ref
            }
            if now > record.pointee.lastFailure, now - record.pointee.lastFailure > 86_400 {
                record.pointee.hourFailures = 0
            }
            record.pointee.hourFailures = record.pointee.hourFailures.addingSaturating(UInt16(clamping: times))
            record.pointee.lastFailure = max(record.pointee.lastFailure, now)
            if address != noRecord { record.pointee.failingAddresses.add(addresses.hash(address)) }
        }
        guard address != noRecord else { return }
        if account != noRecord, let pair = pairs.find(account, address) {
            let record = pairs.records.pointer(pair)
            record.pointee.failuresAfter = record.pointee.failuresAfter.addingSaturating(UInt16(clamping: times))
            return
        }
        let recent = recentFailures.at(failureKey(account, address), now: now, fresh: RecentFailures())
        if recent.pointee.count == 0 {
            recent.pointee.first = now
            recent.pointee.ref = ref
        }
        if login.isBackend { recent.pointee.backend &+= times } else { recent.pointee.front &+= times }
    }

    func failureKey(_ account: UInt32, _ address: UInt32) -> UInt64 {
        max(1, hasher.hash(UInt64(account) << 32 | UInt64(address), 0xfa11))
    }

    /// An account logged in from an address: the pair's number, if there is room for it.
    func succeed(
        _ account: UInt32, _ address: UInt32, _ service: LoginService, _ now: UInt32, _ ref: EvidenceRef,
        times: UInt32 = 1
    ) -> UInt32? {
        guard let sending = accounts.sending(account, now: now), address != noRecord else { return nil }
        addresses.records.pointer(address).pointee.successes &+= times
        let pair: UInt32
        if let found = pairs.find(account, address) {
            pair = found
        } else if pairs.isCrowded, let kin = kin(of: sending.pointee.firstPair, address, now) {
            pair = kin
        } else {
            var record = PairRecord(
                account: account, address: address, next: sending.pointee.firstPair, firstSuccess: now,
                lastSuccess: now,
                successRef: ref)
            record.failuresBefore = failuresBefore(account, address)
            let known = accounts.records.pointer(account)
            if known.pointee.hourFailures >= 8, known.pointee.failingAddresses.estimate >= 6,
                now &- known.pointee.lastFailure <= 86_400
            {
                record.flags |= PairRecord.guessed
            }
            guard let made = pairs.insert(record) else { return nil }
            pair = made
            sending.pointee.firstPair = made
            sending.pointee.pairs &+= 1
            let place = addresses.records.pointer(address)
            place.pointee.okAccounts = place.pointee.okAccounts.addingSaturating(1)
        }
        let record = pairs.records.pointer(pair)
        record.pointee.successes &+= times
        if record.pointee.lastSuccess < now { record.pointee.lastSuccess = now }
        record.pointee.services |= UInt8(1) << service.rawValue
        record.pointee.days |= UInt32(1) << (now / 86_400 % 32)
        return pair
    }

    /// Where room gets scarce: another address of the network that the account has used for a week, with which a new one
    /// there is counted. Telephones change theirs daily and would fill the table; strangers' addresses are never joined.
    private func kin(of first: UInt32, _ address: UInt32, _ now: UInt32) -> UInt32? {
        let network = AccountView.region(addresses.address(address))
        var newest: UInt32?
        var next = first
        for _ in 0..<LogAnalysis.kinReach where next != noRecord {
            let pair = pairs.records.pointer(next)
            if AccountView.region(addresses.address(pair.pointee.address)) == network {
                newest = newest ?? next
                if now > pair.pointee.firstSuccess, now - pair.pointee.firstSuccess > 7 * 86_400 { return newest }
            }
            next = pair.pointee.next
        }
        return nil
    }

    /// Addresses of an account that are looked through for one of the same network.
    private static var kinReach: Int { 64 }

    /// Failures of this account at this address; where the log names no account, those of the address alone.
    private func failuresBefore(_ account: UInt32, _ address: UInt32) -> UInt16 {
        var count: UInt32 = recentFailures.find(failureKey(account, address))?.pointee.count ?? 0
        if let unnamed = recentFailures.find(failureKey(noRecord, address))?.pointee {
            count = max(count, unnamed.count)
        }
        return UInt16(clamping: count)
    }
}

extension UInt16 {
    func addingSaturating(_ other: UInt16) -> UInt16 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}

import MailTypes

/// From accounts to findings.
package enum AccountChecks {
    /// All findings of the group ACC. `target` names the export.
    package static func findings(_ accounts: [Account], target: String) -> [Finding] {
        guard !accounts.isEmpty else {
            return Check.accounts.map { Finding($0.id, target: target, .unknown("the export holds no account")) }
        }
        func finding(_ id: CheckID, _ severity: Severity, known: Bool, missing: String, _ isBad: (Account) -> Bool)
            -> Finding
        {
            let bad = accounts.filter(isBad)
            if !bad.isEmpty { return Finding(id, target: target, .fail(severity), evidence: bad.map(describe)) }
            guard known else { return Finding(id, target: target, .unknown(missing)) }
            return Finding(id, target: target, .pass, evidence: ["\(accounts.count) accounts"])
        }
        let tellsExpiry = accounts.contains { $0.neverExpires != nil }
        let expiry = finding(
            .neverExpiring, .low, known: accounts.allSatisfy { $0.neverExpires != nil || !$0.canLogIn },
            missing: "the export does not tell of every account whether its password expires"
        ) { $0.canLogIn && $0.neverExpires == true }
        let knowsState = accounts.allSatisfy { $0.isEnabled != nil || $0.stored != nil }
        let state = "the export does not tell whether accounts are enabled"
        return [
            finding(.guestAccounts, .critical, known: true, missing: state) { $0.canLogIn && AccountNames.isGuest($0) },
            finding(.testAccounts, .high, known: true, missing: state) { $0.canLogIn && AccountNames.isTest($0) },
            finding(
                .loginShells, .medium, known: accounts.contains { $0.shell != nil },
                missing: "the export holds no shells",
                hasShell),
            finding(
                .neverUsed, .medium,
                known: accounts.allSatisfy {
                    $0.lastUse != nil || !$0.canLogIn || ($0.shell != nil && !$0.hasLoginShell)
                },
                missing: "the export does not tell when accounts were last used"
            ) { $0.canLogIn && $0.lastUse == .never },
            finding(
                .emptyPasswords, .critical, known: knowsState,
                missing: "the export holds no passwords; give the shadow file or the like, too"
            ) { $0.canLogIn && ($0.needsNoPassword || isEmpty($0)) },
        ] + (tellsExpiry ? [expiry] : [])
    }

    private static func hasShell(_ account: Account) -> Bool { account.hasLoginShell && account.canLogIn }

    private static func isEmpty(_ account: Account) -> Bool {
        guard let stored = account.stored else { return false }
        if stored.isEmpty { return true }
        return stored.hasPrefix("{") && stored.hasSuffix("}")
    }

    private static func describe(_ account: Account) -> String {
        var text = "line \(account.line): \(SafeText.printable(account.name, limit: 100))"
        if let rid = account.rid, rid == 501 { text += " (RID 501)" }
        if let shell = account.shell, account.uid ?? 0 >= 1000 {
            text += ", shell \(SafeText.printable(shell, limit: 60))"
        }
        return text
    }
}

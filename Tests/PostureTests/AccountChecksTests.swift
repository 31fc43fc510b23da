import Posture
import Testing

@Suite struct AccountChecksTests {
    func word(_ account: Account, _ id: CheckID) -> String? {
        AccountChecks.findings([account], target: "x").first { $0.check == id }?.result.word
    }

    func account(_ name: String, _ change: (inout Account) -> Void = { _ in }) -> Account {
        var account = Account(name: name, line: 1)
        account.isEnabled = true
        change(&account)
        return account
    }

    @Test(arguments: [
        "Guest", "Gast", "invité", "INVITADO", "Гость", "ゲスト", "Vieras", "guest@acme.test", "ACME\\Guest",
    ])
    func findsGuests(name: String) { #expect(word(account(name), .guestAccounts) == "fail") }

    @Test func findsTheRenamedGuest() {
        #expect(word(account("harmless") { $0.rid = 501 }, .guestAccounts) == "fail")
        #expect(word(account("Guest") { $0.isEnabled = false }, .guestAccounts) == "pass")
        #expect(word(account("gustav"), .guestAccounts) == "pass")
        #expect(
            word(
                account("guest") {
                    $0.isEnabled = nil; $0.stored = "!"
                }, .guestAccounts) == "pass")
    }

    @Test(arguments: ["test", "Test1", "test-02", "demo@acme.test", "scanner", "TESTUSER", "svc"])
    func findsTestAccounts(name: String) { #expect(word(account(name), .testAccounts) == "fail") }

    @Test(arguments: ["testa.rossi", "demopoulos", "contest", "12", "ann", "user17"])
    func leavesPeopleAlone(name: String) { #expect(word(account(name), .testAccounts) == "pass") }

    @Test func findsShells() {
        #expect(
            word(
                account("ann") {
                    $0.shell = "/bin/bash"; $0.uid = 1000
                }, .loginShells) == "fail")
        #expect(
            word(
                account("ann") {
                    $0.shell = ""; $0.uid = 1000
                }, .loginShells) == "fail")
        #expect(
            word(
                account("ann") {
                    $0.shell = "/usr/sbin/nologin"; $0.uid = 1000
                }, .loginShells) == "pass")
        #expect(
            word(
                account("root") {
                    $0.shell = "/bin/bash"; $0.uid = 0
                }, .loginShells) == "pass")
        #expect(word(account("ann"), .loginShells) == "unknown")
    }

    @Test func neverPassesWithoutFacts() {
        #expect(word(account("ann"), .neverUsed) == "unknown")
        #expect(word(account("ann") { $0.isEnabled = nil }, .emptyPasswords) == "unknown")
        #expect(word(account("ann") { $0.lastUse = .never }, .neverUsed) == "fail")
        #expect(word(account("ann") { $0.stored = "" }, .emptyPasswords) == "fail")
        #expect(word(account("ann") { $0.stored = "{PLAIN}" }, .emptyPasswords) == "fail")
        #expect(AccountChecks.findings([], target: "x").allSatisfy { $0.result.word == "unknown" })
    }

    @Test func findsPasswordsThatNeverExpire() {
        #expect(word(account("svc-mail") { $0.neverExpires = true }, .neverExpiring) == "fail")
        #expect(word(account("ann") { $0.neverExpires = false }, .neverExpiring) == "pass")
        #expect(
            word(
                account("old") {
                    $0.neverExpires = true
                    $0.isEnabled = false
                }, .neverExpiring) == "pass")
        #expect(word(account("ann"), .neverExpiring) == nil)
    }
}

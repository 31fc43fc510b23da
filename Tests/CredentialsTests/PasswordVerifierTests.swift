import MailTypes
import NIOConcurrencyHelpers
import SMTPProtocol
import Testing

@testable import Credentials

@Suite struct PasswordVerifierTests {
    private let clock = TestClock()

    private func verifier(
        _ store: CredentialStore, _ change: (inout VerifierSettings) -> Void = { _ in }
    ) -> PasswordVerifier {
        var settings = VerifierSettings()
        change(&settings)
        return PasswordVerifier(store, settings: settings, decoySecret: Fixtures.secret, now: clock.now)
    }

    private func accepted(_ name: String) throws -> PasswordVerifier.Answer {
        .accepted(try #require(CustomerID("acme")), try #require(AccountName(name)))
    }

    @Test func acceptsTheRightPasswordOnly() async throws {
        let verifier = verifier(try Fixtures.store(["joe@acme.example": "right", "ann": "other"]))
        #expect(await verifier.answer("joe@acme.example", "right") == (try accepted("joe@acme.example")))
        #expect(await verifier.answer("JOE@Acme.Example", "right") == (try accepted("joe@acme.example")))
        #expect(await verifier.answer("joe@acme.example", "Right") == .rejected)
        #expect(await verifier.answer("joe@acme.example", "other") == .rejected)
        #expect(await verifier.answer("joe@acme.example", "") == .rejected)
        #expect(await verifier.answer("joe@acme.example\u{0}", "right") == .rejected)
        #expect(await verifier.answer("", "right") == .rejected)
    }

    /// The password of the account whose hash stands in for the unknown user's must not open the door.
    @Test func unknownUsersAreComputedLikeKnownOnesAndRejected() async throws {
        let verifier = verifier(try Fixtures.store(["joe": "right"]))
        #expect(await verifier.answer("nobody", "right") == .rejected)
        #expect(verifier.counters.computed == 1)
        #expect(await verifier.answer("joe", "wrong") == .rejected)
        #expect(verifier.counters.computed == 2)
        #expect(await self.verifier(CredentialStore([])).answer("joe", "right") == .rejected)
    }

    @Test func answersAreRememberedForMinutes() async throws {
        let verifier = verifier(try Fixtures.store(["joe": "right"]))
        for _ in 0..<5 {
            _ = await verifier.answer("joe", "right")
            _ = await verifier.answer("joe", "wrong")
        }
        #expect(verifier.counters.computed == 2 && verifier.counters.remembered == 8)
        #expect(verifier.counters.accepted == 5 && verifier.counters.rejected == 5)
        clock.advance(.seconds(301))
        #expect(await verifier.answer("joe", "right") == (try accepted("joe")))
        #expect(verifier.counters.computed == 3)
    }

    @Test func aReloadForgetsWhatWasRemembered() async throws {
        let verifier = verifier(try Fixtures.store(["joe": "right"]))
        #expect(await verifier.answer("joe", "right") == (try accepted("joe")))
        #expect(await verifier.answer("joe", "new") == .rejected)
        verifier.replace(try Fixtures.store(["joe": "new"]))
        #expect(await verifier.answer("joe", "right") == .rejected)
        #expect(await verifier.answer("joe", "new") == (try accepted("joe")))
    }

    @Test func aSiteWithManyFailuresIsPutOffAndRecovers() async throws {
        let verifier = verifier(try Fixtures.store(["joe": "right"])) { $0.failuresPerSite = 3 }
        for number in 0..<3 { #expect(await verifier.answer("user\(number)", "guess") == .rejected) }
        #expect(await verifier.answer("joe", "right") == .unavailable(.tooManyFailures))
        #expect(verifier.scramCredential(user: "joe", from: Fixtures.home) == .unavailable)
        #expect(await verifier.answer("joe", "right", from: Fixtures.away) == (try accepted("joe")))
        clock.advance(.seconds(31))
        #expect(await verifier.answer("joe", "right") == (try accepted("joe")))
    }

    @Test func ipv6SitesAreNetworks() async throws {
        let verifier = verifier(try Fixtures.store(["joe": "right"])) { $0.failuresPerSite = 2 }
        for number in 1...2 {
            let address = try #require(IPAddress("2001:db8::\(number)"))
            #expect(await verifier.answer("joe", "guess \(number)", from: address) == .rejected)
        }
        let third = try #require(IPAddress("2001:db8::ffff:3"))
        #expect(await verifier.answer("joe", "right", from: third) == .unavailable(.tooManyFailures))
    }

    @Test func guessingDoesNotLockOutWhereTheUserLoggedInBefore() async throws {
        let verifier = verifier(try Fixtures.store(["joe": "right"])) { $0.failuresPerUser = 3 }
        #expect(await verifier.answer("joe", "right") == (try accepted("joe")))
        for number in 0..<3 {
            #expect(
                await verifier.answer("joe", "guess \(number)", from: .v4(0xcb00_7100 + UInt32(number))) == .rejected)
        }
        #expect(await verifier.answer("joe", "guess 9", from: .v4(0xcb00_71ff)) == .unavailable(.tooManyFailures))
        // Beyond the memory of answers, so that the limits are asked.
        clock.advance(.seconds(1))
        verifier.replace(try Fixtures.store(["joe": "right"]))
        #expect(await verifier.answer("joe", "right") == (try accepted("joe")))
    }

    /// A phone with an old password asks every minute: one failure, not hundreds, so that its office is not put off.
    @Test func theSameWrongPasswordCountsOnce() async throws {
        let verifier = verifier(try Fixtures.store(["joe": "right"])) { $0.failuresPerSite = 3 }
        for _ in 0..<50 { #expect(await verifier.answer("joe", "old") == .rejected) }
        #expect(await verifier.answer("joe", "right") == (try accepted("joe")))
    }

    @Test func scramForKnownAndUnknownUsers() async throws {
        let hash = try Fixtures.scram("right", iterations: 5000)
        let store = CredentialStore([try Fixtures.account("joe", hash)])
        let verifier = verifier(store)
        #expect(verifier.servesSCRAM)
        #expect(
            verifier.scramCredential(user: "JOE", from: Fixtures.home)
                == .found(try #require(hash.scram), try #require(CustomerID("acme")), try #require(AccountName("joe"))))
        guard case .unknown(let decoy) = verifier.scramCredential(user: "nobody", from: Fixtures.home) else {
            Issue.record("known")
            return
        }
        #expect(decoy.iterations == 5000 && decoy.salt.count == 16 && decoy.storedKey.count == 32)
        // Stable: in the same process, in another one, under another spelling; and another for another name or secret.
        let again = self.verifier(store)
        #expect(again.scramCredential(user: "Nobody", from: Fixtures.away) == .unknown(decoy))
        #expect(again.scramCredential(user: "nobody2", from: Fixtures.away) != .unknown(decoy))
        let other = PasswordVerifier(store, decoySecret: [UInt8](repeating: 1, count: 16), now: clock.now)
        #expect(other.scramCredential(user: "nobody", from: Fixtures.home) != .unknown(decoy))
        #expect(await verifier.answer("joe", "right") == (try accepted("joe")))
    }

    @Test func scramIsServedOnlyWhereAllCanUseIt() throws {
        let mixed = CredentialStore([
            try Fixtures.account("joe", Fixtures.scram("a")), try Fixtures.account("ann", Fixtures.hash("b")),
        ])
        #expect(!mixed.servesSCRAM && !CredentialStore([]).servesSCRAM)
        let verifier = verifier(mixed)
        if case .unknown = verifier.scramCredential(user: "ann", from: Fixtures.home) {} else { Issue.record("found") }
    }

    @Test func failedScramExchangesCountLikeWrongPasswords() async throws {
        let verifier = verifier(try Fixtures.store(["joe": "right"])) { $0.failuresPerUser = 2 }
        for _ in 0..<2 { verifier.scramFinished(user: "JOE", from: Fixtures.away, succeeded: false) }
        #expect(await verifier.answer("joe", "right") == .unavailable(.tooManyFailures))
        verifier.scramFinished(user: "joe", from: Fixtures.home, succeeded: true)
        #expect(await verifier.answer("joe", "right") == (try accepted("joe")))
    }

    /// Twenty connections of one client that all log in: one hash.
    @Test func oneCheckServesAllThatAskTheSame() async throws {
        let verifier = verifier(try Fixtures.store(["joe": "right"]))
        let answers = await withTaskGroup(of: PasswordVerifier.Answer.self) { group in
            for _ in 0..<20 { group.addTask { await verifier.answer("joe", "right") } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers == Array(repeating: try accepted("joe"), count: 20))
        #expect(verifier.counters.computed == 1 && verifier.counters.accepted == 20)
    }

    @Test func everyQuestionIsAnsweredOnceAlsoWhenItStops() async throws {
        let verifier = verifier(try Fixtures.store(["joe": "right"])) {
            $0.queue = 1000
            $0.pendingPerSite = 1000
            $0.failuresPerSite = 10_000
            $0.failuresPerUser = 10_000
        }
        let answers = NIOLockedValueBox<[Int: [PasswordVerifier.Answer]]>([:])
        for number in 0..<300 {
            verifier.verify(user: "joe", password: Array("guess \(number)".utf8), from: Fixtures.home) { answer in
                answers.withLockedValue { $0[number, default: []].append(answer) }
            }
        }
        verifier.stop()
        let all = answers.withLockedValue { $0 }
        #expect(all.count == 300 && all.values.allSatisfy { $0.count == 1 })
        #expect(all.values.allSatisfy { $0 == [.rejected] || $0 == [.unavailable(.stopping)] })
        #expect(await verifier.answer("joe", "right") == .unavailable(.busy))
    }

    @Test func passwordsOfAbsurdLengthAreRejectedAtOnce() async throws {
        let verifier = verifier(try Fixtures.store(["joe": "right"]))
        #expect(await verifier.answer("joe", String(repeating: "x", count: 5000)) == .rejected)
        #expect(verifier.counters.computed == 0)
    }
}

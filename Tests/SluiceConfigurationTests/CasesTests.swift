import Enforcement
import MailTypes
import Testing

@testable import SluiceConfiguration

@Suite struct CasesTests {
    @Test func leftOutItIsThePolicysOwn() throws {
        let configuration = try #require(Configuration.parse(text: "").configuration)
        #expect(configuration.cases.checks == CheckPolicy())
        #expect(configuration.cases.reputation.lists.isEmpty)
        #expect(configuration.notices.escalateAfter == .seconds(4 * 3600))
    }

    @Test func whatIsAskedCanBeSaid() throws {
        let reading = Configuration.parse(
            text: """
                cases:
                  automatic: false
                  quiet: 2h
                  probation: [5/hour 3 1h, 50/hour 20 1d]
                  required:
                    always: [queue-clean attested]
                    script: [script-removed reported, cause-removed attested]
                """)
        #expect(reading.errors.map(\.description) == [])
        let checks = try #require(reading.configuration).cases.checks
        #expect(!checks.isAutomatic && checks.quiet == .seconds(7200))
        #expect(
            checks.plan.steps == [
                .init(perHour: 5, clean: 3, atLeast: .seconds(3600)),
                .init(perHour: 50, clean: 20, atLeast: .seconds(86_400)),
            ])
        #expect(checks.always == [.init(.queueClean, .attested)])
        #expect(checks.byKind[.script] == [.init(.scriptRemoved, .reported), .init(.causeRemoved, .attested)])
        #expect(checks.byKind[.openRelay] == CheckPolicy().byKind[.openRelay])
    }

    @Test(arguments: [
        "cases: {required: {always: [queue-cleen reported]}}", "cases: {required: {always: [queue-clean sometimes]}}",
        "cases: {required: {always: [queue-clean]}}", "cases: {probation: [20/day 10 2h]}",
        "cases: {probation: [0/hour 10 2h]}", "cases: {probation: [20/hour 10]}", "cases: {required: {virus: []}}",
        "notices: {webhooks: [{url: https://hook.example/}]}", "notices: {language: fr}",
    ]) func slipsAreErrors(text: String) { #expect(!Configuration.parse(text: text).errors.isEmpty) }
}

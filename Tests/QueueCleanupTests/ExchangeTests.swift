import Foundation
import Testing

@testable import QueueCleanup

@Suite struct ExchangeTests {
    static let export = #"""
        [{"Identity":"EX1\\12\\1","InternetMessageId":"<1@x>","FromAddress":"joe@customer.example","Subject":"You won 100 USD",
          "SourceIP":"192.0.2.1","DateReceived":"2026-11-25T10:00:00Z","Size":"4 KB","Status":"Ready","Recipients":["a@b.example"]},
         {"Identity":"EX1\\12\\2","InternetMessageId":"<2@x>","FromAddress":"Joe@customer.example","Subject":"You won 999 USD",
          "SourceIP":"192.0.2.1","Recipients":["c@d.example","e@f.example"]},
         {"Identity":"EX1\\12\\3","InternetMessageId":"<3@x>","FromAddress":"ann@customer.example",
          "Subject":"'; Remove-Item C:\\ -Recurse # \u2019$(calc) '@ \u001b[2J","SourceIP":"192.0.2.1","Recipients":[]}]
        """#

    @Test func groupsAreBySenderSourceAndSubject() throws {
        let groups = try ExchangeExport(Array(Self.export.utf8)).groups
        #expect(groups.map(\.messages.count) == [2, 1])
        #expect(groups.map(\.recipients) == [3, 0])
        #expect(groups.allSatisfy { !$0.subject.unicodeScalars.contains { $0.value < 0x20 } })
    }

    @Test func utf16WithItsMarkIsRead() throws {
        let data = try #require(Self.export.data(using: .utf16LittleEndian))
        #expect(try ExchangeExport([0xff, 0xfe] + Array(data)).messages.count == 3)
        #expect(try ExchangeExport([0xef, 0xbb, 0xbf] + Array(Self.export.utf8)).messages.count == 3)
    }

    /// Nothing from outside stands in the script but as Base64.
    @Test func theScriptHoldsNothingButBase64() throws {
        let messages = try ExchangeExport(Array(Self.export.utf8)).messages
        let script = try ExchangeScript.text(messages)
        #expect(!script.contains("Remove-Item"))
        #expect(!script.contains("calc"))
        let parts = script.components(separatedBy: "@'\n")
        let block = try #require(parts.last?.components(separatedBy: "\n'@").first)
        let data = try #require(Data(base64Encoded: block, options: .ignoreUnknownCharacters))
        #expect(try JSONDecoder().decode([ExchangeExport.Message].self, from: data) == messages)
    }

    @Test(arguments: ["", "{}", "[1]", "<xml/>", "[{\"Identity\":5}]"])
    func strangeExportsAreRefused(_ text: String) {
        #expect(throws: CleanupError.self) { try ExchangeExport(Array(text.utf8)) }
    }
}

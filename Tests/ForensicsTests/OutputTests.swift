import Forensics
import Foundation
import MailTypes
import Testing

/// Names and lines of attackers, in every form of output: they stay text.
struct OutputTests {
    private func report() throws -> LogReport {
        let story = try Story()
        let hostile = [
            "=cmd|'/c calc'!A1", "<script>alert(1)</script>", "a\u{1b}[2J\u{7}b", "x\"onmouseover=\"y", "@sum(1+1)*cmd",
            "a\u{202e}b",
        ]
        for (index, name) in hostile.enumerated() {
            for count in 0..<60 {
                story.failure(Story.at(2 + index, 1) + Int64(count) * 7, name, "\(40 + count).1.\(index).3")
            }
        }
        return try story.report()
    }

    @Test func terminalTextHasNoControlBytes() throws {
        for text in [try report().text(details: true), try report().unparsedText] {
            #expect(
                text.unicodeScalars.allSatisfy {
                    $0 == "\n" || ($0.value >= 0x20 && $0.value != 0x7f && $0.value != 0x202e)
                })
        }
        #expect(try report().text(details: true).contains("distributed-guessing"))
    }

    @Test func htmlEscapesEverything() throws {
        let html = try report().html
        #expect(!html.contains("<script") && !html.contains("\u{1b}") && !html.contains("\"onmouseover"))
        #expect(html.contains("&lt;script&gt;"))
        #expect(html.contains("Content-Security-Policy"))
    }

    @Test func csvHasNoFormulas() throws {
        let rows = try report().csv.split(separator: "\r\n").dropFirst()
        #expect(rows.count >= 6)
        for row in rows {
            for cell in row.split(separator: ",") {
                let bare = cell.drop { $0 == "\"" }
                #expect(!["=", "+", "-", "@"].contains(bare.prefix(1)), "\(cell)")
            }
        }
    }

    @Test func jsonIsJSON() throws {
        let object = try JSONSerialization.jsonObject(with: Data(try report().json.utf8)) as? [String: Any]
        let findings = try #require(object?["findings"] as? [[String: Any]])
        #expect(findings.contains { $0["subject"] as? String == "<script>alert(1)</script>" })
        #expect(!(try report().json.contains("\u{1b}")))
    }
}

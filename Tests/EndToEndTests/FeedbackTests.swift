import Foundation
import Testing

/// A complaint comes back by mail and is found with the message that it is about; held mail teaches; all of it is explained.
struct FeedbackTests {
    private static let configuration = """
        feedback:
          addresses: [feedback@gateway.example]
        customers:
          - id: acme
            name: Acme
            contact: [postmaster@acme.example]
            servers: [127.0.0.1]
            domains: [acme.example]

        """

    @Test(.timeLimit(.minutes(10))) func aComplaintFindsItsMessage() async throws {
        let sink = try await RecordingSink.start()
        let sluice = try SluiceProcess(sink: sink.port, Self.configuration)
        try await sluice.start()
        let port = sluice.port
        let letter = Letters.ordinary(1, from: "ann@acme.example", to: "friend@partner.example")
        let accepted = try await MailClient.onThread {
            let client = try MailClient(port: port)
            try client.command("EHLO desk.example")
            return try client.send(from: "ann@acme.example", to: ["friend@partner.example"], letter)
        }
        let id = try #require(
            accepted.split(separator: " ").last.map { String($0).trimmingCharacters(in: .whitespacesAndNewlines) })
        let sent = try #require(try await sink.await(1).first)
        #expect(sent.text.contains("X-Sluice-Reference: \(id)-"))

        func report(_ original: String) -> String {
            "From: fbl@big.example\r\nTo: feedback@gateway.example\r\nContent-Type: multipart/report; boundary=b\r\n\r\n"
                + "--b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\n"
                + "--b\r\nContent-Type: message/rfc822\r\n\r\n\(original)\r\n--b--\r\n"
        }
        let (forged, proven) = (report(letter), report(sent.text))
        let replies = try await MailClient.onThread {
            let client = try MailClient(port: port)
            try client.command("EHLO desk.example")
            return try [forged, proven, "Subject: hello\r\n\r\nhello\r\n"].map {
                try client.send(from: "fbl@acme.example", to: ["feedback@gateway.example"], $0)
            }
        }
        #expect(replies.first?.contains("no message that was sent from here") == true)
        #expect(replies.dropFirst().first?.contains("counted") == true)
        #expect(replies.last?.hasPrefix("550") == true)
        #expect(sink.messages.count == 1)

        // The journal is on the disk a moment later.
        var told = ""
        for _ in 0..<240 {
            told = try await sluice.command("explain", id).output
            if told.contains("complaint") { break }
            try await Task.sleep(for: .milliseconds(500))
        }
        #expect(told.contains("complaint by big.example") && told.contains("in sum"), "\(told)")
        let source = try await sluice.command("explain", "server:acme/127.0.0.1", "--json")
        #expect(source.status == 0 && source.output.contains("\"complaint\" : 1"), "\(source.output)")
        let nothing = try await sluice.command("explain", "account:acme/nobody")
        #expect(nothing.status == 1)
        #expect(try await sluice.stop() == 0)
        await sink.stop()
        sluice.remove()
    }
}

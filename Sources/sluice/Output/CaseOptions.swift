import ArgumentParser
import Console
import ControlStore
import Foundation
import MailTypes
import Posture
import ReportSigning

/// A report for a case, signed with the case's token: sent to the case's page, or printed.
struct CaseOptions: ParsableArguments {
    @Option(
        name: .customLong("case"),
        help: ArgumentHelp(
            "The case's link, from the notice: the signed report is sent there. Or its number: it is printed.",
            valueName: "link"))
    var target: String?

    @Option(help: "A file with the case's token, when --case is a number; - is standard input.", completion: .file())
    var tokenFile: String?

    private enum Destination {
        case print(caseID: String, token: [UInt8])
        case send(caseID: CaseID, token: [UInt8], address: String)
    }

    var isGiven: Bool { target != nil }

    func validate() throws {
        guard let target else {
            guard tokenFile == nil else { throw ValidationError("--token-file goes with --case.") }
            return
        }
        if let link = CaseLink.parse(target) {
            guard tokenFile == nil else { throw ValidationError("The link holds the token: leave --token-file out.") }
            guard CurlRequest.isProtected(link.base) else {
                throw ValidationError("The link must begin with https://, or all on the way could read the token.")
            }
        } else if target.contains("/") {
            throw ValidationError("That is no link to a case: it ends in /cases/case-N/TOKEN.")
        } else if tokenFile == nil {
            throw ValidationError("A case's number needs --token-file. With the link from the notice it is not needed.")
        }
    }

    /// Signs the findings and sends or prints them. Blocks.
    ///
    /// - Parameter origin: `host` or `files`.
    func deliver(
        _ items: [SignedReport.Item], host: String = ProcessInfo.processInfo.hostName, origin: String = "host"
    ) throws {
        guard let destination = try destination() else { return }
        func signed(_ caseID: String, _ token: [UInt8]) -> String {
            SignedReport(
                producer: "sluice \(Version.text)", host: SafeText.printable(host),
                time: Date().formatted(.iso8601), nonce: Self.nonce, caseID: SafeText.printable(caseID),
                origin: origin, items: items
            ).signed(token: token)
        }
        switch destination {
        case .print(let caseID, let token): Terminal.line(signed(caseID, token))
        case .send(let caseID, let token, let address):
            let answer = try Self.post(signed(caseID.description, token), to: address + "/reports")
            Terminal.line("\(caseID): \(SafeText.printable(answer, limit: 2000))")
        }
    }

    private func destination() throws -> Destination? {
        guard let target else { return nil }
        if let link = CaseLink.parse(target) {
            return .send(
                caseID: link.caseID, token: Array(link.token.text.utf8),
                address: CaseLink.url(base: link.base, caseID: link.caseID, token: link.token))
        }
        guard let tokenFile else { throw CommandFailure.input("--case \(target) needs --token-file") }
        let bytes = tokenFile == "-" ? Terminal.input(limit: 4096) : try CheckFile.bytes(tokenFile)
        let token = bytes.filter { $0 > 0x20 && $0 < 0x7f }
        guard token.count >= 16 else {
            throw CommandFailure.input("\(SafeText.printable(tokenFile)): a token has 16 bytes or more")
        }
        return .print(caseID: target, token: token)
    }

    private static var nonce: String {
        var generator = SystemRandomNumberGenerator()
        return Hexadecimal.text((0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }

    private static func post(_ text: String, to address: String) throws -> String {
        var request = CurlRequest(url: address)
        request.method = "POST"
        request.body = Array(text.utf8)
        let (status, answer): (Int, [UInt8])
        do {
            (status, answer) = try request.send()
        } catch let failure as CommandFailure {
            throw CommandFailure.input("the report was not sent: \(failure.message)")
        }
        let object = try? JSONSerialization.jsonObject(with: Data(answer)) as? [String: Any]
        guard (200..<300).contains(status) else {
            let why = object?["detail"] as? String ?? "answer \(status)"
            throw CommandFailure.input("the report was not taken: \(SafeText.printable(why, limit: 1000))")
        }
        return object?["outcome"] as? String ?? "the report was taken"
    }
}

import MailTypes
import SMTPProtocol

/// Reads the arguments of MAIL and RCPT as a mail server passes them on: path, then ESMTP parameters.
enum EnvelopeReading {
    /// - Parameter host: completes an address without a domain, which mail servers take from their own users.
    static func sender(_ arguments: [[UInt8]], host: String) -> Result<MailTransaction, MilterRefusal> {
        for line in lines("MAIL FROM:", arguments, host) {
            if case .success(.mail(let path, let parameters)) = parse(line) {
                return .success(MailTransaction(sender: path, parameters: parameters))
            }
        }
        return .failure(
            MilterRefusal(
                Reply(.mailboxNameNotAllowed, EnhancedStatusCode(5, 1, 7), "No such sender address can be")))
    }

    static func recipient(
        _ arguments: [[UInt8]], host: String
    ) -> Result<(EmailAddress, Command.RecipientParameters), MilterRefusal> {
        for line in lines("RCPT TO:", arguments, host) {
            if case .success(.rcpt(let address, let parameters)) = parse(line) {
                return .success((address, parameters))
            }
        }
        return .failure(
            MilterRefusal(
                Reply(.mailboxNameNotAllowed, EnhancedStatusCode(5, 1, 3), "No such recipient address can be")))
    }

    /// The command as it came; then without parameters, of which the mail server may know more than we; then with a domain.
    private static func lines(_ verb: String, _ arguments: [[UInt8]], _ host: String) -> [[UInt8]] {
        guard var path = arguments.first else { return [] }
        if path.first != UInt8(ascii: "<") { path = [UInt8(ascii: "<")] + path + [UInt8(ascii: ">")] }
        let parameters: [UInt8] = arguments.dropFirst().flatMap { [UInt8(ascii: " ")] + $0 }
        let verb = Array(verb.utf8)
        var lines: [[UInt8]] = [verb + path + parameters, verb + path]
        if path.count > 2, !path.contains(UInt8(ascii: "@")) {
            let whole: [UInt8] = path.dropLast() + Array("@\(host)>".utf8)
            lines += [verb + whole + parameters, verb + whole]
        }
        return lines
    }

    private static func parse(_ line: [UInt8]) -> Result<Command, CommandError> {
        line.withUnsafeBytes { CommandParser.parse($0) }
    }
}

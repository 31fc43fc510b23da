import Audit
import Foundation
import MailTypes

/// A provider's list of blocks from the web. By curl, as the host trusts it: its certificates, its proxy.
enum RangesDownload {
    /// No such list is larger: AWS's has 2 MB.
    static let maximum = 16 << 20

    static func read(_ address: String) async throws -> [UInt8] {
        let command = HostCommand(
            [
                "curl", "--silent", "--show-error", "--fail", "--location", "--proto", "=https", "--proto-redir",
                "=https",
                "--max-time", "30", "--max-filesize", String(maximum), "--", address,
            ], maximumOutput: maximum, timeout: .seconds(40))
        do throws(AuditError) {
            let output = try await command.onThread()
            guard output.status == 0, !output.output.isEmpty else {
                throw AuditError(.connection, "curl ended with \(output.status): \(output.complaint)")
            }
            return output.output
        } catch {
            throw CommandFailure.input("\(SafeText.printable(address)): \(SafeText.printable(error.message))")
        }
    }
}

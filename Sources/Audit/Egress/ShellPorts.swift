import MailTypes
import Posture

/// EGR-06: logins over the network without any protection.
enum ShellPorts {
    private static let ports: [Int: String] = [23: "telnet", 2323: "telnet", 512: "rexec", 513: "rlogin", 514: "rsh"]

    static func finding(_ sockets: [ListeningSocket]?, target: String) -> Finding {
        guard let sockets else {
            return Finding(.plainShells, target: target, .unknown("what listens here (/proc/net/tcp)"))
        }
        let open = sockets.filter { ports[$0.port] != nil && !$0.address.isLoopback }
        let evidence = open.map { "\(ports[$0.port] ?? ""): TCP \($0.port) of \($0.address)" }
        return Finding(
            .plainShells, target: target, open.isEmpty ? .pass : .fail(.high),
            evidence: open.isEmpty ? ["\(sockets.count) sockets listen, none of them telnet's or rsh's"] : evidence)
    }
}

import MailTypes
import Posture

/// EGR-03: each socket that strangers reach is asked.
enum ProxyChecks {
    /// Asked at most, and at once.
    private static let maximum = 200
    private static let together = 16

    /// Protocols that begin with the server, or that a strange request harms or fills a log with.
    private static let others: Set<Int> = [
        21, 22, 23, 25, 53, 88, 110, 111, 119, 139, 143, 389, 445, 465, 515, 587, 631, 636, 993, 995, 2049, 3306, 5432,
        6379,
        9100, 11211, 27017,
    ]

    static func finding(
        _ sockets: [ListeningSocket], target: String, progress: @escaping @Sendable (Double) -> Void
    ) async -> Finding {
        let own = KernelAddress.own().first { $0.isIPv4 }
        var asked: [ProxyProbe] = []
        var names: [String] = []
        var seen: Set<Int> = []
        for socket in sockets where !socket.address.isLoopback && !others.contains(socket.port) {
            let isWild = socket.address == .v4(0) || socket.address == .v6(high: 0, low: 0)
            guard seen.insert(socket.port).inserted || !isWild else { continue }
            asked.append(ProxyProbe(isWild ? own ?? .v4(0x7f00_0001) : socket.address, port: socket.port))
            names.append("port \(socket.port)")
        }
        let cut = asked.count > maximum
        asked = Array(asked.prefix(maximum))
        var answers = [ProxyProbe.Answer](repeating: .none, count: asked.count)
        var done = 0
        await withTaskGroup(of: (Int, ProxyProbe.Answer).self) { group in
            var running = 0
            for (index, probe) in asked.enumerated() {
                if running == together, let (finished, answer) = await group.next() {
                    answers[finished] = answer
                    running -= 1
                    done += 1
                    progress(Double(done) / Double(asked.count))
                }
                group.addTask { (index, await FactGatherer.onThread { probe.run() }) }
                running += 1
            }
            for await (finished, answer) in group { answers[finished] = answer }
        }
        return finding(Array(zip(names, answers)), cut: cut, target: target)
    }

    static func finding(_ answers: [(name: String, answer: ProxyProbe.Answer)], cut: Bool, target: String) -> Finding {
        var open: [String] = []
        var refused: [String] = []
        for (name, answer) in answers {
            switch answer {
            case .open(let how): open.append("\(name): \(how) connects anywhere")
            case .refused(let how): refused.append("\(name): speaks \(how), but did not connect to this host")
            case .none: break
            }
        }
        if !open.isEmpty { return Finding(.openProxy, target: target, .fail(.critical), evidence: open + refused) }
        if !refused.isEmpty {
            return Finding(.openProxy, target: target, .unknown("whether it connects to others"), evidence: refused)
        }
        if cut { return Finding(.openProxy, target: target, .unknown("more than \(maximum) sockets listen")) }
        return Finding(.openProxy, target: target, .pass, evidence: ["\(answers.count) listening sockets were asked"])
    }
}

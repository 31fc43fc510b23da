import MailTypes

/// Rules of any dialect in one form: chains, and the base chains by which packets enter them.
package struct RuleSet: Sendable {
    package var files: [String]
    package var chains: [Chain] = []
    package var bases: [BaseChain] = []
    /// What was assumed in reading, for people.
    package var notes: [String] = []

    /// The rules are a router's or a network's: packets pass through, and none is for the device itself.
    package var isRouter = false

    package init(files: [String]) { self.files = files }

    /// Families that at least one base chain is for. The others are not known to be closed.
    package var families: Set<AddressFamily> { bases.reduce(into: []) { $0.formUnion($1.families) } }

    package var ruleCount: Int { chains.reduce(0) { $0 + $1.rules.count } }

    /// Adds an empty chain and says its index.
    package mutating func addChain(_ name: String) -> Int {
        chains.append(Chain(name))
        return chains.count - 1
    }

    package mutating func note(_ text: String) {
        if !notes.contains(text), notes.count < 50 { notes.append(text) }
    }

    package func place(of origin: RuleOrigin) -> String {
        let name = files.indices.contains(origin.file) ? files[origin.file] : "?"
        return origin.line > 0 ? "\(name):\(origin.line)" : name
    }

    /// Finds chains that lead back to themselves and jumps that lead nowhere. Kernels refuse both, so that the file
    /// cannot be what is loaded; called by every reader.
    package func validate() throws(FirewallError) {
        var done = [UInt8](repeating: 0, count: chains.count)  // 0 unseen, 1 on the path, 2 finished
        for start in chains.indices where done[start] == 0 {
            var path = [(chain: start, rule: 0)]
            done[start] = 1
            while let (chain, rule) = path.last {
                guard rule < chains[chain].rules.count else {
                    done[chain] = 2
                    path.removeLast()
                    continue
                }
                path[path.count - 1].rule += 1
                let next: Int
                switch chains[chain].rules[rule].action {
                case .jump(let target), .goto(let target): next = target
                default: continue
                }
                let origin = chains[chain].rules[rule].origin
                guard done.indices.contains(next) else {
                    throw FirewallError(.invalid, file: place(of: origin), "jump to a chain that does not exist")
                }
                if done[next] == 1 {
                    throw FirewallError(
                        .invalid, file: place(of: origin),
                        "chain \(SafeText.printable(chains[next].name, limit: 64)) leads back to itself")
                }
                guard done[next] == 0 else { continue }
                done[next] = 1
                path.append((next, 0))
            }
        }
    }
}

/// Why a rule set could not be read or answered.
package struct FirewallError: Error, Equatable, CustomStringConvertible {
    package enum Code: Equatable, Sendable {
        /// Too big, too deep, too many.
        case bound
        /// Not the text it should be: cut off, wrong encoding, wrong syntax.
        case syntax
        /// Well written, but meaningless: a cycle, a missing chain.
        case invalid
        /// No dialect is recognised.
        case dialect
    }
    package var code: Code
    /// Names the file and line.
    package var description: String

    package init(_ code: Code, file: String, line: Int = 0, _ message: String) {
        self.code = code
        let place = SafeText.printable(file) + (line > 0 ? ":\(line)" : "")
        description = "\(place): \(message)"
    }
}

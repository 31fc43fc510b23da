import MailTypes

/// Reads rule files into the model.
package enum RuleSetReader {
    /// Files given together; more are refused.
    package static let fileBound = 1000

    /// Reads files of any dialect. Files that are in force in one kernel come together in one rule set; the rule sets that
    /// come back are passed one after the other, so that a packet must get through each.
    ///
    /// - Parameter dialect: what the files are; `nil`: each is recognised by itself.
    package static func read(_ files: [SourceFile], as dialect: Dialect? = nil) throws(FirewallError) -> [RuleSet] {
        guard let first = files.first else { throw FirewallError(.invalid, file: "", "no file is given") }
        guard files.count <= fileBound else {
            throw FirewallError(.bound, file: first.name, "more than \(fileBound) files")
        }
        let names = files.map(\.name)
        var groups: [(dialect: Dialect, sources: [SourceText])] = []
        for (index, file) in files.enumerated() {
            let source = try SourceText(file, index: index)
            guard source.bytes.contains(where: { $0 > 0x20 }) else {
                throw FirewallError(.syntax, file: file.name, line: 1, "the file is empty")
            }
            var own = dialect
            if own == nil { own = try DialectRecognition.recognise(source) }
            guard let own else {
                throw FirewallError(
                    .dialect, file: file.name, line: 1, "no known dialect is recognised; say it with --dialect")
            }
            if let position = groups.firstIndex(where: { $0.dialect == own }) {
                groups[position].sources.append(source)
            } else {
                groups.append((own, [source]))
            }
        }
        var netfilter: RuleSet?
        var result: [RuleSet] = []
        for group in groups {
            if group.dialect.isNetfilter {
                netfilter = try read(group.sources, group.dialect, netfilter ?? RuleSet(files: names))
            } else {
                result.append(try read(group.sources, group.dialect, RuleSet(files: names)))
            }
        }
        if let netfilter { result.append(netfilter) }
        for set in result { try set.validate() }
        return result
    }

    private static func read(
        _ sources: [SourceText], _ dialect: Dialect, _ rules: RuleSet
    ) throws(FirewallError) -> RuleSet {
        switch dialect {
        case .iptables: return try IptablesReader.read(sources, into: rules)
        case .nftables:
            var rules = rules
            for source in sources {
                let isJSON = source.bytes.first { $0 > 0x20 } == UInt8(ascii: "{")
                let root = isJSON ? try JSONReader.read(source) : try NftTextReader.read(source)
                rules = try NftReader.read(root, source, into: rules)
            }
            return rules
        case .aws: return try AWSReader.read(sources, into: rules)
        case .azure: return try AzureReader.read(sources, into: rules)
        case .gcp: return try GCPReader.read(sources, into: rules)
        case .windows: return try WindowsReader.read(sources, into: rules)
        case .cisco: return try CiscoReader.read(sources, into: rules)
        case .juniper: return try JunosReader.read(sources, into: rules)
        case .ufw: return try UfwStatusReader.read(sources, into: rules)
        case .pf: return try PfReader.read(sources, into: rules)
        case .firewalld: return try FirewalldReader.read(sources, into: rules)
        }
    }

    /// The answer of filters in series.
    package static func reach(_ sets: [RuleSet], _ question: FirewallQuestion) throws(FirewallError) -> FirewallReach {
        var result: FirewallReach?
        for set in sets {
            let reach = try set.reach(question)
            result = result?.intersection(reach) ?? reach
        }
        return result ?? FirewallReach()
    }
}

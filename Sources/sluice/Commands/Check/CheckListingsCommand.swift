import ArgumentParser
import Audit
import DNSClient
import MailTypes
import NIOPosix
import Posture

/// Which lists are asked.
struct ListingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "listings: NAME, NAME=ZONE (a key of yours in the zone), or the ZONE of another list (several times).",
            discussion: "Addresses: \(AddressList.Known.allCases.map(\.rawValue).joined(separator: ", ")). "
                + "Domains: \(URLList.Known.allCases.map(\.rawValue).joined(separator: ", ")). "
                + "Default: those that answer everybody's own resolver."))
    var list: [String] = []

    func lists() throws -> (addresses: [AddressList], domains: [URLList]) {
        guard !list.isEmpty else {
            return (
                AddressList.Known.allCases.filter(\.isDefault).compactMap { AddressList($0) },
                URLList.Known.allCases.compactMap { URLList($0) }
            )
        }
        var lists: (addresses: [AddressList], domains: [URLList]) = ([], [])
        for text in list {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            let name = parts.first ?? ""
            let zone = DomainName(parts.last ?? "")
            guard let zone else { throw CommandFailure.input("\(SafeText.printable(name)) has no zone behind it") }
            let own = parts.count == 2 ? zone : nil
            if let known = AddressList.Known(rawValue: name) {
                lists.addresses += AddressList(known, zone: own).map { [$0] } ?? []
            } else if let known = URLList.Known(rawValue: name) {
                lists.domains += URLList(known, zone: own).map { [$0] } ?? []
            } else if parts.count == 2 || zone.labels.count > 1 {
                lists.addresses.append(AddressList(custom: zone, name: parts.count == 2 ? name : nil))
            } else {
                throw CommandFailure.input("\(SafeText.printable(name)) is no list known here, and no zone")
            }
        }
        return lists
    }
}

extension CheckGroups {
    static func listings(_ options: DNSOptions, _ lists: ListingOptions, ownDomain: String? = nil) throws
        -> ListingsGroup
    {
        let (addresses, domains) = try lists.lists()
        var group = ListingsGroup(
            addressLists: addresses, domainLists: domains, resolver: try options.settings(),
            on: MultiThreadedEventLoopGroup.singleton)
        group.subjects =
            try options.addresses().map { ListingSubject.address($0) } + options.domains(ownDomain).map { .domain($0) }
        return group
    }
}

/// `sluice check listings`: own addresses and domains on lists.
struct CheckListingsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "listings",
        abstract: "Whether sending addresses and domains are on lists, why, and how a listing ends.",
        discussion: """
            Each list has to answer its test points rightly first: one that refuses or is gone says nothing. Ask for removal \
            only when the cause is gone: who asks too early is listed for longer.
            """)

    @OptionGroup var lists: ListingOptions
    @OptionGroup var options: DNSOptions
    @OptionGroup var source: CheckSource
    @OptionGroup var output: CheckOutput

    func validate() throws {
        if options.domain.isEmpty, options.ip.isEmpty { throw ValidationError("Give --ip, --domain, or both.") }
    }

    func run() async throws {
        try await CheckRun(source: source, output: output).run([try CheckGroups.listings(options, lists)])
    }
}

package import DNSClient
import MailTypes
package import NIOCore
package import Posture

/// Asks DNS lists about one's own addresses and domains, test points first.
package struct ListingProbe: Sendable {
    package let addressLists: [AddressList]
    package let domainLists: [URLList]
    private let resolver: any ListResolver
    private let loop: any EventLoop

    /// Questions under way at a time: lists count them.
    static let maximumQuestions = 16
    /// Addresses and domains of one run.
    package static let maximumSubjects = 256

    package init(
        addressLists: [AddressList], domainLists: [URLList] = [], resolver: any ListResolver, on loop: any EventLoop
    ) {
        self.addressLists = addressLists
        self.domainLists = domainLists
        self.resolver = resolver
        self.loop = loop
    }

    /// Names of the lists that a subject is asked for at, for `ReputationWatch`.
    package func lists(for subject: ListingSubject) -> [String] {
        switch subject {
        case .address(let address): addressLists.filter { address.isIPv4 || $0.hasIPv6 }.map(\.name)
        case .domain: domainLists.map(\.name)
        }
    }

    /// All subjects at all lists that have their kind.
    package func facts(_ subjects: [ListingSubject]) async -> ListingFacts {
        let subjects = subjects.prefix(Self.maximumSubjects)
        let addresses = subjects.compactMap { subject in
            if case .address(let address) = subject { address } else { nil }
        }
        let domains = subjects.filter { if case .domain = $0 { true } else { false } }
        var lists: [ListingFacts.List] = []
        var questions: [(ListingSubject, Source, ListAnswer?)] = []
        for list in addressLists {
            // Each family has its own test points; without one, the list's IPv4 answers have to vouch.
            for isIPv6 in [false, true] {
                let asked = addresses.filter { $0.isIPv4 != isIPv6 }
                guard !asked.isEmpty, !isIPv6 || list.hasIPv6 else { continue }
                let problem = await problem(list, isIPv6: isIPv6)
                lists.append(.init(name: isIPv6 ? list.name + " IPv6" : list.name, test: Self.test(problem)))
                questions += asked.map { (.address($0), .address(list), problem) }
            }
        }
        for list in domainLists where !domains.isEmpty {
            let problem = await problem(list)
            lists.append(.init(name: list.name, test: Self.test(problem)))
            questions += domains.map { ($0, .domain(list), problem) }
        }
        return ListingFacts(lists: lists, observations: await observe(questions))
    }

    /// One subject at one list, test points included: what a watch asks. An unknown list's answer is unknown.
    package func observe(_ key: ReputationWatch.Key) async -> ListingObservation {
        switch key.subject {
        case .address(let address):
            if let list = addressLists.first(where: { $0.name == key.list }), address.isIPv4 || list.hasIPv6 {
                let problem = await problem(list, isIPv6: !address.isIPv4)
                return await observe(key.subject, .address(list), problem)
            }
        case .domain:
            if let list = domainLists.first(where: { $0.name == key.list }) {
                return await observe(key.subject, .domain(list), await problem(list))
            }
        }
        return ListingObservation(
            subject: key.subject, list: key.list, answer: .unknown("the list is not configured, or has no such entries")
        )
    }

    // MARK: One question

    enum Source: Sendable {
        case address(AddressList)
        case domain(URLList)
    }

    private func observe(_ questions: [(ListingSubject, Source, ListAnswer?)]) async -> [ListingObservation] {
        await withTaskGroup(of: (Int, ListingObservation).self) { group in
            var found: [Int: ListingObservation] = [:]
            for (index, question) in questions.enumerated() {
                if index >= Self.maximumQuestions, let (at, answer) = await group.next() { found[at] = answer }
                group.addTask { (index, await observe(question.0, question.1, question.2)) }
            }
            for await (at, answer) in group { found[at] = answer }
            return questions.indices.compactMap { found[$0] }
        }
    }

    private func observe(_ subject: ListingSubject, _ source: Source, _ problem: ListAnswer?) async
        -> ListingObservation
    {
        var observation: ListingObservation
        let name: String
        let codes: ListCodes
        switch source {
        case .address(let list):
            guard case .address(let address) = subject else {
                return ListingObservation(subject: subject, list: list.name, answer: .unknown("a list of addresses"))
            }
            let covers = address.isIPv4 || list.ipv6Unit == 128 ? nil : "the /\(list.ipv6Unit) around the address"
            observation = ListingObservation(
                subject: subject, list: list.name, answer: .notListed, removal: list.removal, covers: covers,
                tellsPolicy: list.codes.tellsPolicy)
            name = list.name(of: .address(address))
            codes = list.codes
        case .domain(let list):
            observation = ListingObservation(
                subject: subject, list: list.name, answer: .notListed, removal: list.removal)
            guard case .domain(let domain) = subject, let question = list.question(domain) else {
                observation.answer = .unknown("the name is too long to ask for")
                return observation
            }
            name = question
            codes = list.codes
        }
        if case .address(let address) = subject, address.isLocal {
            observation.answer = .unknown("it is not on the internet: give the address that receivers see")
            return observation
        }
        if let problem {
            observation.answer = .unknown(problem.problem ?? "its test points are wrong")
            return observation
        }
        let answer = codes.read(await lookUp(name))
        switch answer {
        case .notListed: break
        case .refused(let reason), .unknown(let reason): observation.answer = .unknown(reason)
        case .listed(let meanings):
            observation.answer = .listed(
                meanings.map { .init(ListingKind(rawValue: $0.kind.rawValue) ?? .spam, $0.text) })
            observation = observation.with(reasons: await reasons(name))
        }
        return observation
    }

    /// The list's texts: from outside, made safe, a few only.
    private func reasons(_ name: String) async -> [String] {
        guard let texts = try? await resolver.texts(named: name, on: loop).get() else { return [] }
        return texts.records.prefix(ListingObservation.maximumReasons).map {
            SafeText.printable(bytes: $0, limit: ListingObservation.maximumReason)
        }
    }

    private func lookUp(_ name: String) async -> Lookup<IPAddress> {
        do {
            return try await resolver.ipv4Addresses(named: name, on: loop).get()
        } catch {
            return .temporaryFailure("\(error)")
        }
    }

    // MARK: Test points

    private func problem(_ list: AddressList, isIPv6: Bool) async -> ListAnswer? {
        let ipv4 = AddressList.problem(
            listed: list.codes.read(await lookUp(list.name(of: .listedTest(isIPv6: false)))),
            unlisted: list.codes.read(await lookUp(list.name(of: .unlistedTest(isIPv6: false)))))
        guard ipv4 == nil, isIPv6 else { return ipv4 }
        let unlisted = list.codes.read(await lookUp(list.name(of: .unlistedTest(isIPv6: true))))
        if list.hasIPv6TestPoint {
            let listed = list.codes.read(await lookUp(list.name(of: .listedTest(isIPv6: true))))
            return AddressList.problem(listed: listed, unlisted: unlisted)
        }
        return unlisted == .notListed ? nil : .unknown("::FFFF:7F00:1 is listed, or could not be asked for")
    }

    private func problem(_ list: URLList) async -> ListAnswer? {
        guard let listed = list.question(list.listedTest), let unlisted = list.question(list.unlistedTest) else {
            return .unknown("its test points are too long to ask for")
        }
        return list.problem(
            listed: list.codes.read(await lookUp(listed)), unlisted: list.codes.read(await lookUp(unlisted)))
    }

    private static func test(_ problem: ListAnswer?) -> ListingFacts.Test {
        switch problem {
        case nil: .passed
        case .refused(let reason): .refused(reason)
        case .some(let other): .unknown(other.problem ?? "its test points are wrong")
        }
    }
}

extension ListingObservation {
    fileprivate func with(reasons: [String]) -> ListingObservation {
        ListingObservation(
            subject: subject, list: list, answer: answer, reasons: reasons, removal: removal, covers: covers,
            tellsPolicy: tellsPolicy)
    }
}

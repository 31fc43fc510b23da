package import MailTypes
import NIOConcurrencyHelpers
package import NIOCore

/// Asks DNS lists about the domains that a message links to.
///
/// Each list has to answer its test points rightly before anything it says counts, and again every now and then: a
/// list that refuses, that is gone, or that lists everything never makes a listing. Answers are kept; a question that is
/// under way is not asked twice; what is above the bounds is not asked at all.
package final class URLListClient: Sendable {
    package struct Limits: Sendable, Hashable {
        /// Domains of one message that are asked for; spam hides few among many, so the first are taken.
        package var domainsPerMessage = 20
        /// Questions under way at a time, over all messages.
        package var questions = 256
        /// Answers that are kept, some 200 bytes each.
        package var answers = 50_000
        /// How long an answer is kept at least and at most, whatever the zone says.
        package var shortest = TimeAmount.seconds(30)
        package var longest = TimeAmount.minutes(60)
        /// How long a failure is kept: a dead list must not be asked for every message.
        package var failure = TimeAmount.seconds(30)
        /// How long a list that answered its test points is trusted.
        package var trust = TimeAmount.minutes(30)
        /// How long a list that did not is left alone.
        package var rest = TimeAmount.minutes(5)

        package init() {}
    }

    private enum Trust {
        case untested
        case testing(EventLoopFuture<String?>)
        /// With the reason why the list is not used, if it is not.
        case tested(String?, until: NIODeadline)
    }

    private struct State {
        var cache: URLListCache
        var trust: [Trust]
        var underWay: [URLListCache.Key: EventLoopFuture<ListAnswer>] = [:]
    }

    package let lists: [URLList]
    private let resolver: any ListResolver
    private let limits: Limits
    private let now: @Sendable () -> NIODeadline
    private let state: NIOLockedValueBox<State>

    /// `now`: a clock that never goes back.
    package init(
        _ lists: [URLList], resolver: any ListResolver, limits: Limits = Limits(),
        now: @escaping @Sendable () -> NIODeadline = { NIODeadline.now() }
    ) {
        self.lists = lists
        self.resolver = resolver
        self.limits = limits
        self.now = now
        state = NIOLockedValueBox(
            State(
                cache: URLListCache(capacity: limits.answers),
                trust: Array(repeating: .untested, count: lists.count)))
    }

    /// What the lists say about registered domains, on `loop`, at the latest after `deadline`: what came later is kept for
    /// the next message. Never fails. Names that are IP addresses are passed over.
    package func ask(_ domains: [DomainName], within deadline: TimeAmount, on loop: any EventLoop)
        -> EventLoopFuture<URLListReport>
    {
        let wanted = wanted(domains)
        guard !lists.isEmpty, !wanted.isEmpty else { return loop.makeSucceededFuture(URLListReport()) }
        let gathering = Gathering(lists: lists.map(\.name), domains: wanted.count)
        let done = loop.makePromise(of: URLListReport.self)
        let timer = loop.scheduleTask(in: deadline) {
            if let report = gathering.close("no answer in time") { done.succeed(report) }
        }
        for index in lists.indices {
            trusted(index, on: loop).hop(to: loop).whenSuccess { problem in
                for domain in wanted {
                    let answer = problem.map { loop.makeSucceededFuture(ListAnswer.unknown($0)) }
                    (answer ?? self.answer(index, domain, on: loop)).hop(to: loop).whenSuccess { answer in
                        guard let report = gathering.add(answer, domain, index) else { return }
                        timer.cancel()
                        done.succeed(report)
                    }
                }
            }
        }
        return done.futureResult
    }

    private func wanted(_ domains: [DomainName]) -> [DomainName] {
        var wanted: [DomainName] = []
        for domain in domains where !wanted.contains(domain) && IPAddress(domain.description) == nil {
            if wanted.count == limits.domainsPerMessage { break }
            wanted.append(domain)
        }
        return wanted
    }

    // MARK: Test points

    /// Why the list is not to be believed now; `nil` if it is.
    private func trusted(_ index: Int, on loop: any EventLoop) -> EventLoopFuture<String?> {
        let now = now()
        let promise = loop.makePromise(of: String?.self)
        let known: EventLoopFuture<String?>? = state.withLockedValue { state in
            switch state.trust[index] {
            case .testing(let future): return future
            case .tested(let problem, let until) where until > now: return loop.makeSucceededFuture(problem)
            case .tested, .untested:
                state.trust[index] = .testing(promise.futureResult)
                return nil
            }
        }
        if let known {
            promise.succeed(nil)
            return known
        }
        let list = lists[index]
        let listed = raw(list, list.listedTest, on: loop)
        let unlisted = raw(list, list.unlistedTest, on: loop)
        listed.and(unlisted).whenSuccess { listed, unlisted in
            let problem = list.problem(listed: listed.0, unlisted: unlisted.0)?.problem
            self.state.withLockedValue { state in
                let span = problem == nil ? self.limits.trust : self.limits.rest
                state.trust[index] = .tested(problem, until: self.now() + span)
            }
            promise.succeed(problem)
        }
        return promise.futureResult
    }

    // MARK: Questions

    private func answer(_ index: Int, _ domain: DomainName, on loop: any EventLoop) -> EventLoopFuture<ListAnswer> {
        let key = URLListCache.Key(list: index, domain: domain)
        let now = now()
        let promise = loop.makePromise(of: ListAnswer.self)
        let known: EventLoopFuture<ListAnswer>? = state.withLockedValue { state in
            if let kept = state.cache.answer(key, at: now) { return loop.makeSucceededFuture(kept) }
            if let running = state.underWay[key] { return running }
            guard state.underWay.count < limits.questions else {
                return loop.makeSucceededFuture(.unknown("too many questions are under way"))
            }
            state.underWay[key] = promise.futureResult
            return nil
        }
        if let known {
            promise.succeed(.notListed)
            return known
        }
        raw(lists[index], domain, on: loop).whenSuccess { answer, ttl in
            var span = self.limits.failure
            if let ttl { span = min(max(ttl, self.limits.shortest), self.limits.longest) }
            let until = self.now() + span
            self.state.withLockedValue { state in
                state.underWay[key] = nil
                state.cache.keep(answer, for: key, until: until)
            }
            promise.succeed(answer)
        }
        return promise.futureResult
    }

    /// With the time that the answer holds, if it is one.
    private func raw(_ list: URLList, _ domain: DomainName, on loop: any EventLoop)
        -> EventLoopFuture<(ListAnswer, TimeAmount?)>
    {
        guard let name = list.question(domain) else {
            return loop.makeSucceededFuture((.unknown("the name is too long to ask for"), nil))
        }
        return resolver.ipv4Addresses(named: name, on: loop).map { lookup in
            let answer = list.codes.read(lookup)
            if answer.problem != nil { return (answer, nil) }
            return (answer, lookup.validity.map { TimeAmount($0.ttl) })
        }
    }
}

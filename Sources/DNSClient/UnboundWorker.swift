import CUnbound
import Glibc
import MailTypes
import NIOConcurrencyHelpers

/// The thread that owns a libunbound context.
///
/// Questions wait in a bounded list and wake it through a pipe; answers wake it through the library's descriptor; the
/// oldest question's time limit is the longest sleep.
///
/// `@unchecked`: `context`, `underWay` and `numbers` are touched by the thread alone, and everything else is behind `shared`
/// or constant. A lock cannot say so, since the library calls back with no place for one.
final class UnboundWorker: @unchecked Sendable {
    struct Question: Sendable {
        var name: String
        var type: RecordType
        var done: @Sendable (Answer) -> Void
    }

    enum Answer: Sendable {
        /// Each record's data; empty: no record of this type.
        case data([[UInt8]], LookupValidity)
        case nxDomain(LookupValidity)
        case failed(String)
    }

    private struct Shared {
        var questions: [Question] = []
        /// Questions waiting or under way.
        var open = 0
        var isStopping = false
    }

    private struct Lookup {
        var done: @Sendable (Answer) -> Void
        var identifier: Int32
        var deadline: Int64
        /// What the library was given as its user data; released with the answer.
        var ticket: Unmanaged<Ticket>
    }

    /// Names a lookup towards the library.
    private final class Ticket {
        let number: UInt64
        unowned let worker: UnboundWorker

        init(number: UInt64, worker: UnboundWorker) {
            self.number = number
            self.worker = worker
        }
    }

    private let settings: UnboundSettings
    private let context: OpaquePointer
    /// A pipe: a byte in it means that something waits in `shared`.
    private let wakeup: (read: Int32, write: Int32)
    private let shared = NIOLockedValueBox(Shared())
    private let thread: NIOLockedValueBox<pthread_t?> = NIOLockedValueBox(nil)
    private var underWay: [UInt64: Lookup] = [:]
    /// Numbers of lookups in the order of their deadlines, which is that of their start.
    private var order: [UInt64] = []
    private var orderHead = 0
    private var nextNumber: UInt64 = 0

    init(_ settings: UnboundSettings) throws(DNSError) {
        self.settings = settings
        var descriptors: [Int32] = [-1, -1]
        guard pipe(&descriptors) == 0 else {
            throw DNSError(.resources, "No descriptor is left for the resolver")
        }
        for descriptor in descriptors {
            _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        }
        do throws(DNSError) {
            context = try UnboundContext.make(settings)
        } catch {
            for descriptor in descriptors { close(descriptor) }
            throw error
        }
        wakeup = (descriptors[0], descriptors[1])
        var id = pthread_t()
        // The thread keeps the worker until it ends.
        let retained = Unmanaged.passRetained(self)
        let code = pthread_create(
            &id, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<UnboundWorker>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, retained.toOpaque())
        guard code == 0 else {
            retained.release()
            throw DNSError(.resources, "No thread is left for the resolver")
        }
        let started = id
        thread.withLockedValue { $0 = started }
    }

    deinit {
        ub_ctx_delete(context)
        close(wakeup.read)
        close(wakeup.write)
    }

    /// Any thread. Over the bound or after `shutdown`, the answer is a failure at once.
    func ask(_ question: Question) {
        let refusal: String? = shared.withLockedValue { shared in
            if shared.isStopping { return "the resolver was shut down" }
            if shared.open >= settings.maximumLookups { return "too many lookups are under way" }
            shared.open += 1
            shared.questions.append(question)
            return nil
        }
        if let refusal {
            question.done(.failed(refusal))
        } else {
            wake()
        }
    }

    /// Ends the thread and waits for it. More calls do nothing.
    func shutdown() {
        let isFirst = shared.withLockedValue { shared in
            defer { shared.isStopping = true }
            return !shared.isStopping
        }
        guard isFirst else { return }
        wake()
        guard let id = thread.withLockedValue({ $0 }) else { return }
        if pthread_equal(id, pthread_self()) == 0 { pthread_join(id, nil) } else { pthread_detach(id) }
    }

    private func wake() {
        var one: UInt8 = 1
        // Fails only if the pipe is full, and then the thread is awake.
        _ = write(wakeup.write, &one, 1)
    }

    // MARK: On the thread

    private func run() {
        let answers = ub_fd(context)
        var drained = [UInt8](repeating: 0, count: 512)
        while true {
            let (questions, isStopping) = shared.withLockedValue { shared in
                defer { shared.questions.removeAll() }
                return (shared.questions, shared.isStopping)
            }
            for question in questions {
                if isStopping {
                    settle(question.done, .failed("the resolver was shut down"))
                } else {
                    start(question)
                }
            }
            if isStopping { break }
            expire()
            var descriptors = [
                pollfd(fd: answers, events: Int16(POLLIN), revents: 0),
                pollfd(fd: wakeup.read, events: Int16(POLLIN), revents: 0),
            ]
            let ready = poll(&descriptors, 2, sleep())
            guard ready > 0 else { continue }
            if descriptors[1].revents != 0 {
                _ = read(wakeup.read, &drained, drained.count)
            }
            if descriptors[0].revents != 0 { ub_process(context) }
        }
        for number in Array(underWay.keys) { give(up: number, "the resolver was shut down") }
    }

    private func start(_ question: Question) {
        nextNumber += 1
        let number = nextNumber
        let ticket = Unmanaged.passRetained(Ticket(number: number, worker: self))
        var identifier: Int32 = 0
        let code = ub_resolve_async(
            context, question.name, question.type.rawValue, 1, ticket.toOpaque(),
            { data, error, result in
                guard let data else {
                    ub_resolve_free(result)
                    return
                }
                let ticket = Unmanaged<Ticket>.fromOpaque(data).takeUnretainedValue()
                ticket.worker.answered(ticket.number, error, result)
            }, &identifier)
        guard code == 0 else {
            ticket.release()
            settle(question.done, .failed(String(cString: ub_strerror(code))))
            return
        }
        underWay[number] = Lookup(
            done: question.done, identifier: identifier, deadline: Self.now() + settings.timeout.wholeMicroseconds,
            ticket: ticket)
        order.append(number)
    }

    private func answered(_ number: UInt64, _ error: Int32, _ result: UnsafeMutablePointer<ub_result>?) {
        defer { ub_resolve_free(result) }
        guard let lookup = underWay.removeValue(forKey: number) else { return }
        lookup.ticket.release()
        settle(lookup.done, Self.answer(error, result))
    }

    /// After `ub_cancel` the library calls back no more for it.
    private func give(up number: UInt64, _ reason: String) {
        guard let lookup = underWay.removeValue(forKey: number) else { return }
        // On an error of it the callback may still come: then the ticket has to stay, at the price of a few bytes.
        if ub_cancel(context, lookup.identifier) == 0 { lookup.ticket.release() }
        settle(lookup.done, .failed(reason))
    }

    private func settle(_ done: @Sendable (Answer) -> Void, _ answer: Answer) {
        shared.withLockedValue { $0.open -= 1 }
        done(answer)
    }

    private func expire() {
        let now = Self.now()
        while orderHead < order.count {
            let number = order[orderHead]
            if let lookup = underWay[number] {
                guard lookup.deadline <= now else { break }
                give(up: number, "no answer within \(settings.timeout)")
            }
            orderHead += 1
        }
        if orderHead == order.count {
            order.removeAll(keepingCapacity: true)
            orderHead = 0
        } else if orderHead > 4096 {
            order.removeFirst(orderHead)
            orderHead = 0
        }
    }

    /// Milliseconds until the next deadline; -1 without one.
    private func sleep() -> Int32 {
        guard orderHead < order.count, let next = underWay[order[orderHead]] else { return -1 }
        return Int32(clamping: max(0, (next.deadline - Self.now()) / 1000 + 1))
    }

    private static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }

    /// Copies the library's answer, within bounds.
    private static func answer(_ error: Int32, _ result: UnsafeMutablePointer<ub_result>?) -> Answer {
        guard error == 0, let result = result?.pointee else {
            return .failed(error == 0 ? "no result" : String(cString: ub_strerror(error)))
        }
        if result.bogus != 0 {
            let why = result.why_bogus.map { SafeText.printable(String(cString: $0)) } ?? "no reason given"
            return .failed("DNSSEC validation failed: \(why)")
        }
        let validity = LookupValidity(ttl: .seconds(Int64(result.ttl)), isSecure: result.secure != 0)
        if result.nxdomain != 0 { return .nxDomain(validity) }
        guard result.rcode == 0 else { return .failed("the name server answered \(name(ofCode: result.rcode))") }
        var data: [[UInt8]] = []
        if result.havedata != 0, let records = result.data, let lengths = result.len {
            while data.count < UnboundResolver.maximumRecords, let record = records[data.count] {
                let length = Int(max(0, lengths[data.count]))
                data.append(Array(UnsafeRawBufferPointer(start: record, count: length)))
            }
        }
        return .data(data, validity)
    }

    private static func name(ofCode code: Int32) -> String {
        switch code {
        case 1: "FORMERR"
        case 2: "SERVFAIL"
        case 4: "NOTIMP"
        case 5: "REFUSED"
        default: "code \(code)"
        }
    }
}

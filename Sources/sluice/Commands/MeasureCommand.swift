import ArgumentParser
import ContentTraining
import Detection
import Foundation
import Inspection
import MailTypes

struct MeasureCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "measure", abstract: "How fast this machine inspects mail.",
        discussion: """
            Reads the messages into memory, then inspects each as the gateway would (reading, content, campaign, detection;
            no network, no disk), on --threads threads, each with a part of the messages and a thousand accounts.

              sluice measure --accounts 100000      how much memory detection's state takes
            """)
    @OptionGroup var model: ModelOption
    @Argument(help: "Files, mboxes or directories.", completion: .file()) var files: [String] = []
    @Option(help: "Instead: the memory that so many accounts of state take.") var accounts: Int?
    @Option(help: "How often all of them are inspected.") var rounds = 5
    @Option(help: "Threads at work.") var threads = 1
    @Flag(help: "As JSON.") var json = false

    private struct View: Encodable {
        var messages: Int
        var bytes: Int
        var messagesPerSecond: Double
        var microsecondsP50: Double
        var microsecondsP99: Double
        var cpuMicroseconds: Double
    }

    func run() throws {
        guard (1...1000).contains(rounds), (1...256).contains(threads) else {
            throw CommandFailure.input("--rounds takes 1 to 1000, --threads 1 to 256")
        }
        if let accounts {
            guard (1...10_000_000).contains(accounts) else {
                throw CommandFailure.input("--accounts takes 1 to 10000000")
            }
            return try tell(MemoryMeasure(accounts: accounts))
        }
        var messages: [[UInt8]] = []
        do throws(TrainingError) {
            for file in files {
                try MailCollection(file).forEach { _, message in
                    messages.append(message)
                    return messages.count < 1_000_000
                }
            }
        } catch {
            throw CommandFailure.input(error.message)
        }
        guard !messages.isEmpty else { throw CommandFailure.input("there are no messages") }
        let inspector = Inspector(scoring: try model.load(), policy: DetectionPolicy(), hashKey: (1, 2))
        let work = Work(messages, inspector, rounds: rounds, threads: threads)
        let (began, cpu) = (ContinuousClock.now, Self.cpu())
        let times = work.run().sorted()
        let wall = (ContinuousClock.now - began).inSeconds
        let view = View(
            messages: times.count, bytes: messages.reduce(0) { $0 + $1.count } / messages.count,
            messagesPerSecond: Double(times.count) / wall, microsecondsP50: times[times.count / 2],
            microsecondsP99: times[min(times.count - 1, times.count * 99 / 100)],
            cpuMicroseconds: (Self.cpu() - cpu) / Double(times.count) * 1e6)
        if json { return try JSONOutput.print(view) }
        Terminal.line("messages   \(view.messages), \(ByteCount(view.bytes)) on average")
        Terminal.line(
            "rate       \(Int(view.messagesPerSecond)) a second on \(threads) thread\(threads == 1 ? "" : "s")")
        Terminal.line("time       p50 \(Int(view.microsecondsP50)) us, p99 \(Int(view.microsecondsP99)) us a message")
        Terminal.line("CPU        \(Int(view.cpuMicroseconds)) us a message")
    }

    private func tell(_ measure: MemoryMeasure) throws {
        if json { return try JSONOutput.print(measure) }
        Terminal.line("accounts   \(measure.accounts) (\(measure.sources) sources in all)")
        Terminal.line("memory     \(ByteCount(measure.bytes)), \(measure.bytesAnAccount) bytes an account")
        Terminal.line("snapshot   \(ByteCount(measure.snapshotBytes))")
        Terminal.line("rate       \(Int(measure.judgementsPerSecond)) judgements a second")
    }

    /// CPU seconds of the process so far.
    private static func cpu() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }
}

/// The threads' common work. `@unchecked Sendable`: each thread writes its own part of `times` only.
private final class Work: @unchecked Sendable {
    private let messages: [[UInt8]]
    private let inspector: Inspector
    private let rounds: Int
    private let threads: Int
    private var times: [[Double]]
    private let lock = NSLock()

    init(_ messages: [[UInt8]], _ inspector: Inspector, rounds: Int, threads: Int) {
        self.messages = messages
        self.inspector = inspector
        self.rounds = rounds
        self.threads = threads
        times = Array(repeating: [], count: threads)
    }

    func run() -> [Double] {
        DispatchQueue.concurrentPerform(iterations: threads) { thread in
            var own: [Double] = []
            for round in 0..<rounds {
                for index in stride(from: thread, to: messages.count, by: threads) {
                    own.append(inspect(messages[index], round * messages.count + index))
                }
            }
            lock.withLock { times[thread] = own }
        }
        return times.flatMap(\.self)
    }

    /// Microseconds for one message.
    private func inspect(_ message: [UInt8], _ number: Int) -> Double {
        guard let customer = CustomerID("measured"), let account = AccountName("user\(number % 1000)"),
            let sender = ReversePath("user\(number % 1000)@measured.example"),
            let recipient = EmailAddress("friend\(number % 7919)@elsewhere.example")
        else { return 0 }
        let facts = SubmissionFacts(
            id: SubmissionID(rawValue: Int64(number) << 20), time: Timestamp(seconds: Int64(number)),
            envelope: Envelope(sender: sender, recipients: [.init(address: recipient)]),
            identity: SubmissionIdentity(
                customer: customer, server: .v4(0xc000_0201), account: account, evidence: .login),
            profile: CustomerProfile(), heloName: "mail.measured.example")
        let began = ContinuousClock.now
        let session = inspector.begin(facts)
        message.withUnsafeBytes { session.feed($0) }
        _ = inspector.judge(session.finish())
        return (ContinuousClock.now - began).inSeconds * 1e6
    }
}

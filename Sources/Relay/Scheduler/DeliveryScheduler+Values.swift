package import MailTypes

extension DeliveryScheduler {
    package struct Settings: Hashable, Sendable {
        /// Connections to a new destination (Postfix's `initial_destination_concurrency`).
        package var initialConcurrency = 5
        /// Connections to one destination at most (Postfix's `default_destination_concurrency_limit`).
        package var maximumConcurrency = 20
        /// Connections in all: well under the usual limit of 1024 open files, which also serves the intake.
        package var maximumConnections = 400
        /// Of these, so many may be on their way to destinations that have not answered yet.
        package var maximumProbes: Int { max(1, maximumConnections / 2) }
        /// And so many to destinations whose last probe failed.
        package var maximumFailingProbes: Int { max(1, maximumConnections / 8) }
        /// RFC 5321 §4.5.3.1.8: every server takes at least 100.
        package var recipientsPerTransaction = 100
        /// Some receivers count messages per connection and answer 421 beyond; 100 is taken everywhere that we know.
        package var messagesPerConnection = 100
        /// How long a connection waits for another message: short, since it holds a place at the receiver's.
        package var idleTime: Duration = .seconds(5)
        package var retries = RetrySchedule.messages
        package var probes = RetrySchedule.destinations
        /// After a failed connection beside living ones: no new one for so long.
        package var connectPause: Duration = .seconds(5)
        /// Transactions in a row that ended with 421 or a lost connection before the destination is put off as a whole.
        package var failureStreak = 5
        /// What was learned about an empty destination is kept so long.
        package var memory: Duration = .seconds(600)
        /// Deliveries that one event touches at most; the rest follows at once, after other events had their turn.
        package var workPerEvent = 256

        package init() {}
    }

    package struct Counters: Hashable, Sendable {
        package internal(set) var enqueued = 0
        /// Recipients.
        package internal(set) var delivered = 0
        package internal(set) var failed = 0
        /// Attempts put off, counted per recipient.
        package internal(set) var deferred = 0
        package internal(set) var connectionsOpened = 0
        package internal(set) var connectionsFailed = 0
    }

    /// A message as the scheduler sees it.
    package struct QueuedMessage: Hashable, Sendable {
        package var id: SubmissionID
        package var customer: CustomerID?
        package var expires: Timestamp
        /// When the sender is to be told of a delay; `nil` when that is done already, or unwanted.
        package var noticeAt: Timestamp?
        package var parts: [Part]

        package init(
            id: SubmissionID, customer: CustomerID?, expires: Timestamp, noticeAt: Timestamp?, parts: [Part]
        ) {
            self.id = id
            self.customer = customer
            self.expires = expires
            self.noticeAt = noticeAt
            self.parts = parts
        }

        /// The recipients that go one way.
        package struct Part: Hashable, Sendable {
            package var destination: DestinationKey
            package var recipients: RecipientNumbers
            /// Failed attempts before (after a restart).
            package var attempts: UInt16
            package var notBefore: Timestamp?

            package init(
                destination: DestinationKey, recipients: RecipientNumbers, attempts: UInt16 = 0,
                notBefore: Timestamp? = nil
            ) {
                self.destination = destination
                self.recipients = recipients
                self.attempts = attempts
                self.notBefore = notBefore
            }
        }
    }

    package struct DestinationHandle: Hashable, Sendable {
        let index: Int32
        let generation: UInt32
    }

    package struct ConnectionHandle: Hashable, Sendable {
        let index: Int32
        let generation: UInt32
    }

    /// Valid from `send` to the `finished` that answers it.
    package struct DeliveryHandle: Hashable, Sendable {
        let index: Int32
        let generation: UInt32
    }

    /// What the shell is to do. `outcome` and what follows it tells what became of recipients.
    package enum Action: Hashable, Sendable {
        /// Find the hosts; answer with `resolved`.
        case resolve(DestinationHandle, DestinationKey)
        /// Open a connection; answer with `connected` or `connectFailed`.
        case connect(ConnectionHandle, DestinationHandle)
        /// Start a transaction; answer with `finished`.
        case send(DeliveryHandle, SubmissionID, RecipientNumbers, ConnectionHandle)
        /// Close it; no answer is expected.
        case close(ConnectionHandle)
        /// A transaction's or a destination's verdict on recipients. `last`: the message has no others pending.
        case outcome(Outcome)
        /// Tell the sender of a delay, if wanted.
        case delayed(SubmissionID, RecipientNumbers, DestinationHandle)
        /// The destination as a whole is put off: nothing is said of single messages.
        case postponed(DestinationHandle, until: Timestamp, failures: Int)
        /// Call `tick` then (at once, when it is past). Replaces an earlier wish.
        case wakeAt(Timestamp)
    }

    package struct Outcome: Hashable, Sendable {
        package var message: SubmissionID
        package var destination: DestinationHandle
        package var delivered: RecipientNumbers = .none
        package var failed: RecipientNumbers = .none
        /// Put off to `nextAttempt`.
        package var deferred: RecipientNumbers = .none
        package var nextAttempt: Timestamp?
        /// Attempts made so far.
        package var attempts: UInt16 = 0
        /// Why `failed` is not empty.
        package var cause = Cause.reply
        /// No recipient of the message is pending any more: it may leave the spool.
        package var isLast = false

        package enum Cause: Hashable, Sendable {
            /// The receiver's reply to the transaction.
            case reply
            /// The queue lifetime is over.
            case expired
            /// The destination does not exist or takes no mail.
            case unroutable
        }
    }

    /// What the reply says about one recipient.
    package enum Disposition: Hashable, Sendable {
        case delivered
        case failed
        case deferred
        /// Not for this transaction, but at once in another (452 behind accepted recipients, RFC 5321 §4.5.3.1.10).
        case again
    }

    package enum Resolution: Hashable, Sendable {
        case usable(until: Timestamp)
        /// DNS did not answer: neither a failure nor a host.
        case temporary
        /// No such domain, null MX, or nothing but ourselves.
        case permanent(until: Timestamp)
    }

    /// How a transaction left its connection.
    package enum ConnectionState: Hashable, Sendable {
        case usable
        /// Closed, or to be closed, for a reason of its own; nothing is wrong with the destination.
        case ended
        /// 421, a lost connection or a timeout: the destination is in trouble.
        case troubled
        /// The kept connection turned out closed before the transaction began: no attempt was made.
        case neverStarted
    }
}

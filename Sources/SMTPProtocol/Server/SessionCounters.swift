package import MailTypes

/// What a client did in its session, against its limits. Pure.
package struct SessionCounters: Hashable, Sendable {
    package private(set) var commands = 0
    package private(set) var idleCommands = 0
    package private(set) var errors = 0
    package private(set) var failedLogins = 0
    package private(set) var recipients = 0
    package private(set) var messages = 0

    package init() {}

    /// A command came. The reply with which the session ends, if it was one too many.
    package mutating func command(_ limits: IntakeLimits) -> Reply? {
        commands += 1
        idleCommands += 1
        return commands > limits.commands || idleCommands > limits.idleCommands ? SessionReplies.tooManyCommands : nil
    }

    package mutating func recipient(_ limits: IntakeLimits) -> Reply? {
        recipients += 1
        // Recipients have their own limit; they are no idle commands.
        idleCommands -= 1
        return recipients > limits.recipientsPerSession ? SessionReplies.tooManyCommands : nil
    }

    package mutating func message() {
        messages += 1
        idleCommands = 0
    }

    /// An error of the client was answered with `reply`; what to answer instead, if it was one too many.
    package mutating func error(_ limits: IntakeLimits) -> Reply? {
        errors += 1
        return errors > limits.errors ? SessionReplies.tooManyErrors : nil
    }

    package mutating func failedLogin(_ limits: IntakeLimits) -> Reply? {
        failedLogins += 1
        errors += 1
        return failedLogins >= limits.failedLogins ? SessionReplies.tooManyErrors : nil
    }
}

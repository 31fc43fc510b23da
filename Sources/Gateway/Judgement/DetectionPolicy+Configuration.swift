package import Detection
import MailTypes
package import SluiceConfiguration

extension DetectionPolicy {
    /// What the configuration says about judging, in the words of `Detection`.
    package init(_ configuration: Configuration) {
        self.init()
        let detection = configuration.detection
        mode = Mode(detection.mode)
        hold = detection.hold
        suspect = detection.suspect
        stop = detection.stop
        fewestSuspects = detection.fewestSuspects
        drift = detection.drift
        credit = detection.credit
        largestStep = detection.largestStep
        accountsToWiden = detection.accountsToWiden
        wideningWindow = detection.wideningWindow
        shareToWiden = detection.shareToWiden
        declared = Dictionary(
            detection.declared.map { ($0.source, $0.until) }, uniquingKeysWith: { first, second in max(first, second) })
        accountLimits = Limits(configuration.sendingLimits.account)
        serverLimits = Limits(configuration.sendingLimits.server)
        customerLimits = Limits(configuration.sendingLimits.customer)
        for customer in configuration.customers {
            let limits = configuration.sendingLimits(of: customer)
            limitsOfCustomer[customer.id] = CustomerOverrides(
                mode: customer.mode.map(Mode.init), accountLimits: Limits(limits.account),
                serverLimits: Limits(limits.server), customerLimits: Limits(limits.customer))
        }
    }
}

extension DetectionPolicy.Mode {
    init(_ mode: Configuration.Mode) {
        switch mode {
        case .enforce: self = .enforce
        case .observe: self = .observe
        }
    }
}

extension DetectionPolicy.Limits {
    init(_ scope: SendingLimits.Scope) {
        self.init()
        for rate in scope.messages ?? [] {
            switch rate.period {
            case .minute: messagesPerMinute = rate.most
            case .hour: messagesPerHour = rate.most
            case .day: messagesPerDay = rate.most
            }
        }
        for rate in scope.recipients ?? [] {
            switch rate.period {
            case .minute: recipientsPerMinute = rate.most
            case .hour: recipientsPerHour = rate.most
            case .day: recipientsPerDay = rate.most
            }
        }
        for rate in scope.firstTimeRecipients ?? [] {
            switch rate.period {
            case .minute: newRecipientsPerMinute = rate.most
            case .hour: newRecipientsPerHour = rate.most
            case .day: newRecipientsPerDay = rate.most
            }
        }
    }
}

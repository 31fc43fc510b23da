import Enforcement
import MailTypes
import Notices
package import Response
package import SluiceConfiguration

extension ResponseSettings {
    /// What the configuration says about stops and notices, in the words of `Response`.
    package init(_ configuration: Configuration) throws {
        self.init()
        let notices = configuration.notices
        sender = Sender(address: notices.from, hostname: configuration.hostname)
        operators = notices.operators
        if notices.informsCustomers {
            for customer in configuration.customers {
                var contact = Contact(name: customer.name, addresses: customer.contacts)
                contact.second = customer.notices.second
                contact.reports = customer.notices.reports
                contact.muted = Set(customer.notices.muted)
                contact.template = try Self.template(customer.notices.language ?? notices.language, notices)
                contact.domain = customer.domains.first
                contacts[customer.id] = contact
            }
        }
        baseURL = notices.consoleURL
        retention = configuration.hold.deadline
        doubtDuration = configuration.stops.doubtDuration
        stopDuration = configuration.stops.duration
        confirmAfter = configuration.stops.confirmAfter
        noticeLifetime = notices.lifetime
        checks = configuration.cases.checks
        template = try Self.template(notices.language, notices)
        escalateAfter = notices.escalateAfter
        webhooks = notices.webhooks.map { hook in
            Webhook(
                url: hook.url, audiences: Set(hook.audiences.map { $0 == .operator ? .operator : .customer }))
        }
    }

    /// The words of a language, with those of the operator's file over them if the file is in that language.
    private static func template(
        _ language: Configuration.Language, _ notices: Configuration.Notices
    ) throws -> NoticeTemplate {
        let built = NoticeTemplate.language(language.rawValue)
        guard let words = notices.words else { return built }
        do {
            let own = try NoticeTemplate(words, over: built)
            return own.code == language.rawValue ? own : built
        } catch {
            throw GatewayError(.configuration, "notices.words-file: line \(error.line): \(error)")
        }
    }
}

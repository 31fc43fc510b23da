import MailTypes
package import Response
package import SluiceConfiguration

extension ResponseSettings {
    /// What the configuration says about stops and notices, in the words of `Response`.
    package init(_ configuration: Configuration) {
        self.init()
        let notices = configuration.notices
        sender = Sender(address: notices.from, hostname: configuration.hostname)
        operators = notices.operators
        if notices.informsCustomers {
            for customer in configuration.customers {
                contacts[customer.id] = Contact(name: customer.name, addresses: customer.contacts)
            }
        }
        baseURL = notices.consoleURL
        retention = configuration.hold.deadline
        doubtDuration = configuration.stops.doubtDuration
        stopDuration = configuration.stops.duration
        confirmAfter = configuration.stops.confirmAfter
        noticeLifetime = notices.lifetime
        checks = configuration.cases.checks
    }
}

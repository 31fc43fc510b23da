import ControlStore
package import Enforcement
import Logging
import MailTypes
import NIOConcurrencyHelpers
import Notices

/// The alarm when one of our own addresses is on a list.
extension Responder {
    /// Tells the operator by letter and system log. Returns at once.
    package func alarm(_ listing: OwnListing) {
        let time = callbacks.now()
        callbacks.announced(
            "own address \(listing.address) is listed on \(SafeText.printable(listing.list, limit: 100))")
        submit { [self] in
            guarded("alarm not sent") {
                let settings = state.withLockedValue { $0.settings }
                guard let sender = settings.sender, !settings.operators.isEmpty else { return }
                let id = callbacks.nextID(time)
                let content = ListingAlarm(
                    address: listing.address, list: listing.list, since: listing.since, now: time,
                    said: listing.said, removal: listing.removal, caseID: listing.caseID)
                let bytes = NoticeComposer(
                    from: sender.address, hostname: sender.hostname, template: settings.template
                ).alarm(content, to: settings.operators, id: id)
                if let caseID = listing.caseID {
                    try control.keepSent(
                        bytes, channel: .mail, stage: "listed", audience: NoticePlan.Audience.operator.rawValue,
                        target: settings.operators.map(\.description).joined(separator: " "), message: id, of: caseID,
                        at: time)
                }
                outbox.send(
                    .init(
                        bytes, id: id, to: settings.operators, caseID: listing.caseID,
                        expires: time + settings.noticeLifetime, at: time))
            }
        }
    }
}

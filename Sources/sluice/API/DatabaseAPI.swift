import Console
import ControlStore
import Gateway
import Inspection
import Logging
import MailTypes
import SluiceConfiguration

/// The API without a gateway, on its databases.
struct DatabaseAPI: APITransport {
    private let api: LocalAPI

    init(_ configuration: Configuration) throws {
        let spool = try State.spool(configuration)
        let teacher = Teacher(stateDirectory: configuration.stateDirectory, logger: Logger(label: "sluice"))
        let stores = ConsoleStores(
            control: try State.control(configuration), spool: spool, customers: { configuration.consoleCustomers },
            learn: { ids, isSpam in
                teacher.note(ids, in: spool, isSpam: isSpam, teacher: .operator, at: State.now)
            })
        api = LocalAPI(stores: stores, name: Terminal.author, baseURL: configuration.notices.consoleURL) {
            var generator = SystemRandomNumberGenerator()
            return CapabilityToken(using: &generator)
        }
    }

    func send(_ request: APIRequest) throws -> APIReply { try api.answer(request, at: State.now) }
}

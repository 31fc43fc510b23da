package import ControlStore
import Hummingbird
package import Logging
package import MailTypes

/// API and pages, ready to be put onto a listener: the one of health and metrics, or one of its own (`ConsoleServer`); and the
/// API for commands of this machine (`LocalServer`).
///
/// ```
/// let console = ConsoleRoutes(operators: book, stores: stores, settings: .init(baseURL: url), logger: logger)
/// let services = [HealthServer(…, console: console, …), LocalServer(directory: state, console: console, …)]
/// book.use(tokens)   // at a reload
/// ```
package struct ConsoleRoutes: Sendable {
    package struct Settings: Sendable {
        /// Where the console is seen from outside, such as `https://sluice.example.net`; for links.
        package var baseURL: String?
        /// Whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
        package var proxies: [IPNetwork]

        package init(baseURL: String? = nil, proxies: [IPNetwork] = []) {
            self.baseURL = baseURL
            self.proxies = proxies
        }
    }

    private let api: OperatorAPI
    private let local: OperatorAPI
    private let pages: CasePages
    private let desk: OperatorPages
    private let logger: Logger
    let threads = StoreThreads()

    /// - Parameters:
    ///   - newToken: makes the secrets of links and sessions.
    ///   - formKey: 32 random bytes, new at each start.
    package init(
        operators: OperatorBook, stores: ConsoleStores, settings: Settings, logger: Logger,
        newToken: @escaping @Sendable () -> CapabilityToken, formKey: [UInt8], now: @escaping @Sendable () -> Timestamp
    ) {
        let limits = ConsoleLimits(address: ClientAddress(proxies: settings.proxies))
        let operations = APIOperations(baseURL: settings.baseURL, newToken: newToken)
        let forms = FormGuard(key: formKey)
        self.logger = logger
        api = OperatorAPI(
            door: .tokens(operators), operations: operations, stores: stores, threads: threads, limits: limits, now: now
        )
        local = OperatorAPI(
            door: .local, operations: operations, stores: stores, threads: threads, limits: limits, now: now)
        pages = CasePages(
            stores: stores, threads: threads, limits: limits, forms: forms, baseURL: settings.baseURL, now: now)
        desk = OperatorPages(
            operators: operators, sessions: OperatorSessions(), operations: operations, stores: stores,
            threads: threads,
            limits: limits, forms: forms, newToken: newToken, now: now)
    }

    func register(on router: Router<ConsoleContext>, isEncrypted: Bool) {
        // Around all that comes after it, and around addresses at which there is nothing.
        router.add(middleware: AnswerGuard(logger: logger, isEncrypted: isEncrypted))
        api.register(on: router)
        pages.register(on: router)
        desk.register(on: router, isEncrypted: isEncrypted)
    }

    func registerLocal(on router: Router<ConsoleContext>) {
        router.add(middleware: AnswerGuard(logger: logger, isEncrypted: false))
        local.register(on: router)
    }
}

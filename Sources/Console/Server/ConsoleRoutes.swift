package import ControlStore
import Hummingbird
package import Logging
package import MailTypes

/// API and pages, ready to be put onto a listener: the one of health and metrics, or one of its own (`ConsoleServer`).
///
/// ```
/// let console = ConsoleRoutes(tokens: tokens, stores: stores, settings: .init(baseURL: url), logger: logger)
/// let services = [HealthServer(…, console: console, …)]
/// ```
package struct ConsoleRoutes: Sendable {
    package struct Settings: Sendable {
        /// Where the console is seen from outside, such as `https://sluice.example.net`; for links.
        package var baseURL: String?
        /// Whose `X-Forwarded-For` is believed.
        package var proxies: [IPNetwork]

        package init(baseURL: String? = nil, proxies: [IPNetwork] = []) {
            self.baseURL = baseURL
            self.proxies = proxies
        }
    }

    private let api: OperatorAPI
    private let pages: CasePages
    private let layer: AnswerGuard
    let threads = StoreThreads()

    /// - Parameters:
    ///   - newToken: makes the secrets of links.
    ///   - formKey: 32 random bytes, new at each start.
    package init(
        tokens: OperatorTokens, stores: ConsoleStores, settings: Settings, logger: Logger,
        newToken: @escaping @Sendable () -> CapabilityToken, formKey: [UInt8], now: @escaping @Sendable () -> Timestamp
    ) {
        let limits = ConsoleLimits(address: ClientAddress(proxies: settings.proxies))
        layer = AnswerGuard(logger: logger)
        api = OperatorAPI(
            tokens: tokens, stores: stores, threads: threads, limits: limits, baseURL: settings.baseURL,
            newToken: newToken, now: now)
        pages = CasePages(
            stores: stores, threads: threads, limits: limits, forms: FormGuard(key: formKey),
            baseURL: settings.baseURL, now: now)
    }

    func register(on router: Router<ConsoleContext>) {
        // Around all that comes after it, and around addresses at which there is nothing.
        router.add(middleware: layer)
        api.register(on: router)
        pages.register(on: router)
    }
}

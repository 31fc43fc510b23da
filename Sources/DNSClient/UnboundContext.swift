import CUnbound
import MailTypes

/// Makes configured libunbound contexts.
enum UnboundContext {
    /// The order matters: `ub_ctx_zone_remove` finalises the context, after which no option, forwarder or anchor is taken
    /// and lookups would go to the root servers. The caller deletes the context.
    static func make(_ settings: UnboundSettings) throws(DNSError) -> OpaquePointer {
        guard let context = ub_ctx_create() else {
            throw DNSError(.resources, "libunbound could not make a context")
        }
        do throws(DNSError) {
            try configure(context, settings)
            return context
        } catch {
            ub_ctx_delete(context)
            throw error
        }
    }

    private static func configure(_ context: OpaquePointer, _ settings: UnboundSettings) throws(DNSError) {
        // Answers come by a thread of the library instead of a process of its own.
        try check(ub_ctx_async(context, 1), "asynchronous lookups")
        if settings.forwarders.contains(where: \.address.isLoopback) {
            try check(ub_ctx_set_option(context, "do-not-query-localhost:", "no"), "do-not-query-localhost")
        }
        for forwarder in settings.forwarders {
            let text = "\(forwarder.address)@\(forwarder.port)"
            try check(ub_ctx_set_fwd(context, text), "the forwarder \(text)")
        }
        if let anchor = settings.trustAnchor {
            try check(ub_ctx_add_ta_file(context, anchor), "the trust anchor \(anchor)")
        }
        for zone in settings.askedLocalZones {
            try check(ub_ctx_zone_remove(context, zone), "asking for the zone \(zone)")
        }
        // Finalises the context, which reads the trust anchor: else a bad one would show in every lookup only.
        try check(ub_ctx_zone_remove(context, "sluice.invalid."), "its configuration")
    }

    static func check(_ code: Int32, _ what: String) throws(DNSError) {
        guard code != 0 else { return }
        throw DNSError(.setting, "libunbound refused \(what): \(String(cString: ub_strerror(code)))")
    }
}

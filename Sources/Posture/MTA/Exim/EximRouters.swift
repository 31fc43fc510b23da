import MailTypes

/// Follows Exim's routers for a mailbox that does not exist, as far as it takes to know what `verify = recipient` refuses.
///
/// Only what is certain counts: a router that takes whatever local part comes. One whose answer hangs on a file, a query or
/// an expansion is taken as declining.
struct EximRouters {
    let configuration: EximConfiguration
    let tables: [String: String]
    let expression: EximExpression

    /// Conditions that a mailbox that does not exist may not meet, or that nobody knows here.
    private static let undecided: Set<String> = [
        "check_local_user", "local_parts", "senders", "condition", "require_files", "address_data", "verify_only",
        "verify_sender", "router_home_directory_must_exist", "address_test", "ignore_target_hosts",
    ]

    /// The first router that takes any mailbox of a domain in `list` (`local_domains`), whatever is before the @.
    ///
    /// - Parameter callout: `verify = recipient/callout`: what goes to another host is asked for there.
    func catchAll(list: String, callout: Bool) -> EximConfiguration.Authenticator? {
        for router in configuration.routers {
            let driver = router.options["driver"] ?? ""
            guard takes(router, list) else { continue }
            switch driver {
            case "accept": return router
            case "manualroute", "dnslookup":
                // A host that is asked says itself which mailboxes it has.
                return callout ? nil : router
            case "redirect":
                let data = router.options["data"] ?? ""
                // With a look-up, what is not found declines; `:fail:` and `:blackhole:` are answers of their own.
                if data.isEmpty || data.contains("$") || data.hasPrefix(":") { continue }
                return router
            default: continue
            }
        }
        return nil
    }

    private func takes(_ router: EximConfiguration.Authenticator, _ list: String) -> Bool {
        func isOff(_ name: String) -> Bool {
            ["false", "no"].contains(ASCII.lowercased(router.options[name] ?? ""))
                || router.options["no_" + name] != nil
        }
        if isOff("verify") || isOff("verify_recipient") { return false }
        if router.options.keys.contains(where: { Self.undecided.contains($0) && !isOff($0) }) { return false }
        let hasAffix = ["local_part_prefix", "local_part_suffix"].contains { name in
            router.options[name] != nil && router.options[name + "_optional"] == nil
        }
        if hasAffix { return false }
        guard let domains = router.options["domains"] else { return true }
        // `+relay_to_domains : !+local_domains`, asked for a domain of the one list.
        for item in EximLists.split(domains) {
            let isNegated = item.hasPrefix("!")
            let name = isNegated ? MTAText.trimmed(item.dropFirst()) : item
            if name == "*" || name == "+" + list { return !isNegated }
            if isNegated { continue }
            // A single domain of the list has its own router; that says nothing of the others.
            if !name.hasPrefix("+") { continue }
        }
        // After a last item with `!`, everything else is meant.
        return EximLists.split(domains).last?.hasPrefix("!") == true
    }
}

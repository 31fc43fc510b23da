import LogFormats

/// Everything that one analysis found, ready to be written in any form.
package struct LogReport: Sendable {
    package struct Totals: Sendable {
        package var lines = 0
        package var unparsed = 0
        package var logins = 0
        package var failedLogins = 0
        package var messages = 0
        package var delivered = 0
        package var bounced = 0
        package var deferrals = 0
        package var rejects = 0
        package var flows = 0
        package var addresses = 0
        package var accounts = 0
    }

    package var findings: [Finding] = []
    package var totals = Totals()
    package var tally = LineTally()
    package var files: [LogFile] = []
    package var errors: [LogInputError] = []
    /// Span of the events, seconds since 1970; equal when there were none.
    package var first: UInt32 = 0
    package var last: UInt32 = 0
    package var zone = ""
    /// Reading was broken off: the findings are those of what was read.
    package var interrupted = false

    package init() {}
}

extension LogAnalysis {
    /// Draws the findings. May be called more than once while reading goes on.
    package func report(options: AnalysisOptions, places: (any PlaceFinding)?) -> LogReport {
        var report = LogReport()
        var builder = FindingsBuilder(self, options, places)
        report.findings = builder.build()
        report.totals.logins = totals.logins
        report.totals.failedLogins = totals.failedLogins
        report.totals.messages = totals.messages
        report.totals.delivered = totals.delivered
        report.totals.bounced = totals.bounced
        report.totals.deferrals = totals.deferrals
        report.totals.rejects = totals.rejects
        report.totals.flows = totals.flows
        report.totals.addresses = addresses.records.count
        report.totals.accounts = accounts.records.count
        if firstSeconds <= lastSeconds {
            report.first = firstSeconds
            report.last = lastSeconds
        }
        return report
    }
}

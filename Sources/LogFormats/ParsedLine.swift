/// One line, read.
package struct ParsedLine {
    /// Seconds since 1970, UTC; `nil` where the line has no time of its own.
    package var seconds: Int64?
    package var format: LogFormat
    /// `nil` when the line was not understood.
    package var event: LogEvent?
    /// How many times the line says it happened.
    package var repeats = 1
    package var host: ByteSlice = .empty

    package init(
        seconds: Int64?, format: LogFormat, event: LogEvent?, repeats: Int = 1, host: ByteSlice = .empty
    ) {
        self.seconds = seconds
        self.format = format
        self.event = event
        self.repeats = repeats
        self.host = host
    }
}

import Foundation

/// One line on standard error that says how far it is, on a terminal only.
struct ProgressLine {
    private let label: String
    private let isShown = isatty(STDERR_FILENO) == 1
    private let began = ContinuousClock.now
    private var last = -1

    init(_ label: String) { self.label = label }

    /// - Parameter share: 0…1.
    mutating func show(_ share: Double) {
        let percent = Int(max(0, min(1, share)) * 100)
        guard isShown, percent != last else { return }
        last = percent
        var left = ""
        if percent > 2 {
            let spent = Double((ContinuousClock.now - began).components.seconds)
            left = ", \(Int(spent * (1 - share) / share)) s left"
        }
        Terminal.error("\r\(label) \(percent) %\(left)   ", prefix: "", ends: false)
    }

    func end() { if isShown, last >= 0 { Terminal.error("\r\u{1b}[K", prefix: "", ends: false) } }
}

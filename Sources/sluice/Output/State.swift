import ControlStore
import Gateway
import MailTypes
import SluiceConfiguration
import Spool

/// The gateway's databases, opened beside a running gateway or without one.
enum State {
    static func spool(_ configuration: Configuration) throws -> Spool {
        do {
            return try Spool(directory: configuration.stateDirectory, role: .command)
        } catch {
            throw CommandFailure.cannot(
                "\(error.message) (state-directory is \(SafeText.printable(configuration.stateDirectory)))")
        }
    }

    static func control(_ configuration: Configuration) throws -> ControlDatabase {
        do {
            let control = try ControlDatabase(directory: configuration.stateDirectory, mayCreate: false)
            control.use(CasePolicy(configuration))
            return control
        } catch {
            throw CommandFailure.cannot(
                "\(error.message) (state-directory is \(SafeText.printable(configuration.stateDirectory)))")
        }
    }

    static var now: Timestamp { Clock.now() }
}

extension Timestamp {
    /// How long ago, for tables: `12s`, `5m`, `3h`, `2d`.
    func age(at now: Timestamp) -> String { Self.short(Int((now - self).inSeconds)) }

    /// How long until, likewise.
    func left(at now: Timestamp) -> String { Self.short(Int((self - now).inSeconds)) }

    private static func short(_ seconds: Int) -> String {
        switch seconds {
        case ..<0: "over"
        case ..<60: "\(seconds)s"
        case ..<3600: "\(seconds / 60)m"
        case ..<86_400: "\(seconds / 3600)h"
        default: "\(seconds / 86_400)d"
        }
    }
}

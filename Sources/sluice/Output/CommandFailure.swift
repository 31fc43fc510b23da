/// Why a command ends without having done what it was asked.
struct CommandFailure: Error {
    /// For people: what and where, and what to do.
    var message: String
    /// 1: it could not be done; 2: wrong input.
    var status: Int32

    static func cannot(_ message: String) -> CommandFailure { CommandFailure(message: message, status: 1) }
    static func input(_ message: String) -> CommandFailure { CommandFailure(message: message, status: 2) }
}

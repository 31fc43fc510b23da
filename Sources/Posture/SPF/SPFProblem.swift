/// Why an evaluation ended without a result of its own.
enum SPFProblem: Error, Sendable, Hashable {
    /// `permerror`: the record, or one it names, is wrong.
    case permanent(String)
    /// `temperror`: DNS gave no answer.
    case temporary(String)
}

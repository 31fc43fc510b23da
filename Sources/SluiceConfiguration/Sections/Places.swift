/// Where parts of a section stand in the file, for checks over several sections. All are equal: moving a line changes no
/// configuration.
struct Places: Hashable, Sendable {
    var id: Place?
    var servers: [Place?] = []

    static func == (a: Places, b: Places) -> Bool { true }
    func hash(into hasher: inout Hasher) {}
}

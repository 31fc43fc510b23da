/// Every key that the decoder knows, as it met them: the source of the example and of the tests.
///
/// Made by running the decoder itself over nothing with a catalogue in hand, so that neither can know a key that the other
/// does not.
struct Catalogue {
    struct Key {
        var name: String
        var about: String
        var allowed: String
        /// The default as it would be written; `nil` if there is none.
        var standard: String?
        /// A value to show where there is no default.
        var example: String
        var isList: Bool
        /// The key takes the place of the one before it: told in a comment only.
        var isAlternative: Bool
    }

    enum Item {
        case key(Key)
        /// A section, whose keys follow until `end`.
        case begin(name: String, about: String, Presence)
        case end
    }

    enum Presence {
        case always
        /// May be left out as a whole.
        case optional
        /// A list of such sections, which may be left out.
        case list
    }

    private(set) var items: [Item] = []

    mutating func add(_ item: Item) { items.append(item) }
}

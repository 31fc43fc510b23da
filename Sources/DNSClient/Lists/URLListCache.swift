import MailTypes
import NIOCore

/// Answers of lists for a while, within a bound: the oldest goes first.
struct URLListCache {
    struct Key: Hashable {
        /// The list's place among those configured.
        var list: Int
        var domain: DomainName
    }

    private var answers: [Key: (answer: ListAnswer, until: NIODeadline)] = [:]
    private var order: [Key] = []
    private var head = 0
    private let capacity: Int

    init(capacity: Int) { self.capacity = max(1, capacity) }

    var count: Int { answers.count }

    func answer(_ key: Key, at now: NIODeadline) -> ListAnswer? {
        guard let entry = answers[key], entry.until > now else { return nil }
        return entry.answer
    }

    mutating func keep(_ answer: ListAnswer, for key: Key, until: NIODeadline) {
        if answers.updateValue((answer, until), forKey: key) == nil {
            order.append(key)
            if answers.count > capacity {
                answers[order[head]] = nil
                head += 1
            }
            if head > capacity {
                order.removeFirst(head)
                head = 0
            }
        }
    }
}

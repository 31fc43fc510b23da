/// Places of recipients in their envelope. Most messages have one: then there is no allocation.
package enum RecipientNumbers: Hashable, Sendable {
    case one(UInt32)
    /// In rising order; also for none.
    case several([UInt32])

    package static let none = RecipientNumbers.several([])

    package init(_ numbers: [Int]) {
        if let first = numbers.first, numbers.count == 1 {
            self = .one(UInt32(clamping: first))
        } else {
            self = .several(numbers.map { UInt32(clamping: $0) })
        }
    }

    package var count: Int {
        switch self {
        case .one: 1
        case .several(let numbers): numbers.count
        }
    }

    package var isEmpty: Bool { count == 0 }

    package var numbers: [Int] {
        switch self {
        case .one(let number): [Int(number)]
        case .several(let numbers): numbers.map(Int.init)
        }
    }

    package func forEach(_ body: (Int) -> Void) {
        switch self {
        case .one(let number): body(Int(number))
        case .several(let numbers): for number in numbers { body(Int(number)) }
        }
    }

    /// In slices of at most `size`.
    func slices(_ size: Int) -> [RecipientNumbers] {
        guard count > size, size > 0 else { return isEmpty ? [] : [self] }
        let all = numbers
        return stride(from: 0, to: all.count, by: size).map {
            RecipientNumbers(Array(all[$0..<min($0 + size, all.count)]))
        }
    }
}

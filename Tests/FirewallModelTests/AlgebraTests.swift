import FirewallModel
import MailTypes
import Testing

struct AlgebraTests {
    @Test(arguments: [
        ("0.0.0.0/0", "10.0.0.0/8", 8), ("10.0.0.0/30", "10.0.0.1", 2), ("::/0", "2001:db8::/32", 32),
        ("10.0.0.0/8", "10.0.0.0/8", 0),
    ])
    func `a block less another is as few blocks as can be`(_ whole: String, _ part: String, _ count: Int) {
        let rest = set(whole).subtracting(set(part))
        #expect(rest.networks.count == count)
        #expect(rest.union(set(part)) == set(whole))
        #expect(rest.intersection(set(part)).isEmpty)
    }

    @Test func `random sets obey the laws, number by number`() {
        var random = SeededGenerator(seed: 7)
        let universe = AddressRange(0, 200)
        for _ in 0..<400 {
            func make() -> (RangeSet, Set<Int>) {
                var numbers: Set<Int> = []
                var ranges: [AddressRange] = []
                for _ in 0..<random.number(0...40) {
                    let low = random.number(0...200)
                    let high = min(200, low + random.number(0...6))
                    ranges.append(AddressRange(UInt128(low), UInt128(high)))
                    numbers.formUnion(low...high)
                }
                return (RangeSet(normalizing: ranges), numbers)
            }
            let (a, x) = make()
            let (b, y) = make()
            func numbers(_ set: RangeSet) -> Set<Int> { Set((0...200).filter { set.contains(UInt128($0)) }) }
            #expect(numbers(a.union(b)) == x.union(y))
            #expect(numbers(a.intersection(b)) == x.intersection(y))
            #expect(numbers(a.subtracting(b)) == x.subtracting(y))
            #expect(numbers(a.complement(in: universe)) == Set(0...200).subtracting(x))
            #expect(a.intersects(b) == !x.isDisjoint(with: y))
            #expect(a.union(b).ranges.count <= a.ranges.count + b.ranges.count)
        }
    }

    @Test func `the ends of both spaces are blocks too`() {
        #expect(blocks(.everything) == ["0.0.0.0/0", "::/0"])
        #expect(blocks(set("255.255.255.255", "0.0.0.0", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")).count == 3)
        #expect(AddressSet.everything.complement.isEmpty)
    }
}

import ContentAnalysis
import Detection
import MailTypes
import MessageFormat
import Testing

@testable import Inspection

/// What lessons move, and above all what they do not.
struct LearningTests {
    private static let start = Timestamp(seconds: 1_790_000_000)

    private static func sample(_ text: String, _ number: Int = 0) -> ContentSample {
        ContentSample(
            MessageReader.read(
                Array("From: a@acme.example\r\nSubject: news \(number)\r\n\r\n\(text) \(number)\r\n".utf8)))
    }

    private static let spam =
        "Dear friend, this is your unique chance to win a fortune in our casino, claim your bonus of 500 dollars now"

    private static func lesson(
        _ text: String, _ number: Int, of customer: String, isSpam: Bool, _ teacher: Lesson.Teacher,
        after seconds: Int64 = 0
    ) throws -> Lesson {
        Lesson(
            id: SubmissionID(rawValue: Int64(number)), time: start + .seconds(seconds),
            identity: SubmissionIdentity(
                customer: try #require(CustomerID(customer)), server: .v4(0xc000_0201), account: AccountName("joe"),
                evidence: .login), campaign: number % 2 == 0 ? CampaignID(rawValue: 5) : nil, isSpam: isSpam,
            teacher: teacher, features: ContentFeatures(sample(text, number)))
    }

    @Test func whoCallsHisOwnSpamGoodMovesOnlyHisOwnWeight() throws {
        let seed = try ContentModel.seed()
        let model = LearningModel(seed)
        let mallory = try #require(CustomerID("mallory"))
        let other = try #require(CustomerID("other"))
        model.learn(try (0..<500).map { try Self.lesson(Self.spam, $0, of: "mallory", isSpam: false, .customer) })
        for number in [0, 7, 1000] {
            let sample = Self.sample(Self.spam, number)
            let fair = seed.logOdds(sample)
            // Not by a bit for all others.
            #expect(model.logOdds(sample) == fair)
            #expect(model.logOdds(sample, of: other) == fair)
            let own = model.logOdds(sample, of: mallory)
            #expect(own < fair && own >= fair - ContentCorrection.limit)
        }
        #expect(model.model.encoded() == seed.encoded())
    }

    @Test func theOperatorsWordMovesAllButNotWithoutEnd() throws {
        let seed = try ContentModel.seed()
        let model = LearningModel(seed)
        let text = "Quarterly figures for the allotment association, with tomatoes and a list of who waters when"
        let before = seed.logOdds(Self.sample(text))
        model.learn([try Self.lesson(text, 0, of: "acme", isSpam: true, .operator)])
        let once = model.logOdds(Self.sample(text))
        #expect(once > before)
        // One customer's mail has so much to say a week, whoever says it: the budget is spent.
        var budget = SharedBudget()
        var taken = 0.0
        for number in 0..<1000 { taken += budget.take(1, at: Self.start + .seconds(Int64(number))) }
        #expect(taken >= SharedBudget.capacity && taken < SharedBudget.capacity + 0.1)
        #expect(budget.take(1, at: Self.start + .seconds(8 * 86_400)) == 1)
        // A clock that steps back fills nothing.
        var empty = SharedBudget()
        _ = empty.take(100, at: Self.start + .seconds(1000))
        #expect(empty.take(1, at: Self.start) == 0)
    }

    @Test(arguments: Lesson.Teacher.allCases)
    func lessonsComeBackAsTheyWere(teacher: Lesson.Teacher) throws {
        for number in 0..<2 {
            let lesson = try Self.lesson(Self.spam, number, of: "acme", isSpam: number == 0, teacher)
            let again = try #require(Lesson(decoding: lesson.encoded))
            #expect(again.encoded == lesson.encoded)
            #expect(again.identity == lesson.identity && again.campaign == lesson.campaign)
            #expect((again.feedback == nil) == (teacher == .complaint))
        }
    }

    @Test func damagedLessonsAreRefused() throws {
        let bytes = try Self.lesson(Self.spam, 1, of: "acme", isSpam: true, .operator).encoded
        for count in 0..<min(120, bytes.count) { #expect(Lesson(decoding: Array(bytes.prefix(count))) == nil) }
        #expect(Lesson(decoding: bytes.dropLast()) == nil)
    }

    @Test func theSameLessonsGiveTheSameModel() throws {
        let lessons = try (0..<30).map {
            try Self.lesson(
                $0 % 3 == 0 ? Self.spam : "the minutes of the meeting \($0)", $0, of: "c\($0 % 4)", isSpam: $0 % 3 == 0,
                [.operator, .incident, .complaint, .customer][$0 % 4], after: Int64($0) * 100)
        }
        let (a, b) = (LearningModel(try ContentModel.seed()), LearningModel(try ContentModel.seed()))
        a.learn(lessons)
        for lesson in lessons { b.learn([lesson]) }
        #expect(a.model.encoded() == b.model.encoded())
        b.use(try ContentModel.seed(), lessons: lessons)
        #expect(a.model.encoded() == b.model.encoded())
    }

    @Test func onlyOurSealsOpen() throws {
        let seal = SubmissionSeal(KeyedHash(key: (1, 2)))
        let id = SubmissionID(rawValue: 1_790_000_000_000 << 20)
        let text = seal.text(for: id)
        #expect(seal.open(text) == id && seal.open(text.uppercased()) == id)
        #expect(SubmissionSeal(KeyedHash(key: (1, 3))).open(text) == nil)
        for place in text.indices {
            var forged = text
            forged.replaceSubrange(place...place, with: text[place] == "7" ? "8" : "7")
            #expect(seal.open(forged) == nil)
        }
        for nonsense in ["", "-", "\(id)", "\(id)-", "\(id)-\(id)", text + "-x"] { #expect(seal.open(nonsense) == nil) }
    }
}

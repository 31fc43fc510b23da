import Foundation
import MailTypes
import Testing

@testable import Journal

struct LessonBookTests {
    private let book: LessonBook
    private let directory: String

    init() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("lessons-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: path, withIntermediateDirectories: true)
        directory = path.path
        book = LessonBook(stateDirectory: directory)
    }

    @Test func lessonsAreTakenOnceAndRemembered() throws {
        #expect(try book.take().isEmpty && book.learnt().isEmpty)
        for number in [3, 1, 2] { try book.add([UInt8(number)], of: SubmissionID(rawValue: Int64(number))) }
        // Said again: the last word counts.
        try book.add([9], of: SubmissionID(rawValue: 2))
        #expect(try book.take() == [[1], [9], [3]])
        #expect(try book.take().isEmpty)
        #expect(try LessonBook(stateDirectory: directory).learnt() == [[1], [9], [3]])
    }

    @Test func theOldestGo() throws {
        for number in 0..<(LessonBook.limit + 5) { try book.add([1], of: SubmissionID(rawValue: Int64(number))) }
        #expect(try book.take().count == LessonBook.limit)
        #expect(try book.take().count == 5)
        #expect(try book.learnt().count == LessonBook.limit)
        #expect(
            !FileManager.default.fileExists(atPath: directory + "/lessons/learnt/\(SubmissionID(rawValue: 0)).lesson"))
    }

    @Test func strayFilesAreLeftAlone() throws {
        try book.add([1], of: SubmissionID(rawValue: 1))
        try "x".write(toFile: directory + "/lessons/new/README", atomically: true, encoding: .utf8)
        #expect(try book.take() == [[1]])
        #expect(FileManager.default.fileExists(atPath: directory + "/lessons/new/README"))
    }
}

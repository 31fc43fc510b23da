import Foundation
import Testing

/// A directory that goes with the test.
final class Directory {
    let path: String

    init() throws {
        var template = Array((NSTemporaryDirectory() + "control-XXXXXX").utf8CString)
        let made = template.withUnsafeMutableBufferPointer { buffer in buffer.baseAddress.flatMap { mkdtemp($0) } }
        path = String(cString: try #require(made))
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

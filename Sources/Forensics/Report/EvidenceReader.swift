import LogFormats

/// Reads again the lines that findings point at: the first pass keeps eight bytes a line, not its text.
struct EvidenceReader {
    private let files: [LogFile]
    /// Bytes of a line that are shown.
    private static let lineLimit = 600

    init(files: [LogFile]) { self.files = files }

    /// Fills in file, line and text of all evidence.
    func fill(_ findings: inout [Finding]) {
        var wanted: [Int: Set<Int>] = [:]
        for finding in findings {
            for evidence in finding.evidence + finding.timeline.compactMap(\.evidence) {
                let ref = EvidenceRef(rawValue: evidence.ref)
                wanted[ref.file, default: []].insert(ref.line)
            }
        }
        var texts: [UInt64: String] = [:]
        for (file, lines) in wanted where files.indices.contains(file) {
            guard files[file].path != LogFile.standardInput else { continue }
            read(file, lines.sorted(), &texts)
        }
        for i in findings.indices {
            for j in findings[i].evidence.indices { complete(&findings[i].evidence[j], texts) }
            for j in findings[i].timeline.indices {
                if var evidence = findings[i].timeline[j].evidence {
                    complete(&evidence, texts)
                    findings[i].timeline[j].evidence = evidence
                }
            }
        }
    }

    private func complete(_ evidence: inout Finding.Evidence, _ texts: [UInt64: String]) {
        let ref = EvidenceRef(rawValue: evidence.ref)
        if files.indices.contains(ref.file) { evidence.file = files[ref.file].path }
        evidence.line = ref.line
        evidence.text = texts[evidence.ref] ?? ""
    }

    private func read(_ file: Int, _ lines: [Int], _ texts: inout [UInt64: String]) {
        guard let source = try? ByteSources.open(files[file].path) else { return }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { buffer.deallocate() }
        guard let base = buffer.baseAddress else { return }
        var line = 1
        var next = 0
        var current: [UInt8] = []
        while next < lines.count, let got = try? source.read(into: buffer), got > 0 {
            let chunk = ByteSlice(base: UnsafePointer(base.assumingMemoryBound(to: UInt8.self)), count: got)
            var at = 0
            while at < got, next < lines.count {
                let found = chunk.index(of: 0x0a, from: at)
                let end = found < 0 ? got : found
                if line == lines[next], current.count < EvidenceReader.lineLimit {
                    current += chunk.part(at, end).prefix(EvidenceReader.lineLimit - current.count).bytes
                }
                guard found >= 0 else { break }
                if line == lines[next] {
                    texts[EvidenceRef(file: file, line: line).rawValue] = String(decoding: current, as: UTF8.self)
                    current.removeAll(keepingCapacity: true)
                    next += 1
                }
                line += 1
                at = end + 1
            }
        }
        if next < lines.count, line == lines[next], !current.isEmpty {
            texts[EvidenceRef(file: file, line: line).rawValue] = String(decoding: current, as: UTF8.self)
        }
    }
}

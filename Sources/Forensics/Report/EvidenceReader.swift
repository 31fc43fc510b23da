import LogFormats

/// A line's number and where it begins in its file's text.
struct LineMark: Sendable {
    var line: Int
    var offset: Int
}

/// Reads again the lines that findings point at: the first pass keeps eight bytes a line, not its text.
struct EvidenceReader {
    private let files: [LogFile]
    private let marks: [Int: [LineMark]]
    /// Bytes of a line that are shown.
    private static let lineLimit = 600

    /// Lines not farther apart are read on to rather than sought.
    private static let reach = 3000

    /// - Parameter marks: places in the files, by file and in order, from which to begin; without them files are read
    ///   from their beginning.
    init(files: [LogFile], marks: [Int: [LineMark]] = [:]) {
        self.files = files
        self.marks = marks
    }

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

    /// The last mark at or before a line.
    private static func last(_ marks: [LineMark], notAfter line: Int) -> LineMark {
        var (low, high) = (0, marks.count)
        while low < high {
            let middle = (low + high) / 2
            if marks[middle].line <= line { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? marks[low - 1] : LineMark(line: 1, offset: 0)
    }

    private func read(_ file: Int, _ lines: [Int], _ texts: inout [UInt64: String]) {
        let path = files[file].path
        let marks = marks[file] ?? []
        var next = 0
        // Near lines are read in one go, far ones from the mark before them, where the file can be opened there.
        while next < lines.count {
            let mark = EvidenceReader.last(marks, notAfter: lines[next])
            if mark.offset > 0, let source = (try? ByteSources.openPlain(path, at: mark.offset)) ?? nil {
                let end = lines[next...].firstIndex { $0 > lines[next] + EvidenceReader.reach } ?? lines.count
                read(source, from: mark.line, file, lines[next..<end], &texts)
                next = end
            } else {
                guard let source = try? ByteSources.open(path) else { return }
                let isPlain = ((try? ByteSources.openPlain(path, at: 0)) ?? nil) != nil
                let far = isPlain ? lines[next...].firstIndex { $0 > lines[next] + EvidenceReader.reach } : nil
                read(source, from: 1, file, lines[next..<(far ?? lines.count)], &texts)
                next = far ?? lines.count
            }
        }
    }

    private func read(
        _ source: any ByteSource, from first: Int, _ file: Int, _ lines: ArraySlice<Int>,
        _ texts: inout [UInt64: String]
    ) {
        var pending = lines
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
        defer { buffer.deallocate() }
        guard let base = buffer.baseAddress else { return }
        var line = first
        var current: [UInt8] = []
        while let wanted = pending.first, let got = try? source.read(into: buffer), got > 0 {
            let chunk = ByteSlice(base: UnsafePointer(base.assumingMemoryBound(to: UInt8.self)), count: got)
            var wanted = wanted
            var at = 0
            while at < got {
                let found = chunk.index(of: 0x0a, from: at)
                let end = found < 0 ? got : found
                if line == wanted, current.count < EvidenceReader.lineLimit {
                    current += chunk.part(at, end).prefix(EvidenceReader.lineLimit - current.count).bytes
                }
                guard found >= 0 else { break }
                if line == wanted {
                    texts[EvidenceRef(file: file, line: line).rawValue] = String(decoding: current, as: UTF8.self)
                    current.removeAll(keepingCapacity: true)
                    pending.removeFirst()
                    guard let following = pending.first else { return }
                    wanted = following
                }
                line += 1
                at = end + 1
            }
        }
        if line == pending.first, !current.isEmpty {
            texts[EvidenceRef(file: file, line: line).rawValue] = String(decoding: current, as: UTF8.self)
        }
    }
}

import MailTypes

/// Columns for people: left-aligned, as wide as needed, the header dim; every cell made safe.
struct Table {
    private let headers: [String]
    private var rows: [[String]] = []

    init(_ headers: String...) { self.headers = headers }

    mutating func add(_ cells: String...) { rows.append(cells.map { SafeText.printable($0, limit: 200) }) }

    var isEmpty: Bool { rows.isEmpty }

    func print() {
        var widths = headers.map(\.count)
        for row in rows {
            for (column, cell) in row.enumerated() where column < widths.count {
                widths[column] = max(widths[column], cell.count)
            }
        }
        Terminal.line(Terminal.coloured(Self.line(headers, widths), .dim))
        for row in rows { Terminal.line(Self.line(row, widths)) }
    }

    private static func line(_ cells: [String], _ widths: [Int]) -> String {
        var line = ""
        for (column, cell) in cells.enumerated() {
            if column > 0 { line += "  " }
            line += cell
            if column < cells.count - 1 {
                line += String(repeating: " ", count: max(0, widths[column] - cell.count))
            }
        }
        return line
    }
}

import HTTPTypes
import Hummingbird
import NIOCore

/// What all pages have around them.
struct PageFrame {
    var title: String
    var language = PageLanguage.english
    var skip = "Skip to the content"
    /// For lists of many columns.
    var isWide = false
    /// Above the content: whose page it is, and where one can go.
    var bar: Markup = "<p class=\"brand\">Sluice</p>"

    func response(
        status: HTTPResponse.Status = .ok, fields: HTTPFields = [:], _ content: Markup
    ) -> Hummingbird.Response {
        let page: Markup = """
            <!DOCTYPE html>
            <html lang="\(language.rawValue)">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="robots" content="noindex, nofollow">
            <title>\(title)</title>
            <link rel="icon" href="data:,">
            <link rel="stylesheet" href="/style.css">
            </head>
            <body>
            <a class="skip" href="#content">\(skip)</a>
            <header class="bar">\(bar)</header>
            <main id="content"\(isWide ? " class=\"desk\"" : "" as Markup)>
            \(content)
            </main>
            </body>
            </html>

            """
        var fields = fields
        fields[.contentType] = "text/html; charset=utf-8"
        return Hummingbird.Response(
            status: status, headers: fields, body: .init(byteBuffer: ByteBuffer(string: page.text)))
    }

    /// What the last act said.
    static func told(_ told: (text: String, isWrong: Bool)?) -> Markup {
        guard let told else { return "" }
        return told.isWrong
            ? "<p class=\"told wrong\" role=\"alert\">\(told.text)</p>"
            : "<p class=\"told\" role=\"status\">\(told.text)</p>"
    }
}

/// An error, for people.
enum ProblemPage {
    static func response(_ problem: Problem, accepted: String?) -> Hummingbird.Response {
        let texts = CaseTexts(language: PageLanguage.accepted(accepted))
        let detail = texts.language == .german ? texts.refusal(problem, problem) : problem.detail + "."
        return PageFrame(title: problem.title, language: texts.language, skip: texts.skip).response(
            status: problem.status, fields: problem.fields,
            """
            <h1 lang="en">\(problem.title)</h1>
            <p role="alert">\(detail)</p>
            """)
    }
}

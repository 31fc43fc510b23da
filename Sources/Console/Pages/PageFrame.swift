import HTTPTypes
import Hummingbird
import NIOCore

/// What all pages have around them.
enum PageFrame {
    static func response(
        title: String, status: HTTPResponse.Status = .ok, fields: HTTPFields = [:], _ content: Markup
    ) -> Hummingbird.Response {
        let page: Markup = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="robots" content="noindex, nofollow">
            <title>\(title)</title>
            <link rel="stylesheet" href="/style.css">
            </head>
            <body>
            <a class="skip" href="#content">Skip to the content</a>
            <main id="content">
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

    static let style = """
        :root { color-scheme: light dark; --line: #767676; --soft: rgba(128, 128, 128, 0.12); }
        * { box-sizing: border-box; }
        body { font: 1rem/1.5 system-ui, sans-serif; margin: 0; }
        main { max-width: 60rem; margin: 0 auto; padding: 1rem; }
        .skip { position: absolute; left: -100rem; }
        .skip:focus { left: 1rem; top: 1rem; padding: 0.5rem; background: Canvas; }
        h1 { font-size: 1.6rem; line-height: 1.25; }
        h2 { font-size: 1.2rem; margin-top: 2rem; border-bottom: 1px solid var(--line); }
        h3 { font-size: 1rem; margin-bottom: 0.25rem; }
        pre, code { font-family: ui-monospace, monospace; font-size: 0.9rem; overflow-wrap: anywhere; }
        pre { white-space: pre-wrap; background: var(--soft); padding: 0.75rem; border: 1px solid var(--line); }
        table { border-collapse: collapse; width: 100%; }
        th, td { text-align: left; vertical-align: top; padding: 0.4rem 0.6rem; border: 1px solid var(--line); }
        td { overflow-wrap: anywhere; }
        .wide { overflow-x: auto; }
        .told, .missing, .done { border: 1px solid var(--line); border-left-width: 0.5rem; padding: 0.5rem 1rem; }
        .missing { border-left-color: #b00020; }
        .done, .told { border-left-color: #1b6e20; }
        .told.wrong { border-left-color: #b00020; }
        form { margin: 0.75rem 0; }
        label { display: block; font-weight: 600; }
        textarea, input[type=text], input[type=file], input[type=password] { width: 100%; font: inherit; padding: 0.4rem; }
        button { font: inherit; padding: 0.5rem 1rem; margin-top: 0.5rem; cursor: pointer; }
        :focus-visible { outline: 3px solid #1a5fb4; outline-offset: 2px; }

        """
}

/// An error, for people.
enum ProblemPage {
    static func response(_ problem: Problem) -> Hummingbird.Response {
        PageFrame.response(
            title: problem.title, status: problem.status, fields: problem.fields,
            """
            <h1>\(problem.title)</h1>
            <p role="alert">\(problem.detail).</p>
            """)
    }
}

/// The one style sheet: light and dark as the reader's system is, contrast of 4.5 and more, down to 320 pixels.
enum StyleSheet {
    static let text = """
        :root {
          color-scheme: light dark; --ink: #1b1f24; --paper: #ffffff; --soft: #f2f4f7; --line: #8a929c; --faint: #d5dae0;
          --accent: #0b57a4; --on-accent: #ffffff; --good: #17662b; --bad: #a8071a; --wait: #7a4d00; --muted: #4c5560;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --ink: #e6e9ed; --paper: #15181c; --soft: #1f242a; --line: #7d8691; --faint: #353c45; --accent: #7db8f5;
            --on-accent: #0b1620; --good: #76d18c; --bad: #ff8e8e; --wait: #f0c060; --muted: #aab3bd;
          }
        }
        * { box-sizing: border-box; }
        body { font: 1rem/1.55 system-ui, "Segoe UI", Roboto, sans-serif; margin: 0; color: var(--ink); background: var(--paper); }
        main { max-width: 60rem; margin: 0 auto; padding: 1rem 1rem 3rem; overflow-wrap: anywhere; }
        main.desk { max-width: 78rem; }
        .bar { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; align-items: baseline; justify-content: space-between;
          padding: 0.5rem 1rem; background: var(--soft); border-bottom: 1px solid var(--faint); }
        .bar p { margin: 0; }
        .brand { font-weight: 700; }
        .brand span { font-weight: 400; color: var(--muted); margin-left: 0.5rem; }
        .bar nav ul { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; list-style: none; margin: 0; padding: 0; }
        .bar nav a { display: inline-block; padding: 0.25rem 0; text-decoration: none; color: var(--ink); }
        .bar nav a:hover { text-decoration: underline; }
        .bar nav a[aria-current] { font-weight: 700; box-shadow: 0 2px 0 var(--accent); }
        .bar form { margin: 0; }
        .bar button { margin: 0; padding: 0.25rem 0.75rem; }
        .skip { position: absolute; left: -100rem; }
        .skip:focus { left: 1rem; top: 0.5rem; padding: 0.5rem; background: var(--paper); z-index: 1; }
        a { color: var(--accent); }
        h1 { font-size: 1.6rem; line-height: 1.25; margin: 1rem 0 0.75rem; overflow-wrap: anywhere; }
        h2 { font-size: 1.2rem; margin: 2rem 0 0.75rem; }
        h3 { font-size: 1rem; margin: 1rem 0 0.25rem; }
        .lead { font-size: 1.1rem; max-width: 46rem; }
        .note, .muted { color: var(--muted); }
        pre, code { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: 0.875rem; overflow-wrap: anywhere; }
        pre { white-space: pre-wrap; background: var(--soft); padding: 0.75rem; border: 1px solid var(--faint); border-radius: 6px; }
        table { border-collapse: collapse; width: 100%; font-size: 0.95rem; }
        th, td { text-align: left; vertical-align: top; padding: 0.45rem 0.6rem; border-bottom: 1px solid var(--faint); }
        thead th { color: var(--muted); font-weight: 600; border-bottom-color: var(--line); }
        tbody th { font-weight: 600; }
        th, td { overflow-wrap: break-word; } th.long, td.long { overflow-wrap: anywhere; min-width: 9rem; }
        th.number { text-align: right; }
        td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
        th.when, td.when { white-space: nowrap; }
        .wide { overflow-x: auto; }
        .wide table { min-width: 44rem; }
        .pass { color: var(--good); font-weight: 600; } .fail { color: var(--bad); font-weight: 600; }
        .unknown { color: var(--wait); }
        .told, .box { border: 1px solid var(--faint); border-left: 0.4rem solid var(--line); border-radius: 6px;
          padding: 0.75rem 1rem; margin: 1rem 0; background: var(--soft); }
        .box h2 { margin-top: 0; } .box p:only-child { margin: 0; }
        .missing, .told.wrong { border-left-color: var(--bad); }
        .done, .told { border-left-color: var(--good); }
        .missing li { margin-bottom: 0.5rem; } .missing em { font-style: normal; color: var(--bad); }
        .steps { display: flex; flex-wrap: wrap; gap: 0.5rem; list-style: none; padding: 0; margin: 1.25rem 0; counter-reset: step; }
        .steps li { counter-increment: step; padding: 0.3rem 0.8rem; border: 1px solid var(--faint); border-radius: 2rem;
          color: var(--muted); }
        .steps li::before { content: counter(step) ". "; }
        .steps .past { color: var(--good); border-color: var(--good); } .steps .past::before { content: "\\2713\\00a0"; }
        .steps [aria-current] { color: var(--on-accent); background: var(--accent); border-color: var(--accent); font-weight: 700; }
        .facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: 0.75rem; margin: 1rem 0; }
        .facts div { background: var(--soft); border: 1px solid var(--faint); border-radius: 6px; padding: 0.5rem 0.75rem; }
        .facts dt { color: var(--muted); font-size: 0.9rem; }
        .facts dd { margin: 0; overflow-wrap: anywhere; } .facts dd ul { margin: 0; padding-left: 1.1rem; }
        .facts .large { font-size: 1.5rem; font-weight: 700; } .facts .large a { text-decoration: none; }
        .cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: 1rem; align-items: start; }
        .card { border: 1px solid var(--faint); border-radius: 8px; padding: 0.75rem 1rem 1rem; margin: 0; }
        .card h3 { margin-top: 0; font-size: 1.05rem; } .card p { margin: 0.25rem 0 0.5rem; }
        form { margin: 0.75rem 0; }
        .filter { display: flex; flex-wrap: wrap; gap: 0.5rem 1rem; align-items: end; }
        .filter label, .inline label { font-weight: 400; }
        .inline label { display: inline; }
        label { display: block; font-weight: 600; margin-top: 0.5rem; }
        textarea, input:not([type=checkbox]):not([type=hidden]), select { width: 100%; font: inherit; padding: 0.45rem 0.6rem;
          color: inherit; background: var(--paper); border: 1px solid var(--line); border-radius: 6px; }
        .filter input:not([type=checkbox]):not([type=hidden]), .filter select { width: auto; max-width: 100%; }
        input[type=checkbox] { width: 1.2rem; height: 1.2rem; vertical-align: middle; }
        button { font: inherit; font-weight: 600; padding: 0.5rem 1rem; margin-top: 0.75rem; cursor: pointer; color: var(--on-accent);
          background: var(--accent); border: 1px solid var(--accent); border-radius: 6px; }
        button.plain { color: var(--accent); background: transparent; }
        button.danger { background: var(--bad); border-color: var(--bad); }
        .buttons { display: flex; flex-wrap: wrap; gap: 0.75rem; align-items: center; }
        .pages { display: flex; gap: 1rem; margin-top: 1rem; }
        .state { white-space: nowrap; }
        :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
        @media (max-width: 30rem) { h1 { font-size: 1.35rem; } .card button { width: 100%; } }
        @media print { .cards, .skip, .bar nav { display: none; } }

        """
}

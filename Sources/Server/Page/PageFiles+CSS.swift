extension PageFiles {
    static let css = PageFile(
        path: "/app.css", type: "text/css; charset=utf-8",
        text: #"""
            :root {
              --paper: #fff8ec; --card: #ffffff; --ink: #2a1b18; --soft: #75605a; --line: #ead9c6;
              --accent: #c8351f; --accent-ink: #ffffff; --chip: #fbeede; --glow: #ffe3b8;
              --serif: "Iowan Old Style", "Palatino Linotype", Palatino, "URW Palladio L", Georgia, serif;
            }
            @media (prefers-color-scheme: dark) {
              :root {
                --paper: #17100f; --card: #221816; --ink: #fbeee0; --soft: #b79f95; --line: #40302b;
                --accent: #ff6a4d; --accent-ink: #210f0b; --chip: #33241f; --glow: #3a2018;
              }
            }
            * { box-sizing: border-box; }
            [hidden] { display: none !important; }
            html { font: 17px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; color: var(--ink); }
            body {
              margin: 0; padding: 0 1.25rem 2rem; min-height: 100vh; background: var(--paper);
              background-image: radial-gradient(60rem 28rem at 50% -8rem, var(--glow), transparent 70%);
              background-repeat: no-repeat;
            }
            header, main, footer { max-width: 62rem; margin: 0 auto; }
            header { text-align: center; padding: 2.2rem 0 1.4rem; }
            h1 {
              display: inline-flex; align-items: center; gap: .7rem; margin: 0;
              font: 700 2.9rem/1 var(--serif); letter-spacing: -.02em;
            }
            header p { margin: .5rem 0 0; color: var(--soft); font: italic 1.2rem/1.3 var(--serif); }
            .visually-hidden {
              position: absolute; width: 1px; height: 1px; margin: -1px; padding: 0; overflow: hidden;
              clip-path: inset(50%); white-space: nowrap; border: 0;
            }
            .hint { color: var(--soft); font-size: .85rem; margin: .4rem 0; }

            form {
              background: var(--card); border: 1px solid var(--line); border-radius: 1.2rem; padding: 1.1rem;
              box-shadow: 0 .6rem 2rem rgb(60 20 0 / 8%);
            }
            .drop {
              border: 2px dashed var(--line); border-radius: .9rem; padding: 2.2rem 1rem 1.6rem; text-align: center;
              transition: background .15s, border-color .15s;
            }
            .drop.over, .drop:focus-within { border-color: var(--accent); }
            .drop.over { background: var(--chip); }
            .drop-title { margin: 0 0 1rem; font: 600 1.6rem/1.2 var(--serif); }
            .drop-actions { margin: 0 0 .8rem; display: flex; gap: .7rem; justify-content: center; flex-wrap: wrap; }
            .has-photo .drop { padding: .8rem 1rem; }
            .has-photo .drop-actions { margin: 0; }
            .has-photo .drop-title, .has-photo .drop .hint { display: none; }

            .button {
              display: inline-flex; align-items: center; justify-content: center; min-height: 2.75rem; padding: .4rem 1.2rem;
              border: 1px solid var(--line); border-radius: 2rem; background: var(--card); color: var(--ink);
              font: inherit; font-weight: 600; line-height: 1.2; cursor: pointer; user-select: none;
            }
            .button:hover { border-color: var(--accent); }
            .button:active { transform: translateY(1px); }
            .button:disabled { opacity: .5; cursor: default; }
            .button.primary { background: var(--accent); border-color: var(--accent); color: var(--accent-ink); }
            :focus-visible, input:focus-visible + .button, .segments input:focus-visible + span {
              outline: 3px solid var(--accent); outline-offset: 2px;
            }
            .drop-actions:has(#file:focus-visible) label[for="file"],
            .drop-actions:has(#camera:focus-visible) label[for="camera"] {
              outline: 3px solid var(--accent); outline-offset: 2px;
            }
            @media (hover: hover) and (pointer: fine) { .camera { display: none; } }
            @media not ((hover: hover) and (pointer: fine)) { .desktop { display: none; } }

            .controls { display: flex; flex-wrap: wrap; gap: .6rem 2rem; align-items: flex-start; margin-top: 1rem; }
            fieldset { border: 0; margin: 0; padding: 0; min-width: 0; }
            legend { padding: 0; font-size: .85rem; color: var(--soft); margin-bottom: .3rem; }
            .segments { display: flex; }
            .segments label { position: relative; cursor: pointer; }
            .segments input { position: absolute; opacity: 0; inset: 0; margin: 0; cursor: pointer; }
            .segments span {
              display: inline-flex; align-items: center; justify-content: center; min-height: 2.5rem; min-width: 2.6rem;
              padding: .2rem 1rem; border: 1px solid var(--line); margin-left: -1px; font-weight: 600;
            }
            .segments label:first-of-type span { border-radius: 2rem 0 0 2rem; }
            .segments label:last-of-type span { border-radius: 0 2rem 2rem 0; }
            .segments input:checked + span {
              background: var(--accent); border-color: var(--accent); color: var(--accent-ink); position: relative;
            }
            .segments input:disabled + span { opacity: .45; }
            details { flex: 1 1 11rem; align-self: flex-end; }
            details[open] { flex-basis: 100%; }
            summary { cursor: pointer; color: var(--soft); min-height: 2.5rem; display: list-item; padding-top: .5rem; }
            .more { display: flex; flex-wrap: wrap; gap: .4rem 1.4rem; align-items: flex-end; }
            .more label { display: grid; gap: .2rem; font-size: .85rem; color: var(--soft); }
            .more .hint { flex-basis: 100%; }
            .more select, .more input {
              font: inherit; font-size: 1rem; padding: .5rem .7rem; border: 1px solid var(--line); border-radius: .6rem;
              background: var(--paper); color: var(--ink); min-width: 11rem;
            }

            .problem {
              margin: 1rem auto 0; padding: .9rem 1.1rem; border-radius: .9rem; border: 1px solid var(--accent);
              background: var(--chip); max-width: 62rem;
            }
            .problem strong { display: block; font: 600 1.15rem/1.3 var(--serif); }

            .stage { display: grid; grid-template-columns: minmax(0, 5fr) minmax(0, 7fr); gap: 2rem; margin-top: 1.6rem; }
            figure { margin: 0; }
            .photo { position: relative; border-radius: .9rem; overflow: hidden; background: var(--chip); line-height: 0; }
            .photo img { width: 100%; max-height: 32rem; object-fit: contain; }
            .photo svg { position: absolute; inset: 0; width: 100%; height: 100%; }
            .photo rect {
              fill: none; stroke: #fff; stroke-width: 2px; vector-effect: non-scaling-stroke; opacity: .85;
              filter: drop-shadow(0 0 2px rgb(0 0 0 / 80%));
            }
            .photo rect.face { stroke: #ffd23e; }
            .photo rect.object { stroke-dasharray: 5 4; opacity: .6; }
            .photo rect.lit { stroke: #ff5a3c; stroke-width: 4px; opacity: 1; stroke-dasharray: none; }

            .status { display: flex; align-items: center; gap: .6rem; margin: 0 0 .8rem; color: var(--soft); min-height: 1.5em; }
            .dot { width: .6rem; height: .6rem; border-radius: 50%; background: var(--line); flex: none; }
            .busy .dot { background: var(--accent); animation: pulse 1s ease-in-out infinite alternate; }
            @keyframes pulse { to { opacity: .25; transform: scale(.7); } }
            .lines { list-style: none; margin: 0; padding: 0; display: grid; gap: 1.3rem; }
            .lines li { padding-left: 1rem; border-left: 3px solid var(--accent); }
            .lines .say { margin: 0; font: 500 1.5rem/1.35 var(--serif); overflow-wrap: anywhere; min-height: 1.35em; }
            .lines .say.typing::after { content: "▍"; color: var(--accent); animation: blink .8s steps(2) infinite; }
            @keyframes blink { 50% { opacity: 0; } }
            .chips { display: flex; flex-wrap: wrap; gap: .35rem; margin: .5rem 0 0; padding: 0; list-style: none; }
            .lines .chips li { border: 0; padding: 0; }
            .chip {
              display: inline-block; padding: .1rem .6rem; border-radius: 1rem; background: var(--chip); color: var(--soft);
              border: 1px solid var(--line); font: inherit; font-size: .8rem; cursor: default;
            }
            .chip:hover, .chip:focus-visible { color: var(--ink); border-color: var(--accent); }
            .actions { display: flex; flex-wrap: wrap; gap: .6rem; margin: 1.5rem 0 .6rem; }
            .timings { font-variant-numeric: tabular-nums; }
            footer { margin-top: 2.6rem; text-align: center; color: var(--soft); font-size: .85rem; }
            footer p { margin: .3rem 0; }
            code { font-size: .8rem; overflow-wrap: anywhere; background: var(--chip); padding: .15rem .5rem; border-radius: .4rem; }

            @media (max-width: 46rem) {
              body { padding: 0 .9rem 1.6rem; }
              header { padding: 1.3rem 0 1rem; }
              h1 { font-size: 2.3rem; }
              .stage { grid-template-columns: minmax(0, 1fr); gap: 1rem; }
              .photo img { max-height: 22rem; }
              .lines .say { font-size: 1.3rem; }
              .drop { padding: 1.5rem .6rem 1.1rem; }
              .button { padding: .4rem .95rem; }
              .drop-actions { gap: .5rem; }
              .drop-actions .button { padding: .4rem .75rem; }
              .has-photo .drop { padding: .8rem .4rem; }
              .segments span { padding: .2rem .85rem; }
            }
            @media (prefers-reduced-motion: reduce) {
              *, *::before, *::after { animation: none !important; transition: none !important; }
            }
            """#)
}

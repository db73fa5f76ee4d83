extension PageFiles {
    static let html = PageFile(
        path: "/", type: "text/html; charset=utf-8",
        text: #"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="description" content="A photo in, a roast out. On this machine, and nowhere else.">
            <title>Heckle</title>
            <link rel="icon" href="/icon.svg" type="image/svg+xml">
            <link rel="stylesheet" href="/app.css">
            <script src="/app.js" defer></script>
            </head>
            <body>
            <header>
              <h1><img src="/icon.svg" alt="" width="44" height="44">Heckle</h1>
              <p>Show it a photo. It has notes.</p>
            </header>

            <main>
              <form id="form" autocomplete="off">
                <div id="drop" class="drop">
                  <p class="drop-title">Show me a photo. If you dare.</p>
                  <p class="drop-actions">
                    <label class="button primary" for="file">Choose a photo</label>
                    <input class="visually-hidden" type="file" id="file" accept="image/jpeg,image/png,.jpg,.jpeg,.png">
                    <label class="button camera" for="camera">Take one</label>
                    <input class="visually-hidden camera" type="file" id="camera" accept="image/*" capture="user">
                  </p>
                  <p class="hint"><span class="desktop">Or drop one anywhere, or paste it. </span>JPEG or PNG, up to 20&nbsp;MiB.
                    Yourself, or an adult who is in on the joke.</p>
                </div>

                <div class="controls">
                  <fieldset class="segments">
                    <legend>How mean?</legend>
                    <label><input type="radio" name="style" value="gentle"><span>Gentle</span></label>
                    <label><input type="radio" name="style" value="dry" checked><span>Dry</span></label>
                    <label><input type="radio" name="style" value="spicy"><span>Spicy</span></label>
                  </fieldset>
                  <fieldset class="segments" id="lines-field">
                    <legend>How many lines?</legend>
                    <label><input type="radio" name="lines" value="1"><span>1</span></label>
                    <label><input type="radio" name="lines" value="2"><span>2</span></label>
                    <label><input type="radio" name="lines" value="3" checked><span>3</span></label>
                    <label><input type="radio" name="lines" value="4"><span>4</span></label>
                    <label><input type="radio" name="lines" value="5"><span>5</span></label>
                  </fieldset>
                  <details>
                    <summary>More</summary>
                    <div class="more">
                      <label>Or rather a caption
                        <select name="caption">
                          <option value="">No, roast me</option>
                          <option value="plain">Plain</option>
                          <option value="alt_text">Alt text</option>
                          <option value="social">To post with it</option>
                        </select>
                      </label>
                      <label>Seed
                        <input name="seed" inputmode="numeric" pattern="[0-9]*" maxlength="15" placeholder="random"
                          aria-describedby="seed-hint">
                      </label>
                      <p class="hint" id="seed-hint">The same photo, settings and seed tell the same joke.</p>
                    </div>
                  </details>
                </div>
              </form>

              <div id="problem" class="problem" role="alert" hidden></div>

              <section id="stage" class="stage" aria-label="The roast" hidden>
                <figure id="figure">
                  <div class="photo">
                    <img id="photo" alt="Your photo">
                    <svg id="boxes" aria-hidden="true"></svg>
                  </div>
                  <figcaption id="seen" class="hint"></figcaption>
                </figure>
                <div class="act">
                  <p id="status" class="status"><span class="dot" aria-hidden="true"></span><span id="status-text"></span></p>
                  <ol id="lines" class="lines"></ol>
                              <div class="actions">
                    <button type="button" id="cancel" class="button">Stop</button>
                    <button type="button" id="again" class="button primary">Again</button>
                    <button type="button" id="gentler" class="button">Gentler, please</button>
                    <button type="button" id="copy" class="button">Copy</button>
                  </div>
                  <p id="timings" class="hint timings"></p>
                </div>
              </section>
              <div id="announcer" class="visually-hidden" aria-live="polite"></div>
            </main>

            <footer>
              <p>Your photo goes from this page to this machine and no further. It is not stored, and neither is the joke.</p>
              <p><code>curl -F image=@photo.jpg <span id="origin"></span>/v1/roasts</code></p>
            </footer>
            <noscript><p class="problem">This page needs JavaScript. The command line does not: see below.</p></noscript>
            </body>
            </html>
            """#)

    static let icon = PageFile(
        path: "/icon.svg", type: "image/svg+xml",
        text: #"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">
            <rect width="64" height="64" rx="16" fill="#d9412b"/>
            <path d="M14 14h36a4 4 0 0 1 4 4v22a4 4 0 0 1-4 4H32L20 54V44h-6a4 4 0 0 1-4-4V18a4 4 0 0 1 4-4z" fill="#fff8ec"/>
            <circle cx="24" cy="26" r="3.2" fill="#2a1b18"/>
            <path d="M35 26.5q4.5-4 9 0" fill="none" stroke="#2a1b18" stroke-width="3" stroke-linecap="round"/>
            <path d="M23 35q10 6 18-2" fill="none" stroke="#2a1b18" stroke-width="3" stroke-linecap="round"/>
            </svg>
            """#)
}

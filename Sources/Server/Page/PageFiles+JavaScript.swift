extension PageFiles {
    static let javascript = PageFile(
        path: "/app.js", type: "text/javascript; charset=utf-8",
        text: #"""
            "use strict";

            const $ = (id) => document.getElementById(id);
            const form = $("form");
            const limit = 20 * 1024 * 1024;

            let photo = null;      // the chosen File
            let preview = null;    // its object URL
            let running = null;    // the AbortController of the request in flight
            let show = null;       // the performance on the stage

            // What the audience hears while the engine works.
            const patter = {
              decode: "Unwrapping the evidence…", faces: "Counting faces…", expression: "Reading the room…",
              face_attributes: "Is that a hat…",
              head_pose: "Following your gaze. There is nothing there…", objects: "Taking inventory…",
              people: "Looking for witnesses…", scene: "Asking where we are…",
              body_pose: "Judging your posture…", measures: "Looking for the light…", facts: "Taking notes…",
              write: "Clearing throat…",
            };

            // ---- Which photo

            function choose(file) {
              if (!file) return;
              if (file.size > limit) {
                complain("That photo is bigger than its ego.", `It has ${(file.size / 1048576).toFixed(1)} MiB; 20 is the most.`);
                return;
              }
              photo = file;
              if (preview) URL.revokeObjectURL(preview);
              preview = URL.createObjectURL(file);
              form.classList.add("has-photo");
              document.querySelector("label[for=file]").textContent = "Another photo";
              $("file").value = $("camera").value = "";
              perform();
            }

            $("file").addEventListener("change", (event) => choose(event.target.files[0]));
            $("camera").addEventListener("change", (event) => choose(event.target.files[0]));
            document.addEventListener("paste", (event) => choose([...event.clipboardData.files].find(isImage)));
            document.addEventListener("dragover", (event) => { event.preventDefault(); $("drop").classList.add("over"); });
            document.addEventListener("dragleave", (event) => {
              if (!event.relatedTarget) $("drop").classList.remove("over");
            });
            document.addEventListener("drop", (event) => {
              event.preventDefault();
              $("drop").classList.remove("over");
              const files = [...event.dataTransfer.files];
              choose(files.find(isImage) || files[0]);
            });
            function isImage(file) { return file.type.startsWith("image/"); }

            // ---- The request

            form.addEventListener("submit", (event) => { event.preventDefault(); perform(); });
            form.elements.caption.addEventListener("change", () => {
              const isCaption = form.elements.caption.value !== "";
              for (const input of [...form.elements.style, ...form.elements.lines]) input.disabled = isCaption;
            });

            /** The request's path and form: options first, so that the server knows them before the photo. */
            function request() {
              const caption = form.elements.caption.value;
              const data = new FormData();
              data.append("style", caption || form.elements.style.value);
              if (!caption) data.append("max_lines", form.elements.lines.value);
              const seed = form.elements.seed.value.trim();
              if (/^[0-9]{1,15}$/.test(seed)) data.append("seed", seed);
              data.append("stream", "true");
              data.append("image", photo, "photo");
              return { path: caption ? "/v1/captions" : "/v1/roasts", data };
            }

            async function perform() {
              if (!photo) return;
              if (running) running.abort();
              const abort = running = new AbortController();
              if (show) show.leave();
              const act = show = new Performance();
              $("problem").hidden = true;
              $("stage").hidden = false;
              $("photo").src = preview;
              $("boxes").replaceChildren();
              $("seen").textContent = $("timings").textContent = "";
              busy(true);
              say("Squinting at it…");
              $("stage").scrollIntoView({ behavior: calm() ? "auto" : "smooth", block: "nearest" });
              try {
                const { path, data } = request();
                const response = await fetch(path, {
                  method: "POST", body: data, signal: abort.signal, headers: { Accept: "text/event-stream" },
                });
                if (!response.ok) throw new Problem(await response.json());
                let isDone = false;
                for await (const { name, value } of events(response.body)) {
                  if (handle(name, value, act)) isDone = true;
                }
                if (!isDone) throw new Error("The heckler left in the middle of a sentence.");
                await act.finished();
                if (running === abort) $("timings").textContent = act.epilogue;
                if (running === abort) say(act.isEmpty ? "Nothing to say. That almost never happens." : "Thank you, you have been a picture.");
              } catch (error) {
                if (running !== abort) return;
                act.leave();
                if (abort.signal.aborted) say("Fine. Not another word.");
                else {
                  say("");
                  explain(error);
                  // What was not let in does not go on stage.
                  if (error instanceof Problem && error.document.param === "image") $("stage").hidden = true;
                }
              } finally {
                if (running === abort) { running = null; busy(false); }
              }
            }

            class Problem extends Error {
              constructor(document) { super(document.detail || document.title || "Something failed."); this.document = document; }
            }

            /** Server-sent events of a response's body. */
            async function* events(body) {
              const reader = body.pipeThrough(new TextDecoderStream()).getReader();
              let text = "";
              while (true) {
                const { done, value } = await reader.read();
                if (done) return;
                text += value;
                let end;
                while ((end = text.indexOf("\n\n")) >= 0) {
                  const fields = {};
                  for (const line of text.slice(0, end).split("\n")) {
                    const colon = line.indexOf(": ");
                    if (colon > 0) fields[line.slice(0, colon)] = line.slice(colon + 2);
                  }
                  text = text.slice(end + 2);
                  if (fields.event) yield { name: fields.event, value: JSON.parse(fields.data) };
                }
              }
            }

            /** Whether the event was the last one. */
            function handle(name, value, act) {
              switch (name) {
                case "job.queued": if (value.position > 0) say(`Waiting in the wings behind ${value.position}…`); return false;
                case "stage.started": say(patter[value.stage] || "Thinking of something…"); return false;
                case "analysis": observe(value); return false;
                case "text.delta": if (value.answer === 0) act.hear(value.line, value.delta); return false;
                case "line.completed": if (value.answer === 0) act.close(value.line, value.text, value.facts); return false;
                case "job.succeeded": conclude(value.result, act); return true;
                case "job.failed": throw new Problem(value.error);
                case "job.cancelled": throw new Error("The server is closing for tonight.");
                default: return false;
              }
            }

            // ---- The performance: words come out one by one, however fast they were written

            function calm() { return matchMedia("(prefers-reduced-motion: reduce)").matches; }

            class Performance {
              constructor() {
                this.lines = [];   // { text, shown, facts, item, say }
                this.current = 0;
                this.timer = null;
                this.waiting = [];
                this.isOver = false;
                this.epilogue = "";
                $("lines").replaceChildren();
              }

              get isEmpty() { return this.lines.length === 0; }

              line(index) {
                while (this.lines.length <= index) {
                  this.lines.push({ text: "", shown: 0, facts: null, item: null, say: null });
                }
                return this.lines[index];
              }

              hear(index, delta) { this.line(index).text += delta; this.tick(0); }

              close(index, text, facts) {
                const line = this.line(index);
                line.text = text;
                line.facts = facts;
                $("announcer").append(Object.assign(document.createElement("p"), { textContent: text }));
                this.tick(0);
              }

              tick(wait) {
                if (this.timer === null && !this.isOver) this.timer = setTimeout(() => { this.timer = null; this.step(); }, wait);
              }

              step() {
                const line = this.lines[this.current];
                if (!line) return this.settle();
                if (!line.item) this.enter(line);
                // A word is only said once it is known to be whole.
                const rest = line.text.slice(line.shown);
                const word = calm() && line.facts ? rest : (rest.match(/^\s*\S+(?=\s)/) || (line.facts ? rest.match(/^\s*\S+\s*$/) : null) || [""])[0];
                if (word) {
                  line.shown += word.length;
                  line.say.textContent = line.text.slice(0, line.shown).trimStart();
                  return this.tick(calm() ? 0 : /[,;:—]$/.test(word) ? 150 : 55);
                }
                if (!line.facts) return this.settle();
                line.say.classList.remove("typing");
                line.item.append(chips(line.facts));
                this.current += 1;
                this.tick(calm() ? 0 : 420);
              }

              enter(line) {
                line.item = document.createElement("li");
                line.say = Object.assign(document.createElement("p"), { className: "say typing" });
                line.item.append(line.say);
                $("lines").append(line.item);
              }

              /** Resolves once everything heard has been said. */
              finished() {
                return new Promise((resolve) => { this.waiting.push(resolve); this.tick(0); });
              }

              settle() {
                if (this.current < this.lines.length) return;
                for (const resolve of this.waiting.splice(0)) resolve();
              }

              leave() {
                this.isOver = true;
                clearTimeout(this.timer);
                for (const line of this.lines) if (line.say) line.say.classList.remove("typing");
                for (const resolve of this.waiting.splice(0)) resolve();
              }

              get text() { return this.lines.map((line) => line.text.trim()).join("\n"); }
            }

            // ---- What was seen

            let facts = new Map();

            function observe(analysis) {
              facts = new Map((analysis.facts || []).map((fact) => [fact.id, fact]));
              const { width, height } = analysis.image;
              const svg = $("boxes");
              svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
              svg.replaceChildren();
              for (const kind of ["objects", "bodies", "faces"]) {
                analysis[kind].forEach((thing, index) => {
                  const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
                  const { x, y, w, h } = thing.box;
                  for (const [name, value] of Object.entries({ x, y, width: Math.max(w, 0), height: Math.max(h, 0) })) {
                    rect.setAttribute(name, value);
                  }
                  rect.setAttribute("rx", Math.min(width, height) / 80);
                  rect.setAttribute("class", { objects: "object", bodies: "body", faces: "face" }[kind]);
                  rect.dataset.source = `${kind}[${index}]`;
                  svg.append(rect);
                });
              }
              const people = Math.max(analysis.faces.length, analysis.bodies.length);
              const seen = [
                people === 1 ? "one person" : people > 1 ? `${people} people` : "nobody",
                ...new Set(analysis.objects.map((thing) => thing.label)),
              ];
              $("seen").textContent = `Seen: ${seen.slice(0, 6).join(", ")} · ${width} × ${height}`;
            }

            function chips(ids) {
              const list = Object.assign(document.createElement("ul"), { className: "chips" });
              list.setAttribute("aria-label", "because of");
              for (const id of ids) {
                const [key, value] = [id.slice(0, id.indexOf(".")), id.slice(id.indexOf(".") + 1)];
                const chip = Object.assign(document.createElement("span"), {
                  className: "chip", textContent: `${key}: ${value}`.replaceAll("_", " "),
                });
                const fact = facts.get(id);
                if (fact) {
                  chip.title = `${Math.round(fact.confidence * 100)} % sure`;
                  const light = (on) => () => {
                    for (const rect of $("boxes").children) {
                      rect.classList.toggle("lit", on && fact.source.startsWith(rect.dataset.source));
                    }
                  };
                  chip.addEventListener("mouseenter", light(true));
                  chip.addEventListener("mouseleave", light(false));
                }
                const item = document.createElement("li");
                item.append(chip);
                list.append(item);
              }
              return list;
            }

            function conclude(result, act) {
              // The whole answer is the last word, should a piece of the stream have been missed.
              result.lines.forEach((line, index) => {
                if (act.line(index).facts === null) act.close(index, line.text, line.facts);
              });
              const { decode_ms, vision_ms, llm_ms, total_ms } = result.timings;
              act.epilogue = `Looked for ${time(decode_ms + vision_ms)}, wrote for ${time(llm_ms)}, `
                + `${time(total_ms)} in all · ${result.style.replaceAll("_", " ")} · seed ${result.seed}`
                + (result.model ? ` · ${result.model.id}` : "");
            }

            function time(ms) { return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`; }

            // ---- Buttons and words

            $("cancel").addEventListener("click", () => { if (running) running.abort(); });
            $("again").addEventListener("click", () => { form.elements.seed.value = ""; perform(); });
            $("gentler").addEventListener("click", () => {
              const styles = ["gentle", "dry", "spicy"];
              form.elements.style.value = styles[Math.max(styles.indexOf(form.elements.style.value) - 1, 0)];
              form.elements.seed.value = "";
              perform();
            });
            $("copy").addEventListener("click", async () => {
              try {
                await navigator.clipboard.writeText(show.text);
                $("copy").textContent = "Copied";
              } catch {
                $("copy").textContent = "Not allowed";
              }
              setTimeout(() => { $("copy").textContent = "Copy"; }, 1500);
            });
            document.addEventListener("keydown", (event) => { if (event.key === "Escape" && running) running.abort(); });

            function busy(is) {
              $("stage").classList.toggle("busy", is);
              $("stage").setAttribute("aria-busy", is);
              $("cancel").hidden = !is;
              const isCaption = form.elements.caption.value !== "";
              $("again").hidden = is;
              $("copy").hidden = is || show.isEmpty;
              $("gentler").hidden = is || isCaption || form.elements.style.value === "gentle";
              if (is) $("announcer").replaceChildren();
            }

            function say(text) { $("status-text").textContent = text; }

            const titles = {
              unsupported_format: "That is not a photo I can open.", unreadable_photo: "Something ate part of that photo.",
              photo_too_large: "That photo is bigger than its ego.", file_too_large: "That photo is bigger than its ego.",
              body_too_large: "That photo is bigger than its ego.", queue_full: "Full house.", loading: "Still putting on make-up.",
            };

            function explain(error) {
              const code = error instanceof Problem ? error.document.code : null;
              const isNetwork = error instanceof TypeError;
              complain(
                titles[code] || (isNetwork ? "The heckler does not answer." : "Well, this is awkward."),
                isNetwork ? "Is the server still running?" : error.message);
            }

            function complain(title, detail) {
              const box = $("problem");
              const sentence = detail.charAt(0).toUpperCase() + detail.slice(1) + (/[.!?]$/.test(detail) ? "" : ".");
              box.replaceChildren(Object.assign(document.createElement("strong"), { textContent: title }), sentence);
              box.hidden = false;
              box.scrollIntoView({ block: "nearest" });
            }

            $("origin").textContent = location.origin;
            """#)
}

// Verifies what is chosen or dropped, and says what that proves.
"use strict";

(() => {
  const { verify, Unable } = globalThis.neglist;
  const byId = (id) => document.getElementById(id);
  const [form, drop, result] = [byId("verify"), byId("drop"), byId("result")];
  const texts = byId("texts").content;
  const isChinese = document.documentElement.lang.startsWith("zh");
  let dropped = null;

  function say(name, values = {}) {
    const text = texts.querySelector(`[data-text="${name}"]`).textContent;
    return text.replace(/\{([a-z]+)\}/g, (_, it) => values[it]);
  }

  function element(name, className, ...children) {
    const made = document.createElement(name);
    if (className) made.className = className;
    made.append(...children);
    return made;
  }

  const shown = (outcome) => texts.querySelector(`[data-outcome="${CSS.escape(outcome)}"]`);
  const word = (outcome) => shown(outcome).querySelector("span").textContent;
  /// A sentence, in which commands stand between backticks.
  const spoken = (text) => text.split("`").map((it, place) => (place % 2 ? element("code", "", it) : it));
  const sentences = (all) => element("ul", "", ...all.map((it) => element("li", "", ...spoken(it))));

  function outcome(answer) {
    const { question } = answer;
    const heading = element("h2", "", word(answer.outcome));
    if (!answer.decided) heading.append(" ", element("small", "", say("at-most", { floor: word(answer.floor) })));
    const items = question.items.map((it) => it.category).join(" + ");
    const way = `${items}: ${question.from} → ${question.to ?? say("anywhere")} · ${question.at}`;
    const shape = shown(answer.outcome).querySelector("svg").cloneNode(true);
    return element("div", `outcome ${answer.outcome}`, shape, element("div", "", heading, element("p", "way", way)));
  }

  function reasons(answer) {
    if (!answer.matches.length) return [];
    const told = answer.matches.map((it) => {
      const cite = element("strong", "", it.cite);
      const maybe = it.applies === "maybe" ? ` ${say("maybe")}` : "";
      const note = isChinese ? it.note.zh : it.note.en;
      return element("li", "", element("p", "", cite, maybe, ` ${it.list} ${it.version}, ${it.entry}`), element("p", "", note));
    });
    return [element("h3", "", say("because")), element("ol", "reasons", ...told)];
  }

  function proven({ answer, head, unchanged, recorded, lists }) {
    const [from, until] = [unchanged.from ?? say("ever"), unchanged.until ?? say("ever")];
    const is = [say("head", head), say("lists", { lists }), say("unchanged", { from, until }), say("recorded", { recorded })];
    const isNot = ["law", "witnesses", "newer", "order"].map((it) => say(it));
    result.replaceChildren(
      outcome(answer),
      element("h3", "", say("proven")),
      sentences(is),
      element("h3", "", say("not-proven")),
      sentences(isNot),
      ...reasons(answer),
    );
    result.dataset.state = "proven";
  }

  function failed(error) {
    const isUnable = error instanceof Unable;
    const why = element("p", "hint", ...(isUnable ? spoken(say(error.message)) : [error.message]));
    if (!isUnable) why.lang = "en";
    const parts = [element("h2", "", say(isUnable ? "unable" : "nothing"))];
    if (!isUnable) parts.push(element("p", "", say("nothing-hint")));
    const box = element("div", "trouble", ...parts, why);
    box.setAttribute("role", "alert");
    result.replaceChildren(box);
    result.dataset.state = isUnable ? "unable" : "unproven";
  }

  function ask(name, field) {
    result.replaceChildren(element("p", "mistake", say(name)));
    result.dataset.state = "incomplete";
    field.focus();
  }

  async function run() {
    const [key, file] = [byId("key").value.trim(), dropped ?? byId("receipt").files[0]];
    if (!key) return ask("no-key", byId("key"));
    if (!file) return ask("no-receipt", byId("receipt"));
    result.replaceChildren(element("p", "", say("working")));
    result.dataset.state = "working";
    try {
      proven(await verify(new Uint8Array(await file.arrayBuffer()), key));
    } catch (error) {
      failed(error);
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run();
  });
  byId("receipt").addEventListener("change", () => {
    dropped = null;
    run();
  });
  for (const name of ["dragover", "dragleave", "drop"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.toggle("over", name === "dragover");
    });
  }
  drop.addEventListener("drop", (event) => {
    dropped = event.dataTransfer.files[0] ?? null;
    run();
  });
})();

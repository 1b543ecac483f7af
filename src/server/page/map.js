// Plays the map: one file, no library. The page is complete without it; this
// fetches the outcomes of the days on which something changes, and recolours.
"use strict";
(() => {
  const figure = document.querySelector("figure.map");
  const player = figure && figure.querySelector(".player");
  const form = document.getElementById("asked");
  if (!player || !form) return;
  const says = JSON.parse(figure.dataset.says);
  const paths = new Map();
  for (const path of figure.querySelectorAll("path[data-code]")) paths.set(path.dataset.code, path);
  const cells = new Map();
  for (const cell of document.querySelectorAll("table.world td[data-code]")) cells.set(cell.dataset.code, cell);
  const many = figure.querySelectorAll(".many");
  const day = figure.querySelector(".day");
  let timer = 0;

  const element = (name, properties) => Object.assign(document.createElement(name), properties);
  const button = element("button", { type: "button", textContent: says.play });
  const slider = element("input", { type: "range", min: 0, step: 1 });
  slider.setAttribute("aria-label", says.day);

  fetch(figure.dataset.outcomes)
    .then((reply) => (reply.ok ? reply.json() : Promise.reject(new Error(reply.statusText))))
    .then(begin)
    .catch(() => {});

  function begin(course) {
    if (course.days.length < 2) return;
    slider.max = course.days.length - 1;
    const before = course.days.filter((it) => it <= figure.dataset.at).length;
    slider.value = Math.max(0, before - 1);
    slider.setAttribute("aria-valuetext", figure.dataset.at);
    slider.addEventListener("input", () => { pause(); show(course); });
    button.addEventListener("click", () => (timer ? pause() : play(course)));
    player.append(button, slider);
    player.hidden = false;
  }

  function play(course) {
    if (Number(slider.value) === Number(slider.max)) slider.value = 0;
    button.textContent = says.pause;
    show(course);
    timer = setInterval(() => {
      if (Number(slider.value) === Number(slider.max)) return pause();
      slider.value = Number(slider.value) + 1;
      show(course);
    }, 700);
  }

  function pause() {
    clearInterval(timer);
    timer = 0;
    button.textContent = says.play;
  }

  function show(course) {
    const index = Number(slider.value);
    const counts = {};
    for (const [code, letters] of Object.entries(course.outcomes)) {
      const letter = letters[index];
      const [word, said, shape] = says.words[letter.toLowerCase()];
      const text = letter === letter.toLowerCase() ? said : "≤ " + said;
      counts[word] = (counts[word] || 0) + 1;
      const path = paths.get(code);
      if (path) {
        path.setAttribute("fill", "url(#" + word + ")");
        const title = path.querySelector("title");
        title.textContent = title.textContent.split(": ")[0] + ": " + text;
      }
      const cell = cells.get(code);
      if (cell) {
        cell.className = "word " + word;
        cell.textContent = shape + " " + text;
        const link = cell.nextElementSibling.querySelector("a");
        link.href = link.getAttribute("href").replace(/([?&]at=)[^&]*/, "$1" + course.days[index]);
      }
    }
    for (const it of many) it.textContent = counts[it.dataset.outcome] || 0;
    day.textContent = course.days[index];
    day.dateTime = course.days[index];
    slider.setAttribute("aria-valuetext", course.days[index]);
    form.elements.at.value = course.days[index];
    for (const link of document.querySelectorAll("a.language")) {
      link.href = link.getAttribute("href").replace(/([?&]at=)[^&]*/, "$1" + course.days[index]);
    }
  }
})();

// Makes asking quicker. Everything works without it.
"use strict";

(() => {
  const form = document.getElementById("ask");
  if (!form) return;

  // The names of the tree are offered while somebody writes.
  const offered = document.getElementById("categories");
  for (const box of form.querySelectorAll(".tree input")) offered.append(new Option(box.parentElement.textContent.trim(), box.value));

  // A name that somebody types becomes the code that it stands for.
  for (const input of form.querySelectorAll("input[list]")) {
    input.addEventListener("change", () => {
      const wanted = input.value.trim().toLowerCase();
      if (!wanted) return;
      const options = [...input.list.options];
      const found = options.find((it) => it.value.toLowerCase() === wanted) ?? options.find((it) => it.label.toLowerCase() === wanted);
      if (found) input.value = found.value;
    });
  }

  // Where an answer stands, what changes asks again.
  if (document.getElementById("answer")) {
    const again = (event) => {
      if (event.target.name && form.checkValidity()) form.requestSubmit();
    };
    for (const input of form.querySelectorAll("input[type=checkbox], input[type=date]")) input.addEventListener("change", again);
  }

  // The tree shows what has a word in it, with what it lies in.
  const filter = document.getElementById("filter");
  const tree = form.querySelector(".tree");
  if (filter && tree) {
    filter.closest("p").hidden = false;
    const show = (item, word) => {
      const line = item.querySelector(":scope > label, :scope > span");
      const own = `${line.textContent} ${line.querySelector("input")?.value ?? ""}`.toLowerCase().includes(word);
      const below = [...item.querySelectorAll(":scope > ul > li")].map((it) => show(it, own ? "" : word));
      item.hidden = !(own || below.some(Boolean));
      return !item.hidden;
    };
    filter.addEventListener("input", () => {
      for (const item of tree.children) show(item, filter.value.trim().toLowerCase());
    });
    // A line break in this field asks nothing yet.
    filter.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault();
    });
  }
})();

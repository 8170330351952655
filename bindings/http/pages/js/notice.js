// A notice shows the result of an action. Texts of the page follow a change of language; messages of the server keep their
// language and are marked with it.

import { icon } from "./icons.js";
import { language, onLanguage, text } from "./language.js";

const shown = new Map();

// `kind` is "refused", "warned" or "done"; `what` is { key, values } of the page's texts or { said } by the server.
export function notice(place, kind, what) {
  shown.set(place, { kind, what, language: language() });
  draw(place);
}

export function clear(place) {
  shown.delete(place);
  place.replaceChildren();
  delete place.dataset.kind;
}

function draw(place) {
  const { kind, what, language: spoken } = shown.get(place);
  place.dataset.kind = kind;
  const words = document.createElement("p");
  if (what.key) {
    words.textContent = text(what.key, what.values);
  } else {
    words.textContent = what.said;
    words.lang = spoken;
  }
  const mark = document.createElement("span");
  mark.className = "mark";
  mark.append(icon(kind === "done" ? "met" : "alert"));
  place.replaceChildren(mark, words);
}

onLanguage(() => {
  for (const place of shown.keys()) draw(place);
});

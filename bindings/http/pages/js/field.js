// What is wrong with one field, said beside it and tied to it for whoever hears the page instead of seeing it.

import { text } from "./language.js";
import { clear, notice } from "./notice.js";

function place(input) {
  return document.getElementById(`${input.id}-error`);
}

export function refuse(input, what) {
  input.setAttribute("aria-invalid", "true");
  notice(place(input), "refused", what);
  input.focus();
}

export function accept(input) {
  input.removeAttribute("aria-invalid");
  clear(place(input));
}

// A field stops being wrong as soon as it is changed.
export function forgive(...inputs) {
  for (const input of inputs) input.addEventListener("input", () => accept(input));
}

// A button at work says so, keeps its place and its focus, and cannot be pressed twice.
export async function busy(button, key, task) {
  if (button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  button.textContent = text(key);
  try {
    await task();
  } finally {
    button.textContent = text(button.dataset.text);
    button.removeAttribute("aria-disabled");
  }
}

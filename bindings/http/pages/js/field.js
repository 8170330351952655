// The error of a field, shown next to it and linked to it for screen readers.

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

// The error disappears when the field is changed.
export function forgive(...inputs) {
  for (const input of inputs) input.addEventListener("input", () => accept(input));
}

// A busy button says so, keeps its size and focus, and cannot be pressed again.
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

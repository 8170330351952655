// The button that shows a password. It is hidden again before the form is submitted, so that password managers and the
// history of the browser treat it as a password.

import { icon } from "./icons.js";
import { onLanguage, text } from "./language.js";

export function reveals(button) {
  const input = document.getElementById(button.dataset.reveals);
  const draw = () => {
    const open = input.type === "text";
    button.replaceChildren(icon(open ? "conceal" : "reveal"));
    button.setAttribute("aria-label", text(open ? "field.conceal" : "field.reveal"));
    button.title = button.getAttribute("aria-label");
  };
  const show = (open) => {
    input.type = open ? "text" : "password";
    draw();
  };
  button.addEventListener("click", () => show(input.type === "password"));
  input.form.addEventListener("submit", () => show(false));
  onLanguage(draw);
  draw();
}

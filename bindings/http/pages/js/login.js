// The sign-in page. It shows the result; applications use the tokens.

import { post, words } from "./api.js";
import { busy, forgive, refuse } from "./field.js";
import { drawIcons } from "./icons.js";
import { begin, language, onLanguage, text } from "./language.js";
import { clear, notice } from "./notice.js";
import { reveals } from "./reveal.js";

await begin();
drawIcons();

const main = document.getElementById("login");
const form = document.getElementById("login-form");
const panel = document.getElementById("signed-in");
const renew = document.getElementById("renew-link");
const place = document.getElementById("login-notice");
const { user_name: name, password } = form.elements;
let session = null;

async function submit() {
  clear(place);
  const user = name.value.trim();
  if (user === "") return refuse(name, { key: "empty.user_name" });
  if (password.value === "") return refuse(password, { key: "empty.password" });
  const answer = await post("/login/auth", { user_name: user, password: password.value });
  if (!answer.ok) {
    notice(place, "refused", words(answer));
    password.select();
    password.focus();
    return;
  }
  password.value = "";
  if (answer.body.status === "PASSWORD_EXPIRED") {
    notice(place, "warned", { said: answer.body.message });
    return;
  }
  const seconds = Number(answer.body.expire) || 0;
  session = { user, until: new Date(Date.now() + seconds * 1000), warned: answer.body.status === "PASSWORD_WARN" };
  show();
  document.getElementById("signed-in-title").focus();
}

function show() {
  main.dataset.state = session ? "in" : "out";
  form.hidden = session !== null;
  panel.hidden = session === null;
  if (!session) return;
  // Dates in the user's regional format if it matches the language of the page.
  const region = navigator.languages.find((tag) => tag.startsWith(language())) ?? language();
  const until = new Intl.DateTimeFormat(region, { dateStyle: "long", timeStyle: "short" }).format(session.until);
  document.getElementById("signed-in-words").textContent =
    text("login.signed_in_words", { name: session.user, until });
  const warning = document.getElementById("warn-notice");
  renew.hidden = !session.warned;
  if (session.warned) notice(warning, "warned", { key: "login.warn" });
  else clear(warning);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  busy(document.getElementById("sign-in"), "login.signing_in", submit);
});
document.getElementById("sign-out").addEventListener("click", () => {
  session = null;
  show();
  name.focus();
});
forgive(name, password);
for (const eye of document.querySelectorAll("[data-reveals]")) reveals(eye);
onLanguage(show);

if (new URLSearchParams(location.search).get("notice") === "changed") {
  notice(place, "done", { key: "login.changed" });
  try {
    name.value = sessionStorage.getItem("kouling.name") ?? "";
    sessionStorage.removeItem("kouling.name");
  } catch {
    // The name is optional.
  }
  (name.value ? password : name).focus();
} else {
  name.focus();
}

// The page to reset a forgotten password, in two steps.

import { words } from "./api.js";
import { AddressStep } from "./address.js";
import { CodeStep } from "./code.js";
import { Countdown } from "./countdown.js";
import { drawIcons } from "./icons.js";
import { forget, recall, remember } from "./progress.js";
import { begin, clock, onLanguage, placed, text } from "./language.js";
import { notice } from "./notice.js";
import { fetchPolicy, prepare } from "./policy.js";
import { reveals } from "./reveal.js";

await begin();
drawIcons();

const main = document.getElementById("forgot");
const forms = { address: document.getElementById("address-form"), code: document.getElementById("code-form") };
const again = document.getElementById("again");
const status = document.getElementById("status");
let policy = null;
let progress = { email: "", sent: 0, again: 0 };

const say = (said) => (status.textContent = said);
const cooldown = new Countdown((left) => {
  again.disabled = left > 0;
  again.textContent = left > 0 ? text("forgot.again_in", { time: clock(left) }) : text("forgot.again");
  if (left === 0 && main.dataset.step === "code" && progress.again > 0) say(text("forgot.again_ready"));
});

const address = new AddressStep(forms.address, {
  said: say,
  sent({ email, wait }) {
    const now = Date.now();
    const seconds = wait ?? policy?.code?.cooldown_seconds ?? 60;
    progress = { email, sent: now, again: now + seconds * 1000 };
    remember(progress);
    step("code");
  },
  own(email) {
    progress = { ...progress, email, sent: progress.email === email ? progress.sent : 0 };
    step("code");
  },
});

const code = new CodeStep(forms.code, {
  done(email) {
    forget();
    try {
      sessionStorage.setItem("kouling.name", email);
    } catch {
      // The name is optional.
    }
    location.assign(placed("/login", { notice: "changed" }));
  },
});

function step(name) {
  main.dataset.step = name;
  for (const [key, form] of Object.entries(forms)) form.hidden = key !== name;
  for (const mark of document.querySelectorAll(".steps [data-step]")) {
    if (mark.dataset.step === name) mark.setAttribute("aria-current", "step");
    else mark.removeAttribute("aria-current");
  }
  scrollTo({ top: 0 });
  if (name === "code") {
    forms.code.querySelector("#address").value = progress.email;
    lead();
    cooldown.until(progress.again);
    code.begin(progress.email);
    say(text("forgot.code.announce"));
  } else {
    address.begin();
  }
}

function lifetime() {
  return policy?.code?.lifetime_seconds ?? 600;
}

function lead() {
  const minutes = Math.round(lifetime() / 60);
  const key = progress.sent > 0 ? "forgot.code.lead" : "forgot.code.lead_own";
  document.getElementById("code-lead").textContent = text(key, { minutes });
}

async function describe() {
  const { policy: fresh, answer } = await fetchPolicy();
  if (!fresh) {
    if (!policy) notice(forms[main.dataset.step].querySelector(".notice"), "refused", words(answer));
    return;
  }
  policy = fresh;
  prepare(policy, forms.code.elements);
  address.guard(policy.captcha?.required !== false);
  code.describe(policy.checklist ?? []);
  lead();
}

function back() {
  step("address");
  address.email.focus();
  say(text("forgot.address.announce"));
}

again.addEventListener("click", back);
document.getElementById("change-address").addEventListener("click", back);
for (const eye of document.querySelectorAll("[data-reveals]")) reveals(eye);
onLanguage(describe);

const stored = recall();
if (stored) {
  progress = stored;
  address.email.value = stored.email;
}
step("address");
await describe();
if (stored && Date.now() - stored.sent < lifetime() * 1000) step("code");

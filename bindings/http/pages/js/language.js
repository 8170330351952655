// The language of the page, from `?lang=` or the preferences of the browser. The server lists the languages as options. The
// texts are loaded once per language. A change of language keeps everything that was typed.

const DEFAULT = "en";
const texts = {};
const listeners = [];
const chooser = document.querySelector("select.languages");
let current = DEFAULT;

function maximized(tag) {
  try {
    return new Intl.Locale(String(tag).replaceAll("_", "-")).maximize();
  } catch {
    return null;
  }
}

// Returns the language with the same language and script as the first possible tag: zh-TW is zh-Hant.
function nearest(tags) {
  const known = [...chooser.options].map((option) => option.value);
  for (const wanted of tags.map(maximized).filter(Boolean)) {
    const match = known.map(maximized).findIndex(
      (locale) => locale.language === wanted.language && locale.script === wanted.script,
    );
    if (match >= 0) return known[match];
  }
  return null;
}

export function language() {
  return current;
}

// Returns a text with its placeholders filled: `{name}` and `{name, plural, one {# minute} other {# minutes}}`.
export function text(key, values = {}) {
  const template = texts[current]?.[key] ?? texts[DEFAULT]?.[key] ?? key;
  const plurals = new Intl.PluralRules(current);
  return template
    .replace(/\{(\w+), plural,((?:\s*\w+ \{[^{}]*\})+)\}/g, (hole, name, forms) => {
      if (!(name in values)) return hole;
      const byCategory = Object.fromEntries([...forms.matchAll(/(\w+) \{([^{}]*)\}/g)].map((form) => form.slice(1)));
      const form = byCategory[plurals.select(Number(values[name]))] ?? byCategory.other;
      return form.replaceAll("#", String(values[name]));
    })
    .replace(/\{(\w+)\}/g, (hole, name) => String(values[name] ?? hole));
}

// Returns minutes and seconds, e.g. 1:05.
export function clock(seconds) {
  const whole = Math.max(0, Math.ceil(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

export function onLanguage(listener) {
  listeners.push(listener);
}

// Returns a URL of this site with the language and the client id of this page.
export function placed(path, more = {}) {
  const here = new URLSearchParams(location.search);
  const query = new URLSearchParams();
  for (const name of ["lang", "client_id"]) {
    if (here.has(name)) query.set(name, here.get(name));
  }
  for (const [name, value] of Object.entries(more)) query.set(name, value);
  const written = query.toString();
  return written ? `${path}?${written}` : path;
}

function translate() {
  const root = document.documentElement;
  root.lang = current;
  document.title = `${text(document.body.dataset.title)} · 口令 Kouling`;
  for (const element of document.querySelectorAll("[data-text]")) element.textContent = text(element.dataset.text);
  for (const element of document.querySelectorAll("[data-text-label]")) {
    element.setAttribute("aria-label", text(element.dataset.textLabel));
    if (element.matches("button")) element.title = text(element.dataset.textLabel);
  }
  for (const element of document.querySelectorAll("[data-text-alt]")) element.alt = text(element.dataset.textAlt);
  for (const link of document.querySelectorAll("a[data-page]")) link.href = placed(link.dataset.page);
  chooser.value = current;
}

async function load(wanted) {
  if (!texts[wanted]) {
    const answer = await fetch(new URL(`./${wanted}.json`, import.meta.url));
    if (!answer.ok) throw new Error(`no texts for ${wanted}`);
    texts[wanted] = await answer.json();
  }
  current = wanted;
}

async function choose(wanted) {
  if (wanted === current) return;
  await load(wanted);
  const address = new URL(location.href);
  address.searchParams.set("lang", wanted);
  history.replaceState(history.state, "", address);
  translate();
  for (const listener of listeners) listener();
}

// Loads the texts and shows the page. Must be called first, once.
export async function begin() {
  const asked = new URLSearchParams(location.search).get("lang");
  await load(nearest([asked, ...(navigator.languages ?? [])]) ?? DEFAULT);
  translate();
  // If the texts cannot be loaded, the page keeps its language.
  chooser.addEventListener("change", () => choose(chooser.value).catch(() => (chooser.value = current)));
  document.documentElement.classList.remove("loading");
}

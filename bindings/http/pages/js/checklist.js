// The policy as a checklist that is updated during typing. Rules that need the account (its names, its old passwords) can only
// be evaluated when the new password is submitted, and say so until then.

import { icon } from "./icons.js";
import { onLanguage, text } from "./language.js";

const ANNOUNCE_AFTER = 900;

export class Checklist {
  constructor(list, summary) {
    this.list = list;
    this.summary = summary;
    this.items = [];
    this.forget();
    onLanguage(() => this.draw());
  }

  // The items of the policy: [{ rule, codes, text, judged }].
  describe(items) {
    this.items = items;
    this.draw();
  }

  // The password has not been evaluated.
  forget() {
    this.outcome = null;
    this.draw();
  }

  // The server's result: violations, and whether the account was compared (`final`).
  update(violations, final = false) {
    this.outcome = { violations, final };
    this.draw();
  }

  broken(item) {
    return this.outcome.violations.find(({ rule, code }) => rule === item.rule || item.codes?.includes(code));
  }

  state(item) {
    const later = item.evaluated === "at_submission";
    if (!this.outcome) return { state: later ? "later" : "open" };
    const violation = this.broken(item);
    if (violation) return { state: "unmet", why: this.outcome.final ? violation.message : undefined };
    return { state: later && !this.outcome.final ? "later" : "met" };
  }

  draw() {
    const rows = this.items.map((item) => ({ id: item.rule, words: item.text, ...this.state(item) }));
    // A violated rule that is not in the checklist gets its own line.
    for (const violation of this.outcome?.violations ?? []) {
      const listed = this.items.some((item) => item.rule === violation.rule || item.codes?.includes(violation.code));
      if (!listed) rows.push({ id: violation.rule, words: violation.message, state: "unmet" });
    }
    this.list.replaceChildren(...rows.map(row));
    this.announce(rows);
  }

  // Announced once after a pause in typing, if it changed.
  announce(rows) {
    clearTimeout(this.timer);
    if (!this.outcome) {
      this.summary.textContent = "";
      return;
    }
    const met = rows.filter(({ state }) => state === "met").length;
    const missing = rows.filter(({ state }) => state === "unmet").map(({ words }) => words);
    let said = text("checklist.summary", { met, all: rows.length });
    if (missing.length) said += ` ${text("checklist.missing", { rules: missing.join("; ") })}`;
    this.timer = setTimeout(() => {
      if (this.summary.textContent !== said) this.summary.textContent = said;
    }, ANNOUNCE_AFTER);
  }
}

function row({ id, words, state, why }) {
  const line = document.createElement("li");
  line.dataset.rule = id;
  line.dataset.state = state;
  const mark = document.createElement("span");
  mark.className = "mark";
  mark.append(icon(state));
  const body = document.createElement("span");
  body.append(words, " ");
  const said = document.createElement("span");
  said.className = state === "later" ? "later" : "unseen";
  said.textContent = `(${text(`checklist.${state}`)})`;
  body.append(said);
  if (why && why !== words) {
    const reason = document.createElement("span");
    reason.className = "why";
    reason.textContent = why;
    body.append(reason);
  }
  line.append(mark, body);
  return line;
}

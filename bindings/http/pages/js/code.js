// The second step of a reset: the code from the mail and a new password that the policy accepts.

import { post, words } from "./api.js";
import { Checklist } from "./checklist.js";
import { busy, forgive, refuse } from "./field.js";
import { Evaluator } from "./evaluator.js";
import { text } from "./language.js";
import { clear, notice } from "./notice.js";

const WRONG_CODE = /\.CAPTCHA\.|\.PARAM\.0009$/;
const WRONG_PASSWORD = /\.PWD\.|\.USER\.0006$/;

export class CodeStep {
  // `done(email)` is called when the new password is set.
  constructor(form, { done }) {
    this.form = form;
    this.done = done;
    this.code = form.elements.code;
    this.password = form.elements.password;
    this.place = form.querySelector("#code-notice");
    this.button = form.querySelector("#set-password");
    this.note = form.querySelector("#checklist-note");
    this.checklist = new Checklist(form.querySelector("#checklist"), form.querySelector("#checklist-summary"));
    this.evaluator = new Evaluator(() => ({ email: this.email }), (outcome) => this.showResult(outcome));
    forgive(this.code, this.password);
    this.password.addEventListener("input", () => this.typed());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      busy(this.button, "forgot.setting", () => this.submit());
    });
  }

  begin(email) {
    if (email !== this.email) this.code.value = "";
    this.email = email;
    clear(this.place);
    this.code.focus();
  }

  // The language or the policy has changed: the items have new texts.
  describe(items) {
    this.checklist.describe(items);
    this.typed();
  }

  typed() {
    if (this.password.value === "") {
      this.evaluator.stop();
      this.checklist.forget();
    } else {
      this.evaluator.ask(this.password.value);
    }
  }

  showResult(outcome) {
    this.note.hidden = outcome !== null;
    this.note.textContent = outcome === null ? text("checklist.unreachable") : "";
    if (outcome === null) this.checklist.forget();
    else this.checklist.update(outcome.violations ?? []);
  }

  async submit() {
    clear(this.place);
    // Mail programs add spaces to copied text.
    const code = this.code.value.replace(/\s+/g, "");
    const password = this.password.value;
    if (code === "") return refuse(this.code, { key: "empty.code" });
    if (password === "") return refuse(this.password, { key: "empty.password" });
    this.evaluator.stop();
    const body = { email: this.email, verify_code: code, password };
    const answer = await post("/pwd/update-by-email", body, { headers: { Prefer: "report=all" } });
    if (answer.ok) return this.done(this.email);
    this.refused(answer);
  }

  refused(answer) {
    const code = answer.status === 400 ? String(answer.body.error_code) : "";
    const said = words(answer);
    if (WRONG_CODE.test(code)) return refuse(this.code, said);
    if (!WRONG_PASSWORD.test(code)) return notice(this.place, "refused", said);
    const violations = Array.isArray(answer.body.violations) ? answer.body.violations : null;
    if (violations) this.checklist.update(violations, true);
    refuse(this.password, said);
  }
}

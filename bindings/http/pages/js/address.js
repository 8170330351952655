// The first step of a reset: an address and the captcha, for which a code is sent.

import { post, words } from "./api.js";
import { Captcha } from "./captcha.js";
import { busy, forgive, refuse } from "./field.js";
import { clock } from "./language.js";
import { clear, notice } from "./notice.js";

const SCENE = "FORGET_PWD_EMS";

export class AddressStep {
  // `sent({ email, wait })` is called when a code was sent, `own(email)` when the user already has one.
  constructor(form, { sent, own, said }) {
    this.form = form;
    this.sent = sent;
    this.email = form.elements.email;
    this.place = form.querySelector("#address-notice");
    this.send = form.querySelector("#send");
    this.guarded = true;
    this.captcha = new Captcha(form.querySelector("#captcha"), () => this.answered(), said);
    forgive(this.email);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      busy(this.send, "forgot.sending", () => this.submit());
    });
    form.querySelector("#have-code").addEventListener("click", () => {
      if (this.address() !== null) own(this.address());
    });
  }

  // The captcha is solved, but the address may be incomplete.
  answered() {
    if (document.activeElement !== this.email) this.form.requestSubmit();
  }

  begin() {
    clear(this.place);
    if (this.guarded) this.captcha.renew();
  }

  // A policy may need no captcha.
  guard(required) {
    this.guarded = required;
    this.form.querySelector("#captcha").hidden = !required;
    if (!required) this.captcha.running?.abort();
  }

  // Returns the address, or null with an error message if it is obviously invalid. The server validates it completely.
  address() {
    const email = this.email.value.trim();
    if (email === "") refuse(this.email, { key: "empty.email" });
    else if (!/^[^\s@]+@[^\s@]+$/.test(email)) refuse(this.email, { key: "wrong.email" });
    else return email;
    return null;
  }

  async submit() {
    clear(this.place);
    const email = this.address();
    if (email === null) return;
    let token = "";
    if (this.guarded) {
      const missing = this.captcha.missing();
      if (missing) {
        notice(this.place, missing === "empty.work" ? "warned" : "refused", { key: missing });
        return;
      }
      const verdict = await this.captcha.verify(email);
      if (!verdict.ok) return notice(this.place, "refused", words(verdict));
      token = verdict.body.captcha_token;
    }
    const answer = await post("/email/send", { email, type: SCENE, captcha_token: token });
    if (answer.ok) return this.sent({ email, wait: answer.wait });
    if (this.guarded) this.captcha.renew();
    const wait = answer.status === 429 ? answer.wait : null;
    if (wait === null) return notice(this.place, "refused", words(answer));
    notice(this.place, "warned", { key: "forgot.cooldown", values: { time: clock(wait) } });
  }
}

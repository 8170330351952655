// Asks the server what it thinks of a password while it is typed: after a pause, one question at a time, and never an
// answer to a question that has been overtaken.

import { post } from "./api.js";

const PAUSE = 250;

export class Judge {
  // `facts()` gives what the page knows of the user; `heard(answer)` gets each answer, or null when none could be had.
  constructor(facts, heard) {
    this.facts = facts;
    this.heard = heard;
  }

  stop() {
    clearTimeout(this.timer);
    this.asking?.abort();
  }

  ask(password, pause = PAUSE) {
    this.stop();
    this.timer = setTimeout(() => this.send(password), pause);
  }

  async send(password) {
    const asking = new AbortController();
    this.asking = asking;
    try {
      const answer = await post("/pwd/check", { password, user: this.facts() }, { signal: asking.signal });
      if (asking.signal.aborted) return;
      this.heard(answer.ok ? answer.body : null);
      // Told to wait, the page waits; the password may be the same by then.
      if (answer.status === 429 && answer.wait !== null) this.ask(password, answer.wait * 1000);
    } catch {
      // Overtaken.
    }
  }
}

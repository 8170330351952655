// Evaluates a password on the server while it is typed: after a pause, one request at a time, and outdated responses are
// dropped.

import { post } from "./api.js";

const PAUSE = 250;

export class Evaluator {
  // `facts()` returns the user's attributes on the page; `onResult(answer)` gets each response, or null if there is none.
  constructor(facts, onResult) {
    this.facts = facts;
    this.onResult = onResult;
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
      this.onResult(answer.ok ? answer.body : null);
      // Rate limited: try again later, even if the password is the same.
      if (answer.status === 429 && answer.wait !== null) this.ask(password, answer.wait * 1000);
    } catch {
      // Outdated.
    }
  }
}

// The captcha of the page: an image with a sliding piece, or a proof of work. Fetches the puzzle, collects the answer, and
// exchanges it for a captcha token for one address.

import { get, post, words } from "./api.js";
import { onLanguage, text } from "./language.js";
import { Slider } from "./slider.js";
import { work } from "./work.js";

export class Captcha {
  // `answered()` is called when there is an answer to send; `said(words)` gets messages for screen readers.
  constructor(root, answered, said) {
    const part = (name) => root.querySelector(`#captcha-${name}`);
    this.root = root;
    this.said = said;
    this.answered = answered;
    this.parts = Object.fromEntries(
      ["picture", "original", "jigsaw", "track", "fill", "handle", "trouble", "refresh", "other", "work", "progress"].map(
        (name) => [name, part(name)],
      ),
    );
    this.workWords = part("work-words");
    this.slider = new Slider(this.parts, answered);
    this.kind = "picture";
    this.parts.refresh.addEventListener("click", () => this.renew(true));
    this.parts.other.addEventListener("click", () => this.turn());
    onLanguage(() => this.relabel());
  }

  set state(state) {
    this.root.dataset.state = state;
    this.slider.enable(state === "ready");
    this.relabel();
  }

  get state() {
    return this.root.dataset.state;
  }

  relabel() {
    const { other, trouble, refresh } = this.parts;
    refresh.hidden = this.kind === "work";
    other.textContent = text(this.kind === "work" ? "captcha.seen" : "captcha.unseen");
    this.workWords.textContent = text(this.state === "worked" ? "captcha.work.done" : "captcha.work.words");
    if (this.trouble) trouble.textContent = this.trouble.said ?? text(this.trouble.key, this.trouble.values);
    this.slider.move(this.slider.x);
  }

  turn() {
    this.kind = this.kind === "work" ? "picture" : "work";
    this.renew(true);
    if (this.kind === "work") this.workWords.focus();
  }

  // Loads a new puzzle. `asked`: the user requested it, and screen readers announce it.
  async renew(asked = false) {
    this.running?.abort();
    const running = new AbortController();
    this.running = running;
    const working = this.kind === "work";
    const { picture, track, work: panel, progress, trouble } = this.parts;
    picture.hidden = track.hidden = working;
    panel.hidden = !working;
    progress.value = 0;
    trouble.hidden = true;
    this.trouble = this.task = this.nonce = null;
    this.slider.move(0);
    this.state = "loading";
    try {
      const answer = await get(working ? "/captcha?kind=work" : "/captcha", { signal: running.signal });
      if (!answer.ok) return this.fail(words(answer));
      this.task = answer.body;
      if (working) return await this.labour(running.signal, asked);
      await this.show(answer.body);
      if (running.signal.aborted) return;
      this.state = "ready";
      if (asked) this.said(text("captcha.loaded"));
    } catch (error) {
      if (!running.signal.aborted) this.fail({ key: working ? "captcha.work.unable" : "trouble.fault" });
    }
  }

  async show({ originalImageBase64, jigsawImageBase64 }) {
    const { original, jigsaw } = this.parts;
    original.src = `data:image/png;base64,${originalImageBase64}`;
    jigsaw.src = `data:image/png;base64,${jigsawImageBase64}`;
    await Promise.all([original.decode(), jigsaw.decode()]);
  }

  // Only a proof of work that the user just started submits by itself: a refused answer must not submit the next one.
  async labour(signal, asked) {
    const { progress } = this.parts;
    this.state = "working";
    this.nonce = await work(this.task.work, (share) => (progress.value = Math.round(share * 99)), signal);
    if (signal.aborted) return;
    progress.value = 100;
    this.state = "worked";
    this.said(text("captcha.work.done"));
    if (asked) this.answered();
  }

  fail(trouble) {
    this.kind = "picture";
    const { picture, track, work: panel } = this.parts;
    picture.hidden = track.hidden = false;
    panel.hidden = true;
    this.trouble = trouble;
    this.parts.trouble.hidden = false;
    this.state = "failed";
    this.said(this.parts.trouble.textContent);
  }

  // Returns the text key of the reason why there is no answer yet; null if there is one.
  missing() {
    if (this.state === "working" || (this.state === "loading" && this.kind === "work")) return "empty.work";
    if (this.state === "worked") return null;
    return this.state === "ready" && this.slider.x > 0 ? null : "empty.captcha";
  }

  // Sends the answer. The response contains the token as `captcha_token`.
  async verify(sender) {
    const point = this.nonce === null
      ? `{"x":${this.slider.x.toFixed(1)},"y":5.0}`
      : JSON.stringify({ nonce: this.nonce });
    const before = this.state;
    this.state = "checking";
    const answer = await post("/captcha/verify", { point_json: point, token: this.task.token, sender });
    if (answer.ok) {
      this.state = "solved";
      this.said(text("captcha.solved"));
    } else if (answer.status === 400) {
      this.renew();
    } else {
      // Not evaluated: the same answer can be sent again.
      this.state = before;
    }
    return answer;
  }
}

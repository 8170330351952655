// A countdown to a point in time instead of a count of ticks, so that it is correct after a tab or phone was asleep.

import { onLanguage } from "./language.js";

export class Countdown {
  // `show(seconds)` is called every second, and once with 0 at the end.
  constructor(show) {
    this.show = show;
    this.deadline = 0;
    this.timer = null;
    document.addEventListener("visibilitychange", () => this.tick());
    onLanguage(() => this.show(this.left()));
  }

  // `deadline` is in milliseconds since the epoch.
  until(deadline) {
    this.deadline = deadline;
    clearInterval(this.timer);
    this.timer = setInterval(() => this.tick(), 250);
    this.last = null;
    this.tick();
  }

  left() {
    return Math.max(0, Math.ceil((this.deadline - Date.now()) / 1000));
  }

  tick() {
    const left = this.left();
    if (left === this.last || this.timer === null) return;
    this.last = left;
    if (left === 0) {
      clearInterval(this.timer);
      this.timer = null;
    }
    this.show(left);
  }
}

// The sliding piece: follows the pointer, on the handle or on the piece, and the keys of a slider. Positions are in pixels of
// the image, independent of its displayed size.

import { text } from "./language.js";

const PICTURE = 310;
const PIECE = 47;
export const MOST = PICTURE - PIECE;
const STEP = 2;
const STRIDE = 12;

export class Slider {
  // `placed()` is called when the piece is released or Enter is pressed.
  constructor({ picture, jigsaw, track, fill, handle }, placed) {
    Object.assign(this, { picture, jigsaw, track, fill, handle, placed });
    this.enabled = false;
    for (const grip of [handle, jigsaw]) grip.addEventListener("pointerdown", (event) => this.grasp(event, grip));
    handle.addEventListener("keydown", (event) => this.key(event));
    this.move(0);
  }

  enable(enabled) {
    this.enabled = enabled;
    this.handle.setAttribute("aria-disabled", String(!enabled));
  }

  move(x) {
    this.x = Math.min(MOST, Math.max(0, x));
    const share = this.x / MOST;
    this.jigsaw.style.left = `${(this.x / PICTURE) * 100}%`;
    this.handle.style.left = `calc((100% - var(--handle)) * ${share})`;
    this.fill.style.width = `calc((100% - var(--handle)) * ${share} + var(--handle) / 2)`;
    this.track.dataset.moved = String(this.x > 0);
    this.handle.setAttribute("aria-valuenow", String(Math.round(this.x)));
    this.handle.setAttribute("aria-valuetext", text("captcha.place", { x: Math.round(this.x), most: MOST }));
  }

  grasp(event, grip) {
    if (!this.enabled || event.button !== 0) return;
    event.preventDefault();
    this.handle.focus({ preventScroll: true });
    grip.setPointerCapture(event.pointerId);
    // The handle and the piece move different distances.
    const way = grip === this.jigsaw
      ? (this.picture.clientWidth * MOST) / PICTURE
      : this.track.clientWidth - this.handle.offsetWidth;
    const [start, from] = [event.clientX, this.x];
    const follow = (moved) => this.move(from + ((moved.clientX - start) * MOST) / way);
    const end = (ended) => {
      grip.removeEventListener("pointermove", follow);
      grip.removeEventListener("pointerup", end);
      grip.removeEventListener("pointercancel", end);
      delete this.track.dataset.held;
      if (ended.type === "pointerup" && this.enabled && Math.abs(this.x - from) > 1) this.placed();
    };
    this.track.dataset.held = "true";
    grip.addEventListener("pointermove", follow);
    grip.addEventListener("pointerup", end);
    grip.addEventListener("pointercancel", end);
  }

  key(event) {
    if (!this.enabled || event.altKey || event.ctrlKey || event.metaKey) return;
    const step = event.shiftKey ? STRIDE : STEP;
    const to = {
      ArrowRight: this.x + step,
      ArrowUp: this.x + step,
      ArrowLeft: this.x - step,
      ArrowDown: this.x - step,
      PageUp: this.x + STRIDE * 2,
      PageDown: this.x - STRIDE * 2,
      Home: 0,
      End: MOST,
    }[event.key];
    if (event.key === "Enter" && this.x > 0) {
      event.preventDefault();
      this.placed();
    } else if (to !== undefined) {
      event.preventDefault();
      this.move(to);
    }
  }
}

// The proof of work: a few workers search together for a number whose hash begins with enough zeros. No eyes, ears or
// hands are needed, only some seconds of the device.

const MOST = 4;

// Resolves with the nonce. `progress(share)` goes from 0 towards 1: the chance that the search has ended by now.
export function work({ salt, bits }, progress, signal) {
  return new Promise((resolve, reject) => {
    const count = Math.max(1, Math.min(MOST, navigator.hardwareConcurrency || 1));
    const workers = [];
    let tried = 0;
    const stop = (settle, value) => {
      for (const worker of workers) worker.terminate();
      settle(value);
    };
    signal.addEventListener("abort", () => stop(reject, signal.reason));
    for (let index = 0; index < count; index++) {
      const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
      workers.push(worker);
      worker.onerror = () => stop(reject, new Error("no worker"));
      worker.onmessage = ({ data }) => {
        if (data.nonce) return stop(resolve, data.nonce);
        tried += data.tried;
        progress(1 - Math.exp(-tried / 2 ** bits));
      };
      worker.postMessage({ salt, bits, letter: "abcd"[index] });
    }
  });
}

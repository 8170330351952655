// The proof of work: workers search in parallel for a nonce whose hash begins with enough zero bits. It takes the device some
// seconds and requires nothing of the user.

const MOST = 4;

// Resolves with the nonce. `progress(share)` grows from 0 towards 1: the probability that the search is done by now.
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

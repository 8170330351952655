// One worker of the search for a nonce: tries its own range and reports its progress.

import { Message } from "./sha256.js";

const DIGITS = 12;
const ROUND = 20000;

// The nonce has a fixed width and begins with the worker's letter, so that few bytes change between two hashes.
onmessage = ({ data: { salt, bits, letter } }) => {
  const head = new TextEncoder().encode(`${salt}:${letter}`);
  const message = new Message(head.length + DIGITS);
  const { bytes } = message;
  bytes.set(head);
  bytes.fill(48, head.length, head.length + DIGITS);
  for (let tried = 1; ; tried++) {
    if (zeros(message.hash()) >= bits) {
      const nonce = letter + String.fromCharCode(...bytes.subarray(head.length, head.length + DIGITS));
      postMessage({ nonce });
      return;
    }
    let at = head.length + DIGITS - 1;
    while (bytes[at] === 57) bytes[at--] = 48;
    bytes[at]++;
    if (tried % ROUND === 0) postMessage({ tried: ROUND });
  }
};

function zeros(words) {
  let count = 0;
  for (const word of words) {
    count += Math.clz32(word);
    if (word !== 0) break;
  }
  return count;
}

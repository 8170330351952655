// SHA-256 (FIPS 180-4) for short texts that differ only at their end: the message is padded once, and the caller changes bytes
// between two hashes.

const K = new Uint32Array(64);
const FIRST = new Uint32Array(8);

// The constants are the fractional parts of the cube and square roots of the first primes.
function fraction(prime, power) {
  const root = prime ** power;
  return ((root - Math.floor(root)) * 2 ** 32) >>> 0;
}

for (let candidate = 2, found = 0; found < 64; candidate++) {
  let prime = true;
  for (let divisor = 2; divisor * divisor <= candidate; divisor++) prime &&= candidate % divisor !== 0;
  if (!prime) continue;
  if (found < 8) FIRST[found] = fraction(candidate, 1 / 2);
  K[found++] = fraction(candidate, 1 / 3);
}

export class Message {
  // `length` bytes; write them through `bytes`, then read `hash()`.
  constructor(length) {
    const blocks = Math.ceil((length + 9) / 64);
    this.bytes = new Uint8Array(blocks * 64);
    this.bytes[length] = 0x80;
    const view = new DataView(this.bytes.buffer);
    view.setUint32(blocks * 64 - 4, length * 8);
    this.view = view;
    this.words = new Uint32Array(64);
    this.state = new Uint32Array(8);
  }

  // Returns eight words of 32 bits, which the next call overwrites.
  hash() {
    const { state, view } = this;
    state.set(FIRST);
    for (let at = 0; at < view.byteLength; at += 64) this.compress(at);
    return state;
  }

  compress(at) {
    const { state, view, words: w } = this;
    for (let i = 0; i < 16; i++) w[i] = view.getUint32(at + 4 * i);
    for (let i = 16; i < 64; i++) {
      const x = w[i - 15];
      const y = w[i - 2];
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    let a = state[0] | 0, b = state[1] | 0, c = state[2] | 0, d = state[3] | 0;
    let e = state[4] | 0, f = state[5] | 0, g = state[6] | 0, h = state[7] | 0;
    for (let i = 0; i < 64; i++) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + t1) | 0;
      d = c; c = b; b = a; a = (t1 + t2) | 0;
    }
    state[0] += a; state[1] += b; state[2] += c; state[3] += d;
    state[4] += e; state[5] += f; state[6] += g; state[7] += h;
  }
}

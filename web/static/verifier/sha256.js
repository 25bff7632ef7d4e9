// SHA-256 (FIPS 180-4) without WebCrypto, HMAC-SHA-256, and the digest H of section 2. Small inputs are hashed here, at
// once: a promise for each of a million leaves costs more than the hash. Large ones may go to crypto.subtle, which
// pages served over plain http do not have.
(function () {
  'use strict';
  const D = globalThis.Draw1 = globalThis.Draw1 || {};
  if (typeof require === 'function' && !D.utf8) require('./bytes.js');

  // The constants are the first 32 bits of the fractions of roots of primes; made, not copied, so no digit can be wrong.
  const K = new Int32Array(64), H0 = new Int32Array(8);
  (function () {
    const isPrime = n => { for (let d = 2; d * d <= n; d++) if (n % d === 0) return false; return true; };
    // floor(n^(1/r) * 2^32) mod 2^32 by big integers: the largest x with x^r <= n * 2^(32 r).
    const root = (n, r) => {
      const goal = BigInt(n) << BigInt(32 * r);
      let x = 0n;
      for (let bit = 1n << 36n; bit > 0n; bit >>= 1n) if ((x | bit) ** BigInt(r) <= goal) x |= bit;
      return Number(x & 0xffffffffn) | 0;
    };
    for (let p = 2, k = 0; k < 64; p++) {
      if (!isPrime(p)) continue;
      if (k < 8) H0[k] = root(p, 2);
      K[k++] = root(p, 3);
    }
  })();

  const W = new Int32Array(64);

  // One block, already in W[0..15], into the state.
  function compress(s) {
    for (let i = 16; i < 64; i++) {
      const x = W[i - 15], y = W[i - 2];
      W[i] = (W[i - 16] + W[i - 7] + ((x >>> 7 | x << 25) ^ (x >>> 18 | x << 14) ^ (x >>> 3)) +
        ((y >>> 17 | y << 15) ^ (y >>> 19 | y << 13) ^ (y >>> 10))) | 0;
    }
    let a = s[0], b = s[1], c = s[2], d = s[3], e = s[4], f = s[5], g = s[6], h = s[7];
    for (let i = 0; i < 64; i++) {
      const t1 = (h + ((e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7)) + (g ^ (e & (f ^ g))) +
        K[i] + W[i]) | 0;
      const t2 = (((a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10)) + ((a & b) | (c & (a | b)))) | 0;
      h = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
    }
    s[0] = s[0] + a | 0; s[1] = s[1] + b | 0; s[2] = s[2] + c | 0; s[3] = s[3] + d | 0;
    s[4] = s[4] + e | 0; s[5] = s[5] + f | 0; s[6] = s[6] + g | 0; s[7] = s[7] + h | 0;
  }

  const tail = new Uint8Array(128);

  // Hash `bytes` from `from` to `to`, after `before` bytes already taken in by `s` (a multiple of 64).
  function finish(s, bytes, from, to, before) {
    let i = from;
    for (; i + 64 <= to; i += 64) { load(bytes, i); compress(s); }
    const rest = to - i, total = before + (to - from);
    tail.fill(0);
    for (let k = 0; k < rest; k++) tail[k] = bytes[i + k];
    tail[rest] = 0x80;
    const end = rest < 56 ? 64 : 128, bits = total * 8;
    const hi = Math.floor(bits / 4294967296), lo = bits >>> 0;
    tail[end - 8] = hi >>> 24; tail[end - 7] = hi >>> 16; tail[end - 6] = hi >>> 8; tail[end - 5] = hi;
    tail[end - 4] = lo >>> 24; tail[end - 3] = lo >>> 16; tail[end - 2] = lo >>> 8; tail[end - 1] = lo;
    for (let k = 0; k < end; k += 64) { load(tail, k); compress(s); }
    return s;
  }

  function load(bytes, i) {
    for (let k = 0; k < 16; k++, i += 4) {
      W[k] = bytes[i] << 24 | bytes[i + 1] << 16 | bytes[i + 2] << 8 | bytes[i + 3];
    }
  }

  function stateBytes(s) {
    const out = new Uint8Array(32);
    for (let k = 0; k < 8; k++) {
      out[4 * k] = s[k] >>> 24; out[4 * k + 1] = s[k] >>> 16; out[4 * k + 2] = s[k] >>> 8; out[4 * k + 3] = s[k];
    }
    return out;
  }

  function sha256(bytes) { return stateBytes(finish(H0.slice(), bytes, 0, bytes.length, 0)); }

  // The same by WebCrypto where there is one and the input is worth it. Resolves to 32 bytes.
  async function sha256Async(bytes) {
    const subtle = globalThis.crypto && globalThis.crypto.subtle;
    if (!subtle || bytes.length < 1 << 16) return sha256(bytes);
    try { return new Uint8Array(await subtle.digest('SHA-256', bytes)); } catch (e) { return sha256(bytes); }
  }

  // HMAC with the key's two first blocks done once. Gives a function message -> 32 bytes.
  function hmac(key) {
    const block = new Uint8Array(64);
    block.set(key.length > 64 ? sha256(key) : key);
    const inner = H0.slice(), outer = H0.slice();
    load(block.map(b => b ^ 0x36), 0); compress(inner);
    load(block.map(b => b ^ 0x5c), 0); compress(outer);
    const s = new Int32Array(8);
    return message => {
      s.set(inner);
      const digest = stateBytes(finish(s, message, 0, message.length, 64));
      s.set(outer);
      return stateBytes(finish(s, digest, 0, 32, 64));
    };
  }

  // The frame of section 2: the bytes that SHA-256 (or SM3) is given for H(tag, parts...).
  function frame(tag, parts) {
    const all = [D.utf8('draw-1/' + tag), new Uint8Array(1)];
    for (const p of parts) { all.push(D.be64(p.length)); all.push(p); }
    return D.concat(all);
  }

  function H(tag, ...parts) { return sha256(frame(tag, parts)); }

  // node(left, right) of section 3 on digests that lie in one array of words: 0x01, left, right are 65 bytes, so every
  // word is shifted by one byte and the second block is fixed but for its first byte.
  const nodeState = new Int32Array(8);
  function node(words, left, right, out, at) {
    nodeState.set(H0);
    W[0] = 0x01000000 | words[left] >>> 8;
    for (let k = 1; k < 8; k++) W[k] = words[left + k - 1] << 24 | words[left + k] >>> 8;
    W[8] = words[left + 7] << 24 | words[right] >>> 8;
    for (let k = 1; k < 8; k++) W[8 + k] = words[right + k - 1] << 24 | words[right + k] >>> 8;
    const last = words[right + 7];
    compress(nodeState);
    W.fill(0, 0, 16);
    W[0] = last << 24 | 0x00800000;
    W[15] = 65 * 8;
    compress(nodeState);
    out.set(nodeState, at);
  }

  // A leaf's digest as eight words: SHA-256 of 0x00, salt, line.
  const leafBuffer = { bytes: new Uint8Array(4096) };
  const leafState = new Int32Array(8);
  function leaf(salt, bytes, from, to, out, at) {
    const n = 17 + to - from;
    if (leafBuffer.bytes.length < n) leafBuffer.bytes = new Uint8Array(2 * n);
    const b = leafBuffer.bytes;
    b[0] = 0;
    b.set(salt, 1);
    b.set(bytes.subarray(from, to), 17);
    leafState.set(H0);
    finish(leafState, b, 0, n, 0);
    out.set(leafState, at);
  }

  Object.assign(D, { sha256, sha256Async, hmac, frame, H, treeNode: node, treeLeaf: leaf, wordsToBytes: stateBytes });
  if (typeof module === 'object' && module.exports) module.exports = D;
})();

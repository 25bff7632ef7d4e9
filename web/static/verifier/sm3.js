// SM3 (GB/T 32905-2016). It decides nothing in the protocol (section 2), but a value that is recorded must be right.
(function () {
  'use strict';
  const D = globalThis.Draw1 = globalThis.Draw1 || {};

  const IV = [0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e];
  const W = new Int32Array(68), T = new Int32Array(64);
  const rotl = (x, n) => { n &= 31; return n ? x << n | x >>> (32 - n) : x; };
  for (let j = 0; j < 64; j++) T[j] = rotl(j < 16 ? 0x79cc4519 : 0x7a879d8a, j % 32);

  function compress(v, bytes, at) {
    for (let j = 0; j < 16; j++, at += 4) {
      W[j] = bytes[at] << 24 | bytes[at + 1] << 16 | bytes[at + 2] << 8 | bytes[at + 3];
    }
    for (let j = 16; j < 68; j++) {
      const y = W[j - 3], z = W[j - 13];
      const x = W[j - 16] ^ W[j - 9] ^ (y << 15 | y >>> 17);
      W[j] = x ^ (x << 15 | x >>> 17) ^ (x << 23 | x >>> 9) ^ (z << 7 | z >>> 25) ^ W[j - 6];
    }
    let a = v[0], b = v[1], c = v[2], d = v[3], e = v[4], f = v[5], g = v[6], h = v[7];
    for (let j = 0; j < 64; j++) {
      const a12 = a << 12 | a >>> 20;
      const sum = (a12 + e + T[j]) | 0;
      const ss1 = sum << 7 | sum >>> 25;
      const ff = j < 16 ? a ^ b ^ c : (a & b) | (a & c) | (b & c);
      const gg = j < 16 ? e ^ f ^ g : (e & f) | (~e & g);
      const tt1 = (ff + d + (ss1 ^ a12) + (W[j] ^ W[j + 4])) | 0;
      const tt2 = (gg + h + ss1 + W[j]) | 0;
      d = c; c = b << 9 | b >>> 23; b = a; a = tt1;
      h = g; g = f << 19 | f >>> 13; f = e; e = tt2 ^ (tt2 << 9 | tt2 >>> 23) ^ (tt2 << 17 | tt2 >>> 15);
    }
    v[0] ^= a; v[1] ^= b; v[2] ^= c; v[3] ^= d; v[4] ^= e; v[5] ^= f; v[6] ^= g; v[7] ^= h;
  }

  function sm3(bytes) {
    const v = Int32Array.from(IV), n = bytes.length, whole = n - n % 64;
    for (let i = 0; i < whole; i += 64) compress(v, bytes, i);
    const rest = n - whole, tail = new Uint8Array(rest < 56 ? 64 : 128);
    tail.set(bytes.subarray(whole));
    tail[rest] = 0x80;
    const view = new DataView(tail.buffer);
    view.setUint32(tail.length - 8, Math.floor(n / 536870912));
    view.setUint32(tail.length - 4, (n * 8) >>> 0);
    for (let i = 0; i < tail.length; i += 64) compress(v, tail, i);
    const out = new Uint8Array(32), o = new DataView(out.buffer);
    for (let k = 0; k < 8; k++) o.setInt32(4 * k, v[k]);
    return out;
  }

  D.sm3 = sm3;
  if (typeof module === 'object' && module.exports) module.exports = D;
})();

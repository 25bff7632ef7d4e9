// Philox4x64-10, section 6. First the definition, word for word, in BigInt; then the same by 32-bit limbs, some hundred
// times as fast. The quick one is compared with the definition when it is made, and not used if it differs.
(function () {
  'use strict';
  const D = globalThis.Draw1 = globalThis.Draw1 || {};

  const MASK = (1n << 64n) - 1n;
  const M0 = 0xD2E7470EE14C6C93n, W0 = 0x9E3779B97F4A7C15n;
  const M1 = 0xCA5A826395121157n, W1 = 0xBB67AE8584CAA73Bn;

  function philoxBig(counter, key) {
    let x0 = counter & MASK, x1 = counter >> 64n & MASK, x2 = counter >> 128n & MASK, x3 = counter >> 192n & MASK;
    let k0 = key & MASK, k1 = key >> 64n & MASK;
    for (let r = 0; r < 10; r++) {
      const p0 = M0 * x0, p1 = M1 * x2;
      [x0, x1, x2, x3] = [p1 >> 64n ^ x1 ^ k0, p1 & MASK, p0 >> 64n ^ x3 ^ k1, p0 & MASK];
      k0 = k0 + W0 & MASK; k1 = k1 + W1 & MASK;
    }
    return [x0, x1, x2, x3];
  }

  const wordBig = (key, i) => philoxBig(1n + BigInt(i) / 4n, key)[Number(BigInt(i) % 4n)];
  const pairBig = (key, t, j) => philoxBig((BigInt(t) << 64n) + 1n + BigInt(j) / 4n, key)[Number(BigInt(j) % 4n)];

  // Upper 32 bits of a product of two 32-bit numbers. No sum here exceeds 32 bits.
  function mulHigh(a, b) {
    const a0 = a & 0xffff, a1 = a >>> 16, b0 = b & 0xffff, b1 = b >>> 16;
    const mid = (Math.imul(a1, b0) >>> 0) + (Math.imul(a0, b0) >>> 16);
    const low = (Math.imul(a0, b1) >>> 0) + (mid & 0xffff);
    return ((Math.imul(a1, b1) >>> 0) + (mid >>> 16) + (low >>> 16)) >>> 0;
  }

  const M0L = 0xE14C6C93, M0H = 0xD2E7470E, M1L = 0x95121157, M1H = 0xCA5A8263;
  const W0L = 0x7F4A7C15, W0H = 0x9E3779B9, W1L = 0x84CAA73B, W1H = 0xBB67AE85;

  // out[0..7] = x0 low, x0 high, x1 low, ... for the counter (c1 * 2^64 + c0), every c in two limbs; k in four limbs.
  function block(c0l, c0h, c1l, c1h, k, out) {
    let x0l = c0l, x0h = c0h, x1l = c1l, x1h = c1h, x2l = 0, x2h = 0, x3l = 0, x3h = 0;
    let k0l = k[0], k0h = k[1], k1l = k[2], k1h = k[3];
    for (let r = 0; r < 10; r++) {
      // M0 * x0 as four limbs
      let s = mulHigh(x0l, M0L), u = Math.imul(x0l, M0H) >>> 0, v = Math.imul(x0h, M0L) >>> 0;
      let t = s + u + v;                                             // below 3 * 2^32: exact
      const p0l = Math.imul(x0l, M0L), p1 = t | 0;
      let carry = t >= 8589934592 ? 2 : t >= 4294967296 ? 1 : 0;
      t = mulHigh(x0l, M0H) + mulHigh(x0h, M0L) + (Math.imul(x0h, M0H) >>> 0) + carry;
      const p2 = t | 0;
      const p3 = (mulHigh(x0h, M0H) + Math.floor(t / 4294967296)) | 0;
      // M1 * x2 likewise
      s = mulHigh(x2l, M1L); u = Math.imul(x2l, M1H) >>> 0; v = Math.imul(x2h, M1L) >>> 0;
      t = s + u + v;
      const q0 = Math.imul(x2l, M1L), q1 = t | 0;
      carry = t >= 8589934592 ? 2 : t >= 4294967296 ? 1 : 0;
      t = mulHigh(x2l, M1H) + mulHigh(x2h, M1L) + (Math.imul(x2h, M1H) >>> 0) + carry;
      const q2 = t | 0;
      const q3 = (mulHigh(x2h, M1H) + Math.floor(t / 4294967296)) | 0;
      x0l = q2 ^ x1l ^ k0l; x0h = q3 ^ x1h ^ k0h;
      x1l = q0; x1h = q1;
      x2l = p2 ^ x3l ^ k1l; x2h = p3 ^ x3h ^ k1h;
      x3l = p0l; x3h = p1;
      t = (k0l >>> 0) + W0L; k0l = t | 0; k0h = (k0h + W0H + (t >= 4294967296 ? 1 : 0)) | 0;
      t = (k1l >>> 0) + W1L; k1l = t | 0; k1h = (k1h + W1H + (t >= 4294967296 ? 1 : 0)) | 0;
    }
    out[0] = x0l; out[1] = x0h; out[2] = x1l; out[3] = x1h; out[4] = x2l; out[5] = x2h; out[6] = x3l; out[7] = x3h;
  }

  const four = new Uint32Array(8);
  const MAX = 4503599627370496;                                      // 2^52: counters stay exact as Numbers

  // A stream of words under one key (16 bytes, most significant first, section 5).
  function Philox(keyBytes, forceBig) {
    const v = new DataView(keyBytes.buffer, keyBytes.byteOffset, 16);
    this.big = BigInt('0x' + D.toHex(keyBytes.subarray(0, 16)));
    this.k = new Int32Array([v.getInt32(12), v.getInt32(8), v.getInt32(4), v.getInt32(0)]);
    this.slow = !!forceBig || !quickIsRight();
    this.at = -1; this.atT = -1;
  }

  // word(K, i) for t = 0, pair(K, t, j) else: the two formulas are one. hi[k], lo[k] get the words from..from+n-1.
  Philox.prototype.fill = function (t, from, n, hi, lo, at) {
    if (this.slow || t > MAX || from + n > MAX) return this.fillBig(t, from, n, hi, lo, at);
    const th = Math.floor(t / 4294967296), tl = t >>> 0;
    for (let i = from, k = at, end = from + n; i < end;) {
      const c = 1 + Math.floor(i / 4);
      block(c | 0, Math.floor(c / 4294967296), tl, th, this.k, four);
      for (let m = i % 4; m < 4 && i < end; m++, i++, k++) { lo[k] = four[2 * m]; hi[k] = four[2 * m + 1]; }
    }
    return undefined;
  };

  Philox.prototype.fillBig = function (t, from, n, hi, lo, at) {
    for (let i = 0; i < n; i++) {
      const w = pairBig(this.big, t, BigInt(from) + BigInt(i));
      hi[at + i] = Number(w >> 32n); lo[at + i] = Number(w & 0xffffffffn);
    }
  };

  const one = [new Uint32Array(1), new Uint32Array(1)];
  Philox.prototype.pair = function (t, j) {
    this.fill(t, j, 1, one[0], one[1], 0);
    return [one[0][0], one[1][0]];
  };

  let checked = null;
  function quickIsRight() {
    if (checked !== null) return checked;
    checked = true;                                                  // so that the comparison itself uses the quick path
    let seed = 0x9d2c5681;
    const next = () => { seed = Math.imul(seed ^ seed >>> 15, 0x2c1b3c6d) + 0x6d2b79f5 | 0; return seed >>> 0; };
    for (let n = 0; n < 60 && checked; n++) {
      const key = new Uint8Array(16).map(() => n === 0 ? 255 : n === 1 ? 0 : next() >>> 24);
      const t = n % 3 ? next() * (n % 5) : 0, j = n % 2 ? next() * 1000 + n : n;
      const w = new Philox(key).pair(t, j);
      if ((BigInt(w[0]) << 32n | BigInt(w[1])) !== pairBig(BigInt('0x' + D.toHex(key)), t, j)) checked = false;
    }
    return checked;
  }

  Object.assign(D, { philoxBig, wordBig, pairBig, Philox, philoxQuickIsRight: quickIsRight });
  if (typeof module === 'object' && module.exports) module.exports = D;
})();

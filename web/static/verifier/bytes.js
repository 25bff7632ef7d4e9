// Bytes, texts, hex and the three ways a check can end. No dependency; works by <script src> and by require().
(function () {
  'use strict';
  const D = globalThis.Draw1 = globalThis.Draw1 || {};

  // A claim that does not hold. `zh` and `en` say where and what.
  function Wrong(claim, zh, en) { this.claim = claim; this.zh = zh; this.en = en; }
  // Too big for this program: says nothing about the bundle.
  function Limit(zh, en) { this.zh = zh; this.en = en; }

  function wrong(claim, zh, en) { throw new Wrong(claim, zh, en); }

  D.LIMITS = {
    file: 1 << 30,            // bytes of the dropped file
    unpacked: 1 << 30,        // bytes of all members together
    members: 400,
    json: 1 << 28,
    rows: 5000000,            // rows of one table
    cells: 60000000,          // drawn targets times inspectors of one department
    depth: 200,               // nesting of JSON
    flowArcs: 8000000
  };

  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const encoder = new TextEncoder();

  function utf8(text) { return encoder.encode(text); }

  // Strict UTF-8 to text, or null.
  function decode(bytes) {
    try { return decoder.decode(bytes); } catch (e) { return null; }
  }

  function isNfc(text) {
    // ASCII needs no table; most lines are not ASCII here, but ids are.
    for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x2ff) return text.normalize('NFC') === text;
    return true;                                   // below U+0300 nothing composes
  }

  // Order of UTF-8 bytes, which is that of code points (section 2). JavaScript's < compares UTF-16 units, which
  // puts U+10000 and above before U+E000; so surrogates are lifted over the rest.
  function compareText(a, b) {
    const n = Math.min(a.length, b.length);
    for (let i = 0; i < n; i++) {
      let x = a.charCodeAt(i), y = b.charCodeAt(i);
      if (x !== y) {
        if (x >= 0xd800 && y >= 0xd800) {
          x = x >= 0xe000 ? x - 0x800 : x + 0x2000;
          y = y >= 0xe000 ? y - 0x800 : y + 0x2000;
        }
        return x < y ? -1 : 1;
      }
    }
    return a.length === b.length ? 0 : a.length < b.length ? -1 : 1;
  }

  const HEX = [];
  for (let i = 0; i < 256; i++) HEX.push((i < 16 ? '0' : '') + i.toString(16));

  function toHex(bytes) {
    let s = '';
    for (let i = 0; i < bytes.length; i++) s += HEX[bytes[i]];
    return s;
  }

  function fromHex(text) {
    const out = new Uint8Array(text.length >> 1);
    for (let i = 0; i < out.length; i++) out[i] = parseInt(text.substr(2 * i, 2), 16);
    return out;
  }

  // Lowercase hex of exactly n bytes (section 2).
  function isHex(value, n) { return typeof value === 'string' && value.length === 2 * n && /^[0-9a-f]*$/.test(value); }

  function hex32(x) { return (x >>> 0).toString(16).padStart(8, '0'); }

  function concat(parts) {
    let n = 0;
    for (const p of parts) n += p.length;
    const out = new Uint8Array(n);
    n = 0;
    for (const p of parts) { out.set(p, n); n += p.length; }
    return out;
  }

  // be64(n), section 2; n is a Number of at most 53 bits here (lengths, counts, indexes).
  function be64(n) {
    const out = new Uint8Array(8), v = new DataView(out.buffer);
    v.setUint32(0, Math.floor(n / 4294967296));
    v.setUint32(4, n >>> 0);
    return out;
  }

  function equalBytes(a, b) {
    if (a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
    return true;
  }

  // Short form of a value in a message: nothing from a file may flood the page.
  function show(value) {
    let s = typeof value === 'string' ? value : String(value);
    if (s.length > 80) s = s.slice(0, 77) + '...';
    return '"' + s + '"';
  }

  Object.assign(D, { Wrong, Limit, wrong, utf8, decode, isNfc, compareText, toHex, fromHex, isHex, hex32, concat, be64,
    equalBytes, show });
  if (typeof module === 'object' && module.exports) module.exports = D;
})();

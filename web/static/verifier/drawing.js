// Tickets, quotas, who is drawn (7.1), systematic sampling (7.2). Needed are the ranges and, with weights, the weights.
(function () {
  'use strict';
  const D = globalThis.Draw1 = globalThis.Draw1 || {};
  if (typeof require === 'function' && !D.Philox) require('./philox.js');
  if (typeof require === 'function' && !D.quotas) require('./plan.js');

  const SLICE = 40000;

  // All tickets: {hi, lo} by index.
  async function tickets(key, rows, pause) {
    const hi = new Uint32Array(rows), lo = new Uint32Array(rows);
    for (let i = 0; i < rows; i += SLICE) {
      key.fill(0, i, Math.min(SLICE, rows - i), hi, lo, i);
      await pause();
    }
    return { hi, lo, hex: i => D.hex32(hi[i]) + D.hex32(lo[i]), below: (a, b) => hi[a] - hi[b] || lo[a] - lo[b] || a - b };
  }

  // Indexes from..from+n-1 in the order of (ticket, index). Sorted by the upper 53 bits as
  // numbers first, which is quick.
  function byTicketOrder(t, from, n) {
    const keys = new Float64Array(n);
    for (let i = 0; i < n; i++) keys[i] = t.hi[from + i] * 2097152 + (t.lo[from + i] >>> 11);   // the upper 53 bits
    const order = new Uint32Array(n);
    for (let i = 0; i < n; i++) order[i] = i;
    order.sort((a, b) => keys[a] - keys[b] || t.lo[from + a] - t.lo[from + b] || a - b);
    return order.map(i => from + i);
  }

  // Rows taken with certainty (7.2). items: [{index, weight}], `total` is the sum of the whole table. Sorted by weight
  // once: every round takes what is next in that order, so a hostile table of many rounds costs no more than the sort.
  function certain(items, n, total) {
    let m = BigInt(n), w = total, at = 0;
    const taken = new Set(), sorted = items.filter(x => x.weight > 0).sort((a, b) => b.weight - a.weight);
    for (let round = -1; round < at;) {
      round = at;
      for (const m0 = m, w0 = w; at < sorted.length && m0 * BigInt(sorted[at].weight) >= w0; at++) {
        taken.add(sorted[at].index);
        m--;
        w -= BigInt(sorted[at].weight);
      }
    }
    // Where no weight is left nothing more is drawn, and the samples write m as 0 then.
    return { taken, draws: w === 0n ? 0n : m, weight: w };
  }

  // The start u (7.2): 0 where there is none.
  function startOf(key, draws, weight) {
    if (draws <= 0n || weight <= 0n) return 0n;
    const limit = weight * ((1n << 64n) / weight);
    for (let i = 0; ; i++) {
      const [hi, lo] = key.pair(0, i), word = BigInt(hi) << 32n | BigInt(lo);
      if (word < limit) return word % weight;
    }
  }

  // Which point a row outside A covers: its number, or -1n. s is `before` less the weights of A above.
  function pointOf(s, weight, begin, draws, total) {
    if (draws <= 0n || total <= 0n || weight <= 0n) return -1n;
    const from = draws * s, end = draws * (s + weight);
    const k = from <= begin ? 0n : (from - begin + total - 1n) / total;
    return k < draws && begin + k * total < end && begin + k * total >= from ? k : -1n;
  }

  // Everything of 7.2 from all weights: {taken: [indexes], draws, weight, begin, drawn: Set}.
  function systematic(weights, n, start) {
    const items = [];
    let total = 0n;
    weights.forEach((weight, index) => { if (weight) { items.push({ index, weight }); total += BigInt(weight); } });
    const a = certain(items, n, total), begin = start(a.draws, a.weight);
    const drawn = new Set(a.taken);
    let s = 0n;
    for (const x of items) {
      if (a.taken.has(x.index)) continue;
      if (pointOf(s, BigInt(x.weight), begin, a.draws, a.weight) >= 0n) drawn.add(x.index);
      s += BigInt(x.weight);
    }
    return { taken: [...a.taken].sort((x, y) => x - y), draws: a.draws, weight: a.weight, begin, drawn };
  }

  Object.assign(D, { tickets, byTicketOrder, certain, startOf, pointOf, systematic });
  if (typeof module === 'object' && module.exports) module.exports = D;
})();

// Greatest flow of the networks of 8.5 and 9 (Dinic), and which nodes are short. Needed only for shortages.
(function () {
  'use strict';
  const D = globalThis.Draw1 = globalThis.Draw1 || {};

  function Graph(nodes, arcs) {
    this.first = new Int32Array(nodes).fill(-1);
    this.next = new Int32Array(2 * arcs);
    this.to = new Int32Array(2 * arcs);
    this.left = new Float64Array(2 * arcs);
    this.n = 0;
  }
  Graph.prototype.arc = function (a, b, capacity) {
    for (const [from, to, c] of [[a, b, capacity], [b, a, 0]]) {
      this.to[this.n] = to; this.left[this.n] = c; this.next[this.n] = this.first[from]; this.first[from] = this.n++;
    }
  };

  // Distances from `start` over arcs with room; with `reverse` the nodes from which `start` can be reached.
  Graph.prototype.levels = function (start, reverse) {
    const level = new Int32Array(this.first.length).fill(-1), queue = new Int32Array(this.first.length);
    let head = 0, tail = 1;
    queue[0] = start; level[start] = 0;
    while (head < tail) {
      const a = queue[head++];
      for (let e = this.first[a]; e >= 0; e = this.next[e]) {
        if (level[this.to[e]] < 0 && this.left[reverse ? e ^ 1 : e] > 0) {
          level[this.to[e]] = level[a] + 1;
          queue[tail++] = this.to[e];
        }
      }
    }
    return level;
  };

  // One way from s to t along the levels, walked without recursion; gives what it carried, 0 when there is none.
  Graph.prototype.push = function (s, t, level, at, way) {
    let a = s, depth = 0;
    for (;;) {
      if (a === t) break;
      let e = at[a];
      while (e >= 0 && !(this.left[e] > 0 && level[this.to[e]] === level[a] + 1)) e = this.next[e];
      at[a] = e;
      if (e >= 0) { way[depth++] = e; a = this.to[e]; continue; }
      if (depth === 0) return 0;
      a = this.to[way[--depth] ^ 1];                       // dead end: step back and pass this arc over
      at[a] = this.next[at[a]];
    }
    let room = Infinity;
    for (let i = 0; i < depth; i++) room = Math.min(room, this.left[way[i]]);
    for (let i = 0; i < depth; i++) { this.left[way[i]] -= room; this.left[way[i] ^ 1] += room; }
    return room;
  };

  Graph.prototype.run = function (s, t) {
    let flow = 0;
    const way = new Int32Array(this.first.length);
    for (;;) {
      const level = this.levels(s, false);
      if (level[t] < 0) return flow;
      const at = this.first.slice();
      for (let f; (f = this.push(s, t, level, at, way)) > 0;) flow += f;
    }
  };

  // {demand, greatest, seats: [short?], gates: [short?]} of a network of pairing.js, bans taken away.
  function greatestFlow(net) {
    const { takers: n, targets: m } = net;
    if (n * m > D.LIMITS.flowArcs) throw new D.Limit('网络过大', 'the network is too large');
    const source = 0, sink = 1, taker = 2, seat = 2 + n, gate = 2 + n + m;
    const g = new Graph(2 + n + 2 * m, n + n * m + 2 * m);
    for (let j = 0; j < n; j++) g.arc(source, taker + j, net.capacity[j]);
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        if (net.arcs[i * n + j] !== 1) continue;
        if (net.qualified[j]) g.arc(taker + j, seat + i, 1);
        else if (net.gated) g.arc(taker + j, gate + i, 1);
      }
      if (net.gated) g.arc(gate + i, seat + i, net.size - net.leads);
      g.arc(seat + i, sink, net.size);
    }
    const greatest = g.run(source, sink), reach = g.levels(sink, true);
    const isShort = from => Array.from({ length: m }, (_, i) => reach[from + i] >= 0);
    return { demand: net.size * m, greatest, seats: isShort(seat), gates: net.gated ? isShort(gate) : new Array(m).fill(false) };
  }

  D.greatestFlow = greatestFlow;
  if (typeof module === 'object' && module.exports) module.exports = D;
})();

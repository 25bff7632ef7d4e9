// Who may go where, what it costs, roles (section 8), and the dealing of groups (section 9).
// A "scene" is all that one attempt at pairing rests on: see makeScene.
(function () {
  'use strict';
  const D = globalThis.Draw1 = globalThis.Draw1 || {};
  if (typeof require === 'function' && !D.Philox) require('./philox.js');

  // targets: {index, id, region} of the drawn ones by index. keys: Philox under match, teams, match-group.
  function makeScene(plan, drawn, inspectors, ranges, bars, pairBars, keys) {
    const scene = { plan, drawn, inspectors, bars, pairBars, keys, placeOf: new Map() };
    drawn.forEach((t, i) => scene.placeOf.set(t.index, i));
    const start = new Map();
    let at = 0;
    for (const [code, n] of ranges) { start.set(code, [at, n]); at += n; }
    scene.departments = plan.departments.map(d => {
      const [from, n] = start.get(d.code) || [0, 0];
      return { code: d.code, size: d.size, leads: d.leads, qualifications: d.qualifications, from, n };
    });
    return scene;
  }

  // "An empty region of a target is held by * alone; empty regions hold nothing" (8.1).
  const holds = (p, region) => p.everywhere || region !== '' && p.regions.has(region);
  const barred = (scene, t, j) => scene.bars.has(t) && scene.bars.get(t).has(j);
  const pairBarred = (scene, a, b) => scene.pairBars.has(a) && scene.pairBars.get(a).has(b);
  const isQualified = (d, p) => d.qualifications !== null && d.qualifications.every(each => p.qualifications.has(each));
  const eligible = (scene, target, p) => holds(p, target.region) && !barred(scene, target.index, p.index);
  const atHome = (p, region) => region !== '' && p.home === region;

  const costOf = (hi, lo) => hi * 256 + (lo >>> 24);
  const pairCost = (key, t, j) => { const w = key.pair(t, j); return costOf(w[0], w[1]); };

  // The network of 10.1 for one department, or for the groups (code "", size 1, leads 0, all qualified).
  // arcs[i * takers + j]: 1 an arc, 0 none, 2 taken away by a ban.
  function emptyNetwork(scene, code, size, leads, takers) {
    const cells = scene.drawn.length * takers;
    if (cells > D.LIMITS.cells) throw new D.Limit('人员与对象的组合过多', 'too many pairs of inspectors and targets');
    return { code, size, leads, takers, targets: scene.drawn.length, gated: leads > 0 && leads < size,
      capacity: new Float64Array(takers), qualified: new Uint8Array(takers).fill(1), arcs: new Uint8Array(cells),
      away: new Uint8Array(cells), high: new Uint32Array(cells), low: new Uint32Array(cells) };
  }

  async function departmentNetwork(scene, d, pause) {
    const net = emptyNetwork(scene, d.code, d.size, d.leads, d.n);
    net.from = d.from;
    for (let j = 0; j < d.n; j++) {
      const p = scene.inspectors[d.from + j];
      net.capacity[j] = p.capacity;
      net.qualified[j] = isQualified(d, p) || d.leads === 0 ? 1 : 0;
    }
    for (let i = 0; i < net.targets; i++) {
      const t = scene.drawn[i];
      for (let j = 0; j < d.n; j++) {
        const p = scene.inspectors[d.from + j];
        net.arcs[i * d.n + j] = eligible(scene, t, p) ? 1 : 0;
        net.away[i * d.n + j] = atHome(p, t.region) ? 0 : 1;
      }
      scene.keys.match.fill(t.index, d.from, d.n, net.high, net.low, i * d.n);
      if (i % 200 === 199) await pause();
    }
    return net;
  }

  async function groupNetwork(scene, groups, pause) {
    const net = emptyNetwork(scene, '', 1, 0, groups.length);
    net.from = 0;
    groups.forEach((g, k) => { net.capacity[k] = groupCapacity(scene, g); });
    for (let i = 0; i < net.targets; i++) {
      groups.forEach((g, k) => {
        net.arcs[i * groups.length + k] = groupMayTake(scene, g, scene.drawn[i]) ? 1 : 0;
        net.away[i * groups.length + k] = g.some(m => atHome(scene.inspectors[m.index], scene.drawn[i].region)) ? 0 : 1;
      });
      scene.keys.group.fill(scene.drawn[i].index, 0, groups.length, net.high, net.low, i * groups.length);
      if (i % 200 === 199) await pause();
    }
    return net;
  }

  // 8.4: of these inspectors' indexes at target t, the leads.
  function leadsOf(scene, d, t, team) {
    const list = team.filter(j => isQualified(d, scene.inspectors[j])).map(j => [pairCost(scene.keys.match, t, j), j]);
    list.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    return new Set(list.slice(0, d.leads).map(x => x[1]));
  }

  // ---- groups (section 9) ----

  const groupCapacity = (scene, g) => g.reduce((c, m) => Math.min(c, scene.inspectors[m.index].capacity), Infinity);

  function groupMayTake(scene, g, target) {
    if (g.some(m => barred(scene, target.index, m.index))) return false;
    return scene.departments.every((d, k) => g.some(m => m.department === k && holds(scene.inspectors[m.index], target.region)));
  }

  // Inspectors of a department by (ticket, index): [{index, hi, lo}].
  function byTicket(scene, d) {
    const hi = new Uint32Array(d.n), lo = new Uint32Array(d.n);
    scene.keys.teams.fill(0, d.from, d.n, hi, lo, 0);
    const list = [];
    for (let j = 0; j < d.n; j++) list.push({ index: d.from + j, hi: hi[j], lo: lo[j] });
    return list.sort((a, b) => a.hi - b.hi || a.lo - b.lo || a.index - b.index);
  }

  // {groups} with members {department, index, role, hi, lo}, or {shortage}.
  function dealGroups(scene) {
    const n = scene.plan.groups, groups = [];
    for (let k = 0; k < scene.departments.length; k++) {
      const d = scene.departments[k], pool = byTicket(scene, d);
      for (let round = 0; round < d.size; round++) {
        const role = round < d.leads ? 'lead' : 'member';
        for (let g = 0; g < n; g++) {
          if (g === groups.length) groups.push([]);
          const group = groups[g];
          const at = pool.findIndex(c => (role === 'member' || isQualified(d, scene.inspectors[c.index])) &&
            !group.some(m => pairBarred(scene, m.index, c.index)));
          if (at < 0) return { shortage: { department: d.code, group: g, role } };
          group.push(Object.assign({ department: k, role }, pool.splice(at, 1)[0]));
        }
      }
    }
    return { groups };
  }

  // The first barred pair of a team by (smaller index, larger index), or null (8.3 step 1).
  function barredPair(scene, team) {
    const sorted = team.slice().sort((a, b) => a - b);
    for (let i = 0; i < sorted.length; i++) {
      const bars = scene.pairBars.get(sorted[i]);
      if (!bars) continue;
      for (let k = i + 1; k < sorted.length; k++) if (bars.has(sorted[k])) return [sorted[i], sorted[k]];
    }
    return null;
  }

  Object.assign(D, { makeScene, departmentNetwork, groupNetwork, leadsOf, dealGroups, groupMayTake, groupCapacity, byTicket,
    barredPair, eligible, isQualified, pairBarred, pairCost, costOf, barred });
  if (typeof module === 'object' && module.exports) module.exports = D;
})();

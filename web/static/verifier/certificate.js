// The certificate (section 10) and the rounds of bans that follow from it (8.3). No solver: one comparison per arc.
(function () {
  'use strict';
  const D = globalThis.Draw1 = globalThis.Draw1 || {};
  if (typeof require === 'function' && !D.makeScene) require('./pairing.js');
  if (typeof require === 'function' && !D.greatestFlow) require('./flow.js');

  const FILE = 'certificate.json';

  function levelsOf(plan) {
    const out = [];
    for (const o of plan.objectives) if (o === 'tickets') out.push('cost', 'remainder'); else out.push(o);
    return out.concat('shared');
  }

  // ---- the form of the file (10.5) ----

  // `paired`: whether pairs.csv has the last pairs; in a shortage it is empty, and every entry has its own.
  function readCertificate(v, plan, claim, paired) {
    const bad = (where, zh, en) => D.wrong(claim, FILE + ' ' + where + '：' + zh, FILE + ', ' + where + ': ' + en);
    D.checkKeys(v, claim, FILE, ['levels', 'short', 'solved']);
    const levels = levelsOf(plan);
    if (!Array.isArray(v.levels) || v.levels.length !== levels.length || levels.some((l, i) => v.levels[i] !== l)) {
      bad('levels', '与方案的目标不符', 'not those of the objectives of the plan');
    }
    const codes = plan.fixed ? [''] : plan.departments.map(d => d.code);
    const common = (e, where, keys, more) => {
      D.checkKeys(e, claim, FILE + ' ' + where, ['round', 'department', 'seats', 'gates'].concat(keys), more);
      const round = D.smallInt(e.round, 1000000000), department = codes.indexOf(e.department);
      if (round === null) bad(where, 'round 无效', 'round is not valid');
      if (department < 0) bad(where, '方案中没有此部门', 'a department that is not in the plan');
      return { where, round, department };
    };
    const indexes = (list, where) => {
      if (!Array.isArray(list)) bad(where, '应是数组', 'must be a list');
      const out = list.map(x => D.smallInt(x, 4294967295));
      if (out.some((x, i) => x === null || i && out[i - 1] >= x)) bad(where, '应是递增的索引', 'must be indexes, ascending');
      return out;
    };
    const pair = (p, where) => {
      const out = Array.isArray(p) && p.length === 2 ? p.map(x => D.smallInt(x, 4294967295)) : [null];
      if (out.includes(null)) bad(where, '应是一对索引', 'must be a pair of indexes');
      return out;
    };
    if (!Array.isArray(v.solved) || !Array.isArray(v.short)) bad('solved, short', '应是数组', 'must be lists');
    const solved = v.solved.map((e, i) => {
      const where = 'solved[' + i + ']', out = common(e, where, ['takers'], ['pairs']);
      for (const k of ['takers', 'seats', 'gates']) {
        if (!Array.isArray(e[k]) || e[k].length !== levels.length || !e[k].every(l => Array.isArray(l) && l.every(x => typeof x === 'bigint'))) {
          bad(where + '.' + k, '应为每个层次一个整数数组', 'must have a list of integers for every level');
        }
        out[k] = e[k];
      }
      out.pairs = 'pairs' in e ? (Array.isArray(e.pairs) ? e.pairs : [null]).map(p => pair(p, where + '.pairs')) : null;
      return out;
    });
    for (let i = 1; i < solved.length; i++) {
      const a = solved[i - 1], b = solved[i];
      if (a.round > b.round || a.round === b.round && a.department >= b.department) bad(b.where, '次序不对', 'out of order');
    }
    const lastOf = new Map();
    solved.forEach(e => lastOf.set(e.department, e));
    for (const e of solved) {
      const inFile = paired && lastOf.get(e.department) === e;
      if (inFile !== (e.pairs === null)) bad(e.where, 'pairs 应在每个部门除最后一项外的各项中（有缺口时在所有各项中）', 'pairs must stand in all entries of a department but the last, in a shortage in all');
    }
    const cuts = new Map();
    v.short.forEach((e, i) => {
      const where = 'short[' + i + ']', out = common(e, where, ['ban']);
      out.ban = e.ban === null ? null : pair(e.ban, where + '.ban');
      out.seats = indexes(e.seats, where + '.seats');
      out.gates = indexes(e.gates, where + '.gates');
      const key = cutKey(out.round, out.department, out.ban);
      if (cuts.has(key)) bad(where, '重复', 'stands twice');
      cuts.set(key, out);
    });
    return { levels, solved, cuts, used: new Set() };
  }

  const cutKey = (round, department, ban) => round + '/' + department + '/' + (ban ? ban.join(',') : '');

  // ---- potentials (10.2, 10.3) ----

  // Numbers where they are surely exact, else BigInt; the formulas below are the same for both.
  function readPotentials(net, entry, claim) {
    const sizes = { takers: net.takers, seats: net.targets, gates: net.gated ? net.targets : 0 };
    let big = false;
    for (const k of Object.keys(sizes)) {
      for (const list of entry[k]) {
        if (list.length !== sizes[k]) {
          D.wrong(claim, FILE + ' ' + entry.where + '.' + k + '：长度不对', FILE + ', ' + entry.where + '.' + k + ': wrong length');
        }
        if (list.some(x => x > 1000000000000000n || x < -1000000000000000n)) big = true;
      }
    }
    const conv = big ? (x => x) : Number;
    const out = { number: big ? BigInt : Number };
    for (const k of Object.keys(sizes)) out[k] = entry[k].map(list => list.map(conv));
    return out;
  }

  // rise of the arc from taker j to target i in level l, without what `shared` costs.
  function arcRise(net, levels, pot, i, j, l, toGate) {
    const at = i * net.takers + j;
    let cost = 0;
    if (levels[l] === 'near') cost = net.away[at];
    else if (levels[l] === 'cost') cost = D.costOf(net.high[at], net.low[at]);
    else if (levels[l] === 'remainder') cost = net.low[at] & 0xffffff;
    return pot.number(cost) + pot.takers[l][j] - (toGate ? pot.gates : pot.seats)[l][i];
  }

  // -1, 0, 1: sign of the list of rises; `last` is the cost in level shared.
  function arcSign(net, levels, pot, i, j, last) {
    const toGate = !net.qualified[j];
    for (let l = 0; l < levels.length; l++) {
      let r = arcRise(net, levels, pot, i, j, l, toGate);
      if (l === levels.length - 1) r += pot.number(last);
      if (r < 0) return -1;
      if (r > 0) return 1;
    }
    return 0;
  }

  const hasArc = (net, at, j) => net.arcs[at] === 1 && (net.qualified[j] === 1 || net.gated);

  // An assignment is a flow of 10.1: null, or what is not right about it.
  function flowFault(net, taken) {
    const load = new Float64Array(net.takers);
    for (let i = 0; i < net.targets; i++) {
      let all = 0, plain = 0;
      for (let j = 0; j < net.takers; j++) {
        const at = i * net.takers + j;
        if (!taken[at]) continue;
        if (!hasArc(net, at, j)) return ['人员 ' + (net.from + j) + ' 不能去此对象', 'taker ' + (net.from + j) + ' may not go there', i];
        all++;
        load[j]++;
        if (!net.qualified[j]) plain++;
      }
      if (all !== net.size) return ['人数应为 ' + net.size + '，却是 ' + all, 'should get ' + net.size + ', gets ' + all, i];
      if (net.gated && plain > net.size - net.leads) return ['主检资格人数不足', 'too few are qualified', i];
    }
    for (let j = 0; j < net.takers; j++) {
      if (load[j] > net.capacity[j]) return ['人员 ' + (net.from + j) + ' 超过上限', 'taker ' + (net.from + j) + ' is above capacity', -1];
    }
    return null;
  }

  // null if the certificate holds for this assignment (10.3), else where it does not.
  function certificateFault(net, levels, pot, taken) {
    const load = new Float64Array(net.takers), last = levels.length - 1;
    const sign = f => { for (let l = 0; l <= last; l++) { const r = f(l); if (r < 0) return -1; if (r > 0) return 1; } return 0; };
    for (let i = 0; i < net.targets; i++) {
      let plain = 0;
      for (let j = 0; j < net.takers; j++) {
        const at = i * net.takers + j, carries = taken[at] === 1;
        if (!hasArc(net, at, j)) continue;
        if (carries) { load[j]++; if (!net.qualified[j]) plain++; }
        const s = arcSign(net, levels, pot, i, j, carries ? 1 : -1);
        if (carries ? s > 0 : s < 0) return 'taker ' + (net.from + j) + ' -> target place ' + i;
      }
      if (!net.gated) continue;
      const s = sign(l => pot.gates[l][i] - pot.seats[l][i]);
      if (plain < net.size - net.leads && s < 0 || plain > 0 && s > 0) return 'gate -> seats, target place ' + i;
    }
    const unit = (j, u) => sign(l => pot.number(levels[l] === 'balance' ? 2 * u - 1 : 0) - pot.takers[l][j]);
    for (let j = 0; j < net.takers; j++) {
      if (load[j] > 0 && unit(j, load[j]) > 0 || load[j] < net.capacity[j] && unit(j, load[j] + 1) < 0) {
        return 'source -> taker ' + (net.from + j);
      }
    }
    return null;
  }

  // 10.4: does the set prove that the seats cannot all be filled? Where there is no gate (`leads` 0) nobody comes in
  // through one, so (size - leads) is counted only where there are gates.
  function cutProves(scene, net, cut) {
    const place = list => list.map(t => scene.placeOf.get(t));
    const seats = place(cut.seats), gates = place(cut.gates);
    if (seats.includes(undefined) || gates.includes(undefined) || gates.length && !net.gated) return false;
    const inGates = new Set(gates);
    let reach = 0;
    for (let j = 0; j < net.takers; j++) {
      let arcs = 0;
      for (const i of net.qualified[j] ? seats : net.gated ? gates : []) if (net.arcs[i * net.takers + j] === 1) arcs++;
      reach += Math.min(net.capacity[j], arcs);
    }
    if (net.gated) for (const i of seats) if (!inGates.has(i)) reach += net.size - net.leads;
    return reach < net.size * seats.length;
  }

  // ---- the rounds ----

  const cutFails = cut => D.wrong('shortage', FILE + ' ' + cut.where + '：所给集合不能证明无解', FILE + ', ' + cut.where + ': the set does not prove that there is no assignment');

  // Uses an entry of `short`; null where there is none. Throws where it proves nothing.
  function takeCut(scene, cert, net, round, k, ban) {
    const key = cutKey(round, k, ban), cut = cert.cuts.get(key);
    if (!cut) return false;
    cert.used.add(key);
    if (!cutProves(scene, net, cut)) cutFails(cut);
    return true;
  }

  // Checks one entry of `solved`; gives its pairs.
  function takeSolved(cert, net, entry, taken) {
    const claim = 'pairs.optimal', pot = readPotentials(net, entry, claim);
    const flow = flowFault(net, taken);
    if (flow) D.wrong(claim, FILE + ' ' + entry.where + '（第 ' + entry.round + ' 轮）：' + flow[0], FILE + ', ' + entry.where + ' (round ' + entry.round + '): ' + flow[1]);
    const fault = certificateFault(net, cert.levels, pot, taken);
    if (fault) D.wrong(claim, FILE + ' ' + entry.where + ' 证明不成立：' + fault, FILE + ', ' + entry.where + ' does not hold at ' + fault);
    return taken;
  }

  function pairsOfEntry(scene, net, entry) {
    const taken = new Uint8Array(net.arcs.length);
    let before = -1;
    for (const [t, j] of entry.pairs) {
      const i = scene.placeOf.get(t), at = i * net.takers + j - net.from;
      if (i === undefined || j < net.from || j >= net.from + net.takers || at <= before) {
        D.wrong('pairs.optimal', FILE + ' ' + entry.where + '.pairs 无效', FILE + ', ' + entry.where + '.pairs is not valid');
      }
      taken[at] = 1;
      before = at;
    }
    return taken;
  }

  function noLeftovers(cert, solvedUsed) {
    for (const key of cert.cuts.keys()) {
      if (!cert.used.has(key)) D.wrong('bans', FILE + ' ' + cert.cuts.get(key).where + ' 没有用处', FILE + ', ' + cert.cuts.get(key).where + ' belongs to nothing');
    }
    if (solvedUsed !== cert.solved.length) {
      const e = cert.solved.find(x => !x.seen);
      D.wrong('bans', FILE + ' ' + e.where + ' 没有用处', FILE + ', ' + e.where + ' belongs to nothing');
    }
  }

  // Follows the rounds. nets: of every department in plan order; final: taken of pairs.csv, or null in a shortage.
  // Gives {bans: [[round, target, banned, other]], shortage: null | {seats: [department places]} | {pair_bar}}.
  async function followRounds(scene, cert, nets, final, pause) {
    let used = 0;
    const state = nets.map(() => null), bans = [];
    const solve = async (round, k) => {
      const e = cert.solved.find(x => x.round === round && x.department === k);
      if (!e) return false;
      e.seen = true;
      used++;
      state[k] = takeSolved(cert, nets[k], e, e.pairs ? pairsOfEntry(scene, nets[k], e) : final[k]);
      await pause();
      return true;
    };
    const lacking = (round, k) => D.wrong('bans', FILE + ' 缺少第 ' + round + ' 轮 ' + nets[k].code + ' 的解', FILE + ' lacks the answer of ' + nets[k].code + ' in round ' + round);

    const without = [];
    for (let k = 0; k < nets.length; k++) {
      if (takeCut(scene, cert, nets[k], 0, k, null)) without.push(k);
      else if (!await solve(0, k)) lacking(0, k);
    }
    if (without.length) { noLeftovers(cert, used); return { bans, shortage: { seats: without } }; }

    for (let round = 1; ; round++) {
      const due = barredOfRound(scene, nets, state);
      if (!due.length) break;
      const made = await oneRound(scene, cert, nets, round, due);
      for (const b of made.bans) bans.push([round, b.target, b.banned, b.other]);
      // Also where the round comes to a shortage: it is shown that the bans made before it could stand (10.5).
      for (const k of new Set(made.bans.map(b => b.department).sort((a, b) => a - b))) {
        if (!await solve(round, k)) lacking(round, k);
      }
      if (made.shortage) { noLeftovers(cert, used); return { bans, shortage: made.shortage }; }
    }
    noLeftovers(cert, used);
    return { bans, shortage: null };
  }

  // Steps 1 and 2 of 8.3: one barred pair per target, and who of the two goes.
  function barredOfRound(scene, nets, state) {
    const due = [];
    for (let i = 0; i < scene.drawn.length; i++) {
      const team = [], cost = new Map(), home = new Map();
      nets.forEach((net, k) => {
        for (let j = 0; j < net.takers; j++) {
          const at = i * net.takers + j;
          if (!state[k][at]) continue;
          team.push(net.from + j);
          cost.set(net.from + j, D.costOf(net.high[at], net.low[at]));
          home.set(net.from + j, k);
        }
      });
      const pair = D.barredPair(scene, team);
      if (!pair) continue;
      const [a, b] = pair, later = cost.get(a) > cost.get(b) ? a : b;      // equal costs: the larger index, b
      const other = later === a ? b : a;
      due.push({ place: i, target: scene.drawn[i].index, choice: [[later, home.get(later)], [other, home.get(other)]] });
    }
    return due;
  }

  // Steps 3 and 4 of 8.3.
  async function oneRound(scene, cert, nets, round, due) {
    const set = (d, who, value) => { const [j, k] = d.choice[who], net = nets[k]; net.arcs[d.place * net.takers + j - net.from] = value; };
    const made = (d, who) => ({ target: d.target, banned: d.choice[who][0], other: d.choice[1 - who][0], department: d.choice[who][1] });
    for (const d of due) set(d, 0, 2);
    let whole = true;
    for (const k of new Set(due.map(d => d.choice[0][1]))) if (takeCut(scene, cert, nets[k], round, k, null)) whole = false;
    if (whole) return { bans: due.map(d => made(d, 0)) };
    for (const d of due) set(d, 0, 1);
    const bans = [];
    for (const d of due) {
      let who = 0;
      for (; who < 2; who++) {
        const [j, k] = d.choice[who];
        set(d, who, 2);
        if (!takeCut(scene, cert, nets[k], round, k, [d.target, j])) break;
        set(d, who, 1);
      }
      if (who === 2) {
        return { bans, shortage: { pair_bar: { target: d.target, first: d.choice[0], other: d.choice[1] } } };
      }
      bans.push(made(d, who));
    }
    return { bans };
  }

  Object.assign(D, { readCertificate, followRounds, takeSolved, takeCut, certificateNoLeftovers: noLeftovers, flowFault });
  if (typeof module === 'object' && module.exports) module.exports = D;
})();

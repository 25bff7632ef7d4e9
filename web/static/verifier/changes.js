// changes.csv done again over the teams (8.6, 9 "Replacement", 11.2). Every line must come out as it stands.
(function () {
  'use strict';
  const D = globalThis.Draw1 = globalThis.Draw1 || {};
  if (typeof require === 'function' && !D.makeScene) require('./pairing.js');

  // at: {scene, targets: {ids, fields(i)}, strata: [{from, n, quota}], order(k): indexes not drawn that may follow,
  // teams: Map target index -> [[inspector indexes] per department] | group number | null, groups}.
  function Redo(at, rows) {
    Object.assign(this, at);
    this.rows = rows;
    this.bars = new Map();
    this.next = new Map();
    this.load = new Map();
    this.open = [];                                       // seats that wait for a supply, in the order expected
    for (const [t, team] of this.teams) this.count(t, team, 1);
    this.inGroup = new Set();
    if (this.groups) this.groups.forEach(g => g.forEach(m => this.inGroup.add(m.index)));
  }

  const P = Redo.prototype;

  P.fail = function (i, zh, en) {
    D.wrong('changes', 'changes.csv 第 ' + (i + 2) + ' 行：' + zh, 'changes.csv, line ' + (i + 2) + ': ' + en);
  };

  P.count = function (t, team, by) {
    const add = x => this.load.set(x, (this.load.get(x) || 0) + by);
    if (team === null) return;
    if (typeof team === 'number') add(team); else team.forEach(d => d.forEach(add));
  };

  P.target = function (index) {
    const f = this.targets.fields(index);
    return { index, id: f[1], region: f[2] };
  };

  P.barred = function (t, j) { return D.barred(this.scene, t, j) || this.bars.has(t + '/' + j); };
  P.may = function (target, j) { return D.eligible(this.scene, target, this.scene.inspectors[j]) && !this.barred(target.index, j); };

  // "LEFT;RIGHT" where ids may themselves hold a semicolon: the first split that names two known things.
  P.split = function (subject, left, right) {
    for (let at = subject.indexOf(';'); at >= 0; at = subject.indexOf(';', at + 1)) {
      const a = left(subject.slice(0, at)), b = right(subject.slice(at + 1));
      if (a !== undefined && b !== undefined) return [a, b];
    }
    return null;
  };

  P.run = function () {
    let seq = 0;
    for (let i = 0; i < this.rows.length; i++) {
      const [number, kind, , ground, , result, rank, eligible] = this.rows[i];
      if (!/^[1-9][0-9]{0,14}$/.test(number) || Number(number) <= seq) this.fail(i, 'seq 应递增', 'seq must rise');
      seq = Number(number);
      if (kind === 'recusal') {
        if (ground === '' || result || rank || eligible) this.fail(i, '列不符', 'fields that do not fit a recusal');
        i = this.recusal(i);
      } else if (kind === 'void') {
        if (ground === '' || rank || eligible) this.fail(i, '列不符', 'fields that do not fit a void');
        this.voided(i);
      } else if (kind === 'supply') {
        if (ground) this.fail(i, '列不符', 'fields that do not fit a supply');
        this.supply(i);
      } else this.fail(i, '不认识的种类', 'unknown kind');
    }
    this.endAct(this.rows.length - 1);
  };

  // A new act begins: no seat may wait for which somebody could come.
  P.endAct = function (i) {
    for (const seat of this.open) {
      if (this.candidates(seat).best !== null) this.fail(Math.max(i, 0), '有席位尚未递补', 'a seat has not been filled');
    }
    this.open = [];
  };

  P.recusal = function (i) {
    const inspectors = this.inspectorIds;
    const s = this.split(this.rows[i][2], id => this.targets.ids.get(id), id => inspectors.get(id));
    if (!s) this.fail(i, '名单中没有此对象或人员', 'no such target or inspector');
    const [t, j] = s, team = this.teams.get(t), departure = this.rows[i][3] === 'departure';
    if (team === undefined) this.fail(i, '此对象未被抽中', 'the target is not among those drawn');
    const leaves = this.groups ? team !== null && this.groups[team].some(m => m.index === j)
      : team !== null && team.some(d => d.includes(j));
    if (leaves || !departure) this.endAct(i);
    if (!leaves) { this.bars.set(t + '/' + j, true); return i; }
    if (this.groups) return this.leavesGroup(i, team, j);
    this.bars.set(t + '/' + j, true);
    const k = team.findIndex(d => d.includes(j));
    team[k] = team[k].filter(x => x !== j);
    this.load.set(j, this.load.get(j) - 1);
    this.open.push({ target: t, department: k, lead: false });
    return i;
  };

  // Fixed groups: "a member is recused from every target that his group has still to visit, one line for each".
  P.leavesGroup = function (i, group, j) {
    const ground = this.rows[i][3], visits = [];
    let last = i;
    for (; last < this.rows.length; last++) {
      const r = this.rows[last];
      if (r[1] !== 'recusal' || r[3] !== ground) break;
      const s = this.split(r[2], id => this.targets.ids.get(id), id => this.inspectorIds.get(id));
      if (!s || s[1] !== j || this.teams.get(s[0]) !== group || visits.length && visits[visits.length - 1] >= s[0]) break;
      this.bars.set(s[0] + '/' + j, true);
      visits.push(s[0]);
    }
    const g = this.groups[group], member = g.find(m => m.index === j);
    this.groups[group] = g.filter(m => m.index !== j);
    this.inGroup.delete(j);
    this.open.push({ group, department: member.department, role: member.role, visits, gone: j });
    return last - 1;
  };

  // Row indexes of a stratum that may follow the drawn ones, in the order of (ticket, index).
  P.successor = function (t) {
    const k = this.strata.findIndex(s => t >= s.from && t < s.from + s.n);
    const list = this.order(k), at = this.next.get(k) || 0;
    this.next.set(k, at + 1);
    return at < list.length ? list[at] : null;
  };

  P.voided = function (i) {
    this.endAct(i);
    const t = this.targets.ids.get(this.rows[i][2]), team = t === undefined ? undefined : this.teams.get(t);
    if (team === undefined) this.fail(i, '此对象未被抽中', 'the target is not among those drawn');
    this.count(t, team, -1);
    this.teams.delete(t);
    const heir = this.successor(t), id = heir === null ? '' : this.target(heir).id;
    if (this.rows[i][5] !== id) this.fail(i, '继任对象应为 ' + D.show(id), 'the successor must be ' + D.show(id));
    if (heir === null) return;
    if (team === null) { this.teams.set(heir, null); return; }              // nothing is paired in a shortage
    if (this.groups) { this.teams.set(heir, null); this.open.push({ heir }); return; }
    this.teams.set(heir, this.scene.departments.map(() => []));
    this.scene.departments.forEach((d, k) => {
      for (let s = 0; s < d.size; s++) this.open.push({ target: heir, department: k, lead: s < d.leads });
    });
  };

  // {best, list}: who comes, or null; and all who are counted, in their order.
  P.candidates = function (seat) {
    if (seat.heir !== undefined) return this.groupFor(seat.heir);
    return seat.group !== undefined ? this.memberFor(seat) : this.inspectorFor(seat);
  };

  P.inspectorFor = function (seat) {
    const d = this.scene.departments[seat.department], target = this.target(seat.target), team = this.teams.get(seat.target);
    const list = [];
    for (let j = d.from; j < d.from + d.n; j++) {
      if (this.may(target, j)) list.push({ j, cost: D.pairCost(this.scene.keys.match, target.index, j) });
    }
    list.sort((a, b) => a.cost - b.cost || a.j - b.j);
    const all = [].concat(...team), mine = team[seat.department];
    const qualified = j => D.isQualified(d, this.scene.inspectors[j]);
    const fits = j => (this.load.get(j) || 0) < this.scene.inspectors[j].capacity && !all.includes(j) &&
      !all.some(x => D.pairBarred(this.scene, x, j)) && (!seat.lead || qualified(j)) &&
      mine.concat(j).filter(x => !qualified(x)).length <= d.size - d.leads;      // "enough qualified", as the gate of 8.5
    const best = list.find(x => fits(x.j));
    return { best: best ? best.j : null, list: list.map(x => x.j) };
  };

  P.memberFor = function (seat) {
    const d = this.scene.departments[seat.department], group = this.groups[seat.group];
    const list = D.byTicket(this.scene, d).map(x => x.index).filter(j => j !== seat.gone && !this.inGroup.has(j) &&
      (seat.role === 'member' || D.isQualified(d, this.scene.inspectors[j])));
    const fits = j => !group.some(m => D.pairBarred(this.scene, m.index, j)) &&
      seat.visits.every(t => this.groupMay(group.concat({ index: j, department: seat.department }), t));
    const best = list.find(fits);
    return { best: best === undefined ? null : best, list };
  };

  P.groupMay = function (group, t) {
    return D.groupMayTake(this.scene, group, this.target(t)) && !group.some(m => this.bars.has(t + '/' + m.index));
  };

  P.groupFor = function (t) {
    const list = [];
    this.groups.forEach((g, k) => { if (this.groupMay(g, t)) list.push({ k, cost: D.pairCost(this.scene.keys.group, t, k) }); });
    list.sort((a, b) => a.cost - b.cost || a.k - b.k);
    const best = list.find(x => (this.load.get(x.k) || 0) < D.groupCapacity(this.scene, this.groups[x.k]));
    return { best: best ? best.k : null, list: list.map(x => x.k) };
  };

  P.supply = function (i) {
    // A seat for which nobody can come stays empty; it has no line.
    while (this.open.length && this.candidates(this.open[0]).best === null) this.open.shift();
    const seat = this.open[0], [, , subject, , , result, rank, eligible] = this.rows[i];
    if (!seat) this.fail(i, '没有空缺的席位', 'no seat is open');
    const name = seat.heir !== undefined ? this.target(seat.heir).id
      : (seat.group !== undefined ? '#' + seat.group : this.target(seat.target).id) + ';' + this.scene.departments[seat.department].code;
    if (subject !== name) this.fail(i, '应递补 ' + D.show(name), 'the seat to be filled is ' + D.show(name));
    const { best, list } = this.candidates(seat);
    const who = seat.heir !== undefined ? '#' + best : this.scene.inspectors[best].id;
    if (result !== who) this.fail(i, '应为 ' + D.show(who), 'it must be ' + D.show(who));
    const place = String(list.indexOf(best) + 1), number = String(list.length);
    if (rank !== place || eligible !== number) {
      this.fail(i, '名次应为 ' + place + '/' + number, 'the rank must be ' + place + ' of ' + number);
    }
    this.open.shift();
    if (seat.heir !== undefined) { this.teams.set(seat.heir, best); this.load.set(best, (this.load.get(best) || 0) + 1); return; }
    if (seat.group !== undefined) {
      this.groups[seat.group] = this.groups[seat.group].concat({ index: best, department: seat.department, role: seat.role });
      this.inGroup.add(best);
      return;
    }
    this.teams.get(seat.target)[seat.department].push(best);
    this.load.set(best, (this.load.get(best) || 0) + 1);
  };

  D.redoChanges = (at, rows) => new Redo(at, rows).run();
  if (typeof module === 'object' && module.exports) module.exports = D;
})();

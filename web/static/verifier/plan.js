// The plan (section 4), how entropy is written (section 5), and quotas (section 7).
(function () {
  'use strict';
  const D = globalThis.Draw1 = globalThis.Draw1 || {};
  if (typeof require === 'function' && !D.parseJson) require('./canonical.js');

  const bad = (zh, en) => D.wrong('plan', 'plan.json：' + zh, 'plan.json: ' + en);
  const isText = v => typeof v === 'string' && v !== '';
  const BILLION = 1000000000;

  function count(v, min, what) {
    const n = D.smallInt(v, BILLION);
    if (n === null || n < min) bad(what + ' 应是不小于 ' + min + ' 的整数', what + ' must be an integer from ' + min + ' on');
    return n;
  }

  function readQuota(q) {
    if (!D.isObject(q)) bad('quota 应是对象', 'quota must be an object');
    if ('total' in q) {
      D.checkKeys(q, 'plan', 'quota', ['total']);
      return { total: count(q.total, 0, 'quota.total') };
    }
    if ('systematic' in q) {
      D.checkKeys(q, 'plan', 'quota', ['systematic']);
      return { systematic: count(q.systematic, 0, 'quota.systematic') };
    }
    D.checkKeys(q, 'plan', 'quota', ['rates'], ['at_least_one']);
    if (!D.isObject(q.rates) || !Object.keys(q.rates).length) bad('quota.rates 应至少有一项', 'quota.rates must have an entry');
    if ('at_least_one' in q && typeof q.at_least_one !== 'boolean') bad('at_least_one 应为真或假', 'at_least_one must be true or false');
    const rates = new Map();
    for (const k of Object.keys(q.rates)) {
      const m = typeof q.rates[k] === 'string' && /^([0-9]{1,9})\/([1-9][0-9]{0,8})$/.exec(q.rates[k]);
      if (!m) bad('比例无效：' + D.show(k), 'no valid rate for ' + D.show(k));
      rates.set(k, [BigInt(m[1]), BigInt(m[2])]);
    }
    return { rates, atLeastOne: q.at_least_one === true };
  }

  function readDepartment(d, i) {
    const where = 'departments[' + i + ']';
    D.checkKeys(d, 'plan', where, ['code', 'size', 'leads'], ['lead_qualification']);
    if (typeof d.code !== 'string') bad(where + ' 的 code 应是文本', where + '.code must be a text');
    const size = count(d.size, 1, where + '.size'), leads = count(d.leads, 0, where + '.leads');
    if (leads > size) bad(where + ' 的 leads 大于 size', where + '.leads is above size');
    if ('lead_qualification' in d ? !isText(d.lead_qualification) || !D.readList(d.lead_qualification) : leads > 0) {
      bad(where + ' 的 lead_qualification 无效', where + '.lead_qualification is not valid');
    }
    return { code: d.code, size, leads, qualifications: isText(d.lead_qualification) ? D.readList(d.lead_qualification) : null };
  }

  function readObjectives(list) {
    const ok = Array.isArray(list) && list[list.length - 1] === 'tickets' && new Set(list).size === list.length &&
      list.every(o => o === 'near' || o === 'balance' || o === 'tickets');
    if (!ok) bad('objectives 无效', 'objectives are not valid');
    return list;
  }

  function readPlan(v) {
    const fixed = D.isObject(v) && v.teams === 'fixed';
    for (const k of ['number', 'predecessor', 'purpose', 'quota', 'teams', 'departments', 'objectives']) {
      if (!D.isObject(v) || !(k in v)) bad('缺少字段 ' + k, 'lacks the field ' + k);
    }
    if (typeof v.number !== 'string') bad('number 应是文本', 'number must be a text');
    if (!D.isHex(v.predecessor, 32)) bad('predecessor 应是 64 位十六进制', 'predecessor must be 64 hex digits');
    if (!isText(v.purpose)) bad('purpose 应是非空文本', 'purpose must be a text that is not empty');
    if (v.teams !== 'fixed' && v.teams !== 'per_target') bad('teams 无效', 'teams is not valid');
    if (fixed !== ('groups' in v)) bad('groups 只能且必须与 fixed 同在', 'groups must stand with "fixed", and only there');
    if (!Array.isArray(v.departments) || !v.departments.length) bad('departments 应至少有一项', 'departments must have an entry');
    const departments = v.departments.map(readDepartment);
    if (new Set(departments.map(d => d.code)).size !== departments.length) bad('部门代码重复', 'a department code stands twice');
    if ('entropy' in v && !isSource(v.entropy)) bad('entropy 不是随机数来源的规定写法', 'entropy does not name a source as section 5 writes it');
    return { number: v.number, predecessor: v.predecessor, quota: readQuota(v.quota), fixed,
      groups: fixed ? count(v.groups, 1, 'groups') : 0, departments, objectives: readObjectives(v.objectives),
      entropy: v.entropy, raw: v };
  }

  // ---- entropy (section 5) ----

  const LOTTERIES = {
    ssq: { bits: 24, parts: [[6, 33], [1, 16]] },
    dlt: { bits: 24, parts: [[5, 35], [2, 12]] }
  };
  const ISSUES = '[A-Za-z0-9-]+(?:\\+[A-Za-z0-9-]+)*';
  const LOTTERY = new RegExp('^lottery:([0-9A-Za-z_\\u4e00-\\u9fff-]+):(' + ISSUES + '):([0-9]{2}(?:[-+][0-9]{2})*)$');
  const LOTTERY_SOURCE = new RegExp('^lottery:[0-9A-Za-z_\\u4e00-\\u9fff-]+:(' + ISSUES + ')$');
  const BEACON = /^beacon:[0-9a-f]+:[1-9][0-9]{0,18}:((?:[0-9a-f]{2})+)$/;
  // eslint-disable-next-line no-control-regex
  const CONTROL = /[\u0000-\u001f\u007f]/;
  const twice = list => new Set(list).size !== list.length;

  // The plan's `entropy` "names the source exactly".
  function isSource(s) {
    if (typeof s !== 'string' || CONTROL.test(s)) return false;
    if (s === 'd10x20' || s === 'd6x25' || s === 'text' || /^beacon:[0-9a-f]+:[1-9][0-9]{0,18}$/.test(s)) return true;
    const m = LOTTERY_SOURCE.exec(s);
    return !!m && !twice(m[1].split('+'));
  }

  function lotteryBits(name, issues, results) {
    if (issues.length !== results.length || twice(issues)) return null;
    if (!Object.prototype.hasOwnProperty.call(LOTTERIES, name)) return 'unknown';
    const { bits, parts } = LOTTERIES[name];
    for (const r of results) {
      const balls = r.split('-').map(Number);
      for (const [n, max] of parts) {
        const part = balls.splice(0, n);
        if (part.length !== n || twice(part) || part.some(b => b < 1 || b > max)) return null;
      }
      if (balls.length) return null;
    }
    return bits * issues.length;
  }

  // Number of bits, 'unknown', or null where the form is not one of the table's.
  function entropyBits(s) {
    if (typeof s !== 'string' || CONTROL.test(s)) return null;
    if (/^d10x20:[0-9]{20}$/.test(s)) return 66;
    if (/^d6x25:[1-6]{25}$/.test(s)) return 64;
    if (s.startsWith('text:')) return s.length > 5 ? 0 : null;
    const b = BEACON.exec(s);
    if (b) return Math.min(256, 4 * b[1].length);
    const l = LOTTERY.exec(s);
    return l ? lotteryBits(l[1], l[2].split('+'), l[3].split('+')) : null;
  }

  // ---- quotas (section 7) ----

  function quotaByRate(n, p, q, atLeastOne) {
    let k = (2n * p * BigInt(n) + q) / (2n * q);
    if (k > BigInt(n)) k = BigInt(n);
    return k === 0n && atLeastOne && n > 0 ? 1 : Number(k);
  }

  function quotasByTotal(total, sizes) {
    const m = sizes.reduce((a, b) => a + b, 0), n = BigInt(Math.min(total, m));
    if (m === 0) return sizes.map(() => 0);
    const out = sizes.map(s => Number(n * BigInt(s) / BigInt(m)));
    const rest = sizes.map(s => n * BigInt(s) % BigInt(m));
    let left = Number(n) - out.reduce((a, b) => a + b, 0);
    const order = sizes.map((s, i) => i).sort((a, b) =>
      rest[a] !== rest[b] ? (rest[a] > rest[b] ? -1 : 1) : sizes[b] - sizes[a] || a - b);
    for (let i = 0; left > 0; i++, left--) out[order[i]]++;
    return out;
  }

  // Quotas of all strata, in the order of `ranges` ([[stratum, rows], ...]).
  function quotas(plan, ranges) {
    const q = plan.quota;
    if (q.rates) {
      return ranges.map(([code, n]) => q.rates.has(code) ? quotaByRate(n, ...q.rates.get(code), q.atLeastOne) : 0);
    }
    return quotasByTotal(q.total, ranges.map(r => r[1]));
  }

  Object.assign(D, { readPlan, entropyBits, quotaByRate, quotasByTotal, quotas });
  if (typeof module === 'object' && module.exports) module.exports = D;
})();

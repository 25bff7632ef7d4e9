// The claims about an evidence bundle, in the order of section 12.
(function () {
  'use strict';
  const D = globalThis.Draw1 = globalThis.Draw1 || {};
  if (typeof require === 'function') {
    ['./bytes.js', './sha256.js', './sm3.js', './philox.js', './zip.js', './canonical.js', './plan.js', './tables.js',
      './drawing.js', './pairing.js', './flow.js', './certificate.js', './changes.js'].forEach(f => require(f));
  }

  // ---- members and form (section 11) ----

  const BOTH = ['README.txt', 'plan.json', 'commit.json', 'reveal.json', 'register.json', 'drawn.csv', 'thresholds.csv'];
  const PAIRING = ['pairs.csv', 'bans.csv'];
  const TSV = D.TABLES.map(n => n + '.tsv');
  const ATTEMPT = ['commit.json', 'reveal.json', 'inspectors.tsv', 'bars.tsv', 'pair_bars.tsv', 'auditor.json', 'pairs.csv',
    'bans.csv', 'groups.csv', 'shortage.json', 'certificate.json', 'commit.tsr', 'beacon.json'];
  const ALL = new Set(BOTH.concat(PAIRING, TSV, ['auditor.json', 'groups.csv', 'systematic.json', 'shortage.json',
    'changes.csv', 'proofs.json', 'certificate.json', 'commit.tsr', 'beacon.json']));

  function known(name) {
    const m = /^attempt-([2-9]|[1-9][0-9])\/([a-z_.]+)$/.exec(name);
    return m ? ATTEMPT.includes(m[2]) : ALL.has(name);
  }

  const members = (zh, en) => D.wrong('members', zh, en);

  // {files, full, attempts: ['', 'attempt-2/', ...]}
  function readMembers(bytes) {
    const files = D.readZip(bytes, known), has = n => files.has(n);
    const full = has('auditor.json');
    if (full && has('proofs.json')) members('auditor.json 与 proofs.json 不能同在', 'auditor.json and proofs.json cannot stand together');
    const need = BOTH.concat(full ? PAIRING.concat(TSV, ['auditor.json', 'changes.csv']) : ['proofs.json']);
    for (const n of need) if (!has(n)) members('缺少 ' + n, n + ' is missing');
    if (!full) for (const n of TSV.concat(PAIRING, 'groups.csv', 'shortage.json', 'changes.csv', 'certificate.json')) if (has(n)) members('公开证据包中不应有 ' + n, n + ' must not stand in a public bundle');
    const attempts = [''];
    for (let k = 2; files.size; k++) {
      const p = 'attempt-' + k + '/', some = [...files.keys()].filter(n => n.startsWith(p));
      if (!some.length) break;
      attempts.push(p);
    }
    for (const n of files.keys()) {
      const at = n.indexOf('/');
      if (at > 0 && !attempts.includes(n.slice(0, at + 1))) members('各次匹配应连续编号：' + n, 'attempts must be numbered without gaps: ' + n);
    }
    for (const p of attempts.slice(1)) {
      const rest = full ? ATTEMPT.filter(n => !['groups.csv', 'shortage.json', 'certificate.json', 'commit.tsr', 'beacon.json'].includes(n)) : ['commit.json', 'reveal.json'];
      for (const n of rest) if (!has(p + n)) members('缺少 ' + p + n, p + n + ' is missing');
      if (!full) for (const n of ATTEMPT.filter(n => !['commit.json', 'reveal.json', 'commit.tsr', 'beacon.json'].includes(n))) {
        if (has(p + n)) members('公开证据包中不应有 ' + p + n, p + n + ' must not stand in a public bundle');
      }
    }
    return { files, full, attempts };
  }

  // Members that stand just where the plan or the course of the draw asks for them.
  function checkDependentMembers(b, plan) {
    const has = n => b.files.has(n), weighted = plan.quota.systematic !== undefined;
    if (has('systematic.json') !== weighted) members('systematic.json 只能且必须与 systematic 抽取数同在', 'systematic.json must stand just where the quota is systematic');
    b.attempts.forEach((p, i) => {
      if (b.full ? has(p + 'groups.csv') !== plan.fixed : has(p + 'groups.csv')) {
        members(p + 'groups.csv 只能且必须与 fixed 同在', p + 'groups.csv must stand just where the teams are fixed');
      }
      if (b.full && i + 1 < b.attempts.length && !has(p + 'shortage.json')) members('缺少 ' + p + 'shortage.json', p + 'shortage.json is missing: another attempt follows');
    });
  }

  // ---- commit.json (11.1) ----

  function hexField(v, key, claim, where) {
    if (!D.isHex(v[key], 32)) D.wrong(claim, where + '.' + key + ' 应是 64 位十六进制', where + '.' + key + ' must be 64 hex digits');
  }

  function checkSm3Form(v, keys, claim, where) {
    D.checkKeys(v, claim, where, [], keys);
    for (const k of Object.keys(v)) {
      const list = k === 'witnesses' && v[k] !== null ? v[k] : [v[k]];
      if (!Array.isArray(list) || !list.every(x => x === null || D.isHex(x, 32))) D.wrong(claim, where + '.' + k + ' 无效', where + '.' + k + ' is not valid');
    }
  }

  // Ranges as [[code, rows], ...] or with weights [[code, rows, BigInt]]; null where they are not of section 3.
  function readRanges(v, grouped, weighted) {
    if (!Array.isArray(v) || !grouped && v.length) return null;
    const out = [];
    for (const e of v) {
      if (!Array.isArray(e) || e.length !== (weighted ? 3 : 2) || typeof e[0] !== 'string' || e[0] === '') return null;
      const n = D.smallInt(e[1], 4294967295), before = out.length && out[out.length - 1][0];
      if (!n || out.length && D.compareText(before, e[0]) >= 0) return null;
      // Nine digits a weight at most, so a stratum's sum has a bound too.
      if (weighted && (typeof e[2] !== 'bigint' || e[2] < 0n || e[2] > 999999999n * e[1])) return null;
      out.push(weighted ? [e[0], n, e[2]] : [e[0], n]);
    }
    return out;
  }

  function checkCommitForm(v, weighted, name) {
    D.checkKeys(v, name, name, ['protocol', 'plan', 'secret', 'salt', 'witnesses', 'commit', 'tables', 'published'], ['sm3']);
    if (v.protocol !== 'draw-1') D.wrong(name, name + ' 的 protocol 不是 draw-1', name + ': the protocol is not draw-1');
    for (const k of ['plan', 'secret', 'salt', 'commit']) hexField(v, k, name, name);
    if (!Array.isArray(v.witnesses) || !v.witnesses.every(w => D.isHex(w, 32))) D.wrong(name, name + ' 的 witnesses 无效', name + ': witnesses are not valid');
    if ('sm3' in v) checkSm3Form(v.sm3, ['plan', 'secret', 'salt', 'commit', 'witnesses'], name, name + '.sm3');
    D.checkKeys(v.tables, name, name + '.tables', D.TABLES);
    for (const t of D.TABLES) {
      const e = v.tables[t], where = name + '.tables.' + t;
      D.checkKeys(e, name, where, ['header', 'rows', 'root', 'ranges', 'digest', 'sm3']);
      for (const k of ['root', 'digest']) hexField(e, k, name, where);
      if (e.sm3 !== null) hexField(e, 'sm3', name, where);
    }
  }

  function checkRevealForm(v, name) {
    D.checkKeys(v, name, name, ['secret', 'reveals', 'reveals_digest', 'entropy', 'seed'], ['sm3']);
    for (const k of ['secret', 'reveals_digest', 'seed']) hexField(v, k, name, name);
    if ('sm3' in v) checkSm3Form(v.sm3, ['reveals', 'seed'], name, name + '.sm3');
  }

  // Dates of 11.1: {day, time: ms or null}; `offset` stands in for one that is missing. null where it is none.
  function readTime(text, offset, whole) {
    const m = typeof text === 'string' &&
      /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?)?$/.exec(text);
    if (!m || whole && !(m[6] && m[7])) return null;
    const date = new Date(0);
    date.setUTCFullYear(+m[1], +m[2] - 1, +m[3]);
    if (date.getUTCMonth() !== m[2] - 1 || date.getUTCDate() !== +m[3]) return null;
    const out = { day: text.slice(0, 10), time: null, offset: m[7] || offset };
    if (m[4] === undefined) return out;
    if (+m[4] > 23 || +m[5] > 59 || +(m[6] || 0) > 59) return null;
    const z = out.offset === 'Z' ? '+00:00' : out.offset, sign = z[0] === '-' ? -1 : 1;
    if (+z.slice(1, 3) > 23 || +z.slice(4) > 59) return null;
    out.time = date.getTime() + ((+m[4] - sign * z.slice(1, 3)) * 60 + (+m[5] - sign * z.slice(4))) * 60000 + (m[6] || 0) * 1000;
    return out;
  }

  // ---- digests (sections 3, 5) ----

  function checkSm3(value, frame, claim, what) {
    if (value === null || value === undefined) return;
    if (D.toHex(D.sm3(frame)) !== value) D.wrong(claim, what + ' 的 SM3 值不符', 'the SM3 value of ' + what + ' does not fit');
  }

  function equal(claim, what, recorded, computed) {
    if (recorded !== computed) D.wrong(claim, what + ' 记为 ' + D.show(recorded) + '，算得 ' + D.show(computed), what + ' stands as ' + D.show(recorded) + ' but is ' + D.show(computed));
  }

  // One table of a full bundle: read, hash, compare with commit.json.
  async function fullTable(run, b, prefix, name, commit, salt, weighted) {
    const claim = prefix + 'tables.' + name;
    run.begin(claim);
    const bytes = b.files.get(prefix + name + '.tsv'), e = commit.tables[name];
    const t = await D.readTable(name, bytes, salt, claim, run.pause, weighted);
    equal(claim, name + ' header', e.header, t.header);
    equal(claim, name + ' rows', String(e.rows), String(t.rows));
    equal(claim, name + ' ranges', D.writeJson(e.ranges), D.writeJson(t.ranges));
    equal(claim, name + ' root', e.root, D.toHex(t.root));
    equal(claim, name + ' T', e.digest, D.toHex(t.digest));
    checkSm3(e.sm3, bytes, claim, name + '.tsv');
    return t;
  }

  // Of a public bundle: root and ranges from commit.json give T.
  function publicTable(commit, name, weighted, claim) {
    const e = commit.tables[name], grouped = name === 'targets' || name === 'inspectors';
    const ranges = readRanges(e.ranges, grouped, weighted && name === 'targets'), rows = D.smallInt(e.rows, 4294967295);
    equal(claim, name + ' header', e.header, D.tableHeader(name, weighted));
    if (!ranges || rows === null) D.wrong(claim, name + ' 的 ranges 或 rows 无效', 'ranges or rows of ' + name + ' are not valid');
    if (grouped && ranges.reduce((s, r) => s + r[1], 0) !== rows) D.wrong(claim, name + ' 的 ranges 与行数不符', 'the ranges of ' + name + ' do not add up to its rows');
    if (rows > D.LIMITS.rows) throw new D.Limit('行数过多', 'too many rows');
    const root = D.fromHex(e.root), digest = D.tableDigest(name, rows, root, ranges, weighted);
    equal(claim, name + ' T', e.digest, D.toHex(digest));
    return { name, rows, ranges, root, digest, ids: new Map(), weights: null };
  }

  async function readTables(run, b, prefix, commit, salt, weighted, targets) {
    const out = {};
    for (const name of D.TABLES) {
      const claim = prefix + 'tables.' + name;
      if (name === 'targets' && targets) {
        for (const k of ['header', 'rows', 'root', 'ranges', 'digest']) {
          equal(claim, prefix + 'commit.json targets ' + k, D.writeJson(commit.tables.targets[k]), D.writeJson(b.top.tables.targets[k]));
        }
        out.targets = targets;
        continue;
      }
      if (b.full) {
        out[name] = await fullTable(run, b, prefix, name, commit, salt, weighted);
        if (name === 'inspectors') out.people = D.readInspectors(out.inspectors, claim);
        if (name === 'bars') out.barred = D.readBars(out.bars, out.inspectors, out.targets, claim);
        if (name === 'pair_bars') out.pairBarred = D.readBars(out.pair_bars, out.inspectors, null, claim);
        run.ok(claim, name + '.tsv 共 ' + out[name].rows + ' 行，与承诺中的 T 一致', name + '.tsv has ' + out[name].rows + ' rows and gives T of the commitment');
      } else {
        run.begin(claim);
        out[name] = publicTable(commit, name, weighted, claim);
        run.cannot(claim, '公开证据包中没有此表；行数、分层和 T 一致', 'the table is not in a public bundle; its rows, ranges and T fit together');
      }
    }
    return out;
  }

  // C, section 5. Gives nothing but claims.
  function checkCommitment(run, prefix, plan, commit, reveal, tables, salt) {
    const claim = prefix + 'commitment', sm3 = commit.sm3 || {};
    run.begin(claim);
    const secret = D.fromHex(reveal.secret);
    equal(claim, prefix + 'P', commit.plan, D.toHex(plan.P));
    equal(claim, prefix + 'S', commit.secret, D.toHex(D.H('secret', secret)));
    if (salt) equal(claim, prefix + 'Z', commit.salt, D.toHex(D.H('salt', salt)));
    const parts = [plan.P].concat(D.TABLES.map(n => tables[n].digest), [commit.secret, commit.salt].concat(commit.witnesses).map(D.fromHex));
    equal(claim, prefix + 'C', commit.commit, D.toHex(D.H('commit', ...parts)));
    checkSm3(sm3.plan, D.frame('plan', [plan.bytes]), claim, 'P');
    checkSm3(sm3.secret, D.frame('secret', [secret]), claim, 'S');
    if (salt) checkSm3(sm3.salt, D.frame('salt', [salt]), claim, 'Z');
    checkSm3(sm3.commit, D.frame('commit', parts), claim, 'C');
    run.ok(claim, '方案、名录和密钥合成承诺 C = ' + commit.commit, 'plan, tables and secrets give the commitment C = ' + commit.commit);
  }

  function checkReveals(claim, prefix, commit, reveal) {
    const bad = (zh, en) => D.wrong(claim, prefix + 'reveal.json：' + zh, prefix + 'reveal.json: ' + en);
    const list = reveal.reveals, n = commit.witnesses.length;
    if (!Array.isArray(list) || list.length !== n) bad('见证人数不符', 'not as many reveals as witnesses');
    list.forEach((r, i) => {
      if (r === null) return;
      if (typeof r !== 'string' || r === '') bad('第 ' + (i + 1) + ' 位见证人的文本无效', 'the text of witness ' + (i + 1) + ' is not valid');
      equal(claim, prefix + 'W' + (i + 1), commit.witnesses[i], D.toHex(D.H('witness', D.utf8(r))));
    });
    const sm3 = (commit.sm3 || {}).witnesses;
    if (sm3) {
      if (sm3.length !== n) bad('SM3 的见证人数不符', 'not as many SM3 values as witnesses');
      sm3.forEach((v, i) => { if (list[i] !== null) checkSm3(v, D.frame('witness', [D.utf8(list[i])]), claim, 'W' + (i + 1)); });
    }
    return list.map(r => r === null ? new Uint8Array(0) : D.utf8(r));
  }

  // W, R, entropy, SEED (section 5); gives the seed.
  function checkSeed(run, b, prefix, plan, commit, reveal) {
    const claim = prefix + 'seed', name = prefix + 'reveal.json';
    run.begin(claim);
    const texts = checkReveals(claim, prefix, commit, reveal), R = D.H('reveals', ...texts);
    equal(claim, prefix + 'R', reveal.reveals_digest, D.toHex(R));
    const bits = D.entropyBits(reveal.entropy);
    if (bits === null) D.wrong(claim, name + ' 的 entropy 不是规定的写法', name + ': the entropy is not written as section 5 says');
    // A second attempt takes new entropy; where the plan named one issue or round it cannot be of that one again.
    const named = plan.entropy !== undefined && (prefix === '' || !plan.entropy.includes(':'));
    if (named && !reveal.entropy.startsWith(plan.entropy + ':')) {
      D.wrong(claim, name + ' 的 entropy 不来自方案指定的来源 ' + D.show(plan.entropy), name + ': the entropy is not from the source of the plan, ' + D.show(plan.entropy));
    }
    const parts = [D.fromHex(commit.commit), R, D.fromHex(reveal.secret), D.utf8(reveal.entropy)];
    const seed = D.H('seed', ...parts);
    equal(claim, prefix + 'SEED', reveal.seed, D.toHex(seed));
    if (b.files.has(prefix + 'beacon.json')) checkBeacon(claim, prefix + 'beacon.json', b.json(prefix + 'beacon.json'), reveal.entropy);
    const sm3 = reveal.sm3 || {};
    checkSm3(sm3.reveals, D.frame('reveals', texts), claim, 'R');
    checkSm3(sm3.seed, D.frame('seed', parts), claim, 'SEED');
    if (prefix === '') checkReadmeBits(claim, b, bits);
    const absent = reveal.reveals.filter(r => r === null).length;
    const warn = plan.entropy === undefined && prefix === '' ? ['；方案没有指定来源', '; the plan named no source'] : ['', ''];
    run.ok(claim, '外部随机数 ' + D.show(reveal.entropy) + '（' + (bits === 'unknown' ? '位数不明' : bits + ' 位') + '）请自行到来源核对；见证人 ' + texts.length + ' 位，缺席 ' + absent + ' 位' + warn[0],
      'entropy ' + D.show(reveal.entropy) + ' (' + bits + ' bits): look it up at its source; ' + texts.length + ' witnesses, ' + absent + ' absent' + warn[1]);
    return seed;
  }

  // The signature's SHA-256 is the randomness (section 11.1); whether it is the beacon's takes its curve.
  function checkBeacon(claim, name, v, entropy) {
    D.checkKeys(v, name, name, ['chain', 'round', 'signature'], ['previous_signature']);
    const hex = typeof v.signature === 'string' && /^([0-9a-f]{2})+$/.test(v.signature) ? D.toHex(D.sha256(D.fromHex(v.signature))) : '';
    const named = 'beacon:' + v.chain + ':' + v.round + ':' + hex;
    if (entropy !== named) D.wrong(claim, name + ' 的签名与随机数不符', name + ' is of another randomness: ' + D.show(named));
  }

  function checkReadmeBits(claim, b, bits) {
    const readme = D.decode(b.files.get('README.txt'));
    if (readme === null) D.wrong(claim, 'README.txt 不是有效的 UTF-8', 'README.txt is not valid UTF-8');
    if (!readme.split('\n')[0].includes(' ' + bits + ' bits')) {
      D.wrong(claim, 'README.txt 第一行没有写明 ' + bits + ' bits', 'README.txt does not say " ' + bits + ' bits" in its first line');
    }
  }

  const keyOf = (seed, table, stage) => new D.Philox(D.H('key', seed, table.digest, D.utf8(stage)).subarray(0, 16));

  // ---- drawn.csv, thresholds.csv, systematic.json (section 7) ----

  function compareRows(claim, file, rows, expected, header) {
    const names = header.split(',');
    const n = Math.max(rows.length, expected.length);
    for (let i = 0; i < n; i++) {
      const where = [file + ' 第 ' + (i + 2) + ' 行', file + ', line ' + (i + 2)];
      if (!rows[i]) D.wrong(claim, where[0] + '：缺少一行', where[1] + ': a row is missing');
      if (!expected[i]) D.wrong(claim, where[0] + '：多出一行', where[1] + ': a row too many');
      for (let c = 0; c < names.length; c++) {
        if (rows[i][c] !== expected[i][c]) {
          D.wrong(claim, where[0] + ' ' + names[c] + '：记为 ' + D.show(rows[i][c]) + '，应为 ' + D.show(expected[i][c]),
            where[1] + ', ' + names[c] + ': stands as ' + D.show(rows[i][c]) + ', must be ' + D.show(expected[i][c]));
        }
      }
    }
  }

  const DRAWN = 'stratum,rank,index,id,ticket', THRESHOLDS = 'stratum,rows,quota,ticket,index';

  // systematic.json of a full bundle: from the weights. Gives the set drawn.
  function fullSystematic(plan, table, key, v) {
    const s = D.systematic(table.weights, plan.quota.systematic, (m, w) => D.startOf(key, m, w));
    const expected = { begin: s.begin, draws: s.draws, taken: s.taken, weight: s.weight };
    equal('systematic', 'systematic.json', D.writeJson(v), D.writeJson(expected));
    return s.drawn;
  }

  // Of a public bundle: A among the drawn rows alone, whose lines proofs.json proves (section 12).
  function publicSystematic(plan, table, key, v, rows) {
    const claim = 'systematic', total = table.ranges.reduce((s, r) => s + r[2], 0n);
    const sorted = rows.slice().sort((a, b) => a.index - b.index);
    const a = D.certain(sorted, plan.quota.systematic, total), begin = D.startOf(key, a.draws, a.weight);
    const expected = { begin, draws: a.draws, taken: [...a.taken].sort((x, y) => x - y), weight: a.weight };
    equal(claim, 'systematic.json', D.writeJson(v), D.writeJson(expected));
    let above = 0n, end = 0n, last = -1;
    const points = new Set();
    for (const r of sorted) {
      const w = BigInt(r.weight), at = [' 索引 ' + r.index, ', index ' + r.index];
      // What section 3 says of `before`, as far as the drawn rows show it.
      if (r.before < end || r.before + w > total || last === r.index - 1 && r.before !== end) D.wrong(claim, 'proofs.json' + at[0] + '：before 不相容', 'proofs.json' + at[1] + ': before does not fit the rows above');
      end = r.before + w;
      last = r.index;
      if (a.taken.has(r.index)) { above += w; continue; }
      const p = D.pointOf(r.before - above, w, begin, a.draws, a.weight);
      if (p < 0n || points.has(p)) D.wrong(claim, 'proofs.json' + at[0] + '：没有落在自己的抽取点上', 'proofs.json' + at[1] + ': covers no point of its own');
      points.add(p);
    }
    if (BigInt(points.size) !== a.draws) D.wrong(claim, '按等距抽取的行数应为 ' + a.draws, a.draws + ' rows must be drawn by points');
    return new Set(rows.map(r => r.index));
  }

  // Rows proved by proofs.json, in the order of drawn.csv: [{index, id, stratum, weight, before}].
  function readProofs(v, rows, table, weighted) {
    const claim = 'drawn', name = 'proofs.json', columns = weighted ? 6 : 4;
    D.checkKeys(v, name, name, ['targets']);
    if (!Array.isArray(v.targets) || v.targets.length !== rows.length) D.wrong(claim, 'proofs.json 与 drawn.csv 行数不符', 'proofs.json has not as many rows as drawn.csv');
    const start = new Map();
    let at = 0, sum = 0n;
    for (const r of table.ranges) { start.set(r[0], [at, r[1], sum, sum + (r[2] || 0n)]); at += r[1]; sum += r[2] || 0n; }
    return v.targets.map((p, i) => {
      const bad = (zh, en) => D.wrong(claim, name + ' 第 ' + (i + 1) + ' 项：' + zh, name + ', entry ' + (i + 1) + ': ' + en);
      D.checkKeys(p, name, name + ' targets[' + i + ']', ['line', 'salt', 'path']);
      const index = /^(0|[1-9][0-9]{0,9})$/.test(rows[i][2]) ? Number(rows[i][2]) : -1;
      if (index < 0 || index >= table.rows) bad('索引超出范围', 'the index is out of range');
      if (typeof p.line !== 'string' || !D.isHex(p.salt, 16) || !Array.isArray(p.path)) bad('字段无效', 'fields that are not valid');
      const root = D.pathRoot(p.line, D.fromHex(p.salt), index, table.rows, p.path);
      if (!root || !D.equalBytes(root, table.root)) bad('路径不通向根', 'the path does not lead to the root');
      const f = p.line.split('\t'), range = start.get(f[0]);
      if (f.length !== columns || !f[1] || /[\n\r\0]/.test(p.line)) bad('行的格式不符', 'the line has not the form of section 3');
      if (!range || index < range[0] || index >= range[0] + range[1]) bad('索引不在该分层之内', 'the index is not in the range of its stratum');
      const out = { index, id: f[1], stratum: f[0], weight: 0, before: 0n };
      if (weighted) {
        if (!/^(0|[1-9][0-9]{0,8})$/.test(f[4]) || !/^(0|[1-9][0-9]{0,18})$/.test(f[5])) bad('权重无效', 'weight or before is not valid');
        out.weight = Number(f[4]);
        out.before = BigInt(f[5]);
        if (out.before < range[2] || out.before + BigInt(out.weight) > range[3]) bad('before 不在该分层之内', 'before does not lie in its stratum');
      }
      return out;
    });
  }

  // Gives {tickets, quotas, order(k), drawn: [{index, id, region}] by index}.
  async function checkDrawing(run, b, plan, tables, seed) {
    const t = tables.targets, weighted = plan.quota.systematic !== undefined;
    run.begin('drawn');
    const rows = D.parseCsv(b.files.get('drawn.csv'), 'drawn', 'drawn.csv', DRAWN);
    const proved = b.full ? null : readProofs(b.json('proofs.json'), rows, t, weighted);
    const tickets = await D.tickets(keyOf(seed, t, 'targets'), t.rows, run.pause);
    const orders = [], starts = [];
    t.ranges.reduce((at, r) => { starts.push(at); return at + r[1]; }, 0);
    const order = k => orders[k] || (orders[k] = D.byTicketOrder(tickets, starts[k], t.ranges[k][1]));
    let set = null;
    if (weighted) {
      run.begin('systematic');
      const v = b.json('systematic.json'), key = keyOf(seed, t, 'systematic');
      set = b.full ? fullSystematic(plan, t, key, v) : publicSystematic(plan, t, key, v, proved);
      run.ok('systematic', b.full ? '按权重等距抽取的结果一致' : '必取的行与抽取点与已抽中的行一致（其余行的权重不在公开证据包中）',
        b.full ? 'the weights give what systematic.json says' : 'rows taken with certainty and points fit the drawn rows (other weights are not in a public bundle)');
      run.begin('drawn');
    }
    const chosen = weighted ? byStratum(set, starts, t.ranges) : null;
    const quotas = weighted ? chosen.map(list => list.length) : D.quotas(plan, t.ranges);
    const idAt = b.full ? i => t.fields(i)[1] : null, expected = [], limits = [], drawn = [];
    t.ranges.forEach(([code, n], k) => {
      const list = weighted ? chosen[k].sort(tickets.below) : order(k).subarray(0, quotas[k]);
      list.forEach((index, r) => {
        const at = expected.length, id = idAt ? idAt(index) : proved[at] && proved[at].index === index ? proved[at].id : '';
        expected.push([code, String(r + 1), String(index), id, tickets.hex(index)]);
        drawn.push(index);
      });
      const last = list[quotas[k] - 1], shown = quotas[k] > 0 && !weighted;
      limits.push([code, String(n), String(quotas[k]), shown ? tickets.hex(last) : '', shown ? String(last) : '']);
    });
    compareRows('drawn', 'drawn.csv', rows, expected, DRAWN);
    run.ok('drawn', '抽中 ' + drawn.length + ' 个对象，逐行一致', drawn.length + ' targets drawn, every row follows');
    run.begin('thresholds');
    compareRows('thresholds', 'thresholds.csv', D.parseCsv(b.files.get('thresholds.csv'), 'thresholds', 'thresholds.csv', THRESHOLDS), limits, THRESHOLDS);
    run.ok('thresholds', t.ranges.length + ' 个分层的抽取数与末位签号一致', 'quota and threshold of ' + t.ranges.length + ' strata follow');
    const targets = b.full ? drawn.slice().sort((x, y) => x - y).map(index => {
      const f = t.fields(index);
      return { index, id: f[1], region: f[2] };
    }) : [];
    // Who may follow a voided target: not drawn, in order; with weights only rows above 0 (7.2).
    const follow = k => {
      const list = Array.from(order(k));
      return weighted ? list.filter(i => !set.has(i) && t.weights[i] > 0) : list.slice(quotas[k]);
    };
    return { tickets, quotas, starts, order, follow, targets, set, limits, drawnIds: new Set(rows.map(r => r[3])) };
  }

  // Row indexes shared out to the strata, in one pass.
  function byStratum(set, starts, ranges) {
    const out = ranges.map(() => []);
    let k = 0;
    for (const i of [...set].sort((a, b) => a - b)) {
      while (i >= starts[k] + ranges[k][1]) k++;
      out[k].push(i);
    }
    return out;
  }

  // ---- register.json, README, published ----

  function checkRegister(run, b, plan, commit, commits, lastShort) {
    const claim = 'register', name = 'register.json';
    run.begin(claim);
    const v = b.json(name), bad = (zh, en) => D.wrong(claim, name + '：' + zh, name + ': ' + en);
    D.checkKeys(v, name, name, ['entry', 'predecessors']);
    D.checkKeys(v.entry, name, name + '.entry', ['number', 'commit', 'state', 'reason', 'self_drawn', 'committed_at', 'drawn_at']);
    const e = v.entry;
    equal(claim, name + ' number', e.number, plan.number);
    if (!commits.includes(e.commit)) equal(claim, name + ' commit', e.commit, commit.commit);
    if (e.state !== 'completed' && e.state !== 'open') bad('state 无效', 'state is not valid');
    // A public bundle is out only when the draw is completed.
    if (!b.full && e.state !== 'completed') bad('公开证据包只属于已完成的抽取', 'a public bundle is of a completed draw');
    if (lastShort !== null) equal(claim, name + ' state', e.state, lastShort ? 'open' : 'completed');
    if (e.reason !== '') bad('reason 只属于作废的编号', 'a reason belongs to a void number only');
    if (typeof e.self_drawn !== 'boolean') bad('self_drawn 应为真或假', 'self_drawn must be true or false');
    const from = readTime(e.committed_at, null, true), to = readTime(e.drawn_at, null, true);
    if (!from || !to) bad('时间无效', 'a time is not valid');
    if (to.time < from.time) bad('抽取早于承诺', 'drawn before it was committed');
    const list = v.predecessors;
    if (!Array.isArray(list) || !list.every(x => D.isHex(x, 32))) bad('predecessors 无效', 'predecessors are not valid');
    const none = plan.predecessor === '0'.repeat(64);
    if (none ? list.length : list[0] !== plan.predecessor) bad('predecessors 与方案不符', 'predecessors are not those of the plan');
    const seen = checkPublished(commit, from, to);
    if (!e.self_drawn && !seen) bad('没有抽取之前的公布记录，应标为自抽', 'self_drawn is false, but no publication stands between commitment and draw');
    const readme = D.decode(b.files.get('README.txt'));
    if (readme.includes('self-drawn') !== e.self_drawn) bad('README.txt 与 self_drawn 不符', 'README.txt and self_drawn differ');
    run.ok(claim, '登记条目与方案、承诺一致（' + e.state + (e.self_drawn ? '，自抽' : '') + '）', 'the entry says what plan and commitment say (' + e.state + (e.self_drawn ? ', self-drawn' : '') + ')');
  }

  // Whether a publication counts (11.1).
  function checkPublished(commit, from, to) {
    let seen = false;
    if (!Array.isArray(commit.published)) D.wrong('published', 'published 应是数组', 'published must be a list');
    commit.published.forEach((p, i) => {
      D.checkKeys(p, 'published', 'published[' + i + ']', ['where', 'when']);
      const t = readTime(p.when, from.offset, false);
      if (typeof p.where !== 'string' || !t) D.wrong('published', 'published[' + i + '] 无效', 'published[' + i + '] is not valid');
      if (t.time === null) seen = seen || t.day === from.day || t.day > from.day && t.day < to.day;
      else seen = seen || t.time >= from.time && t.time < to.time;
    });
    return seen;
  }

  // ---- pairs (sections 8 to 10) ----

  const PAIRS = 'target_id,department,inspector_id,role,cost', GROUP_PAIRS = 'target_id,group,cost';
  const BANS = 'round,target_id,banned_id,other_id', GROUPS = 'group,department,inspector_id,role,ticket';

  const rowOf = (claim, name, i) => (zh, en) => D.wrong(claim, name + ' 第 ' + (i + 2) + ' 行：' + zh, name + ', line ' + (i + 2) + ': ' + en);

  // pairs.csv of per_target: lawful in every respect (8.1, 8.4). Gives taken of every department.
  function lawfulPairs(scene, nets, ids, rows, claim, name) {
    const taken = nets.map(n => new Uint8Array(n.arcs.length)), load = new Map();
    let pos = 0;
    scene.drawn.forEach((t, i) => {
      const team = [];
      scene.departments.forEach((d, k) => {
        const mine = [], from = pos;
        for (let s = 0; s < d.size; s++, pos++) {
          const row = rows[pos], bad = rowOf(claim, name, pos);
          if (!row) bad('缺少一行', 'a row is missing');
          if (row[0] !== t.id || row[1] !== d.code) bad('应为对象 ' + D.show(t.id) + ' 部门 ' + D.show(d.code), 'must be of target ' + D.show(t.id) + ', department ' + D.show(d.code));
          const j = ids.get(row[2]), net = nets[k], at = i * net.takers + j - d.from;
          if (j === undefined || j < d.from || j >= d.from + d.n) bad('该部门没有此人员 ' + D.show(row[2]), 'the department has no inspector ' + D.show(row[2]));
          if (mine.length && mine[mine.length - 1] >= j) bad('次序不对或重复', 'out of order, or twice the same');
          if (net.arcs[at] !== 1) bad('此人员不能检查该对象', 'this inspector is not eligible for this target');
          if (row[4] !== String(D.costOf(net.high[at], net.low[at]))) bad('cost 应为 ' + D.costOf(net.high[at], net.low[at]), 'cost must be ' + D.costOf(net.high[at], net.low[at]));
          load.set(j, (load.get(j) || 0) + 1);
          if (load.get(j) > scene.inspectors[j].capacity) bad('超过此人员的上限', 'above the capacity of this inspector');
          taken[k][at] = 1;
          mine.push(j);
        }
        const leads = D.leadsOf(scene, d, t.index, mine);
        if (leads.size < d.leads) rowOf(claim, name, from)('主检资格人数不足', 'too few are qualified to lead');
        mine.forEach((j, s) => {
          const role = leads.has(j) ? 'lead' : 'member';
          if (rows[from + s][3] !== role) rowOf(claim, name, from + s)('role 应为 ' + role, 'role must be ' + role);
        });
        team.push(...mine);
      });
      const pair = D.barredPair(scene, team);
      if (pair) rowOf(claim, name, pos - 1)('组内有互相排除的两人：' + pair.map(j => scene.inspectors[j].id).join('、'), 'a barred pair in the team: ' + pair.map(j => scene.inspectors[j].id).join(', '));
    });
    if (rows.length > pos) rowOf(claim, name, pos)('多出一行', 'a row too many');
    return taken;
  }

  function lawfulGroupPairs(scene, net, rows, claim, name) {
    const taken = new Uint8Array(net.arcs.length), load = new Map();
    scene.drawn.forEach((t, i) => {
      const row = rows[i], bad = rowOf(claim, name, i);
      if (!row) bad('缺少一行', 'a row is missing');
      if (row[0] !== t.id) bad('应为对象 ' + D.show(t.id), 'must be of target ' + D.show(t.id));
      const k = /^(0|[1-9][0-9]{0,9})$/.test(row[1]) ? Number(row[1]) : -1, at = i * net.takers + k;
      if (k < 0 || k >= net.takers) bad('没有此组', 'no such group');
      if (net.arcs[at] !== 1) bad('此组不能检查该对象', 'this group may not take this target');
      if (row[2] !== String(D.costOf(net.high[at], net.low[at]))) bad('cost 应为 ' + D.costOf(net.high[at], net.low[at]), 'cost must be ' + D.costOf(net.high[at], net.low[at]));
      load.set(k, (load.get(k) || 0) + 1);
      if (load.get(k) > net.capacity[k]) bad('超过此组的上限', 'above the capacity of this group');
      taken[at] = 1;
    });
    if (rows.length > scene.drawn.length) rowOf(claim, name, scene.drawn.length)('多出一行', 'a row too many');
    return taken;
  }

  // shortage of seats told as in 8.5.
  function seatsCause(scene, d, flow) {
    const sum = new Map();
    const add = (region, role, n) => { if (n) sum.set(region + '\t' + role, (sum.get(region + '\t' + role) || 0) + n); };
    scene.drawn.forEach((t, i) => {
      if (flow.seats[i]) add(t.region, 'lead', d.leads);
      if (d.leads === 0 ? flow.seats[i] : flow.gates[i]) add(t.region, 'member', d.size - d.leads);
    });
    const seats = [...sum.keys()].sort((a, b) => {
      const x = a.split('\t'), y = b.split('\t');
      return D.compareText(x[0], y[0]) || D.compareText(x[1], y[1]);
    }).map(k => ({ region: k.split('\t')[0], role: k.split('\t')[1], seats: sum.get(k) }));
    const missing = flow.demand - flow.greatest, all = seats.reduce((n, s) => n + s.seats, 0);
    return { kind: 'seats', department: d.code, demand: flow.demand, greatest: flow.greatest, seats, supply: all - missing, missing };
  }

  // One attempt at pairing. Gives {short, teams(): Map for changes.csv, scene, groups}.
  async function checkPairing(run, b, prefix, plan, tables, seed, targets) {
    const named = n => prefix + n, claims = n => prefix + n;
    const read = (n, claim, header) => D.parseCsv(b.files.get(named(n)), claims(claim), named(n), header);
    const scene = D.makeScene(plan, targets, tables.people, tables.inspectors.ranges, tables.barred, tables.pairBarred, {
      match: keyOf(seed, tables.inspectors, 'match'), teams: keyOf(seed, tables.inspectors, 'teams'),
      group: keyOf(seed, tables.inspectors, 'match-group') });
    const told = b.files.has(named('shortage.json')) ? b.json(named('shortage.json')) : null;
    const job = { run, b, prefix, plan, scene, told, named, claims, read, ids: tables.inspectors.ids,
      certificate: b.files.has(named('certificate.json')) ? b.json(named('certificate.json')) : null };
    if (job.certificate) {
      job.cert = D.readCertificate(job.certificate, plan, claims('pairs.optimal'), !told);
    }
    const out = plan.fixed ? await fixedPairing(job) : await targetPairing(job);
    return Object.assign({ scene, short: !!told, ids: job.ids }, out);
  }

  const EMPTY = [];
  function nothingPaired(job) {
    const claim = job.claims('pairs.lawful');
    job.run.begin(claim);
    compareRows(claim, job.named('pairs.csv'), job.read('pairs.csv', 'pairs.lawful', job.plan.fixed ? GROUP_PAIRS : PAIRS), EMPTY, '');
    job.run.ok(claim, '人员缺口：没有匹配，应当如此', 'a shortage: nothing is paired, as must be');
  }

  function checkBans(job, bans) {
    const claim = job.claims('bans'), id = j => job.scene.inspectors[j].id;
    const targetId = new Map(job.scene.drawn.map(t => [t.index, t.id]));
    const expected = bans.map(([round, t, x, y]) => [String(round), targetId.get(t), id(x), id(y)]);
    compareRows(claim, job.named('bans.csv'), job.read('bans.csv', 'bans', BANS), expected, BANS);
  }

  function compareShortage(job, causes) {
    const claim = job.claims('shortage'), told = D.writeJson(job.told), made = D.writeJson({ shortage: causes });
    if (told === made) return;
    let i = 0;
    while (told[i] === made[i]) i++;
    const part = s => D.show(s.slice(Math.max(0, i - 20), i + 40));
    D.wrong(claim, 'shortage.json 写为 ' + part(told) + '，应为 ' + part(made), 'shortage.json says ' + part(told) + ', must say ' + part(made));
  }

  async function targetPairing(job) {
    const { run, scene, cert, told } = job, nets = [];
    run.begin(job.claims('pairs.lawful'));
    for (const d of scene.departments) nets.push(await D.departmentNetwork(scene, d, run.pause));
    if (told) return targetShortage(job, nets);
    const claim = job.claims('pairs.lawful');
    const rows = job.read('pairs.csv', 'pairs.lawful', PAIRS);
    const taken = lawfulPairs(scene, nets, job.ids, rows, claim, job.named('pairs.csv'));
    run.ok(claim, rows.length + ' 个席位：人数、资格、上限、排除情形、角色和次序都符合', rows.length + ' seats: sizes, eligibility, capacities, bars, roles and order are lawful');
    run.begin(job.claims('bans'));
    if (!cert) {
      job.read('bans.csv', 'bans', BANS);
      run.cannot(job.claims('bans'), '没有 certificate.json，未核对', 'no certificate.json: not checked');
      run.cannot(job.claims('pairs.optimal'), '没有 certificate.json，未核对', 'no certificate.json: not checked');
    } else {
      const followed = await D.followRounds(scene, cert, nets, taken, run.pause);
      if (followed.shortage) D.wrong(job.claims('pairs.optimal'), 'certificate.json 证明有缺口，却没有 shortage.json', 'certificate.json proves a shortage, but there is no shortage.json');
      checkBans(job, followed.bans);
      run.ok(job.claims('bans'), followed.bans.length + ' 条排除逐轮一致', followed.bans.length + ' bans follow, round by round');
      run.begin(job.claims('pairs.optimal'));
      run.ok(job.claims('pairs.optimal'), cert.solved.length + ' 个解都证明为唯一最优', cert.solved.length + ' answers are proved the smallest, and the only ones');
    }
    return { teams: () => teamsOf(scene, nets, taken) };
  }

  function teamsOf(scene, nets, taken) {
    const out = new Map();
    scene.drawn.forEach((t, i) => out.set(t.index, nets.map((net, k) => {
      const list = [];
      for (let j = 0; j < net.takers; j++) if (taken[k][i * net.takers + j]) list.push(net.from + j);
      return list;
    })));
    return out;
  }

  async function targetShortage(job, nets) {
    const { run, scene, cert } = job, claim = job.claims('shortage');
    nothingPaired(job);
    run.begin(job.claims('bans'));
    checkBans(job, []);
    run.ok(job.claims('bans'), '没有排除，应当如此', 'no bans, as must be');
    run.begin(claim);
    const causes = [], without = [];
    scene.departments.forEach((d, k) => {
      const flow = D.greatestFlow(nets[k]);
      if (flow.greatest < flow.demand) { causes.push(seatsCause(scene, d, flow)); without.push(k); }
    });
    const followed = cert && await D.followRounds(scene, cert, nets, null, run.pause);
    if (without.length) {
      compareShortage(job, causes);
      if (cert && !(followed.shortage && followed.shortage.seats && followed.shortage.seats.join() === without.join())) {
        D.wrong(claim, 'certificate.json 与 shortage.json 的部门不符', 'certificate.json and shortage.json name other departments');
      }
    } else if (!cert) {
      checkPairBarForm(job);
      run.cannot(claim, '没有 certificate.json，未核对', 'no certificate.json: not checked');
      return { teams: () => null };
    } else {
      const p = followed.shortage && followed.shortage.pair_bar;
      if (!p) D.wrong(claim, '并无缺口', 'there is no shortage');
      const id = j => scene.inspectors[j].id;
      compareShortage(job, [{ kind: 'pair_bar', target: scene.drawn[scene.placeOf.get(p.target)].id,
        department: scene.departments[p.first[1]].code, barred: [id(p.first[0]), id(p.other[0])] }]);
    }
    run.ok(claim, '缺口属实，数字一致', 'the shortage is real and its numbers follow');
    return { teams: () => null };
  }

  function checkPairBarForm(job) {
    const v = job.told, c = D.isObject(v) && Array.isArray(v.shortage) && v.shortage.length === 1 ? v.shortage[0] : null;
    if (!c || c.kind !== 'pair_bar') D.wrong(job.claims('shortage'), '席位并无缺口', 'no department lacks seats');
  }

  async function fixedPairing(job) {
    const { run, scene, cert, told } = job, claim = job.claims('groups');
    run.begin(claim);
    const dealt = D.dealGroups(scene), rows = job.read('groups.csv', 'groups', GROUPS), expected = [];
    if (dealt.groups) dealt.groups.forEach((g, n) => g.slice().sort((a, b) => a.department - b.department || a.index - b.index).forEach(m =>
      expected.push([String(n), scene.departments[m.department].code, scene.inspectors[m.index].id, m.role, D.hex32(m.hi) + D.hex32(m.lo)])));
    compareRows(claim, job.named('groups.csv'), rows, expected, GROUPS);
    run.ok(claim, dealt.groups ? dealt.groups.length + ' 个组重新分配后一致' : '不能分满各组，没有分组', dealt.groups ? dealt.groups.length + ' groups come out the same when dealt again' : 'the groups cannot all be dealt, none is written');
    const net = dealt.groups && await D.groupNetwork(scene, dealt.groups, run.pause);
    const causes = groupCauses(scene, dealt, net);
    run.begin(job.claims(told ? 'shortage' : 'pairs.lawful'));
    if (causes && !told) D.wrong(job.claims('pairs.lawful'), '有缺口，却没有 shortage.json', 'there is a shortage, but no shortage.json');
    if (!causes && told) D.wrong(job.claims('shortage'), '并无缺口', 'there is no shortage');
    if (told) nothingPaired(job);
    else {
      const pairs = job.read('pairs.csv', 'pairs.lawful', GROUP_PAIRS);
      job.taken = lawfulGroupPairs(scene, net, pairs, job.claims('pairs.lawful'), job.named('pairs.csv'));
      run.ok(job.claims('pairs.lawful'), pairs.length + ' 个对象各有一组，符合规定', pairs.length + ' targets have a group each, lawfully');
    }
    run.begin(job.claims('bans'));
    checkBans(job, []);
    run.ok(job.claims('bans'), '固定分组没有逐轮排除', 'fixed groups have no bans');
    fixedCertificate(job, net, causes, cert);
    return { groups: dealt.groups, teams: () => told ? null : new Map(scene.drawn.map((t, i) => [t.index, job.taken.subarray(i * net.takers, (i + 1) * net.takers).indexOf(1)])) };
  }

  function groupCauses(scene, dealt, net) {
    if (dealt.shortage) return [Object.assign({ kind: 'group' }, dealt.shortage)];
    const ids = keep => scene.drawn.filter((t, i) => keep(i)).map(t => t.id);
    const nobody = i => { for (let k = 0; k < net.takers; k++) if (net.arcs[i * net.takers + k] === 1) return false; return true; };
    const alone = ids(nobody);
    if (alone.length) return [{ kind: 'no_group', targets: alone }];
    const flow = D.greatestFlow(net);
    return flow.greatest === flow.demand ? null : [{ kind: 'groups', demand: flow.demand, greatest: flow.greatest, targets: ids(i => flow.seats[i]) }];
  }

  function fixedCertificate(job, net, causes, cert) {
    const { run, scene } = job, optimal = job.claims('pairs.optimal'), claim = job.claims('shortage');
    if (causes) {
      run.begin(claim);
      compareShortage(job, causes);
      if (cert && causes[0].kind === 'groups' && !D.takeCut(scene, cert, net, 0, 0, null)) D.wrong(claim, 'certificate.json 没有证明缺口', 'certificate.json does not prove the shortage');
      if (cert) D.certificateNoLeftovers(cert, 0);
      run.ok(claim, '缺口属实，数字一致', 'the shortage is real and its numbers follow');
      return;
    }
    run.begin(optimal);
    if (!cert) { run.cannot(optimal, '没有 certificate.json，未核对', 'no certificate.json: not checked'); return; }
    const e = cert.solved.find(x => x.round === 0);
    if (!e) D.wrong(optimal, 'certificate.json 中没有解', 'certificate.json has no answer');
    e.seen = true;
    D.takeSolved(cert, net, e, job.taken);
    D.certificateNoLeftovers(cert, 1);
    run.ok(optimal, '证明为唯一最优', 'proved the smallest, and the only one');
  }

  // ---- changes.csv ----

  const CHANGES = 'seq,kind,subject,ground,approver_role,result,rank,eligible';

  function checkChanges(run, b, tables, drawing, pairing) {
    run.begin('changes');
    const rows = D.parseCsv(b.files.get('changes.csv'), 'changes', 'changes.csv', CHANGES), t = tables.targets;
    if (rows.length) {
      const paired = pairing.teams();
      const teams = paired || new Map(drawing.targets.map(x => [x.index, null]));
      D.redoChanges({ scene: pairing.scene, targets: t, teams, groups: paired && pairing.groups ? pairing.groups.slice() : null,
        strata: t.ranges.map((r, k) => ({ from: drawing.starts[k], n: r[1] })), order: drawing.follow, inspectorIds: pairing.ids }, rows);
    }
    run.ok('changes', rows.length ? rows.length + ' 条变更逐条一致' : '没有变更记录', rows.length ? rows.length + ' changes come out the same' : 'no changes are recorded');
  }

  // ---- one target by id (7.3) ----

  function checkTarget(run, b, tables, drawing, id) {
    run.begin('target');
    const t = tables.targets, index = b.full ? t.ids.get(id) : undefined;
    const inDrawn = drawing.drawnIds.has(id);
    if (index === undefined) {
      if (!b.full && inDrawn) run.ok('target', D.show(id) + '：已抽中，其行已由路径证明', D.show(id) + ': drawn; its row is proved by its path');
      else run.cannot('target', D.show(id) + (b.full ? '：名录中没有此对象' : '：公开证据包只含抽中的行'), D.show(id) + (b.full ? ': not in the table' : ': a public bundle shows drawn rows only'));
      return;
    }
    const k = drawing.starts.findIndex((s, i) => index >= s && index < s + t.ranges[i][1]), limit = drawing.limits[k];
    const zh = D.show(id) + '：索引 ' + index + '，分层 ' + limit[0] + '，签号 ' + drawing.tickets.hex(index) + (limit[3] ? '，末位签号 ' + limit[3] : '') + (inDrawn ? '，已抽中' : '，未抽中');
    const en = D.show(id) + ': index ' + index + ', stratum ' + limit[0] + ', ticket ' + drawing.tickets.hex(index) + (limit[3] ? ', threshold ' + limit[3] : '') + (inDrawn ? ': drawn' : ': not drawn');
    run.ok('target', zh, en);
  }

  // ---- the whole ----

  async function verifyBundle(run, bytes, target) {
    run.begin('members');
    const b = readMembers(bytes), parsed = new Map();
    b.json = name => parsed.get(name);
    for (const name of b.files.keys()) {
      if (!name.endsWith('.json')) continue;
      run.begin(name);
      parsed.set(name, D.parseJson(b.files.get(name), name));
    }
    run.begin('plan');
    const planBytes = b.files.get('plan.json'), plan = D.readPlan(b.json('plan.json')), weighted = plan.quota.systematic !== undefined;
    plan.bytes = planBytes;
    plan.P = await D.sha256Async(D.frame('plan', [planBytes]));
    run.begin('members');
    checkDependentMembers(b, plan);
    run.ok('members', (b.full ? '完整' : '公开') + '证据包，' + b.files.size + ' 个成员', (b.full ? 'full' : 'public') + ' bundle of ' + b.files.size + ' members');
    run.ok('plan', '抽取方案有效，P = ' + D.toHex(plan.P), 'the plan is valid, P = ' + D.toHex(plan.P));
    let drawing = null, pairing = null, tables = null;
    const commits = [], secrets = new Set();
    b.top = b.json('commit.json');
    for (const prefix of b.attempts) {
      run.begin(prefix + 'commit.json');
      const commit = b.json(prefix + 'commit.json'), reveal = b.json(prefix + 'reveal.json');
      checkCommitForm(commit, weighted, prefix + 'commit.json');
      const salt = b.full ? readSalt(b.json(prefix + 'auditor.json'), prefix + 'auditor.json') : null;
      tables = await readTables(run, b, prefix, commit, salt, weighted, tables && tables.targets);
      checkRevealForm(reveal, prefix + 'reveal.json');
      checkCommitment(run, prefix, plan, commit, reveal, tables, salt);
      const seed = checkSeed(run, b, prefix, plan, commit, reveal);
      if (secrets.has(reveal.secret)) D.wrong(prefix + 'seed', '密钥与前一次相同', 'the secret is that of an attempt before');
      secrets.add(reveal.secret);
      commits.push(commit.commit);
      if (!drawing) drawing = await checkDrawing(run, b, plan, tables, seed);
      try {
        if (b.full) pairing = await checkPairing(run, b, prefix, plan, tables, seed, drawing.targets);
      } catch (e) {
        if (e instanceof D.Wrong && !e.claim.startsWith(prefix)) e.claim = prefix + e.claim;    // certificate.js knows no attempts
        throw e;
      }
      if (!b.full) publicPairing(run, prefix, plan);
    }
    if (b.full) checkChanges(run, b, tables, drawing, pairing);
    else run.cannot('changes', '公开证据包中没有人员名录，不能核对', 'a public bundle has no table of inspectors');
    checkRegister(run, b, plan, b.top, commits, pairing ? pairing.short : null);
    run.begin('published');
    const where = b.top.published.map(p => p.where + ' ' + p.when).join('; ');
    run.cannot('published', '请把 C = ' + b.top.commit + ' 与当时公布的核对' + (where ? '（' + where + '）' : ''), 'compare C = ' + b.top.commit + ' with the one that was published' + (where ? ' (' + where + ')' : ''));
    if (target !== undefined && target !== null && target !== '') checkTarget(run, b, tables, drawing, target);
  }

  function readSalt(v, name) {
    D.checkKeys(v, name, name, ['salt_secret']);
    hexField(v, 'salt_secret', name, name);
    return D.fromHex(v.salt_secret);
  }

  function publicPairing(run, prefix, plan) {
    const zh = '公开证据包中没有人员名录，不能核对', en = 'a public bundle has no table of inspectors: out of reach';
    for (const c of (plan.fixed ? ['groups'] : []).concat('pairs.lawful', 'bans', 'pairs.optimal')) run.cannot(prefix + c, zh, en);
  }

  Object.assign(D, { verifyBundle, readRanges, keyOf, readTime });
  if (typeof module === 'object' && module.exports) module.exports = D;
})();

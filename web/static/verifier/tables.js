// Frozen tables (section 3): form, salts, leaves, root, ranges, T; and paths.
(function () {
  'use strict';
  const D = globalThis.Draw1 = globalThis.Draw1 || {};
  if (typeof require === 'function' && !D.H) require('./sha256.js');
  if (typeof require === 'function' && !D.writeJson) require('./canonical.js');

  const HEADERS = {
    targets: 'stratum\tid\tregion\tname',
    inspectors: 'department\tid\tqualifications\thome\tregions\tcapacity\tname',
    bars: 'inspector_id\ttarget_id\tground',
    pair_bars: 'inspector_a\tinspector_b\tground'
  };
  const NAMES = Object.keys(HEADERS);
  // Only `targets`, and only with a systematic quota, has weights.
  const headerOf = (name, weighted) => HEADERS[name] + (weighted && name === 'targets' ? '\tweight\tbefore' : '');
  const SLICE = 20000;                              // rows between two pauses

  function tableDigest(name, rows, root, ranges, weighted) {
    return D.H('table', D.utf8(name), D.utf8(headerOf(name, weighted)), D.be64(rows), root, D.utf8(D.writeJson(ranges)));
  }

  // A list field of section 3, as an array; null where it is not one.
  function readList(field) {
    if (field === '') return [];
    const items = field.split(';');
    for (let i = 0; i < items.length; i++) {
      if (items[i] === '' || i && D.compareText(items[i - 1], items[i]) >= 0) return null;
    }
    return items;
  }

  // The root over n leaves of eight words each (RFC 6962); the array is used up.
  async function rootOf(words, n, pause) {
    if (n === 0) return D.sha256(new Uint8Array(0));
    while (n > 1) {
      const half = n >> 1;
      for (let i = 0; i < half; i++) {
        D.treeNode(words, 16 * i, 16 * i + 8, words, 8 * i);
        if (i % SLICE === SLICE - 1) await pause();
      }
      if (n & 1) words.copyWithin(8 * half, 8 * (n - 1), 8 * n);    // goes up as it is
      n = half + (n & 1);
    }
    return D.wordsToBytes(words.subarray(0, 8));
  }

  // One row's path (section 3): null if it does not lead to the root from this index.
  function pathRoot(line, salt, index, rows, path) {
    const words = new Int32Array(24);
    const bytes = D.utf8(line);
    D.treeLeaf(salt, bytes, 0, bytes.length, words, 0);
    let i = index, n = rows, step = 0;
    for (; n > 1; i = Math.floor(i / 2), n = Math.floor((n + 1) / 2)) {
      const side = i % 2 ? 'L' : i + 1 < n ? 'R' : null;
      if (!side) continue;
      const s = path[step++];
      if (!Array.isArray(s) || s.length !== 2 || s[0] !== side || !D.isHex(s[1], 32)) return null;
      const v = new DataView(D.fromHex(s[1]).buffer);
      for (let k = 0; k < 8; k++) words[8 + k] = v.getInt32(4 * k);
      if (side === 'R') D.treeNode(words, 0, 8, words, 16); else D.treeNode(words, 8, 0, words, 16);
      words.copyWithin(0, 16, 24);
    }
    return step === path.length ? D.wordsToBytes(words.subarray(0, 8)) : null;
  }

  // Reads a table, checks its form (without what needs another table) and hashes it.
  async function readTable(name, bytes, saltSecret, claim, pause, weighted) {
    const header = headerOf(name, weighted);
    const bad = (row, zh, en) => D.wrong(claim, name + '.tsv' + (row < 0 ? '' : ' 索引 ' + row) + '：' + zh,
      name + '.tsv' + (row < 0 ? '' : ', index ' + row) + ': ' + en);
    const columns = header.split('\t').length;
    const starts = lineStarts(bytes, bad);
    const rows = starts.length - 2;                 // the header and the end
    const lineText = i => D.decode(bytes.subarray(starts[i + 1], starts[i + 2] - 1));
    if (lineText(-1) !== header) bad(-1, '表头不符', 'the header is not the one of section 3');
    const salts = D.hmac(D.H('saltkey', saltSecret, D.utf8(name)));
    const message = new Uint8Array(12);
    message.set(D.utf8('salt'));
    const leaves = new Int32Array(8 * Math.max(rows, 1));
    const ranges = [], ids = new Map(), grouped = name === 'targets' || name === 'inspectors';
    const weights = weighted && name === 'targets' ? new Uint32Array(rows) : null;
    let first = null, second = null, sum = 0n;
    for (let i = 0; i < rows; i++) {
      const line = lineText(i);
      if (line === null) bad(i, '不是有效的 UTF-8', 'not valid UTF-8');
      if (/[\r\0]/.test(line)) bad(i, '含有 CR 或 NUL', 'has a CR or NUL');
      if (!D.isNfc(line)) bad(i, '不是 NFC 规范形式', 'not in normal form NFC');
      const f = line.split('\t');
      if (f.length !== columns) bad(i, '列数不对', 'wrong number of fields');
      if (f[0] === '' || f[1] === '') bad(i, '键为空', 'an empty key');
      const c = first === null ? 1 : D.compareText(f[0], first) || D.compareText(f[1], second);
      if (c <= 0) bad(i, '次序不对或键重复', 'out of order, or a key that stands twice');
      if (grouped) {
        if (f[0] !== first) ranges.push([f[0], 0]);
        ranges[ranges.length - 1][1]++;
        if (ids.has(f[1])) bad(i, 'id 重复：' + D.show(f[1]), 'an id that stands twice: ' + D.show(f[1]));
        ids.set(f[1], i);
      }
      first = f[0]; second = f[1];
      if (weights) {
        const range = ranges[ranges.length - 1];
        if (!/^(0|[1-9][0-9]{0,8})$/.test(f[4])) bad(i, 'weight 无效', 'weight is not valid');
        if (f[5] !== String(sum)) bad(i, 'before 应为 ' + sum, 'before must be ' + sum);
        weights[i] = Number(f[4]);
        sum += BigInt(f[4]);
        range[2] = (range[2] || 0n) + BigInt(f[4]);
      }
      message[8] = i >>> 24; message[9] = i >>> 16; message[10] = i >>> 8; message[11] = i;   // be64(i), i < 2^32
      D.treeLeaf(salts(message).subarray(0, 16), bytes, starts[i + 1], starts[i + 2] - 1, leaves, 8 * i);
      if (i % SLICE === SLICE - 1) await pause();
    }
    const root = await rootOf(leaves, rows, pause);
    if (sum > 1000000000000000000n) bad(-1, '权重之和过大', 'the weights add up to too much');
    return { name, rows, ranges, ids, root, weights, header, digest: tableDigest(name, rows, root, ranges, weighted),
      line: lineText, fields: i => lineText(i).split('\t') };
  }

  // Where every line starts, and the end; the file must end with LF.
  function lineStarts(bytes, bad) {
    let n = 0;
    for (let i = 0; i < bytes.length; i++) if (bytes[i] === 10) n++;
    if (!bytes.length || bytes[bytes.length - 1] !== 10) bad(-1, '没有以 LF 结尾', 'does not end with LF');
    if (n > D.LIMITS.rows + 1) throw new D.Limit('表的行数过多', 'a table has too many rows');
    const out = new Uint32Array(n + 1);
    n = 1;
    for (let i = 0; i < bytes.length; i++) if (bytes[i] === 10) out[n++] = i + 1;
    return out;
  }

  // Inspectors as objects, with the form of their fields (section 3).
  function readInspectors(table, claim) {
    const bad = (i, zh, en) => D.wrong(claim, 'inspectors.tsv 索引 ' + i + '：' + zh, 'inspectors.tsv, index ' + i + ': ' + en);
    const out = [];
    for (let i = 0; i < table.rows; i++) {
      const [department, id, qualifications, home, regions, capacity] = table.fields(i);
      const q = readList(qualifications), r = regions === '*' ? [] : readList(regions);
      if (!q) bad(i, 'qualifications 不是规定的列表', 'qualifications is not a list of section 3');
      if (!r) bad(i, 'regions 不是规定的列表', 'regions is not a list of section 3');
      if (!/^(0|[1-9][0-9]{0,8})$/.test(capacity)) bad(i, 'capacity 无效', 'capacity is not valid');
      out.push({ index: i, department, id, qualifications: new Set(q), home, everywhere: regions === '*',
        regions: new Set(r), capacity: Number(capacity) });
    }
    return out;
  }

  // bars and pair_bars as Map index -> Set of indexes (section 3: only ids of the two registries).
  function readBars(table, inspectors, targets, claim) {
    const out = new Map();
    const put = (a, b) => { if (!out.has(a)) out.set(a, new Set()); out.get(a).add(b); };
    for (let i = 0; i < table.rows; i++) {
      const f = table.fields(i), a = inspectors.ids.get(f[0]);
      const b = (targets || inspectors).ids.get(f[1]);
      if (a === undefined || b === undefined) {
        D.wrong(claim, table.name + '.tsv 索引 ' + i + '：名单中没有此 id', table.name + '.tsv, index ' + i + ': an id that no registry has');
      }
      if (!targets && D.compareText(f[0], f[1]) >= 0) {
        D.wrong(claim, 'pair_bars.tsv 索引 ' + i + '：inspector_a 应小于 inspector_b', 'pair_bars.tsv, index ' + i + ': inspector_a must be less than inspector_b');
      }
      if (targets) put(b, a); else { put(a, b); put(b, a); }
    }
    return out;
  }

  Object.assign(D, { TABLES: NAMES, tableHeader: headerOf, tableDigest, readTable, readInspectors, readBars, pathRoot,
    readList, treeRoot: rootOf });
  if (typeof module === 'object' && module.exports) module.exports = D;
})();

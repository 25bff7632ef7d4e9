// The proof of one target (11.3): a JSON of some kilobytes that a single enterprise checks. The details are written for
// somebody who has never heard of a hash.
(function () {
  'use strict';
  const D = globalThis.Draw1 = globalThis.Draw1 || {};
  if (typeof require === 'function') require('./bundle.js');

  const FILE = 'proof.json';
  const FIELDS = ['protocol', 'number', 'commit', 'plan', 'salt', 'reveals', 'seed', 'tables', 'witnesses', 'secret', 'entropy',
    'ranges', 'index', 'line', 'row_salt', 'path', 'quota', 'threshold', 'drawn'];
  const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

  const bad = (zh, en) => D.wrong(FILE, '证明文件：' + zh, 'the proof: ' + en);

  // base64url without "=", every text having one spelling only: spare bits must be 0.
  function base64url(text) {
    if (typeof text !== 'string' || !/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return null;
    const out = new Uint8Array(Math.floor(text.length * 3 / 4));
    let hold = 0, bits = 0, n = 0;
    for (const c of text) {
      hold = hold << 6 | ALPHABET.indexOf(c);
      bits += 6;
      if (bits >= 8) { bits -= 8; out[n++] = hold >> bits & 255; hold &= (1 << bits) - 1; }
    }
    return hold === 0 ? out : null;
  }

  function bytesOf(value, n, what) {
    const b = base64url(value);
    if (!b || b.length !== n) bad(what + ' 不是 ' + n + ' 字节的 base64url', what + ' is not ' + n + ' bytes of base64url');
    return b;
  }

  // Form of all fields; gives them as values to calculate with.
  function readForm(v) {
    D.checkKeys(v, FILE, FILE, FIELDS, ['successor', 'systematic']);
    if (v.protocol !== 'draw-1/target') bad('protocol 不是 draw-1/target', 'the protocol is not draw-1/target');
    const p = { raw: v };
    for (const k of ['commit', 'plan', 'salt', 'reveals', 'secret', 'seed']) p[k] = bytesOf(v[k], 32, k);
    for (const k of ['tables', 'witnesses']) {
      if (!Array.isArray(v[k])) bad(k + ' 应是数组', k + ' must be a list');
      p[k] = v[k].map((x, i) => bytesOf(x, 32, k + '[' + i + ']'));
    }
    if (p.tables.length !== 3) bad('tables 应有三项', 'tables must have three entries');
    if (typeof v.number !== 'string' || typeof v.line !== 'string') bad('number、line 应是文本', 'number and line must be texts');
    p.rowSalt = bytesOf(v.row_salt, 16, 'row_salt');
    const path = base64url(v.path);
    if (!path || path.length % 32) bad('path 无效', 'path is not valid');
    p.path = [];
    for (let i = 0; i < path.length; i += 32) p.path.push(path.subarray(i, i + 32));
    p.weighted = 'systematic' in v;
    p.ranges = D.readRanges(v.ranges, true, p.weighted);
    if (!p.ranges || !p.ranges.length) bad('ranges 无效', 'ranges are not valid');
    p.rows = p.ranges.reduce((s, r) => s + r[1], 0);
    p.index = D.smallInt(v.index, p.rows - 1);
    p.quota = D.smallInt(v.quota, 4294967295);
    if (p.index === null || p.quota === null) bad('index 或 quota 无效', 'index or quota is not valid');
    if (typeof v.drawn !== 'boolean') bad('drawn 应为真或假', 'drawn must be true or false');
    p.successor = 'successor' in v ? D.smallInt(v.successor, 4294967295) : 0;
    if ('successor' in v && (!p.successor || v.drawn)) bad('successor 无效', 'successor is not valid');
    readThreshold(p, v);
    if (p.weighted) readSystematic(p, v.systematic);
    return p;
  }

  function readThreshold(p, v) {
    if ((v.threshold === null) !== (p.weighted || p.quota === 0)) bad('threshold 只在抽取数为 0 或按权重抽取时为空', 'threshold must be null just where the quota is 0 or by weights');
    if (v.threshold === null) return;
    const t = v.threshold, ok = Array.isArray(t) && t.length === 2 && D.isHex(t[0], 8);
    const index = ok ? D.smallInt(t[1], p.rows - 1) : null;
    if (index === null) bad('threshold 无效', 'threshold is not valid');
    p.threshold = { ticket: t[0], index };
  }

  function readSystematic(p, s) {
    D.checkKeys(s, FILE, FILE + '.systematic', ['above', 'begin', 'draws', 'taken', 'weight']);
    for (const k of ['above', 'begin', 'draws', 'weight']) {
      if (typeof s[k] !== 'bigint' || s[k] < 0n) bad('systematic.' + k + ' 无效', 'systematic.' + k + ' is not valid');
    }
    if (typeof s.taken !== 'boolean') bad('systematic.taken 应为真或假', 'systematic.taken must be true or false');
    p.systematic = s;
  }

  // The path as section 3 writes it: sides follow from index and number of rows.
  function withSides(p) {
    const out = [];
    let k = 0;
    for (let i = p.index, n = p.rows; n > 1; i = Math.floor(i / 2), n = Math.floor((n + 1) / 2)) {
      if (i % 2 === 0 && i + 1 >= n) continue;
      if (!p.path[k]) return null;
      out.push([i % 2 ? 'L' : 'R', D.toHex(p.path[k++])]);
    }
    return k === p.path.length ? out : null;
  }

  function checkCommitment(run, p) {
    run.begin('commitment');
    const path = withSides(p), root = path && D.pathRoot(p.raw.line, p.rowSalt, p.index, p.rows, path);
    if (!root) D.wrong('tables.targets', '路径长度与索引、行数不符', 'the path has not the length that index and number of rows ask for');
    const T = D.tableDigest('targets', p.rows, root, p.ranges, p.weighted);
    const C = D.H('commit', p.plan, T, ...p.tables, D.H('secret', p.secret), p.salt, ...p.witnesses);
    if (!D.equalBytes(C, p.commit)) {
      D.wrong('commitment', '您的行、路径、名录、方案摘要和密钥算不出文件中的承诺 C：其中至少一项不是当初锁定的', 'row, path, ranges, digests and secret do not give the commitment C in the file: at least one of them is not what was fixed');
    }
    p.T = T;
    const hex = D.toHex(C);
    run.ok('commitment', '名录、方案和密钥当初一起锁定为承诺 C = ' + hex, 'list, plan and secret were fixed together as the commitment C = ' + hex);
    const seed = D.toHex(p.seed);
    run.cannot('published', '请把这两项与公布的逐字核对：C = ' + hex + '（抽取之前公布，编号 ' + D.show(p.raw.number) + '），SEED = ' + seed + '（抽取之后公布）。只有一致，下面各项才作数', 'compare these two, letter by letter, with the ones published: C = ' + hex + ' (before the draw, number ' + D.show(p.raw.number) + ') and SEED = ' + seed + ' (after it). Only if they agree does the rest count');
  }

  function checkRow(run, p) {
    const claim = 'tables.targets';
    run.begin(claim);
    const f = p.raw.line.split('\t');
    if (f.length !== (p.weighted ? 6 : 4) || !f[1] || /[\n\r\0]/.test(p.raw.line)) D.wrong(claim, '您的行格式不符', 'the row has not the form of section 3');
    let at = 0, sum = 0n, k = 0;
    while (p.index >= at + p.ranges[k][1]) { at += p.ranges[k][1]; sum += p.ranges[k][2] || 0n; k++; }
    if (p.ranges[k][0] !== f[0]) D.wrong(claim, '您的行写着分层 ' + D.show(f[0]) + '，但该索引属于 ' + D.show(p.ranges[k][0]), 'the row says stratum ' + D.show(f[0]) + ', but its index is in ' + D.show(p.ranges[k][0]));
    Object.assign(p, { id: f[1], name: f[3], stratum: f[0], from: at, n: p.ranges[k][1] });
    if (p.weighted) {
      if (!/^(0|[1-9][0-9]{0,8})$/.test(f[4]) || !/^(0|[1-9][0-9]{0,18})$/.test(f[5])) D.wrong(claim, '权重无效', 'weight or before is not valid');
      p.weight = BigInt(f[4]);
      p.before = BigInt(f[5]);
      if (p.before < sum || p.before + p.weight > sum + p.ranges[k][2]) D.wrong(claim, '权重不在该分层之内', 'the weights do not lie in the stratum');
    }
    run.ok(claim, '您的行（' + D.show(p.id) + ' ' + D.show(p.name) + '）在锁定的名录里：索引 ' + p.index + '，分层 ' + D.show(p.stratum) + '，该分层共 ' + p.n + ' 行', 'your row (' + D.show(p.id) + ' ' + D.show(p.name) + ') is in the list that was fixed: index ' + p.index + ', stratum ' + D.show(p.stratum) + ' of ' + p.n + ' rows');
  }

  function checkSeed(run, p) {
    run.begin('seed');
    const bits = D.entropyBits(p.raw.entropy);
    if (bits === null) D.wrong('seed', '外部随机数不是规定的写法', 'the entropy is not written as section 5 says');
    if (!D.equalBytes(p.seed, D.H('seed', p.commit, p.reveals, p.secret, D.utf8(p.raw.entropy)))) {
      D.wrong('seed', '承诺、见证文本、密钥和外部随机数算不出文件中的种子', 'commitment, reveals, secret and entropy do not give the seed in the file');
    }
    const many = bits === 'unknown' ? ['位数不明', 'unknown bits'] : [bits + ' 位', bits + ' bits'];
    run.ok('seed', '锁定之后才有的外部随机数：' + D.show(p.raw.entropy) + '（' + many[0] + '），请到来源处核对；种子由它与承诺算出', 'randomness from outside, after the commitment: ' + D.show(p.raw.entropy) + ' (' + many[1] + '): look it up at its source; it and the commitment give the seed');
  }

  // 7.1: by tickets.
  function checkTicket(run, p) {
    run.begin('target');
    const key = D.keyOf(p.seed, { digest: p.T }, 'targets'), own = key.pair(0, p.index);
    p.ticket = D.hex32(own[0]) + D.hex32(own[1]);
    if (p.weighted) { checkPoint(run, p); return; }
    const t = p.threshold, below = t !== undefined && (p.ticket < t.ticket || p.ticket === t.ticket && p.index <= t.index);
    if (below !== p.raw.drawn) {
      D.wrong('target', '您的签号 ' + p.ticket + (t ? '，末位签号 ' + t.ticket : '，抽取数为 0') + '：应为' + (below ? '抽中' : '未抽中') + '，文件却说' + (p.raw.drawn ? '抽中' : '未抽中'),
        'your ticket is ' + p.ticket + (t ? ', the threshold ' + t.ticket : ', the quota is 0') + ': that means ' + (below ? 'drawn' : 'not drawn') + ', but the file says ' + (p.raw.drawn ? 'drawn' : 'not drawn'));
    }
    const why = ['。名录、方案和密钥在外部随机数产生之前已锁定，签号由它们算出，没有人能另行挑选', '. List, plan and secret were fixed before the randomness existed, and the ticket is worked out from them: nobody could have chosen otherwise'];
    const limit = t ? ['末位签号 ' + t.ticket, 'the threshold is ' + t.ticket] : ['本分层抽取数为 0', 'the quota of the stratum is 0'];
    const verdict = below ? ['抽中：签号不大于末位签号', 'drawn: the ticket is not above the threshold'] : p.successor
      ? ['起初未抽中，作为第 ' + p.successor + ' 个继任对象递补（被替换者的作废在完整证据包中）', 'not drawn at first, but came in as successor ' + p.successor + ' for a voided one (the void is in the full bundle)']
      : ['未抽中：' + (t ? '签号大于末位签号' : '无一抽中'), 'not drawn: ' + (t ? 'the ticket is above the threshold' : 'nobody was')];
    run.ok('target', '您的签号 ' + p.ticket + '；' + limit[0] + '；' + verdict[0] + why[0], 'your ticket is ' + p.ticket + '; ' + limit[1] + '; ' + verdict[1] + why[1]);
  }

  // 7.2: by weights.
  function checkPoint(run, p) {
    const s = p.systematic, total = p.ranges.reduce((x, r) => x + r[2], 0n), out = total - s.weight;
    const no = (zh, en) => D.wrong('target', 'systematic：' + zh, 'systematic: ' + en);
    if (out < 0n || s.above > out - (s.taken ? p.weight : 0n) || s.above > p.before) no('权重之和不相容', 'the sums of weights do not fit together');
    if (s.weight - (s.taken ? 0n : p.weight) < 0n) no('您的权重大于其余权重之和', 'your weight is above the sum of those outside A');
    const begin = D.startOf(D.keyOf(p.seed, { digest: p.T }, 'systematic'), s.draws, s.weight);
    if (begin !== s.begin) no('起点应为 ' + begin, 'the start must be ' + begin);
    let drawn = s.taken;
    if (s.taken) {
      if (p.weight === 0n) no('权重为 0 不能必取', 'a row of weight 0 cannot be taken with certainty');
      if (s.draws * p.weight < s.weight) no('按此权重不能必取', 'with this weight the row would not be taken with certainty');
    } else {
      if (s.weight > 0n && s.draws * p.weight >= s.weight) no('按此权重应当必取', 'with this weight the row would be taken with certainty');
      drawn = D.pointOf(p.before - s.above, p.weight, s.begin, s.draws, s.weight) >= 0n;
    }
    if (drawn !== p.raw.drawn) no('应为' + (drawn ? '抽中' : '未抽中'), 'that means ' + (drawn ? 'drawn' : 'not drawn'));
    if (drawn && p.quota === 0 || p.quota > p.n) no('抽取数不符', 'the quota does not fit');
    const span = s.draws * (p.before - s.above), how = s.taken ? ['权重足够大，必取', 'the weight is so large that it is taken with certainty']
      : p.weight === 0n ? ['权重为 0，不会被抽中', 'a weight of 0 is never drawn']
        : [(drawn ? '有' : '没有') + '抽取点落在您的区间 ' + span + ' 至 ' + (span + s.draws * p.weight - 1n), (drawn ? 'a' : 'no') + ' point lies on your stretch ' + span + ' to ' + (span + s.draws * p.weight - 1n)];
    run.ok('target', '您的权重 ' + p.weight + '；抽取点从 ' + s.begin + ' 起每隔 ' + s.weight + ' 一个，共 ' + s.draws + ' 个；' + how[0] + '：' + (drawn ? '抽中' : '未抽中') + (p.successor ? '，作为第 ' + p.successor + ' 个继任对象递补' : ''),
      'your weight is ' + p.weight + '; points from ' + s.begin + ' on, ' + s.weight + ' apart, ' + s.draws + ' of them; ' + how[1] + ': ' + (drawn ? 'drawn' : 'not drawn') + (p.successor ? ', came in as successor ' + p.successor : ''));
  }

  // From the ranges alone: as many tickets of the stratum as the quota are not above the threshold.
  async function checkThreshold(run, p) {
    const claim = 'thresholds';
    run.begin(claim);
    if (p.weighted) { run.cannot(claim, '按权重抽取没有末位签号；其他对象的权重在完整证据包中', 'with weights there is no threshold; the other weights are in the full bundle'); return; }
    if (p.quota > p.n) D.wrong(claim, '抽取数大于分层的行数', 'the quota is above the rows of the stratum');
    if (p.n > D.LIMITS.rows) { run.cannot(claim, '分层过大，没有逐一计算', 'the stratum is too large to work out all tickets'); return; }
    const key = D.keyOf(p.seed, { digest: p.T }, 'targets'), hi = new Uint32Array(40000), lo = new Uint32Array(40000), t = p.threshold;
    const top = t && [parseInt(t.ticket.slice(0, 8), 16), parseInt(t.ticket.slice(8), 16)];
    const own = [parseInt(p.ticket.slice(0, 8), 16), parseInt(p.ticket.slice(8), 16)];
    let within = 0, rank = 0, met = false;
    for (let i = 0; i < p.n; i += hi.length) {
      const m = Math.min(hi.length, p.n - i);
      key.fill(0, p.from + i, m, hi, lo, 0);
      for (let k = 0; k < m; k++) {
        const index = p.from + i + k, at = x => hi[k] - x[0] || lo[k] - x[1];
        if (t && (at(top) || index - t.index) <= 0) within++;
        if (t && at(top) === 0 && index === t.index) met = true;
        if ((at(own) || index - p.index) <= 0) rank++;
      }
      await run.pause();
    }
    if (t && !met) D.wrong(claim, '末位签号不是所指那一行的签号', 'the threshold is not the ticket of the row it names');
    if (within !== p.quota) D.wrong(claim, '不大于末位签号的有 ' + within + ' 个，抽取数却是 ' + p.quota, within + ' tickets are not above the threshold, but the quota is ' + p.quota);
    if (p.successor && rank !== p.quota + p.successor) D.wrong(claim, '继任次序应为 ' + (rank - p.quota), 'the row would be successor ' + (rank - p.quota));
    run.ok(claim, '本分层全部 ' + p.n + ' 个签号都已算出：恰有 ' + p.quota + ' 个不大于末位签号，您排第 ' + rank, 'all ' + p.n + ' tickets of the stratum were worked out: just ' + p.quota + ' are not above the threshold, and you are number ' + rank);
  }

  async function verifyProof(run, bytes) {
    run.begin(FILE);
    const p = readForm(D.parseJson(bytes, FILE));
    checkCommitment(run, p);
    checkRow(run, p);
    checkSeed(run, p);
    checkTicket(run, p);
    await checkThreshold(run, p);
    run.begin('plan');
    run.cannot('plan', '抽取方案本身在公开证据包中，此文件只有它的摘要：方案是否规定了这个抽取数，请看公开证据包', 'the plan itself is in the public bundle, this file has its digest only: whether the plan asked for this quota is seen there');
  }

  Object.assign(D, { verifyProof, base64url });
  if (typeof module === 'object' && module.exports) module.exports = D;
})();

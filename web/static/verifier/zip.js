// A small, strict zip reader (section 11, 12 step 1). The file is treated as hostile: whatever two readers could
// understand differently is refused. Zip64, encryption, comments, gaps and overlaps are not taken.
(function () {
  'use strict';
  const D = globalThis.Draw1 = globalThis.Draw1 || {};
  if (typeof require === 'function' && !D.utf8) require('./bytes.js');

  const bad = (zh, en) => D.wrong('members', zh, en);

  // ---- inflate (RFC 1951), into a buffer of the size that was promised ----

  const LENGTH_BASE = [], LENGTH_EXTRA = [], DIST_BASE = [], DIST_EXTRA = [];
  for (let i = 0, base = 3; i < 28; i++) {
    LENGTH_EXTRA.push(i < 8 ? 0 : (i >> 2) - 1);
    LENGTH_BASE.push(base);
    base += 1 << LENGTH_EXTRA[i];
  }
  LENGTH_BASE.push(258); LENGTH_EXTRA.push(0);
  for (let i = 0, base = 1; i < 30; i++) {
    DIST_EXTRA.push(i < 4 ? 0 : (i >> 1) - 1);
    DIST_BASE.push(base);
    base += 1 << DIST_EXTRA[i];
  }
  const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

  // Table of a canonical code: entry = symbol << 4 | length, indexed by the next `bits` bits; 0 where there is no code.
  function codeTable(lengths, from, n) {
    const count = new Uint16Array(16), next = new Uint16Array(16);
    let bits = 0;
    for (let i = 0; i < n; i++) { const l = lengths[from + i]; count[l]++; if (l > bits) bits = l; }
    count[0] = 0;
    let code = 0, left = 1;
    for (let l = 1; l <= 15; l++) {
      left = left * 2 - count[l];
      if (left < 0) bad('压缩数据的编码表无效', 'over-subscribed code in compressed data');
      code = code + count[l - 1] << 1;
      next[l] = code;
    }
    // An incomplete code is only usual where there is at most one symbol.
    if (left > 0 && !(bits <= 1)) bad('压缩数据的编码表不完整', 'incomplete code in compressed data');
    const table = new Uint16Array(1 << Math.max(bits, 1));
    for (let i = 0; i < n; i++) {
      const l = lengths[from + i];
      if (!l) continue;
      let c = next[l]++, r = 0;
      for (let k = 0; k < l; k++) { r = r << 1 | c & 1; c >>= 1; }
      for (let k = r; k < table.length; k += 1 << l) table[k] = i << 4 | l;
    }
    return { table, mask: table.length - 1 };
  }

  let fixed = null;
  function fixedTables() {
    if (fixed) return fixed;
    const l = new Uint8Array(288);
    l.fill(8, 0, 144); l.fill(9, 144, 256); l.fill(7, 256, 280); l.fill(8, 280);
    fixed = [codeTable(l, 0, 288), codeTable(new Uint8Array(32).fill(5), 0, 32)];
    return fixed;
  }

  function inflate(src, size) {
    const out = new Uint8Array(size), n = src.length;
    let pos = 0, hold = 0, have = 0, o = 0;
    const short = () => bad('压缩数据中断', 'compressed data breaks off');
    const bitsOf = k => {
      while (have < k) { if (pos >= n) short(); hold |= src[pos++] << have; have += 8; }
      const v = hold & (1 << k) - 1;
      hold >>>= k; have -= k;
      return v;
    };
    const symbol = code => {
      while (have < 15 && pos < n) { hold |= src[pos++] << have; have += 8; }
      const e = code.table[hold & code.mask], l = e & 15;
      if (!l) bad('压缩数据中有无效的编码', 'invalid code in compressed data');
      if (l > have) short();
      hold >>>= l; have -= l;
      return e >> 4;
    };
    const dynamic = () => {
      const nl = bitsOf(5) + 257, nd = bitsOf(5) + 1, nc = bitsOf(4) + 4;
      if (nl > 286 || nd > 30) bad('压缩数据的编码表过长', 'too many codes in compressed data');
      const cl = new Uint8Array(19);
      for (let i = 0; i < nc; i++) cl[ORDER[i]] = bitsOf(3);
      const code = codeTable(cl, 0, 19), lengths = new Uint8Array(nl + nd);
      for (let i = 0; i < nl + nd;) {
        const s = symbol(code);
        if (s < 16) { lengths[i++] = s; continue; }
        if (s === 16 && i === 0) bad('压缩数据的编码表无效', 'bad repeat in compressed data');
        const value = s === 16 ? lengths[i - 1] : 0;
        let times = s === 16 ? 3 + bitsOf(2) : s === 17 ? 3 + bitsOf(3) : 11 + bitsOf(7);
        if (i + times > nl + nd) bad('压缩数据的编码表无效', 'bad repeat in compressed data');
        while (times--) lengths[i++] = value;
      }
      if (!lengths[256]) bad('压缩数据没有结束符', 'compressed block without an end');
      return [codeTable(lengths, 0, nl), codeTable(lengths, nl, nd)];
    };
    const tooLong = () => bad('解压后的长度与所记不符', 'unpacked size is not the one recorded');
    let last = false;
    while (!last) {
      last = bitsOf(1) === 1;
      const type = bitsOf(2);
      if (type === 3) bad('压缩数据的块类型无效', 'invalid block type in compressed data');
      if (type === 0) {
        while (have >= 8) { have -= 8; pos--; }
        hold = 0; have = 0;
        if (pos + 4 > n) short();
        const len = src[pos] | src[pos + 1] << 8, not = src[pos + 2] | src[pos + 3] << 8;
        pos += 4;
        if ((len ^ not) !== 0xffff) bad('压缩数据的块长度无效', 'invalid stored block');
        if (pos + len > n) short();
        if (o + len > size) tooLong();
        out.set(src.subarray(pos, pos + len), o);
        pos += len; o += len;
        continue;
      }
      const [lit, dist] = type === 1 ? fixedTables() : dynamic();
      for (;;) {
        const s = symbol(lit);
        if (s < 256) { if (o >= size) tooLong(); out[o++] = s; continue; }
        if (s === 256) break;
        if (s > 285) bad('压缩数据中有无效的长度', 'invalid length in compressed data');
        const len = LENGTH_BASE[s - 257] + bitsOf(LENGTH_EXTRA[s - 257]);
        const d = symbol(dist);
        if (d > 29) bad('压缩数据中有无效的距离', 'invalid distance in compressed data');
        const back = DIST_BASE[d] + bitsOf(DIST_EXTRA[d]);
        if (back > o) bad('压缩数据中有无效的距离', 'invalid distance in compressed data');
        if (o + len > size) tooLong();
        for (let k = 0; k < len; k++, o++) out[o] = out[o - back];
      }
    }
    while (have >= 8) { have -= 8; pos--; }
    if (o !== size) tooLong();
    if (pos !== n) bad('压缩数据之后还有字节', 'bytes after the compressed data');
    return out;
  }

  const CRC = new Int32Array(256);
  for (let i = 0; i < 256; i++) {
    let c = i;
    for (let k = 0; k < 8; k++) c = c & 1 ? c >>> 1 ^ 0xedb88320 : c >>> 1;
    CRC[i] = c;
  }
  function crc32(bytes) {
    let c = -1;
    for (let i = 0; i < bytes.length; i++) c = c >>> 8 ^ CRC[(c ^ bytes[i]) & 255];
    return (c ^ -1) >>> 0;
  }

  // ---- the directory ----

  function asciiName(bytes) {
    let s = '';
    for (const b of bytes) s += b >= 0x20 && b < 0x7f ? String.fromCharCode(b) : '?';
    return s;
  }

  function checkExtra(view, at, length, name) {
    const end = at + length;
    while (at < end) {
      if (at + 4 > end) bad('附加域不完整：' + name, 'broken extra field of ' + name);
      const id = view.getUint16(at, true), n = view.getUint16(at + 2, true);
      // Zip64 sizes and a second spelling of the name are two ways to say two things at once.
      if (id === 1 || id === 0x7075) bad('不接受的附加域：' + name, 'extra field not accepted, of ' + name);
      at += 4 + n;
    }
    if (at !== end) bad('附加域不完整：' + name, 'broken extra field of ' + name);
  }

  function readDirectory(bytes, view) {
    const end = bytes.length - 22;
    if (end < 0 || view.getUint32(end, true) !== 0x06054b50 || view.getUint16(end + 20, true) !== 0) {
      bad('不是完整的 zip 文件', 'not a whole zip file');
    }
    const n = view.getUint16(end + 10, true), size = view.getUint32(end + 12, true), at = view.getUint32(end + 16, true);
    if (view.getUint16(end + 4, true) || view.getUint16(end + 6, true) || view.getUint16(end + 8, true) !== n) {
      bad('分卷的 zip 文件', 'zip file in several volumes');
    }
    if (at + size !== end) bad('zip 目录的位置与所记不符', 'the zip directory is not where it is said to be');
    if (n > D.LIMITS.members) bad('zip 成员过多', 'too many members in the zip');
    const entries = [];
    let p = at;
    for (let i = 0; i < n; i++) {
      if (p + 46 > end || view.getUint32(p, true) !== 0x02014b50) bad('zip 目录损坏', 'broken zip directory');
      const nameLength = view.getUint16(p + 28, true), extra = view.getUint16(p + 30, true);
      const comment = view.getUint16(p + 32, true);
      if (p + 46 + nameLength + extra + comment > end) bad('zip 目录损坏', 'broken zip directory');
      const nameBytes = bytes.subarray(p + 46, p + 46 + nameLength);
      const e = { nameBytes, name: asciiName(nameBytes), flags: view.getUint16(p + 8, true),
        method: view.getUint16(p + 10, true), crc: view.getUint32(p + 16, true), packed: view.getUint32(p + 20, true),
        size: view.getUint32(p + 24, true), disk: view.getUint16(p + 34, true), mode: view.getUint16(p + 40, true),
        at: view.getUint32(p + 42, true) };
      checkExtra(view, p + 46 + nameLength, extra, e.name);
      entries.push(e);
      p += 46 + nameLength + extra + comment;
    }
    if (p !== end) bad('zip 目录的长度与所记不符', 'the zip directory is not as long as it says');
    return { entries, at };
  }

  // Local header against directory; gives where the data begin and where the entry ends.
  function checkLocal(bytes, view, e, limit) {
    const p = e.at;
    if (p + 30 > limit || view.getUint32(p, true) !== 0x04034b50) bad('成员头损坏：' + e.name, 'broken header of ' + e.name);
    const nameLength = view.getUint16(p + 26, true), extra = view.getUint16(p + 28, true);
    const start = p + 30 + nameLength + extra;
    if (start + e.packed > limit) bad('成员越界：' + e.name, e.name + ' runs over its bounds');
    if (!D.equalBytes(bytes.subarray(p + 30, p + 30 + nameLength), e.nameBytes)) {
      bad('成员名前后不一：' + e.name, 'two names for ' + e.name);
    }
    checkExtra(view, p + 30 + nameLength, extra, e.name);
    const later = (e.flags & 8) !== 0;
    const same = (at, value) => view.getUint32(at, true) === value || later && view.getUint32(at, true) === 0;
    if (view.getUint16(p + 6, true) !== e.flags || view.getUint16(p + 8, true) !== e.method ||
        !same(p + 14, e.crc) || !same(p + 18, e.packed) || !same(p + 22, e.size)) {
      bad('成员头与目录不一：' + e.name, 'header and directory differ for ' + e.name);
    }
    let end = start + e.packed;
    if (later) {                                   // a data descriptor, with or without its signature
      if (end + 16 <= limit && view.getUint32(end, true) === 0x08074b50) end += 4;
      if (end + 12 > limit || view.getUint32(end, true) !== e.crc || view.getUint32(end + 4, true) !== e.packed ||
          view.getUint32(end + 8, true) !== e.size) bad('成员尾与目录不一：' + e.name, 'trailer and directory differ for ' + e.name);
      end += 12;
    }
    return { start, end };
  }

  // All members as Map name -> bytes. `known(name)` says whether a name may stand here.
  function readZip(bytes, known) {
    if (bytes.length > D.LIMITS.file) throw new D.Limit('文件过大', 'the file is too large');
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const { entries, at } = readDirectory(bytes, view);
    const out = new Map();
    let total = 0;
    for (const e of entries) {
      if (!known(e.name) || e.nameBytes.length !== e.name.length) {
        bad('不认识的成员 ' + D.show(e.name), 'unknown member ' + D.show(e.name));
      }
      if (out.has(e.name)) bad('成员重复：' + e.name, e.name + ' stands twice');
      out.set(e.name, null);
      if (e.flags & ~0x080e) bad('不接受的标志（例如加密）：' + e.name, 'flags not accepted (encryption?) of ' + e.name);
      if (e.method !== 0 && e.method !== 8) bad('不接受的压缩方法：' + e.name, 'compression not accepted, of ' + e.name);
      if (e.disk) bad('分卷的成员：' + e.name, e.name + ' is on another volume');
      if ((e.mode & 0xf000) !== 0 && (e.mode & 0xf000) !== 0x8000) bad('不是普通文件：' + e.name, e.name + ' is no plain file');
      // No deflate stream unpacks to more than about 1032 times its length: a bigger promise is a lie.
      if (e.method === 0 ? e.size !== e.packed : e.size > 1032 * e.packed + 64) bad('长度与所记不符：' + e.name, 'impossible size of ' + e.name);
      total += e.size;
      if (total > D.LIMITS.unpacked) throw new D.Limit('解压后过大', 'unpacked it is too large');
    }
    const sorted = entries.slice().sort((a, b) => a.at - b.at);
    let expected = 0;
    for (const e of sorted) {
      if (e.at !== expected) bad('成员之间有空隙或重叠：' + e.name, 'gap or overlap before ' + e.name);
      const { start, end } = checkLocal(bytes, view, e, at);
      expected = end;
      const data = bytes.subarray(start, start + e.packed);
      const plain = e.method === 0 ? data : inflate(data, e.size);
      if (crc32(plain) !== e.crc) bad('校验和不符：' + e.name, 'checksum of ' + e.name + ' does not fit');
      out.set(e.name, plain);
    }
    if (expected !== at) bad('目录之前有空隙', 'gap before the zip directory');
    return out;
  }

  Object.assign(D, { readZip, inflate, crc32 });
  if (typeof module === 'object' && module.exports) module.exports = D;
})();

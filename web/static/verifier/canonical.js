// Canonical JSON (section 2) and plain CSV (section 11.2). Both readers take only the one canonical spelling, so that
// what they accept needs no second comparison of bytes. Integers come out as BigInt.
(function () {
  'use strict';
  const D = globalThis.Draw1 = globalThis.Draw1 || {};
  if (typeof require === 'function' && !D.utf8) require('./bytes.js');

  const ESCAPES = { '"': '"', '\\': '\\', b: '\b', t: '\t', n: '\n', f: '\f', r: '\r' };
  const MIN = -(1n << 63n), MAX = (1n << 63n) - 1n;

  // Strict text of a member, or a wrong claim under `claim`.
  function textOf(bytes, claim, name, nfcLater) {
    if (bytes.length > D.LIMITS.json) throw new D.Limit(name + ' 过大', name + ' is too large');
    const text = D.decode(bytes);
    if (text === null) D.wrong(claim, name + ' 不是有效的 UTF-8', name + ' is not valid UTF-8');
    if (!nfcLater && !D.isNfc(text)) D.wrong(claim, name + ' 不是 NFC 规范形式', name + ' is not in normal form NFC');
    return text;
  }

  function parseJson(bytes, name) {
    const text = textOf(bytes, name, name, true);        // NFC is asked of every string, below
    let i = 0, depth = 0;
    const fail = (zh, en) => D.wrong(name, name + ' 第 ' + (i + 1) + ' 个字符处：' + zh,
      name + ', at character ' + (i + 1) + ': ' + en);

    function string() {
      i++;
      let out = '', from = i;
      for (;;) {
        const c = text.charCodeAt(i);
        if (c !== c) fail('字符串没有结束', 'a string has no end');
        if (c === 0x22) {
          out += text.slice(from, i);
          if (!D.isNfc(out)) fail('不是 NFC 规范形式', 'a text that is not in normal form NFC');
          i++;
          return out;
        }
        if (c < 0x20) fail('未转义的控制字符', 'a control character stands bare');
        if (c !== 0x5c) { i++; continue; }
        out += text.slice(from, i);
        out += escape();
        from = i;
      }
    }
    function escape() {
      const e = text[i + 1];
      if (e !== 'u') {
        if (!Object.prototype.hasOwnProperty.call(ESCAPES, e)) fail('不规范的转义', 'an escape that is not canonical');
        i += 2;
        return ESCAPES[e];
      }
      const hex = text.substr(i + 2, 4), code = /^00[01][0-9a-f]$/.test(hex) ? parseInt(hex, 16) : 99;
      if (code > 31 || [8, 9, 10, 12, 13].includes(code)) fail('不规范的转义', 'an escape that is not canonical');
      i += 6;
      return String.fromCharCode(code);
    }
    function integer() {
      const from = i;
      if (text[i] === '-') i++;
      while (text.charCodeAt(i) >= 0x30 && text.charCodeAt(i) <= 0x39) i++;
      const s = text.slice(from, i);
      if (!/^(0|-?[1-9][0-9]{0,18})$/.test(s)) fail('不规范的整数', 'not a canonical integer');
      const v = BigInt(s);
      if (v < MIN || v > MAX) fail('整数超过 64 位', 'an integer of more than 64 bits');
      if (text[i] === '.' || text[i] === 'e' || text[i] === 'E') fail('小数或指数', 'a point or an exponent');
      return v;
    }
    function array() {
      const out = [];
      i++;
      if (text[i] === ']') { i++; return out; }
      for (;;) {
        out.push(value());
        if (text[i] === ',') { i++; continue; }
        if (text[i] === ']') { i++; return out; }
        fail('数组中应有逗号或右括号', 'a comma or a bracket is missing');
      }
    }
    function object() {
      const out = Object.create(null);
      let before = null;
      i++;
      if (text[i] === '}') { i++; return out; }
      for (;;) {
        if (text[i] !== '"') fail('键应是字符串', 'a key must be a string');
        const key = string();
        if (before !== null && D.compareText(before, key) >= 0) fail('键重复或次序不对', 'keys doubled or out of order');
        before = key;
        if (text[i++] !== ':') fail('缺少冒号', 'a colon is missing');
        out[key] = value();
        if (text[i] === ',') { i++; continue; }
        if (text[i] === '}') { i++; return out; }
        fail('对象中应有逗号或右括号', 'a comma or a brace is missing');
      }
    }
    function value() {
      const c = text[i];
      if (c === '"') return string();
      if (c === '{' || c === '[') {
        if (++depth > D.LIMITS.depth) throw new D.Limit(name + ' 嵌套过深', name + ' is nested too deeply');
        const v = c === '{' ? object() : array();
        depth--;
        return v;
      }
      if (text.startsWith('true', i)) { i += 4; return true; }
      if (text.startsWith('false', i)) { i += 5; return false; }
      if (text.startsWith('null', i)) { i += 4; return null; }
      return integer();
    }
    const v = value();
    if (i !== text.length) fail('结尾之后还有内容', 'something stands after the end');
    return v;
  }

  const isObject = v => typeof v === 'object' && v !== null && !Array.isArray(v);

  function quote(s) {
    let out = '"';
    for (let i = 0; i < s.length; i++) {
      const c = s.charCodeAt(i), ch = s[i];
      if (ch === '"' || ch === '\\') out += '\\' + ch;
      else if (c >= 0x20) out += ch;
      else if (c === 8) out += '\\b'; else if (c === 9) out += '\\t'; else if (c === 10) out += '\\n';
      else if (c === 12) out += '\\f'; else if (c === 13) out += '\\r';
      else out += '\\u00' + (c < 16 ? '0' : '') + c.toString(16);
    }
    return out + '"';
  }

  function writeJson(v) {
    if (v === null || typeof v === 'boolean' || typeof v === 'bigint' || typeof v === 'number') return String(v);
    if (typeof v === 'string') return quote(v);
    if (Array.isArray(v)) return '[' + v.map(writeJson).join(',') + ']';
    return '{' + Object.keys(v).sort(D.compareText).map(k => quote(k) + ':' + writeJson(v[k])).join(',') + '}';
  }

  // An object with just these keys; `optional` ones may be missing.
  function checkKeys(v, claim, where, required, optional) {
    if (!isObject(v)) D.wrong(claim, where + ' 应是对象', where + ' must be an object');
    for (const k of required) {
      if (!(k in v)) D.wrong(claim, where + ' 缺少字段 ' + k, where + ' lacks the field ' + k);
    }
    for (const k of Object.keys(v)) {
      if (!required.includes(k) && !(optional || []).includes(k)) {
        D.wrong(claim, where + ' 有多余的字段 ' + D.show(k), where + ' has a field too many, ' + D.show(k));
      }
    }
  }

  // A non-negative integer not above `max`, as a Number; null if it is not one.
  function smallInt(v, max) { return typeof v === 'bigint' && v >= 0n && v <= BigInt(max) ? Number(v) : null; }

  // Rows under the header (section 11.2).
  function parseCsv(bytes, claim, name, header) {
    const text = textOf(bytes, claim, name);
    const rows = [];
    let i = 0, line = 1;
    const fail = (zh, en) => D.wrong(claim, name + ' 第 ' + line + ' 行：' + zh, name + ', line ' + line + ': ' + en);
    function field() {
      if (text[i] !== '"') {
        const from = i;
        while (i < text.length && text[i] !== ',' && text[i] !== '\n') {
          if (text[i] === '"' || text[i] === '\r') fail('应加引号的内容没有引号', 'a field that needs quotes has none');
          i++;
        }
        return text.slice(from, i);
      }
      let out = '', needed = false;
      for (i++; ; i++) {
        const c = text[i];
        if (c === undefined) fail('引号没有结束', 'quotes have no end');
        if (c === '"') {
          if (text[i + 1] !== '"') break;
          i++;
          needed = true;
        } else if (c === ',' || c === '\n' || c === '\r') needed = true;
        out += c;
      }
      i++;
      if (!needed) fail('不需要的引号', 'quotes that are not needed');
      return out;
    }
    while (i < text.length) {
      const row = [field()];
      while (text[i] === ',') { i++; row.push(field()); }
      if (text[i] !== '\n') fail('行尾应是 LF', 'the line must end with LF');
      i++;
      if (line === 1 && row.join(',') !== header) fail('表头应为 ' + header, 'the header must be ' + header);
      if (row.length !== header.split(',').length) fail('列数不对', 'wrong number of fields');
      if (line > 1) rows.push(row);
      if (rows.length > D.LIMITS.rows) throw new D.Limit(name + ' 行数过多', name + ' has too many rows');
      line++;
    }
    if (line === 1) fail('文件为空', 'the file is empty');
    return rows;
  }

  Object.assign(D, { parseJson, writeJson, checkKeys, smallInt, isObject, parseCsv, textOf });
  if (typeof module === 'object' && module.exports) module.exports = D;
})();

// Behaviour of a page with a drop zone: takes a file, shows the claims. Sends nothing anywhere and keeps nothing.
// Elements by id: verify-drop (data-worker: address of worker.js), verify-file, verify-target (may be missing),
// verify-claims (a list), verify-verdict. Texts follow the language of <html lang>.
(function () {
  'use strict';
  const TEXT = {
    zh: {
      reading: '正在读取…', working: '正在核对：', stop: '。', limit: '文件过大，没有打开。', unread: '文件无法读取。',
      states: { verified: '属实', unverifiable: '未能核对', wrong: '不符' },
      bundle: {
        verified: '证据包前后一致，每一步都能重算。还须由您核对：C 是否就是当时公布的，外部随机数是否就是来源公布的。',
        partly: '能核对的都一致，但有些项目未能核对（见下）。还须由您核对 C 与外部随机数。',
        wrong: '不符：'
      },
      proof: {
        verified: '这份证明前后一致。最后一步请您自己做：把下面的 C 和种子与公布的逐字核对。',
        partly: '这份证明中能核对的都一致（按权重抽取时，一份文件不能说明全部）。请把下面的 C 和种子与公布的逐字核对。',
        wrong: '不符：'
      }
    },
    en: {
      reading: 'Reading…', working: 'Checking: ', stop: '. ', limit: 'The file is too large and was not opened.', unread: 'The file cannot be read.',
      states: { verified: 'verified', unverifiable: 'not checked', wrong: 'wrong' },
      bundle: {
        verified: 'The bundle is consistent and every step can be done again. Left to you: is C the one that was published, is the outside randomness the one its source announced?',
        partly: 'What can be checked is consistent, but some of it is out of reach (see below). Left to you: C and the outside randomness.',
        wrong: 'Wrong: '
      },
      proof: {
        verified: 'This proof is consistent. The last step is yours: compare the C and the seed below, letter by letter, with the published ones.',
        partly: 'What this proof can show is consistent (with weights one file cannot show all). Compare the C and the seed below, letter by letter, with the published ones.',
        wrong: 'Wrong: '
      }
    }
  };

  // What each claim is about; a file of a bundle that is wrong as such, and an attempt's folder, stand under their own names.
  const NAMES = {
    zh: { 'proof.json': '证明文件', members: '文件', plan: '方案', 'tables.targets': '对象名录', 'tables.inspectors': '人员名录', 'tables.bars': '排除情形',
      'tables.pair_bars': '人员间排除', commitment: '承诺', register: '登记', published: '公布', seed: '种子', systematic: '按权重抽取',
      drawn: '抽中', thresholds: '末位签号', changes: '变更', groups: '检查组', 'pairs.lawful': '匹配合规', bans: '回避轮次',
      'pairs.optimal': '匹配最优', shortage: '人员缺口', target: '本户' },
    en: { 'proof.json': 'proof', members: 'files', plan: 'plan', 'tables.targets': 'targets', 'tables.inspectors': 'inspectors', 'tables.bars': 'bars',
      'tables.pair_bars': 'pair bars', commitment: 'commitment', register: 'register', published: 'publication', seed: 'seed',
      systematic: 'weights', drawn: 'drawn', thresholds: 'thresholds', changes: 'changes', groups: 'groups',
      'pairs.lawful': 'pairs lawful', bans: 'bans', 'pairs.optimal': 'pairs best', shortage: 'shortage', target: 'this target' }
  };

  const get = id => document.getElementById(id);
  const zone = get('verify-drop'), input = get('verify-file'), target = get('verify-target');
  const list = get('verify-claims'), verdict = get('verify-verdict');
  if (!zone || !list || !verdict) return;

  const language = () => (document.documentElement.lang || 'zh').toLowerCase().startsWith('en') ? 'en' : 'zh';
  const nameOf = claim => claim.replace(/[^/]+$/, own => NAMES[language()][own] || own);
  let shown = { state: 'idle' }, last = null, turn = 0, worker = null, doing = null;

  // ---- what is shown ----

  function item(claim) {
    const li = document.createElement('li'), t = TEXT[language()];
    li.className = claim.state;
    li.setAttribute('data-claim', claim.claim);
    // The state is told in words too, not by colour alone.
    [['verify-state', t.states[claim.state]], ['verify-name', nameOf(claim.claim)], ['verify-detail', claim.detail[language()]]].forEach(([name, text]) => {
      const span = document.createElement('span');
      span.className = name;
      span.textContent = text;
      li.append(span, ' ');
    });
    return li;
  }

  function render() {
    const t = TEXT[language()];
    verdict.className = shown.state;
    zone.setAttribute('aria-busy', shown.state === 'busy' ? 'true' : 'false');
    if (shown.state === 'idle') { verdict.textContent = ''; return; }
    if (shown.state === 'busy') { verdict.textContent = shown.claim ? t.working + nameOf(shown.claim) : t.reading; return; }
    if (shown.state === 'failed') { verdict.textContent = t[shown.reason]; list.replaceChildren(); return; }
    const r = shown.result, wrong = r.claims.find(c => c.state === 'wrong');
    verdict.textContent = t[r.kind][r.verdict] + (wrong ? nameOf(wrong.claim) + t.stop + wrong.detail[language()] : '');
    list.replaceChildren(...r.claims.map(item));
  }

  function show(state) { shown = state; render(); }

  // ---- the work ----

  function finish(mine, result) {
    if (mine !== turn) return;
    show({ state: result.verdict, result });
  }

  function progress(mine, claim) { if (mine === turn) show({ state: 'busy', claim }); }

  function onPage(mine, bytes, id) {
    globalThis.Draw1.verify(bytes, { target: id, overtaken: () => mine !== turn, progress: claim => progress(mine, claim) })
      .then(result => finish(mine, result));
  }

  // In a worker where there can be one. It is made now, with all its scripts, and kept: nothing is asked for once a file is
  // there. Its failure (an old policy, a missing script) leads back to this thread.
  const ready = new Promise(resolve => {
    try { worker = new Worker(zone.getAttribute('data-worker')); } catch (e) { resolve(); return; }
    worker.onmessage = ({ data }) => {
      if (data.ready) resolve();
      else if (data.result) finish(data.turn, data.result);
      else progress(data.turn, data.progress);
    };
    worker.onerror = event => {
      event.preventDefault();
      worker.terminate();
      worker = null;
      resolve();
      if (doing && doing.turn === turn && shown.state === 'busy') onPage(doing.turn, doing.bytes, doing.target);
    };
  });

  function start(bytes, id) {
    doing = { turn: ++turn, bytes, target: id };
    list.replaceChildren();
    show({ state: 'busy' });
    if (worker) worker.postMessage(doing); else onPage(turn, bytes, id);
  }

  const wanted = () => target && target.value.trim() || undefined;

  async function take(file) {
    const mine = ++turn;
    list.replaceChildren();
    show({ state: 'busy' });
    if (file.size > globalThis.Draw1.LIMITS.file) { show({ state: 'failed', reason: 'limit' }); return; }
    await ready;
    let bytes;
    try { bytes = new Uint8Array(await file.arrayBuffer()); } catch (e) { if (mine === turn) show({ state: 'failed', reason: 'unread' }); return; }
    if (mine !== turn) return;
    last = bytes;
    start(bytes, wanted());
  }

  // ---- events ----

  const stop = event => { event.preventDefault(); event.stopPropagation(); };
  ['dragenter', 'dragover'].forEach(name => zone.addEventListener(name, event => { stop(event); zone.classList.add('over'); }));
  ['dragleave', 'drop'].forEach(name => zone.addEventListener(name, event => { stop(event); zone.classList.remove('over'); }));
  zone.addEventListener('drop', event => { const f = event.dataTransfer && event.dataTransfer.files[0]; if (f) take(f); });
  // A file dropped beside the zone must not replace the page.
  ['dragover', 'drop'].forEach(name => window.addEventListener(name, event => event.preventDefault()));
  if (input) {
    input.addEventListener('change', () => { if (input.files[0]) take(input.files[0]); input.value = ''; });
    zone.addEventListener('click', event => { if (event.target !== input && !(event.target.closest && event.target.closest('label'))) input.click(); });
    zone.addEventListener('keydown', event => { if (event.target === zone && (event.key === 'Enter' || event.key === ' ')) { event.preventDefault(); input.click(); } });
  }
  if (target) target.addEventListener('change', () => { if (last && shown.result) start(last, wanted()); });
  new MutationObserver(render).observe(document.documentElement, { attributes: true, attributeFilter: ['lang'] });
})();

// Entry of the verifier of the lottery draw-1: bytes of a dropped file in, claims out. Pure: no network, no clock, no
// storage. Works after <script src> of the others (web/public/verify.py has their order), in a worker, and by require()
// in node, where each asks for what it needs.
(function () {
  'use strict';
  const D = globalThis.Draw1 = globalThis.Draw1 || {};
  if (typeof require === 'function') require('./proof.js');

  // Thrown where another file has come meanwhile and nobody waits for this one any more.
  function Overtaken() {}

  // Collects claims and remembers which one is being looked at.
  function Run(options) {
    const every = options.every || 40;
    let last = Date.now(), steps = 0;
    this.claims = [];
    this.current = 'members';
    // A page stays alive, and a worker hears of the next file: heavy loops wait here, and every so many milliseconds the
    // wait is a real one.
    this.pause = async () => {
      steps++;
      if (Date.now() - last < every) return;
      if (options.progress) options.progress(this.current, steps);
      await new Promise(resolve => setTimeout(resolve, 0));
      if (options.overtaken && options.overtaken()) throw new Overtaken();
      last = Date.now();
    };
  }
  Run.prototype.begin = function (claim) { this.current = claim; };
  Run.prototype.add = function (claim, state, zh, en) { this.claims.push({ claim, state, detail: { zh, en } }); };
  Run.prototype.ok = function (claim, zh, en) { this.add(claim, 'verified', zh, en); };
  Run.prototype.cannot = function (claim, zh, en) { this.add(claim, 'unverifiable', zh, en); };

  // What ended the run: a wrong claim, a limit, or a fault of this program (which is never told as somebody's wrong).
  function conclude(run, e) {
    if (e instanceof Overtaken) return;
    if (e instanceof D.Wrong) { run.add(e.claim, 'wrong', e.zh, e.en); return; }
    if (e instanceof D.Limit) { run.cannot(run.current, '超出本程序的限度：' + e.zh, 'beyond the limits of this program: ' + e.en); return; }
    run.cannot(run.current, '本程序内部错误，未能核对：' + (e && e.message), 'internal fault of this program, not checked: ' + (e && e.message));
  }

  // {kind: 'bundle' | 'proof', claims: [{claim, state, detail: {zh, en}}], wrong: claim or null, verdict}.
  // verdict: 'wrong', 'partly' (something out of reach beside the comparison of C), 'verified'.
  async function verify(bytes, options) {
    const o = options || {}, run = new Run(o);
    const data = bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes || 0);
    const kind = data.length && data[0] === 0x7b ? 'proof' : 'bundle';
    let ended = true;
    try {
      if (kind === 'proof') await D.verifyProof(run, data); else await D.verifyBundle(run, data, o.target);
      ended = false;
    } catch (e) { conclude(run, e); }
    const wrong = run.claims.find(c => c.state === 'wrong');
    const open = run.claims.some(c => c.state === 'unverifiable' && !['published', 'target'].includes(c.claim) &&
      !(kind === 'proof' && c.claim === 'plan'));
    return { kind, claims: run.claims, wrong: wrong ? wrong.claim : null, verdict: wrong ? 'wrong' : open || ended ? 'partly' : 'verified' };
  }

  D.verify = verify;
  if (typeof module === 'object' && module.exports) module.exports = D;
})();

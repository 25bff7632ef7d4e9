// The work of page.js off the page's thread. It is made when the page is opened, loads its scripts, says so and waits: once a
// file is there nothing is asked for any more. The scripts lie beside this one, so that `script-src 'self'` is enough; which
// they are, and the version under which they are asked for, its address says, or a browser would keep those of before.
'use strict';
/* global importScripts */
const asked = new URLSearchParams(self.location.search);
importScripts(...asked.get('files').split(' ').map(name => name + '.js?v=' + asked.get('v')));

let turn = 0;

self.onmessage = async event => {
  const { bytes, target, turn: mine } = event.data;
  turn = mine;
  const result = await self.Draw1.verify(bytes, { target, every: 250, overtaken: () => mine !== turn,
    progress: claim => self.postMessage({ turn: mine, progress: claim }) });
  self.postMessage({ turn: mine, result });
};
self.postMessage({ ready: true });

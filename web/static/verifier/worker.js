// The work of page.js off the page's thread. Scripts lie beside this one, so that `script-src 'self'` is enough; they are
// asked for under the version that this one was asked for, or a browser would keep those of before.
'use strict';
/* global importScripts */
importScripts(...['bytes.js', 'sha256.js', 'sm3.js', 'philox.js', 'zip.js', 'canonical.js', 'plan.js', 'tables.js', 'drawing.js',
  'pairing.js', 'flow.js', 'certificate.js', 'changes.js', 'bundle.js', 'proof.js', 'core.js'].map(name => name + self.location.search));

self.onmessage = async event => {
  const { bytes, target } = event.data;
  const result = await self.Draw1.verify(new Uint8Array(bytes), { target, yield: false,
    progress: claim => self.postMessage({ progress: claim }) });
  self.postMessage({ result });
};

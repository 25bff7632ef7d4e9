/* A witness's promise, made where the witness is: only the digest W of his text leaves the page (draw-1, sections 1 and 3).
   W = SHA-256("draw-1/witness" + 0x00 + length of the text in 8 bytes, big-endian + the text), the text in UTF-8 and NFC. */
(function () {
  "use strict";

  var K = [], H0 = [];

  // the constants of SHA-256: first 32 bits of the fractional parts of cube and square roots of the first primes
  (function () {
    var n = 2, prime, d;
    while (K.length < 64) {
      prime = true;
      for (d = 2; d * d <= n; d++) {
        if (n % d === 0) { prime = false; break; }
      }
      if (prime) {
        if (H0.length < 8) { H0.push(fraction(Math.sqrt(n))); }
        K.push(fraction(Math.cbrt(n)));
      }
      n++;
    }
    function fraction(x) { return ((x - Math.floor(x)) * 4294967296) | 0; }
  })();

  function rotated(x, n) { return (x >>> n) | (x << (32 - n)); }

  // plain SHA-256, for pages that are not served over TLS: browsers keep WebCrypto from them
  function sha256(bytes) {
    var padded = new Uint8Array(((bytes.length + 72) >> 6) << 6), view = new DataView(padded.buffer);
    var h = H0.slice(), w = new Int32Array(64), block, i;
    padded.set(bytes);
    padded[bytes.length] = 0x80;
    view.setUint32(padded.length - 8, Math.floor(bytes.length / 0x20000000));
    view.setUint32(padded.length - 4, bytes.length << 3);
    for (block = 0; block < padded.length; block += 64) {
      for (i = 0; i < 64; i++) {
        w[i] = i < 16 ? view.getInt32(block + 4 * i) : (
          (rotated(w[i - 2], 17) ^ rotated(w[i - 2], 19) ^ (w[i - 2] >>> 10)) + w[i - 7] +
          (rotated(w[i - 15], 7) ^ rotated(w[i - 15], 18) ^ (w[i - 15] >>> 3)) + w[i - 16]) | 0;
      }
      var s = h.slice();
      for (i = 0; i < 64; i++) {
        var t1 = (s[7] + (rotated(s[4], 6) ^ rotated(s[4], 11) ^ rotated(s[4], 25)) +
          ((s[4] & s[5]) ^ (~s[4] & s[6])) + K[i] + w[i]) | 0;
        var t2 = ((rotated(s[0], 2) ^ rotated(s[0], 13) ^ rotated(s[0], 22)) +
          ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]))) | 0;
        s = [(t1 + t2) | 0, s[0], s[1], s[2], (s[3] + t1) | 0, s[4], s[5], s[6]];
      }
      h = h.map(function (x, j) { return (x + s[j]) | 0; });
    }
    var out = new Uint8Array(32), outView = new DataView(out.buffer);
    h.forEach(function (x, j) { outView.setInt32(4 * j, x); });
    return out;
  }

  // the same characters that the server takes off both ends of a text
  function trimmed(text) { return text.replace(/^[ \t\u3000]+|[ \t\u3000]+$/g, "").normalize("NFC"); }

  function framed(text) {
    var tag = new TextEncoder().encode("draw-1/witness\u0000"), bytes = new TextEncoder().encode(text);
    var frame = new Uint8Array(tag.length + 8 + bytes.length);
    frame.set(tag);
    new DataView(frame.buffer).setUint32(tag.length + 4, bytes.length);
    frame.set(bytes, tag.length + 8);
    return frame;
  }

  function hex(bytes) {
    return Array.prototype.map.call(bytes, function (b) { return ("0" + b.toString(16)).slice(-2); }).join("");
  }

  function plainDigest(text) { return hex(sha256(framed(trimmed(text)))); }

  function digest(text) {
    var subtle = window.isSecureContext && window.crypto && window.crypto.subtle;
    if (!subtle) { return Promise.resolve(plainDigest(text)); }
    return subtle.digest("SHA-256", framed(trimmed(text))).then(function (made) { return hex(new Uint8Array(made)); });
  }

  window.yaohaoWitness = {digest: digest, plainDigest: plainDigest};

  Array.prototype.forEach.call(document.querySelectorAll("[data-witness]"), function (box) {
    var text = box.querySelector("input[type=text]"), send = box.querySelector("[data-witness-send]");
    var field = document.getElementById(box.getAttribute("data-digest-field"));
    var least = Number(box.getAttribute("data-least")), most = Number(box.getAttribute("data-most"));
    var shown = box.querySelector("[data-witness-shown]"), counted = box.querySelector("[data-witness-length]");
    var unfit = box.querySelector("[data-witness-unfit]");
    var asked = 0;
    box.classList.remove("d-none");
    function make() {
      var length = Array.from(trimmed(text.value)).length, fits = length >= least && length <= most, mine = ++asked;
      counted.textContent = box.getAttribute("data-counted").replace("{n}", length);
      counted.classList.toggle("text-danger", length > 0 && !fits);
      unfit.classList.toggle("d-none", fits || length === 0);
      send.disabled = true;
      field.value = "";
      shown.textContent = "—";
      if (!fits) { return; }
      digest(text.value).then(function (made) {
        if (mine !== asked) { return; } // what was typed since is being digested already
        field.value = made;
        shown.textContent = made;
        send.disabled = false;
      });
    }
    text.addEventListener("input", make);
    make();
  });
})();

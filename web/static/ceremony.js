/* The ceremony's screen: it asks whether anything has changed and puts only that anew, and gives the entry its keys.
   Without it the page is reloaded by hand, and the entry is typed. */
(function () {
  "use strict";

  var EVERY = 2000, PATIENCE = 5000, LOST_AFTER = 3;
  var stage = document.getElementById("stage");
  if (!stage) {
    return;
  }

  function each(list, work) {
    Array.prototype.forEach.call(list, work);
  }

  // What has changed

  // the token of a form is another one in every answer, and no change
  function content(part) {
    return part.className + part.innerHTML.replace(/name="csrf_token" value="[^"]*"/g, "");
  }

  var shown = {}, tag = stage.getAttribute("data-tag"), failed = 0;
  each(stage.querySelectorAll("[data-part]"), function (part) {
    shown[part.getAttribute("data-part")] = content(part);
  });

  function put(html) {
    var told = new DOMParser().parseFromString(html, "text/html");
    each(told.querySelectorAll("[data-part]"), function (part) {
      var name = part.getAttribute("data-part"), now = content(part);
      if (shown[name] === now) {
        return;
      }
      shown[name] = now;
      fill(stage.querySelector("[data-part='" + name + "']"), document.importNode(part, true));
    });
  }

  // the element stays: a reader that reads aloud tells what comes into it, and not an element that takes its place
  function fill(old, next) {
    old.className = next.className;
    old.classList.add("arriving");
    old.replaceChildren.apply(old, next.childNodes);
    furnish(old);
    if (window.htmx) {
      window.htmx.process(old);
    }
  }

  function ask() {
    var headers = {"HX-Request": "true", "If-None-Match": '"' + tag + '"', "X-Unattended": "true"};
    var given_up = new AbortController(), patience = window.setTimeout(function () { given_up.abort(); }, PATIENCE);
    var how = {headers: headers, credentials: "same-origin", cache: "no-store", signal: given_up.signal};
    fetch(stage.getAttribute("data-address"), how).then(function (answer) {
      if (answer.status === 401 || answer.status === 404) {
        window.location.reload();
        return null;
      }
      if (answer.status !== 200 && answer.status !== 304) {
        throw new Error(String(answer.status));
      }
      return answer.status === 304 ? "" : answer.text().then(function (html) {
        tag = (answer.headers.get("ETag") || "").replace(/^W\//, "").replace(/"/g, "");
        put(html);
      });
    }).then(function () {
      failed = 0;
    }, function () {
      failed += 1;
    }).then(function () {
      window.clearTimeout(patience);
      tell();
      window.setTimeout(ask, EVERY);
    });
  }

  function tell() {
    document.getElementById("lost").hidden = failed < LOST_AFTER;
  }

  // Keys for the entry

  function made(tagName, className, text) {
    var one = document.createElement(tagName);
    one.className = className;
    one.textContent = text;
    return one;
  }

  function key(text, className, press) {
    var button = made("button", className, text);
    button.type = "button";
    button.addEventListener("click", press);
    return button;
  }

  function furnish(part) {
    each(part.querySelectorAll("[data-pad]"), function (pad) {
      if (pad.hasAttribute("data-cells")) {
        dice(pad);
      } else if (pad.hasAttribute("data-balls")) {
        balls(pad);
      }
    });
  }

  // a die: a cell for every throw, a key for every face
  function dice(pad) {
    var field = pad.querySelector("[name=entropy]"), wanted = Number(pad.getAttribute("data-cells")), faces = pad.getAttribute("data-keys");
    var cells = made("div", "cells", ""), keys = made("div", "pad-keys", ""), place;
    cells.setAttribute("data-in", "5");
    for (place = 1; place <= wanted; place++) {
      cells.appendChild(made("span", "cell", "")).title = pad.getAttribute("data-cell-name").replace("{n}", place);
    }
    faces.split("").forEach(function (face) {
      keys.appendChild(key(face, "", function () {
        if (digits().length < wanted) {
          write(digits() + face);
        }
      }));
    });
    keys.appendChild(key("⌫ " + pad.getAttribute("data-undo"), "wide-key", function () { write(digits().slice(0, -1)); }));
    keys.appendChild(key(pad.getAttribute("data-clear"), "wide-key", function () { write(""); }));
    pad.appendChild(cells);
    pad.appendChild(keys);
    field.addEventListener("input", show);

    function digits() {
      return field.value.replace(/\D/g, "");
    }

    function write(typed) {
      field.value = (typed.match(/.{1,5}/g) || []).join(" ");
      show();
    }

    function show() {
      var typed = digits();
      each(cells.children, function (cell, at) {
        cell.textContent = typed.charAt(at);
        cell.className = "cell" + (at < typed.length ? " full" : at === typed.length ? " next" : "");
      });
      field.classList.toggle("is-invalid", typed.length > wanted);
    }
    show();
  }

  // a lottery: of every issue first so many different balls of the one kind, then of the other, in the order drawn
  function balls(pad) {
    var field = pad.querySelector("[name=entropy]"), issues = pad.getAttribute("data-issues").split("+");
    var kinds = pad.getAttribute("data-balls").split(" ").map(function (kind) {
      var told = kind.split("/");
      return {count: Number(told[0]), highest: Number(told[1])};
    });
    var each_issue = kinds.reduce(function (sum, kind) { return sum + kind.count; }, 0);
    var rows = issues.map(function (issue) {
      pad.appendChild(made("p", "issue", pad.getAttribute("data-issue-name").replace("{i}", issue)));
      return pad.appendChild(made("div", "cells", ""));
    });
    var keys = pad.appendChild(made("div", "pad-keys balls", "")), doing = pad.appendChild(made("div", "pad-keys", ""));
    doing.appendChild(key("⌫ " + pad.getAttribute("data-undo"), "wide-key", function () { write(numbers().slice(0, -1)); }));
    doing.appendChild(key(pad.getAttribute("data-clear"), "wide-key", function () { write([]); }));
    field.addEventListener("input", show);

    function numbers() {
      return field.value.match(/\d{2}/g) || [];
    }

    function write(drawn) {
      var told = [];
      for (var first = 0; first < drawn.length; first += each_issue) {
        told.push(drawn.slice(first, first + each_issue).join("-"));
      }
      field.value = told.join("+");
      show();
    }

    // the kind that comes next, and which of its balls this issue has already drawn
    function awaited(drawn) {
      var issue = Math.floor(drawn.length / each_issue), start = issue * each_issue, kind;
      for (kind = 0; kind < kinds.length; kind++) {
        if (drawn.length < start + kinds[kind].count) {
          return issue < issues.length ? {kind: kinds[kind], gone: drawn.slice(start)} : null;
        }
        start += kinds[kind].count;
      }
      return null;
    }

    function show() {
      var drawn = numbers(), next = awaited(drawn);
      rows.forEach(function (row, issue) {
        row.textContent = "";
        var place = 0;
        kinds.forEach(function (kind, which) {
          for (var nth = 0; nth < kind.count; nth++, place++) {
            var at = issue * each_issue + place, full = at < drawn.length;
            row.appendChild(made("span", "cell" + (full ? " full" : at === drawn.length ? " next" : "") + (which && !nth ? " apart" : ""), full ? drawn[at] : ""));
          }
        });
      });
      keys.textContent = "";
      for (var ball = 1; next && ball <= next.kind.highest; ball++) {
        keys.appendChild(ballKey(("0" + ball).slice(-2), next.gone));
      }
    }

    function ballKey(number, gone) {
      var button = key(number, "", function () { write(numbers().concat(number)); });
      button.setAttribute("aria-label", pad.getAttribute("data-ball").replace("{n}", number));
      button.disabled = gone.indexOf(number) >= 0;
      return button;
    }
    show();
  }

  each(stage.querySelectorAll("[data-part]"), furnish);
  window.setTimeout(ask, EVERY);
})();

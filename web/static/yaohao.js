/* What pages do beyond links and forms: ask before an act, copy a value, go back, print. No page needs it to work. */
(function () {
  "use strict";

  // a question is asked before htmx or the browser sends the form
  document.addEventListener("submit", function (event) {
    var question = event.target.getAttribute("data-ask");
    if (question && !window.confirm(question)) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  }, true);

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-copy]");
    if (button) {
      copy(button.getAttribute("data-copy"), button);
    }
    if (event.target.closest("[data-print]")) {
      window.print();
    }
    var back = event.target.closest("[data-back]");
    if (back && window.history.length > 1) {
      event.preventDefault();
      window.history.back();
    }
  });

  // what a refused form is told comes into view, and its form keeps what was typed
  var told = document.getElementById("told");
  if (told) {
    new MutationObserver(function () {
      if (told.firstElementChild) {
        document.querySelectorAll("#main > .alert[role=status]").forEach(function (old) { old.remove(); });
        told.scrollIntoView({block: "center"});
      }
    }).observe(told, {childList: true});
  }

  // plain http has no clipboard of its own
  function copy(text, button) {
    var field = document.createElement("textarea");
    field.value = text;
    field.setAttribute("readonly", "");
    field.className = "visually-hidden";
    document.body.appendChild(field);
    field.select();
    if (document.execCommand("copy")) {
      button.classList.add("text-success");
    }
    field.remove();
    button.focus();
  }
})();

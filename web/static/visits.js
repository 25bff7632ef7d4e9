/* One box in the head of a list chooses all of its rows; how many are chosen is told before they are made public. */
(function () {
  "use strict";
  document.addEventListener("change", function (event) {
    if (event.target.hasAttribute("data-all")) {
      var boxes = event.target.closest("table").querySelectorAll('tbody input[type="checkbox"]');
      Array.prototype.forEach.call(boxes, function (box) { box.checked = event.target.checked; });
    }
  });

  // before yaohao.js asks: the window hears of it first
  window.addEventListener("submit", function (event) {
    var told = event.target.querySelector("[data-ask-counted]");
    if (told) {
      var chosen = event.target.querySelectorAll("tbody input:checked"), found = 0;
      Array.prototype.forEach.call(chosen, function (box) { found += box.hasAttribute("data-found") ? 1 : 0; });
      var question = told.getAttribute("data-ask-counted").replace("{n}", chosen.length).replace("{found}", found);
      event.target.setAttribute("data-ask", question);
    }
  }, true);
})();

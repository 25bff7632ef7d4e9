/* One box in the head of a list chooses all of its rows. */
(function () {
  "use strict";
  document.addEventListener("change", function (event) {
    if (event.target.hasAttribute("data-all")) {
      var boxes = event.target.closest("table").querySelectorAll('tbody input[type="checkbox"]');
      Array.prototype.forEach.call(boxes, function (box) { box.checked = event.target.checked; });
    }
  });
})();

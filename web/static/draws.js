/* The page of a draw: "now" for a time that somebody tells, and how many digits he has typed. */
(function () {
  "use strict";

  // the server's clock goes on from when the page was made: the reader's own may be wrong, or in another zone
  var opened = Date.now();
  Array.prototype.forEach.call(document.querySelectorAll("[data-now]"), function (button) {
    button.addEventListener("click", function () {
      var then = Date.parse(button.getAttribute("data-now") + "Z");
      var now = new Date(then + Date.now() - opened).toISOString().slice(0, 19);
      document.getElementById(button.getAttribute("data-now-field")).value = now;
    });
  });

  // spaces between digits count for nothing, and neither does the source before them
  Array.prototype.forEach.call(document.querySelectorAll("[data-count-digits]"), function (told) {
    var field = document.getElementById(told.getAttribute("data-count-digits"));
    var wanted = Number(told.getAttribute("data-wanted"));
    function count() {
      var digits = field.value.replace(/\s/g, "").replace(/^\w+:/, "").length;
      told.textContent = told.getAttribute("data-counted").replace("{n}", digits);
      told.classList.toggle("text-danger", digits > wanted);
      told.classList.toggle("text-success", digits === wanted);
    }
    field.addEventListener("input", count);
    count();
  });
})();

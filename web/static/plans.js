/* A plan's form: lines are added and removed. Without it there are empty lines to fill in, and empty ones are not saved. */
(function () {
  "use strict";

  var table = document.querySelector("table.lines tbody");
  var more = document.getElementById("more-lines");
  if (!table || !more) {
    return;
  }

  more.hidden = false;
  more.addEventListener("click", function () {
    var rows = table.querySelectorAll(".line");
    var row = rows[rows.length - 1].cloneNode(true);
    cleared(row);
    table.appendChild(row);
    row.querySelector(".item").focus();
  });

  table.addEventListener("click", function (event) {
    var button = event.target.closest(".remove");
    if (!button) {
      return;
    }
    var row = button.closest(".line");
    if (table.querySelectorAll(".line").length > 1) {
      row.remove();
    } else {
      cleared(row);
    }
    more.focus();
  });

  Array.prototype.forEach.call(table.querySelectorAll(".remove"), function (button) {
    button.hidden = false;
  });

  // the name of an item below its code, as far as it is one of our own
  table.addEventListener("input", function (event) {
    if (event.target.classList.contains("item")) {
      called(event.target.closest(".line"));
    }
  });

  function called(row) {
    var options = document.querySelectorAll("#items option");
    var found = Array.prototype.filter.call(options, function (option) {
      return option.value === row.querySelector(".item").value.trim();
    });
    row.querySelector(".called").textContent = found.length ? found[0].textContent : "";
  }

  function cleared(row) {
    row.querySelector(".item").value = "";
    called(row);
    row.querySelector(".ratio").value = "";
    row.querySelector(".times").value = "1";
  }
})();

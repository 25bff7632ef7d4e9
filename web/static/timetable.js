/* A visit is dragged to another day of the calendar; the service checks the move, and refuses it with every reason.
   The list beside the calendar does the same without this file. */
(function () {
  "use strict";
  var dragged = null;

  function dayOf(target) {
    return target.closest ? target.closest("td[data-day]") : null;
  }

  function mark(cell) {
    document.querySelectorAll("td.over").forEach(function (old) { old.classList.remove("over"); });
    if (cell) {
      cell.classList.add("over");
    }
  }

  document.addEventListener("dragstart", function (event) {
    var visit = event.target.closest ? event.target.closest("[data-visit]") : null;
    if (!visit || !document.querySelector("[data-move]")) {
      return;
    }
    dragged = visit.getAttribute("data-visit");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged);
  });
  document.addEventListener("dragend", function () {
    dragged = null;
    mark(null);
  });
  document.addEventListener("dragover", function (event) {
    var cell = dragged && dayOf(event.target);
    mark(cell);
    if (cell) {
      event.preventDefault();
    }
  });
  document.addEventListener("drop", function (event) {
    var cell = dragged && dayOf(event.target);
    if (cell) {
      event.preventDefault();
      move(dragged, cell);
    }
  });

  function move(visit, cell) {
    var calendar = document.querySelector("[data-move]"), form = new FormData();
    form.append("csrf_token", calendar.getAttribute("data-token"));
    form.append("visit", visit);
    form.append("day", cell.getAttribute("data-day"));
    form.append("in_place", "1");
    cell.classList.add("asking");
    fetch(calendar.getAttribute("data-move") + window.location.search, {
      method: "POST", body: form, headers: {"HX-Request": "true"}, credentials: "same-origin"
    }).then(function (answer) {
      var elsewhere = answer.headers.get("HX-Redirect");
      if (elsewhere) {
        window.location.href = elsewhere;
        return null;
      }
      return answer.text().then(function (text) { show(answer.ok, text); });
    }).catch(function () { window.location.reload(); }).then(function () { cell.classList.remove("asking"); });
  }

  function show(moved, text) {
    if (!moved) {
      document.getElementById("calendar-told").innerHTML = text;
      return;
    }
    var list = document.querySelector(".targets"), scrolled = list ? list.scrollTop : 0;
    document.getElementById("timetable").outerHTML = text;
    list = document.querySelector(".targets");
    if (list) {
      list.scrollTop = scrolled;
    }
    if (window.htmx) {
      window.htmx.process(document.getElementById("timetable"));
    }
  }
})();

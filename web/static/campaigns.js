/* The wizard of a campaign: one step at a time, fields that apply, conditions added, a line of the plan filled in.
   Without it all steps stand one below the other, and the button counts. */
(function () {
  "use strict";
  var form = document.getElementById("outline");
  if (!form) {
    return;
  }
  var sections = Array.prototype.slice.call(form.querySelectorAll(".step"));
  var links = Array.prototype.slice.call(document.querySelectorAll("#outline-steps li"));
  var between = form.querySelector(".between");
  var here = 0;
  var seen = [];

  function each(list, work) {
    Array.prototype.forEach.call(list, work);
  }

  function show(step, move) {
    here = Math.max(0, Math.min(sections.length - 1, step));
    hush();
    arrange(true);
    seen[here] = true;
    mark();
    sections.forEach(function (section, place) {
      section.classList.toggle("here", place === here);
      links[place].firstElementChild.setAttribute("aria-current", place === here ? "step" : "false");
    });
    between.querySelector("[data-step='-1']").hidden = here === 0;
    between.querySelector("[data-step='1']").hidden = here === sections.length - 1;
    if (move) {
      document.getElementById("outline-steps").scrollIntoView({block: "start"});
    }
  }

  // steps that were passed or looked at: green where nothing is lacking, else amber
  function mark() {
    var told = document.getElementById("outline-steps").getAttribute("data-unfilled");
    links.forEach(function (link, place) {
      var behind = place !== here && place < sections.length - 1 && (seen[place] || place < here);
      var unfilled = behind && lacks(sections[place]);
      link.className = place === here ? "now" : unfilled ? "unfilled" : behind ? "done" : "";
      link.title = unfilled ? told : "";
    });
  }

  // `validity` and not checkValidity(): that one tells it to the reader
  function lacks(section) {
    return missing(section).length > 0;
  }

  // what a step lacks, by the names that its reader sees
  function missing(section) {
    var found = [];
    each(section.querySelectorAll("input, select, textarea"), function (one) {
      if (one.willValidate && !one.validity.valid) {
        found.push(named(one));
      }
    });
    each(section.querySelectorAll("[data-any]"), function (part) {
      if (asked(part) && !Array.prototype.some.call(part.querySelectorAll(part.getAttribute("data-any")), filled)) {
        found.push(part.getAttribute("data-any-name"));
      }
    });
    each(section.querySelectorAll("[data-department]"), function (row) {
      if (isAbsent(row)) {
        found.push(row.getAttribute("data-name"));
      }
    });
    return found;
  }

  function named(one) {
    var label = one.labels && one.labels[0];
    return label ? label.textContent.replace("*", "").trim() : one.getAttribute("aria-label") || one.name;
  }

  // the first press names what a step lacks, the second one goes on all the same
  function tell(section) {
    var lacking = missing(section);
    var told = document.getElementById("outline-lacks");
    var said = lacking.length
      ? told.getAttribute("data-lacking") + lacking.join(told.getAttribute("data-comma")) + " · " + told.getAttribute("data-again")
      : "";
    var again = told.textContent === said;
    told.textContent = said;
    told.hidden = !said;
    return !said || again;
  }

  function hush() {
    var told = document.getElementById("outline-lacks");
    told.textContent = "";
    told.hidden = true;
  }

  // departments: whose item is chosen takes part; boxes for those that do, the others folded away

  function departmentsOfItems() {
    var chosen = Array.prototype.filter.call(form.querySelectorAll("[name=items]"), function (box) { return box.checked; });
    return chosen.map(function (box) { return box.value.split("/")[0]; });
  }

  function joinBox(row) {
    return row.querySelector("[name=join]");
  }

  function isAbsent(row) {
    var box = joinBox(row);
    return Boolean(box) && !box.checked && departmentsOfItems().indexOf(row.getAttribute("data-department")) >= 0;
  }

  // an item ticks its department, and the last one of it that is taken out takes it out again
  function joinBy(code) {
    var row = form.querySelector("[data-department='" + code + "']");
    var box = row && joinBox(row);
    if (!box || box.disabled) {
      return;
    }
    var chosen = departmentsOfItems().indexOf(code) >= 0;
    if (chosen && !box.checked) {
      box.checked = true;
      box.setAttribute("data-by-item", "");
    } else if (!chosen && box.checked && box.hasAttribute("data-by-item")) {
      box.checked = false;
      box.removeAttribute("data-by-item");
    }
  }

  // `moved` only where nobody is just pressing a box of the table
  function arrange(moved) {
    var table = document.getElementById("teams");
    var others = table.querySelector(".others");
    var rows = Array.prototype.slice.call(table.querySelectorAll("[data-department]"));
    var chosen = departmentsOfItems();
    rows.forEach(function (row) {
      var box = joinBox(row);
      var joins = !box || box.checked;
      each(row.querySelectorAll(".form-control, .form-select"), function (field) { field.hidden = !joins; });
      each(row.querySelectorAll("[data-absent]"), function (note) { note.hidden = !isAbsent(row); });
      if (moved && box) {
        var near = joins || chosen.indexOf(row.getAttribute("data-department")) >= 0;
        (near ? table.tBodies[0] : others).appendChild(row);
      }
    });
    var button = document.getElementById("other-departments");
    var open = button.getAttribute("aria-expanded") === "true" || table.tBodies[0].rows.length + others.rows.length < 5;
    others.hidden = !open;
    button.hidden = !others.rows.length;
    button.textContent = button.getAttribute(open ? "data-less" : "data-more") + " (" + others.rows.length + ")";
  }

  // what the page says can't be saved, can't be pressed either
  function guard() {
    document.getElementById("save-draft").disabled = Boolean(document.querySelector("#outline-summary [data-no-saving]"));
  }

  function asked(part) {
    var when = (part.getAttribute("data-any-when") || "").split("=");
    return !part.closest("[hidden]") && (!when[0] || value(when[0]) === when[1]);
  }

  function filled(one) {
    return one.type === "checkbox" ? one.checked : !one.closest("[hidden]") && one.value.trim() !== "";
  }

  // what was told of an earlier state of the form is no longer true of it
  function forget() {
    document.getElementById("told").textContent = "";
  }

  // the values to choose from go with the field of the condition
  function offer(select) {
    var list = "of-" + select.value;
    var values = select.parentElement.querySelector("[name=condition_values]");
    if (document.getElementById(list)) {
      values.setAttribute("list", list);
    } else {
      values.removeAttribute("list");
    }
  }

  function value(name) {
    var control = form.elements[name];
    return control ? control.value : "";
  }

  // what does not apply to the choice made is out of sight; its fields keep what was typed
  function apply() {
    each(form.querySelectorAll("[data-when]"), function (part) {
      var when = part.getAttribute("data-when").split("=");
      part.hidden = when[1].split("|").indexOf(value(when[0])) < 0;
    });
  }

  function again() {
    form.dispatchEvent(new Event("input", {bubbles: true}));
  }

  function fillIn(option) {
    var kind = option.getAttribute("data-kind");
    if (!kind) {
      return;
    }
    each(form.querySelectorAll("[name=kind]"), function (radio) { radio.checked = radio.value === kind; });
    each(form.querySelectorAll("[name=items]"), function (box) {
      box.checked = box.checked || box.value === option.getAttribute("data-item");
    });
    joinBy(option.getAttribute("data-item").split("/")[0]);
    var share = option.getAttribute("data-ratio").split("/");
    var percent = share[0] * 100 / share[1];
    var shown = Number.isInteger(percent * 100) ? String(percent) : option.getAttribute("data-ratio");
    each(form.querySelectorAll("[name^='rate-risk_class-'], [name='rate-none-all']"), function (field) {
      field.value = field.value || shown;
    });
  }

  document.addEventListener("click", function (event) {
    var link = event.target.closest("#outline-steps a");
    var button = event.target.closest("button");
    if (link) {
      event.preventDefault();
      show(links.indexOf(link.parentElement), false);
    } else if (button && button.hasAttribute("data-step")) {
      if (button.getAttribute("data-step") === "-1" || tell(sections[here])) {
        show(here + Number(button.getAttribute("data-step")), true);
      }
    } else if (button && button.id === "other-departments") {
      button.setAttribute("aria-expanded", String(button.getAttribute("aria-expanded") !== "true"));
      arrange(false);
    } else if (button && button.hasAttribute("data-add")) {
      var template = document.querySelector(button.getAttribute("data-add"));
      var list = document.querySelector(button.getAttribute("data-to"));
      list.appendChild(document.importNode(template.content, true));
      reveal(list);
      list.lastElementChild.querySelector("select").focus();
    } else if (button && button.hasAttribute("data-remove")) {
      button.closest(button.getAttribute("data-remove")).remove();
      again();
    } else if (button && button.id === "count-now") {
      event.preventDefault();
      again();
    }
  });

  form.addEventListener("input", function () {
    forget();
    hush();
    mark();
  });

  // htmx has put the summary in, or could not fetch it: then the server says what is wrong
  document.addEventListener("htmx:after:swap", guard);
  document.addEventListener("htmx:error", function () { document.getElementById("save-draft").disabled = false; });

  form.addEventListener("change", function (event) {
    if (event.target.name === "condition_field") {
      offer(event.target);
    }
    if (event.target.name === "line") {
      fillIn(event.target.selectedOptions[0]);
      again();
    }
    if (event.target.name === "items") {
      joinBy(event.target.value.split("/")[0]);
    }
    if (event.target.name === "join") {
      event.target.removeAttribute("data-by-item");
      arrange(false);
    }
    apply();
    forget();
    mark();
  });

  // Enter goes on to the next step; only the last one saves
  form.addEventListener("keydown", function (event) {
    if (event.key === "Enter" && event.target.tagName === "INPUT" && here < sections.length - 1) {
      event.preventDefault();
      again();
    }
  });

  // a field that must be filled in comes into view, whatever step it is in
  form.addEventListener("invalid", function (event) {
    var first = form.querySelector(":invalid");
    if (event.target === first) {
      show(sections.indexOf(first.closest(".step")), false);
    }
  }, true);

  document.addEventListener("input", function (event) {
    var list = event.target.getAttribute("data-search");
    if (list) {
      event.stopPropagation();
      var word = event.target.value.trim().toLowerCase();
      each(document.querySelectorAll(list + " [data-text]"), function (row) {
        row.hidden = row.getAttribute("data-text").toLowerCase().indexOf(word) < 0;
      });
    }
  }, true);

  function reveal(part) {
    each(part.querySelectorAll(".js-only"), function (one) { one.hidden = false; });
  }

  reveal(form);
  form.classList.add("stepped");
  apply();
  guard();
  show(0, false);
})();

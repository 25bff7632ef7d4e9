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
    var wrong = Array.prototype.some.call(section.querySelectorAll("input, select, textarea"), function (one) {
      return one.willValidate && !one.validity.valid;
    });
    return wrong || Array.prototype.some.call(section.querySelectorAll("[data-any]"), function (part) {
      return asked(part) && !Array.prototype.some.call(part.querySelectorAll(part.getAttribute("data-any")), filled);
    });
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
      show(here + Number(button.getAttribute("data-step")), true);
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
    mark();
  });

  form.addEventListener("change", function (event) {
    if (event.target.name === "condition_field") {
      offer(event.target);
    }
    if (event.target.name === "line") {
      fillIn(event.target.selectedOptions[0]);
      again();
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
  show(0, false);
})();

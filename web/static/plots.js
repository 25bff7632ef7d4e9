/* Draws every [data-plot] of a page with ECharts, as SVG. Without this script the tables below the plots say the same. */
(function () {
  "use strict";
  var COLOURS = ["#17496e", "#c4841d", "#1c6b45", "#9b2525"], INK = "#1d2733", FAINT = "#55606d", GRID = "#d5dce4";

  function series(each, index, marks) {
    var drawn = {
      name: each.name, type: each.form, data: each.values, animation: false, barGap: "-100%", barCategoryGap: "12%",
      showSymbol: false, step: false, lineStyle: { width: 2 }, itemStyle: { opacity: index ? 0.55 : 1 }
    };
    if (each.form === "bar" && index === 0) { drawn.z = 3; drawn.itemStyle = { opacity: 0.85 }; }
    if (!index && marks.length) {
      drawn.markLine = {
        symbol: "none", silent: true, animation: false, lineStyle: { color: COLOURS[3], width: 2, type: "dashed" },
        data: marks.map(function (mark) {
          return { xAxis: mark.at, name: mark.name, label: { formatter: mark.name, color: COLOURS[3], position: "end" } };
        })
      };
    }
    return drawn;
  }

  function option(told, beside) {
    var axis = { nameTextStyle: { color: FAINT }, axisLabel: { color: INK, hideOverlap: true } };
    return {
      color: COLOURS, animation: false, aria: { enabled: false },
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: INK },
      grid: { left: 12, right: 18, top: 46, bottom: 34, containLabel: true },
      legend: { show: told.series.length > 1, type: "scroll", top: 0, left: 0, itemHeight: 9, textStyle: { color: INK } },
      tooltip: { trigger: "axis", renderMode: "richText", confine: true, axisPointer: { type: "shadow" } },
      xAxis: Object.assign({ type: "category", data: told.categories, name: told.across, nameLocation: "middle", nameGap: 28, axisTick: { show: false } }, axis),
      yAxis: Object.assign({ type: "value", name: told.up, nameLocation: "end", nameGap: 8, splitLine: { lineStyle: { color: GRID } } }, axis),
      series: told.series.map(function (each, index) {
        var drawn = series(each, index, told.marks);
        if (beside) { delete drawn.barGap; drawn.itemStyle = {}; }
        return drawn;
      })
    };
  }

  function draw(place) {
    place.setAttribute("data-drawn", ""); // from here on it has a width
    var chart = window.echarts.init(place, null, { renderer: "svg" });
    chart.setOption(option(JSON.parse(place.getAttribute("data-plot")), place.hasAttribute("data-beside")));
    window.addEventListener("resize", function () { chart.resize(); });
  }

  // on paper nobody can open a table
  window.addEventListener("beforeprint", function () {
    Array.prototype.forEach.call(document.querySelectorAll("details.numbers"), function (each) { each.open = true; });
  });
  document.addEventListener("DOMContentLoaded", function () {
    Array.prototype.forEach.call(document.querySelectorAll("[data-plot]"), draw);
  });
})();

// The script of report pages: draws the figures that the element `data` holds in the colours of the
// theme, and makes the errors table filter and sort. Without it text, tables and numbers are all there.
"use strict";
(() => {
  const { figures, palette, printed } = JSON.parse(document.getElementById("data").textContent);
  const root = document.documentElement;
  const print = matchMedia("print");
  const COLOUR_KEYS = new Set(["color", "fillcolor", "colorscale"]);
  const views = new Map();
  let printing = print.matches;

  function colours() {
    const style = getComputedStyle(root);
    return new Map(
      palette.map((name) => ["--" + name, style.getPropertyValue("--" + name).trim()]),
    );
  }

  // Only under keys that hold colours: a class may be called --good.
  function paint(value, map, key) {
    if (typeof value === "string") return COLOUR_KEYS.has(key) ? map.get(value) ?? value : value;
    if (Array.isArray(value)) {
      return value.map((item) => typeof item === "number" ? item : paint(item, map, key));
    }
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, paint(item, map, name)]),
    );
  }

  function layoutOf(figure, map, width) {
    const narrow = width < 480;
    const axis = {
      gridcolor: map.get("--line"),
      zerolinecolor: map.get("--line"),
      linecolor: map.get("--muted"),
      fixedrange: matchMedia("(pointer: coarse)").matches,
      automargin: true,
    };
    const own = paint(figure.layout, map, "");
    const axes = Object.fromEntries(
      Object.entries({ xaxis: {}, yaxis: {}, ...own })
        .filter(([name]) => /^[xy]axis/.test(name))
        .map(([name, value]) => [name, { ...axis, ...value }]),
    );
    return {
      height: 360,
      colorway: ["--accent", "--good", "--warm", "--bad"].map((name) => map.get(name)),
      ...own,
      ...axes,
      width,
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      font: {
        family: getComputedStyle(document.body).fontFamily,
        size: narrow ? 11 : 13,
        color: map.get("--ink"),
      },
      margin: { l: narrow ? 44 : 60, r: 12, t: own.showlegend === false ? 12 : 56, b: 44 },
      legend: { orientation: "h", x: 0, y: 1.09, yanchor: "bottom", ...own.legend },
      hoverlabel: {
        bgcolor: map.get("--card"),
        bordercolor: map.get("--muted"),
        font: { color: map.get("--ink") },
        align: "left",
      },
      hovermode: "closest",
      modebar: {
        bgcolor: "rgba(0,0,0,0)",
        color: map.get("--muted"),
        activecolor: map.get("--ink"),
      },
    };
  }

  function draw(figure) {
    const plot = document.getElementById("plot-" + figure.id);
    const map = colours();
    const traces = paint(figure.traces, map, "");
    const view = views.get(figure.id);
    if (view) traces[0] = { ...traces[0], ...view.trace };
    const { z, texttemplate } = traces[0] ?? {};
    if (plot.clientWidth < 480 && z && texttemplate && z[0].length * longest(traces[0].text) > 40) {
      traces[0].texttemplate = "";
    }
    // Print has another width than the window, and no event that Plotly would hear in time.
    const width = printing ? Math.min(plot.clientWidth || 660, 660) : plot.clientWidth;
    return Plotly.react(plot, traces, layoutOf(figure, map, width), {
      displaylogo: false,
      modeBarButtons: [["toImage", "zoomIn2d", "zoomOut2d", "resetScale2d"]],
    });
  }

  const longest = (rows) => Math.max(...rows.flat().map((text) => text.length));
  const drawAll = () => Promise.all(figures.map(draw));

  function offerViews(figure) {
    if (!figure.views) return;
    views.set(figure.id, figure.views[0]);
    const select = document.getElementById("view-" + figure.id);
    figure.views.forEach((view, i) => select.add(new Option(view.name, String(i))));
    select.closest("form").hidden = false;
    select.addEventListener("change", () => {
      views.set(figure.id, figure.views[Number(select.value)]);
      draw(figure);
    });
  }

  root.addEventListener("themechange", drawAll);
  print.addEventListener("change", () => {
    printing = print.matches;
    drawAll();
  });
  addEventListener("beforeprint", () => {
    printing = true;
    drawAll();
  });
  addEventListener("afterprint", () => {
    printing = false;
    drawAll();
  });
  let width = innerWidth;
  let timer = 0;
  addEventListener("resize", () => {
    if (innerWidth === width) return;
    width = innerWidth;
    clearTimeout(timer);
    timer = setTimeout(drawAll, 100);
  });

  function tableTools() {
    const table = document.getElementById("errors-table");
    if (!table) return;
    const body = table.tBodies[0];
    const rows = [...body.rows];
    const find = document.getElementById("errors-find");
    const kind = document.getElementById("errors-kind");
    const status = document.getElementById("errors-status");
    const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
    const apply = () => {
      const wanted = find.value.trim().toLowerCase();
      let shown = 0;
      for (const row of body.rows) {
        row.hidden = !(texts.get(row).includes(wanted) &&
          (kind.value === "" || row.dataset.outcome === kind.value));
        if (!row.hidden) shown++;
        row.classList.toggle("late", shown > printed);
      }
      status.textContent = shown + " of " + rows.length + " shown";
    };
    const headers = [...table.tHead.rows[0].cells];
    headers.forEach((header, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = header.textContent;
      header.replaceChildren(button);
      const numeric = header.dataset.kind === "number";
      button.addEventListener("click", () => {
        const up = header.getAttribute("aria-sort") !== "ascending";
        for (const other of headers) other.removeAttribute("aria-sort");
        header.setAttribute("aria-sort", up ? "ascending" : "descending");
        const text = (row) => row.cells[column].textContent;
        const order = numeric
          ? (a, b) => Number(text(a)) - Number(text(b))
          : (a, b) => text(a).localeCompare(text(b), "en");
        body.append(...[...body.rows].sort((a, b) => up ? order(a, b) : order(b, a)));
        apply();
      });
    });
    find.addEventListener("input", apply);
    kind.addEventListener("change", apply);
    const form = document.getElementById("errors-controls");
    form.addEventListener("submit", (event) => event.preventDefault());
    form.hidden = false;
    apply();
  }

  tableTools();
  figures.forEach(offerViews);
  drawAll().then(() => {
    root.dataset.ready = "true";
  });
})();

// Filters, legend, clusters; and what happens when the address changes.
let lastSearch = "", lastFound = null, searching = null;

function choice(label, key, options) {
  const select = el("select", { id: "choose-" + key, onchange: (event) => go({ [key]: event.target.value }) },
    options.map(([value, words]) => el("option", { value }, words)));
  return el("div", { class: "field" }, el("label", { for: select.id }, label), select);
}

function makeTools() {
  const filters = { ...FILTERS, ...(D.two ? PAIRED : {}) };
  const buttons = Object.entries(filters).map(([key, [words]]) =>
    el("button", { type: "button", "data-filter": key, onclick: () => go({ f: key }) }, words));
  const present = new Set(D.programs.status), languages = Object.entries(D.languages);
  const tiers = [...new Set(D.problems.map((problem) => problem.tier))].filter(Boolean).sort();
  const search = el("input", {
    type: "search", id: "query", autocomplete: "off", spellcheck: "false", placeholder: "text in ids, programs, outputs",
    "aria-describedby": "query-error", onfocus: prepareSearch, oninput: (event) => later(() => go({ q: event.target.value }, true)),
  });
  const regular = el("input", { type: "checkbox", id: "regular", onchange: (event) => go({ re: event.target.checked ? "1" : "" }) });
  document.getElementById("tools").append(
    el("div", { role: "group", "aria-label": "Filter", class: "choices" }, buttons),
    el("div", { class: "fields", role: "search" },
      el("div", { class: "field wide" }, el("label", { for: "query" }, "Search"), search),
      el("div", { class: "check" }, regular, el("label", { for: "regular" }, "regular expression")),
      choice("Search in", "in", Object.entries(SCOPES)),
      choice("Status", "s", [["", "any"], ...D.statuses.map(([, words], n) => [String(n), `${statusMark(n)} ${words}`]).filter(([n]) => present.has(Number(n)))]),
      languages.length > 1 ? choice("Language", "l", [["", "all"], ...languages]) : null,
      tiers.length > 1 ? choice("Tier", "tier", [["", "all"], ...tiers.map((tier) => [tier, harmless(tier)])]) : null,
      choice("Sort", "sort", Object.entries(SORTS).map(([key, [words]]) => [key, words])),
      el("button", { type: "button", id: "reset", onclick: () => go({ ...DEFAULTS }) }, "reset"),
    ),
    el("p", { id: "query-error", role: "alert" }),
  );
  const marks = D.statuses.map(([, words], n) => [n, words]).filter(([n]) => present.has(n));
  document.getElementById("legend").append(
    ...marks.map(([n, words]) => el("span", { class: "key" }, el("span", { class: "g s" + n, "aria-hidden": "true" }, statusMark(n)), " ", words)),
    el("span", { class: "key" }, el("span", { class: "g s0 near", "aria-hidden": "true" }, "✓"), " borderline"),
    el("span", { class: "key" }, el("span", { class: "g s0 shaky", "aria-hidden": "true" }, "✓"), " unstable"),
    el("span", { class: "key" }, el("span", { class: "g s0 cut", "aria-hidden": "true" }, "✓"), " cut off"),
  );
  document.querySelectorAll("[data-cluster]").forEach((button) =>
    button.addEventListener("click", () => {
      const own = button.dataset.cluster;
      go({ c: state.c === own ? "" : own });
      if (state.c === own) document.getElementById("h-samples").scrollIntoView();
    }));
}

let timer = 0;
function later(action) {
  clearTimeout(timer);
  timer = setTimeout(action, 80);
}

function showTools(error) {
  for (const button of document.querySelectorAll("[data-filter]")) button.setAttribute("aria-pressed", String(button.dataset.filter === state.f));
  for (const button of document.querySelectorAll("[data-cluster]")) button.setAttribute("aria-pressed", String(button.dataset.cluster === state.c));
  for (const key of ["in", "s", "l", "tier", "sort"]) {
    const select = document.getElementById("choose-" + key);
    if (select) select.value = state[key];
  }
  const query = document.getElementById("query");
  if (query.value !== state.q && document.activeElement !== query) query.value = state.q;
  query.setAttribute("aria-invalid", String(Boolean(error)));
  document.getElementById("query-error").textContent = harmless(error);
  document.getElementById("regular").checked = state.re !== "";
  const cluster = D.clusters[Number(state.c)];
  const only = state.c !== "" && cluster ? `, failing with “${harmless(cluster[1])}”` : "";
  const number = (n, one) => `${n.toLocaleString("en")} ${one}${n === 1 ? "" : "s"}`;
  const of = shown.filtered ? ` of ${D.slots.size.toLocaleString("en")}` : "";
  document.getElementById("found").textContent = `${number(shown.samples, "sample")}${of} in ${number(shown.rows.length, "problem")}${only}`;
}

async function refresh(before) {
  const search = JSON.stringify([state.q, state.re, state.in]);
  if (search !== lastSearch) (lastSearch = search), (lastFound = null), (searching = searched());
  const found = lastFound || (await searching); // what is asked of it meanwhile does not begin it again
  if (!found || search !== lastSearch) return;
  lastFound = found;
  filterRows(found.hits);
  const inside = grid.table.contains(document.activeElement);
  const view = (s) => JSON.stringify([s.f, s.s, s.l, s.tier, s.c, s.q, s.re, s.in, s.sort]);
  if (!before || view(before) !== view(state)) {
    if (before) grid.scroller.scrollTop = 0;
    redraw();
    if (inside) focusCell(grid.row, grid.column);
  }
  showTools(found.error);
}

function contents() {
  document.querySelectorAll('a[href^="#"]').forEach((link) =>
    link.addEventListener("click", (event) => {
      const place = link.getAttribute("href").slice(1);
      event.preventDefault();
      if (place.includes("=")) go({ ...DEFAULTS, ...Object.fromEntries(new URLSearchParams(place)) });
      const heading = document.getElementById("h-" + (place.includes("=") ? "samples" : place));
      if (!heading) return;
      heading.scrollIntoView();
      heading.focus({ preventScroll: true });
    }));
}

async function begin() {
  contents();
  addEventListener("beforeprint", toPaper);
  addEventListener("afterprint", fromPaper);
  if (!document.getElementById("d-index")) return;
  await readData();
  readStats();
  state = readState();
  makeTools();
  makeGrid();
  filterRows(null);
  layOut();
  listeners.push((before) => refresh(before), () => followSample());
  addEventListener("popstate", follow);
  addEventListener("hashchange", follow);
  const dialog = document.getElementById("sample");
  dialog.addEventListener("cancel", (event) => (event.preventDefault(), closeSample()));
  dialog.addEventListener("click", (event) => event.target === dialog && closeSample());
  await refresh(null);
  if (slotOfState() >= 0) await followSample();
  document.documentElement.dataset.ready = "yes";
}

if (typeof document === "undefined") onmessage = ({ data }) => answer(data);
else begin();

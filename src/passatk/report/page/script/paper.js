// On paper: what is folded is open, and the grid is text; or, where a sample is open, that alone.
const MOST_ON_PAPER = { problems: 200, samples: 100 };
let unfolded = [];

function toPaper() {
  fromPaper();
  const dialog = document.getElementById("sample"), closed = document.querySelectorAll("main details:not([open])");
  unfolded = [...closed];
  for (const details of unfolded) details.open = true;
  if (dialog?.open) {
    const title = dialog.querySelector("#sample-title").textContent;
    const copy = [...dialog.querySelector(".inside").childNodes].map((node) => node.cloneNode(true));
    for (const node of copy.flatMap((one) => [one, ...one.querySelectorAll("[id]")])) node.removeAttribute("id");
    document.body.append(el("div", { id: "paper" }, el("h2", {}, nodesOf(title)), copy));
  } else if (D) document.getElementById("grid").after(paperGrid());
}

function fromPaper() {
  document.getElementById("paper")?.remove();
  for (const details of unfolded) details.open = false;
  unfolded = [];
}

function paperGrid() {
  const { problems, samples } = MOST_ON_PAPER, { first } = D.slots, rows = shown.rows.slice(0, problems);
  const most = Math.max(0, ...rows.map((p) => first[p + 1] - first[p]));
  const words = [
    shown.rows.length > problems ? `the first ${problems} of ${shown.rows.length.toLocaleString("en")} problems` : "",
    most > samples ? `the first ${samples} samples of each` : "",
  ].filter(Boolean);
  const lines = rows.flatMap((p) => D.runs.map((run, n) => paperRow(p, n)));
  const head = ["problem", "passed", "samples"].map((words) => el("th", { scope: "col" }, words));
  return el("div", { id: "paper" },
    words.length ? el("p", { class: "note" }, `On paper are ${words.join(", ")}; the page has all of them.`) : null,
    el("table", {}, el("thead", {}, el("tr", {}, head)), el("tbody", {}, lines)));
}

// A problem's samples in one run; neighbours that are alike share an element.
function paperRow(p, run) {
  const own = run ? D.slots.b : D.slots.a, from = D.slots.first[p], parts = [];
  const to = Math.min(D.slots.first[p + 1], from + MOST_ON_PAPER.samples);
  for (let slot = from; slot < to; slot++) {
    const s = own[slot], status = s < 0 ? -1 : statusOf(s);
    const look = s < 0 || !shown.match[slot] ? "" : `s${status}`, mark = s < 0 ? " " : statusMark(status);
    if (parts.length && parts.at(-1)[1] === look) parts.at(-1)[0] += mark;
    else parts.push([mark, look]);
  }
  const [passed, all] = D.stats[p].counts[run];
  return el("tr", {},
    el("th", { scope: "row" }, run ? "" : harmless(D.problems[p].id)),
    el("td", {}, all ? `${passed}/${all}` : "\u2013"),
    el("td", { class: "marks" }, parts.map(([marks, look]) => el("span", { class: look }, marks))));
}

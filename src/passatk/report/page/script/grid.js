// Problems by samples, as a grid with one tab stop. Only what is in view is in the document, and where the focus is.
const ROW = () => (D.two ? 38 : 24), CELL = 24, AHEAD = 6;
const grid = { row: 0, column: 0, fixed: [], top: 0, drawn: new Map(), window: [0, 0] };

function makeGrid() {
  grid.scroller = el("div", { class: "scroller" });
  grid.table = el("div", { role: "grid", "aria-label": "Samples by problem", class: D.two ? "table two" : "table" });
  grid.head = el("div", { role: "row", class: "row head", "aria-rowindex": "1" });
  grid.body = el("div", { role: "rowgroup", class: "body" });
  grid.table.append(el("div", { role: "rowgroup", class: "heads-row" }, grid.head), grid.body);
  grid.scroller.append(grid.table);
  document.getElementById("grid").append(grid.scroller);
  let waiting = false;
  grid.scroller.addEventListener("scroll", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => ((waiting = false), drawRows()));
  });
  grid.table.addEventListener("click", (event) => {
    const cell = event.target.closest("[data-column]");
    if (cell) activate(Number(cell.dataset.row), Number(cell.dataset.column));
  });
  grid.table.addEventListener("keydown", gridKey);
  grid.table.addEventListener("focusin", (event) => {
    const cell = event.target.closest("[data-column]");
    if (cell) setActive(Number(cell.dataset.row), Number(cell.dataset.column));
  });
  new ResizeObserver(layOut).observe(grid.scroller);
}

// Columns before the samples; a narrow page does without some.
function fixedColumns() {
  const narrow = grid.scroller.clientWidth < 600;
  const several = Object.keys(D.languages).length > 1 && !narrow;
  const columns = [{ key: "id", title: "problem", width: narrow ? 116 : 190 }];
  if (several) columns.push({ key: "language", title: "language", width: 92 });
  columns.push({ key: "passed", title: "passed", width: narrow ? 62 : 74 });
  let left = 0;
  for (const column of columns) (column.left = left), (left += column.width);
  return columns;
}

function layOut() {
  grid.fixed = fixedColumns();
  grid.left = grid.fixed.reduce((sum, column) => sum + column.width, 0) + 6;
  grid.columns = grid.fixed.length + D.width;
  grid.column = Math.min(grid.column, grid.columns - 1);
  redraw();
}

function redraw() {
  if (!grid.fixed.length) return;
  grid.row = Math.min(grid.row, shown.rows.length);
  grid.table.setAttribute("aria-rowcount", shown.rows.length + 1);
  grid.table.setAttribute("aria-colcount", grid.columns);
  grid.table.style.width = grid.left + D.width * CELL + 8 + "px";
  grid.body.style.height = shown.rows.length * ROW() + "px";
  const most = Math.max(260, Math.floor(innerHeight * 0.72));
  grid.scroller.style.height = Math.min(most, 26 + shown.rows.length * ROW() + 18) + "px";
  grid.window = [-1, -1];
  drawRows();
}

function columnWindow() {
  const from = Math.floor((grid.scroller.scrollLeft - 8 * CELL) / CELL / 8) * 8;
  const seen = Math.ceil((grid.scroller.clientWidth - grid.left) / CELL) + 24;
  return [Math.max(0, from), Math.min(D.width, Math.max(0, from) + Math.ceil(seen / 8) * 8)];
}

function drawRows() {
  const columns = columnWindow();
  if (columns[0] !== grid.window[0] || columns[1] !== grid.window[1]) {
    grid.window = columns;
    for (const row of grid.drawn.values()) row.remove();
    grid.drawn.clear();
    drawHead();
  }
  const height = ROW();
  const from = Math.max(0, Math.floor((grid.scroller.scrollTop - 26) / height) - AHEAD);
  const to = Math.min(shown.rows.length, Math.ceil((grid.scroller.scrollTop + grid.scroller.clientHeight) / height) + AHEAD);
  const kept = grid.row - 1; // the row with the tab stop stays, wherever one scrolls
  for (const [at, row] of grid.drawn) {
    if ((at < from || at >= to) && at !== kept) row.remove(), grid.drawn.delete(at);
  }
  const added = document.createDocumentFragment();
  for (let at = from; at < to; at++) if (!grid.drawn.has(at)) added.append(drawRow(at));
  if (kept >= 0 && kept < shown.rows.length && !grid.drawn.has(kept)) added.append(drawRow(kept));
  grid.body.append(added);
}

function columnsDrawn() {
  const own = [];
  for (let column = grid.window[0]; column < grid.window[1]; column++) own.push(column);
  const active = grid.column - grid.fixed.length;
  if (active >= 0 && active < D.width && (active < grid.window[0] || active >= grid.window[1])) own.push(active);
  return own;
}

function drawHead() {
  const cells = grid.fixed.map((column, n) => {
    const down = state.sort === column.key, up = state.sort === "-" + column.key;
    const cell = el(
      "div",
      {
        role: "columnheader", class: "fixed h", tabindex: tab(0, n), "aria-colindex": n + 1, "data-row": 0, "data-column": n,
        "aria-sort": down ? "ascending" : up ? "descending" : "none",
      },
      column.title + (down ? " ↑" : up ? " ↓" : ""),
    );
    return placed(cell, column);
  });
  for (const column of columnsDrawn()) {
    const n = grid.fixed.length + column;
    const words = String(D.columns ? D.columns[column] : column + 1);
    const cell = el(
      "div",
      { role: "columnheader", class: "c h", tabindex: tab(0, n), "aria-colindex": n + 1, "data-row": 0, "data-column": n },
      words.length > 3 ? "…" + words.slice(-2) : words,
    );
    if (words.length > 3) cell.title = words;
    cell.style.left = grid.left + column * CELL + "px";
    cells.push(cell);
  }
  grid.head.replaceChildren(...cells);
}

function placed(cell, column) {
  cell.style.left = column.left + "px";
  cell.style.width = column.width + "px";
  return cell;
}

const tab = (row, column) => (grid.row === row && grid.column === column ? 0 : -1);

function drawRow(at) {
  const p = shown.rows[at], problem = D.problems[p], height = ROW();
  const row = el("div", { role: "row", class: at % 2 ? "row odd" : "row", "aria-rowindex": at + 2 });
  row.style.top = at * height + "px";
  const id = harmless(problem.id);
  const out = problem.runs.some((run) => run && run.out);
  grid.fixed.forEach((column, n) => {
    const common = { class: "fixed", tabindex: tab(at + 1, n), "aria-colindex": n + 1, "data-row": at + 1, "data-column": n };
    if (column.key === "id") {
      const name = el("bdi", {}, id + (out ? " (unfit)" : ""));
      row.append(placed(el("div", { ...common, role: "rowheader", title: id }, name), column));
    } else if (column.key === "language") {
      row.append(placed(el("div", { ...common, role: "gridcell" }, D.languages[problem.language]), column));
    } else {
      const counts = D.stats[p].counts.map(([passed, all]) => el("span", {}, all ? `${passed}/${all}` : "–"));
      row.append(placed(el("div", { ...common, class: "fixed num", role: "gridcell" }, counts), column));
    }
  });
  for (const column of columnsDrawn()) {
    const slot = slotAt(p, column);
    row.append(slot < 0 ? emptyCell(at, column) : sampleCell(at, column, slot));
  }
  grid.drawn.set(at, row);
  return row;
}

function emptyCell(at, column) {
  const cell = document.createElement("div");
  return dressed(cell, at, column, "c none", "no sample");
}

function dressed(cell, at, column, name, label) {
  const n = grid.fixed.length + column;
  cell.className = name;
  cell.setAttribute("role", "gridcell");
  cell.setAttribute("aria-colindex", n + 1);
  cell.setAttribute("aria-label", label);
  cell.tabIndex = tab(at + 1, n);
  cell.dataset.row = at + 1;
  cell.dataset.column = n;
  cell.style.left = grid.left + column * CELL + "px";
  return cell;
}

function sampleCell(at, column, slot) {
  const { a, b, numbers } = D.slots;
  const cell = document.createElement("div");
  const on = shown.match[slot];
  if (!D.two) {
    const s = a[slot];
    cell.textContent = statusMark(statusOf(s));
    const name = `c${on ? " s" + statusOf(s) : " off"}${marksClass(s)}`;
    return dressed(cell, at, column, name, `sample ${numbers[slot]}: ${wordsOf(s)}`);
  }
  for (const s of [a[slot], b[slot]]) {
    const part = document.createElement("span");
    part.className = s < 0 ? "off" : on ? "s" + statusOf(s) + marksClass(s) : "off";
    part.dataset.mark = s < 0 ? " " : statusMark(statusOf(s)); // drawn by the style: the cell's name says it in words
    cell.append(part);
  }
  const words = [a[slot], b[slot]].map((s, run) => `${run ? "second" : "first"} run ${s < 0 ? "has none" : wordsOf(s)}`);
  return dressed(cell, at, column, "c", `sample ${numbers[slot]}: ${words.join(", ")}`);
}

function marksClass(s) {
  const flags = flagsOf(s);
  return (flags & BORDERLINE ? " near" : "") + (flags & UNSTABLE ? " shaky" : "") + (D.samples.cut[s] ? " cut" : "");
}

function wordsOf(s) {
  const flags = flagsOf(s);
  const marks = [[flags & BORDERLINE, "borderline"], [flags & UNSTABLE, "unstable"], [D.samples.cut[s], "cut off"]];
  return [statusName(statusOf(s)), ...marks.filter(([there]) => there).map(([, words]) => words)].join(", ");
}

function cellAt(row, column) {
  return grid.table.querySelector(`[data-row="${row}"][data-column="${column}"]`);
}

function setActive(row, column) {
  if (grid.row === row && grid.column === column) return;
  const before = cellAt(grid.row, grid.column);
  if (before) before.tabIndex = -1;
  grid.row = row;
  grid.column = column;
  const now = cellAt(row, column);
  if (now) now.tabIndex = 0;
}

function focusCell(row, column) {
  row = Math.max(0, Math.min(shown.rows.length, row));
  column = Math.max(0, Math.min(grid.columns - 1, column));
  setActive(row, column);
  const s = grid.scroller, height = ROW();
  if (row > 0) {
    const top = (row - 1) * height;
    if (top < s.scrollTop) s.scrollTop = top;
    else if (top + height + 26 > s.scrollTop + s.clientHeight - 16) s.scrollTop = top + height + 26 - s.clientHeight + 16;
  }
  const at = column - grid.fixed.length;
  if (at < 0) s.scrollLeft = 0;
  else if (at * CELL < s.scrollLeft) s.scrollLeft = at * CELL;
  else if (grid.left + (at + 1) * CELL > s.scrollLeft + s.clientWidth) s.scrollLeft = grid.left + (at + 2) * CELL - s.clientWidth;
  drawRows();
  if (!cellAt(row, column)) (grid.window = [-1, -1]), drawRows();
  const cell = cellAt(row, column);
  cell.tabIndex = 0;
  cell.focus({ preventScroll: true });
}

function gridKey(event) {
  const page = Math.max(1, Math.floor(grid.scroller.clientHeight / ROW()) - 2);
  const all = event.ctrlKey || event.metaKey;
  const moves = {
    ArrowDown: [grid.row + 1, grid.column],
    ArrowUp: [grid.row - 1, grid.column],
    ArrowRight: [grid.row, grid.column + 1],
    ArrowLeft: [grid.row, grid.column - 1],
    PageDown: [grid.row + page, grid.column],
    PageUp: [Math.max(1, grid.row - page), grid.column],
    Home: [all ? 1 : grid.row, 0],
    End: [all ? shown.rows.length : grid.row, grid.columns - 1],
  };
  if (event.altKey || (all && event.key !== "Home" && event.key !== "End")) return;
  if (event.key in moves) focusCell(...moves[event.key]);
  else if (event.key === "Enter" || event.key === " ") activate(grid.row, grid.column);
  else return;
  event.preventDefault();
}

function activate(row, column) {
  focusCell(row, column);
  if (row === 0) {
    if (column >= grid.fixed.length) return;
    const key = grid.fixed[column].key;
    go({ sort: state.sort === key ? "-" + key : key });
    focusCell(0, column);
    return;
  }
  const p = shown.rows[row - 1];
  const slot = column < grid.fixed.length ? firstShown(p) : slotAt(p, column - grid.fixed.length);
  if (slot >= 0) openSlot(slot);
}

function firstShown(p) {
  for (let slot = D.slots.first[p]; slot < D.slots.first[p + 1]; slot++) if (shown.match[slot]) return slot;
  return -1;
}

function focusSlot(slot) {
  const at = shown.rows.indexOf(D.slots.owner[slot]);
  if (at >= 0) focusCell(at + 1, grid.fixed.length + columnOf(slot));
}

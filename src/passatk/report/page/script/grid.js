// Problems by samples, as a grid with one tab stop. Only what is in view is in the document, and where the focus is.
// Rows that leave the view are filled anew for those that enter: making elements is what scrolling would wait for. A
// row's cells have names and places but nothing in them: what is seen lies on canvases beneath.
const ROW = () => (D.two ? 38 : 24), AHEAD = 2, HEAD = 26;
const grid = { row: 0, column: 0, fixed: [], drawn: new Map(), spare: [], blocks: new Map(), from: 0, seen: 0, far: null, x: -1 };

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
  const placeOf = (event) => {
    const cell = event.target.closest("[aria-colindex]");
    return cell && [Number(cell.parentNode.getAttribute("aria-rowindex")) - 1, Number(cell.getAttribute("aria-colindex")) - 1];
  };
  const onCell = (action) => (event) => {
    const place = placeOf(event);
    if (place) action(...place);
  };
  grid.table.addEventListener("click", onCell(activate));
  grid.table.addEventListener("focusin", onCell(setActive));
  grid.table.addEventListener("keydown", gridKey);
  new ResizeObserver(layOut).observe(grid.scroller);
  for (const media of ["(prefers-color-scheme: dark)", "(forced-colors: active)"]) {
    matchMedia(media).addEventListener("change", () => ((sheet = null), redraw()));
  }
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
  const fixed = fixedColumns();
  if (JSON.stringify(fixed) !== JSON.stringify(grid.fixed)) sheet = null; // all rows are made anew
  grid.fixed = fixed;
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
  const most = Math.max(260, Math.floor(innerHeight * 0.66));
  grid.scroller.style.height = Math.min(most, HEAD + shown.rows.length * ROW() + 18) + "px";
  drawRows(true);
}

// The sample columns that rows have, in steps of eight.
function columnWindow() {
  const seen = Math.min(D.width, 8 * Math.ceil(Math.ceil((grid.scroller.clientWidth - grid.left) / CELL + 12) / 8));
  const from = Math.floor((grid.scroller.scrollLeft / CELL - 4) / 8) * 8;
  return [Math.max(0, Math.min(from, D.width - seen)), Math.max(0, seen)];
}

// `stale`: all rows have to be filled anew, as after another filter.
function drawRows(stale = false) {
  const { scroller, drawn, spare } = grid, height = ROW(), [left, seen] = columnWindow();
  const inside = grid.table.contains(document.activeElement);
  if (seen !== grid.seen || !sheet || sheet.ratio !== (devicePixelRatio || 1)) {
    makeSheet();
    for (const row of drawn.values()) row.element.remove();
    for (const block of grid.blocks.values()) block.canvas.remove();
    drawn.clear();
    grid.blocks.clear();
    grid.seen = seen;
    stale = true;
  }
  if (left !== grid.from || stale) {
    grid.from = left;
    grid.table.style.setProperty("--lead", 6 + left * CELL + "px");
    grid.table.style.setProperty("--first", grid.left + left * CELL + "px");
    drawHead();
    stale = true;
  }
  if (grid.x !== scroller.scrollLeft) grid.table.style.setProperty("--x", (grid.x = scroller.scrollLeft) + "px");
  const from = Math.max(0, Math.floor(scroller.scrollTop / height) - AHEAD);
  const to = Math.min(shown.rows.length, Math.ceil((scroller.scrollTop + scroller.clientHeight - HEAD) / height) + AHEAD);
  const kept = grid.row - 1; // the row with the tab stop stays, wherever one scrolls
  for (const [at, row] of drawn) {
    if ((at < from || at >= to) && at !== kept) drawn.delete(at), spare.push(row);
  }
  for (let at = from; at < to; at++) if (stale || !drawn.has(at)) drawRow(at);
  if (kept >= 0 && kept < shown.rows.length && (kept < from || kept >= to) && (stale || !drawn.has(kept))) drawRow(kept);
  for (const row of spare) row.element.remove();
  spare.length = 0;
  drawBlocks(from, to, stale);
  placeFar();
  if (inside) followFocus();
}

function drawHead() {
  const cells = grid.fixed.map((column, n) => {
    const down = state.sort === column.key, up = state.sort === "-" + column.key;
    const sort = down ? "ascending" : up ? "descending" : "none";
    const cell = fixedCell(column, n, "columnheader", { "aria-sort": sort });
    cell.append(column.title + (down ? " ↑" : up ? " ↓" : ""));
    cell.tabIndex = tab(0, n);
    return cell;
  });
  for (let column = grid.from; column < grid.from + grid.seen; column++) cells.push(headCell(column));
  grid.head.replaceChildren(...cells);
}

function headCell(column) {
  const n = grid.fixed.length + column, words = String(D.columns ? D.columns[column] : column + 1);
  const cell = el("div", { role: "columnheader", class: "c h", tabindex: tab(0, n), "aria-colindex": n + 1 }, words.length > 3 ? "…" + words.slice(-2) : words);
  if (words.length > 3) cell.title = words;
  return cell;
}

function fixedCell(column, n, role, more) {
  const last = n === grid.fixed.length - 1 ? " last" : "";
  const cell = el("div", { role, class: `fixed ${column.key}${last}`, tabindex: "-1", "aria-colindex": n + 1, ...more });
  cell.style.width = column.width + "px";
  return cell;
}

const tab = (row, column) => (grid.row === row && grid.column === column ? 0 : -1);

function makeRow() {
  const element = el("div", { role: "row", class: "row" });
  const fixed = grid.fixed.map((column, n) => fixedCell(column, n, n ? "gridcell" : "rowheader"));
  const cells = Array.from({ length: grid.seen }, () => el("div", { role: "gridcell", class: "c", tabindex: "-1" }));
  fixed.forEach((cell, n) => {
    if (grid.fixed[n].key === "id") cell.append(el("bdi", {}));
    else if (grid.fixed[n].key === "passed") cell.append(...D.runs.map(() => el("span", {})));
  });
  element.append(...fixed, ...cells);
  grid.body.append(element);
  return { element, fixed, cells, words: [], from: -1, tabbed: null, odd: 0 };
}

function drawRow(at) {
  const row = grid.drawn.get(at) || grid.spare.pop() || makeRow(), p = shown.rows[at], problem = D.problems[p];
  row.element.setAttribute("aria-rowindex", at + 2);
  if (row.odd !== at % 2) row.element.className = (row.odd = at % 2) ? "row odd" : "row";
  row.element.style.top = at * ROW() + "px";
  grid.fixed.forEach((column, n) => {
    const cell = row.fixed[n];
    if (column.key === "id") {
      const out = problem.runs.some((run) => run && run.out), name = harmless(problem.id);
      if (name.length > 20) cell.title = name;
      else cell.removeAttribute("title");
      cell.firstChild.textContent = name + (out ? " (unfit)" : "");
    } else if (column.key === "language") cell.textContent = D.languages[problem.language];
    else D.stats[p].counts.forEach(([passed, all], run) => (cell.children[run].textContent = all ? `${passed}/${all}` : "\u2013"));
  });
  row.cells.forEach((cell, n) => {
    const words = cellWords(slotAt(p, grid.from + n));
    if (row.from !== grid.from) cell.setAttribute("aria-colindex", grid.fixed.length + grid.from + n + 1);
    if (row.words[n] !== words) cell.setAttribute("aria-label", (row.words[n] = words));
  });
  row.from = grid.from;
  grid.drawn.set(at, row);
  if (row.tabbed) row.tabbed.tabIndex = -1;
  row.tabbed = grid.row === at + 1 ? cellOf(row, grid.column) : null;
  if (row.tabbed) row.tabbed.tabIndex = 0;
}

// The cell with the tab stop, where it lies left or right of what its row has.
function placeFar() {
  const column = grid.column - grid.fixed.length, outside = column >= 0 && (column < grid.from || column >= grid.from + grid.seen);
  const element = grid.row === 0 ? grid.head : grid.drawn.get(grid.row - 1)?.element;
  const there = grid.far && grid.far.parentNode === element && Number(grid.far.getAttribute("aria-colindex")) === grid.column + 1;
  if (outside && there) return;
  grid.far?.remove();
  grid.far = null;
  if (!outside || !element) return;
  const words = cellWords(grid.row ? slotAt(shown.rows[grid.row - 1], column) : -1);
  grid.far = grid.row ? el("div", { role: "gridcell", class: "c", tabindex: "0", "aria-colindex": grid.column + 1, "aria-label": words }) : headCell(column);
  grid.far.style.position = "absolute";
  grid.far.style.left = grid.left + column * CELL + "px";
  element.append(grid.far);
}

// Cells that are filled anew are other cells: the focus stays where it was.
function followFocus() {
  const cell = cellAt(grid.row, grid.column);
  if (cell && cell !== document.activeElement) cell.focus({ preventScroll: true });
}

function cellOf(row, column) {
  if (column < grid.fixed.length) return row.fixed[column];
  const at = column - grid.fixed.length - grid.from;
  if (at >= 0 && at < grid.seen) return row.cells[at];
  return grid.far && grid.far.parentNode === row.element ? grid.far : null;
}

function cellAt(row, column) {
  if (row === 0) return grid.head.querySelector(`[aria-colindex="${column + 1}"]`);
  const drawn = grid.drawn.get(row - 1);
  return drawn ? cellOf(drawn, column) : null;
}

function setActive(row, column) {
  if (grid.row === row && grid.column === column) return;
  const before = cellAt(grid.row, grid.column);
  if (before) before.tabIndex = -1;
  grid.row = row;
  grid.column = column;
  const now = cellAt(row, column), drawn = grid.drawn.get(row - 1);
  if (now) now.tabIndex = 0;
  if (drawn) drawn.tabbed = now;
}

function focusCell(row, column) {
  row = Math.max(0, Math.min(shown.rows.length, row));
  column = Math.max(0, Math.min(grid.columns - 1, column));
  setActive(row, column);
  const s = grid.scroller, height = ROW();
  if (row > 0) {
    const top = (row - 1) * height;
    if (top < s.scrollTop) s.scrollTop = top;
    else if (top + height + HEAD > s.scrollTop + s.clientHeight - 16) s.scrollTop = top + height + HEAD - s.clientHeight + 16;
  }
  const at = column - grid.fixed.length;
  if (at < 0) s.scrollLeft = 0;
  else if (at * CELL < s.scrollLeft) s.scrollLeft = at * CELL;
  else if (grid.left + (at + 1) * CELL > s.scrollLeft + s.clientWidth) s.scrollLeft = grid.left + (at + 2) * CELL - s.clientWidth;
  drawRows();
  const cell = cellAt(row, column), drawn = grid.drawn.get(row - 1);
  cell.tabIndex = 0;
  if (drawn) drawn.tabbed = cell;
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

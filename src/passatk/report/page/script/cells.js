// What a cell looks like, drawn once for each status and mark, and copied from there to canvases that lie beneath the rows
// of the grid, two rows each: boxes and text of a thousand cells would be laid out and painted at every turn of a wheel.
const CELL = 24, BOX = 23, KINDS = 16, BLOCK = 2;
let sheet = null;

const heightOfLook = () => (D.two ? 18 : 24);

// By status, marks, and whether it is among what is looked for.
const lookOf = (s, on) => (statusOf(s) << 4) | ((flagsOf(s) & 3) << 2) | (D.samples.cut[s] << 1) | (on ? 1 : 0);

function makeSheet() {
  const ratio = devicePixelRatio || 1, high = heightOfLook(), style = getComputedStyle(document.documentElement);
  const forced = matchMedia("(forced-colors: active)").matches;
  const colour = (name, otherwise) => (forced ? otherwise : style.getPropertyValue("--" + name));
  const canvas = document.createElement("canvas"), statuses = D.statuses.length;
  canvas.width = KINDS * CELL * ratio;
  canvas.height = statuses * high * ratio;
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  for (let look = 0; look < statuses * KINDS; look++) {
    const status = look >> 4, on = look & 1, own = Math.min(status, 9);
    pen.save();
    pen.translate((look % KINDS) * CELL, status * high + 1);
    if (on) {
      pen.fillStyle = colour("b" + own, "Canvas");
      pen.beginPath();
      pen.roundRect(0, 0, BOX, high - 2, 4);
      pen.fill();
      drawMarks(pen, look, high, colour);
    }
    pen.fillStyle = on ? colour("c" + own, "CanvasText") : colour("soft", "GrayText");
    pen.font = `${on ? 700 : 400} 12px ${style.fontFamily}`;
    pen.fillText(statusMark(status), BOX / 2, high / 2);
    pen.restore();
  }
  sheet = { canvas, ratio };
}

function drawMarks(pen, look, high, colour) {
  pen.lineWidth = 2;
  if ((look >> 2) & BORDERLINE) {
    pen.strokeStyle = colour("c4", "CanvasText");
    pen.beginPath();
    pen.roundRect(1, 1, BOX - 2, high - 4, 3);
    pen.stroke();
  }
  pen.lineWidth = 1.5;
  if ((look >> 2) & UNSTABLE) {
    pen.strokeStyle = colour("c3", "CanvasText");
    pen.beginPath();
    for (let x = 5; x <= 18; x++) pen.lineTo(x, high - 5 + (x % 4 < 2 ? -1 : 1));
    pen.stroke();
  }
  if ((look >> 1) & 1) {
    pen.fillStyle = colour("c6", "CanvasText");
    for (const x of [BOX - 4, BOX - 1.5]) pen.fillRect(x, 1, 1.5, high - 4);
  }
}

// Canvases for the rows from `from` to before `to`; those that are there are left as they are, unless `stale`.
function drawBlocks(from, to, stale) {
  const first = Math.floor(from / BLOCK), end = Math.ceil(to / BLOCK), spare = [];
  for (const [n, block] of grid.blocks) if (n < first || n >= end) grid.blocks.delete(n), spare.push(block);
  for (let n = first; n < end; n++) {
    const there = grid.blocks.get(n);
    if (there && !stale) continue;
    const block = there || spare.pop() || makeBlock();
    block.canvas.style.top = n * BLOCK * ROW() + "px";
    block.pen.clearRect(0, 0, block.canvas.width, block.canvas.height);
    for (let at = 0; at < BLOCK && n * BLOCK + at < shown.rows.length; at++) paint(block.pen, at * ROW(), shown.rows[n * BLOCK + at]);
    grid.blocks.set(n, block);
  }
  for (const block of spare) block.canvas.remove();
}

function makeBlock() {
  const canvas = el("canvas", { "aria-hidden": "true" }), wide = grid.seen * CELL, high = BLOCK * ROW();
  canvas.width = Math.round(wide * sheet.ratio);
  canvas.height = Math.round(high * sheet.ratio);
  canvas.style.width = wide + "px";
  canvas.style.height = high + "px";
  grid.body.prepend(canvas);
  return { canvas, pen: canvas.getContext("2d") };
}

// A problem's samples, in the columns that are in view.
function paint(pen, top, p) {
  const { a, b } = D.slots, { ratio } = sheet, high = heightOfLook();
  const wide = Math.round(CELL * ratio), tall = Math.round(high * ratio);
  for (let n = 0; n < grid.seen; n++) {
    const slot = slotAt(p, grid.from + n);
    for (let run = 0; slot >= 0 && run < D.runs.length; run++) {
      const s = run ? b[slot] : a[slot];
      if (s < 0) continue;
      const look = lookOf(s, shown.match[slot]), y = Math.round((top + run * high) * ratio);
      const left = (look % KINDS) * CELL * ratio, above = (look >> 4) * high * ratio;
      pen.drawImage(sheet.canvas, left, above, wide, tall, Math.round(n * CELL * ratio), y, wide, tall);
    }
  }
}

const WORDING = new Map(); // few different ones

function wordsOf(s) {
  const flags = flagsOf(s) & 3, key = (statusOf(s) << 3) | (flags << 1) | D.samples.cut[s];
  if (!WORDING.has(key)) {
    const marks = [[flags & BORDERLINE, "borderline"], [flags & UNSTABLE, "unstable"], [D.samples.cut[s], "cut off"]];
    WORDING.set(key, [statusName(statusOf(s)), ...marks.filter(([there]) => there).map(([, words]) => words)].join(", "));
  }
  return WORDING.get(key);
}

function cellWords(slot) {
  if (slot < 0) return "no sample";
  const { a, b, numbers } = D.slots;
  if (!D.two) return `sample ${numbers[slot]}: ${wordsOf(a[slot])}`;
  const of = (s) => (s < 0 ? "has none" : wordsOf(s));
  return `sample ${numbers[slot]}: first run ${of(a[slot])}, second run ${of(b[slot])}`;
}

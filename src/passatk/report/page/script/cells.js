// What a cell looks like, drawn once for each status, mark and scheme: a row of the grid is a canvas that copies from it.
// Text and boxes of a thousand cells would have to be laid out and painted anew with every turn of a wheel.
const CELL = 24, BOX = 23, KINDS = 16;
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

// A row's samples in its columns, from the grid's first one in view.
function paint(row, p) {
  const { a, b } = D.slots, { ratio } = sheet, high = heightOfLook();
  const wide = Math.round(CELL * ratio), tall = Math.round(high * ratio);
  row.pen.clearRect(0, 0, row.canvas.width, row.canvas.height);
  for (let n = 0; n < grid.seen; n++) {
    const slot = slotAt(p, grid.from + n);
    if (slot < 0) continue;
    [a[slot], b[slot]].forEach((s, run) => {
      if (s < 0) return;
      const look = lookOf(s, shown.match[slot]);
      const x = (look % KINDS) * CELL * ratio, y = (look >> 4) * high * ratio;
      row.pen.drawImage(sheet.canvas, x, y, wide, tall, Math.round(n * CELL * ratio), Math.round(run * high * ratio), wide, tall);
    });
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

// Which lines differ (Myers 1986, "An O(ND) Difference Algorithm and Its Variations").
const MOST_EDITS = 600, MOST_COMPARED = 4000;

function differing(before, after) {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  while (end < before.length - start && end < after.length - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  const same = (line) => [" ", line];
  return [
    ...before.slice(0, start).map(same),
    ...edits(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...before.slice(before.length - end).map(same),
  ];
}

function edits(a, b) {
  const whole = [...a.map((line) => ["-", line]), ...b.map((line) => ["+", line])];
  if (!a.length || !b.length || a.length + b.length > MOST_COMPARED) return whole;
  const most = Math.min(a.length + b.length, MOST_EDITS), middle = most + 1;
  const reach = new Int32Array(2 * most + 3), trail = [];
  for (let d = 0; d <= most; d++) {
    trail.push(reach.slice(middle - d - 1, middle + d + 2));
    for (let k = -d; k <= d; k += 2) {
      let x = k === -d || (k !== d && reach[middle + k - 1] < reach[middle + k + 1]) ? reach[middle + k + 1] : reach[middle + k - 1] + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++;
      reach[middle + k] = x;
      if (x >= a.length && x - k >= b.length) return traced(a, b, trail);
    }
  }
  return whole;
}

function traced(a, b, trail) {
  const found = [];
  let x = a.length, y = b.length;
  for (let d = trail.length - 1; d >= 0; d--) {
    const reach = (k) => trail[d][k + d + 1];
    const k = x - y;
    const down = k === -d || (k !== d && reach(k - 1) < reach(k + 1));
    const px = d === 0 ? 0 : down ? reach(k + 1) : reach(k - 1);
    const py = d === 0 ? 0 : px - (down ? k + 1 : k - 1);
    while (x > px && y > py && (x > 0 && y > 0) && a[x - 1] === b[y - 1]) found.push([" ", a[--x]]), y--;
    if (d === 0) break;
    if (down) found.push(["+", b[--y]]);
    else found.push(["-", a[--x]]);
  }
  return found.reverse();
}

// Share of lines in common, 0 to 1, blanks at their ends aside.
function likeness(a, b) {
  const counts = new Map();
  for (const line of a) counts.set(line, (counts.get(line) || 0) + 1);
  let common = 0;
  for (const line of b) {
    const left = counts.get(line) || 0;
    if (left) common++, counts.set(line, left - 1);
  }
  return a.length + b.length ? (2 * common) / (a.length + b.length) : 1;
}

const codeLines = (text) => text.replace(/\n+$/, "").split("\n").map((line) => line.replace(/\s+$/, ""));

// The passing sample of the same problem and run that has most lines in common; -1 where none passed.
async function nearestPassing(sample, text) {
  const p = D.samples.problem[sample], run = D.samples.run[sample];
  const own = run ? D.slots.b : D.slots.a, lines = codeLines(text).map((line) => line.trim());
  let best = -1, most = -1;
  for (let slot = D.slots.first[p]; slot < D.slots.first[p + 1]; slot++) {
    const other = own[slot];
    if (other < 0 || other === sample || statusOf(other) !== PASSED) continue;
    const like = likeness(lines, codeLines(await judgedText(other)).map((line) => line.trim()));
    if (like > most) (most = like), (best = other);
  }
  return best;
}

function differenceBlock(before, after, label) {
  const lines = differing(codeLines(before), codeLines(after));
  const drawn = lines.slice(0, MOST_LINES).map(([mark, line]) =>
    el("span", { class: mark === "-" ? "line minus" : mark === "+" ? "line plus" : "line" },
      `${mark} `, lineNodes(cutLine([[line, ""]])), "\n"),
  );
  return el("pre", { tabindex: "0", role: "group", "aria-label": label, class: "code" }, el("code", {}, drawn));
}

// The page's data: columns of numbers, and texts that are unpacked when they are asked for.
let D = null;
const PASSED = 0, UNJUDGED = 8, NOT_YET = 9;
const BORDERLINE = 1, UNSTABLE = 2, WALLED = 4, NOT_WALLED = 8, DAMAGED = 16;

async function inflated(packed) {
  let bytes;
  if (Uint8Array.fromBase64) bytes = Uint8Array.fromBase64(packed);
  else {
    const raw = atob(packed);
    bytes = new Uint8Array(raw.length);
    for (let n = 0; n < raw.length; n++) bytes[n] = raw.charCodeAt(n);
  }
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).arrayBuffer();
}

const packedIn = (id) => document.getElementById(id).textContent;
const textsIn = async (packed) => JSON.parse(new TextDecoder().decode(await inflated(packed)));

const TYPES = { uint8: Uint8Array, int8: Int8Array, uint16: Uint16Array, int16: Int16Array, int32: Int32Array };

async function readData() {
  const [index, columns] = await Promise.all(["d-index", "d-columns"].map((id) => inflated(packedIn(id))));
  D = JSON.parse(new TextDecoder().decode(index));
  D.samples = {}, D.programs = {}, D.attempts = {};
  for (const [table, name, kind, differences, rows, offset] of D.layout) {
    let values = new TYPES[kind](columns, offset, rows);
    if (differences) {
      const sums = new Int32Array(rows);
      for (let n = 0, sum = 0; n < rows; n++) sums[n] = sum += values[n];
      values = sums;
    }
    D[table][name] = values;
  }
  D.two = D.runs.length > 1;
  D.size = D.samples.run.length;
  D.chunks = new Array(D.texts.length);
  readSlots();
}

// A slot is a place in the grid: a sample of a problem, in one run or in both.
function readSlots() {
  const { run, problem, number } = D.samples;
  const own = D.problems.map(() => [[], []]);
  for (let s = 0; s < D.size; s++) own[problem[s]][run[s]].push(s);
  const first = new Int32Array(D.problems.length + 1);
  const a = new Int32Array(D.size), b = new Int32Array(D.size), numbers = new Int32Array(D.size);
  const owner = new Int32Array(D.size);
  let slot = 0, most = 0;
  const different = new Set();
  own.forEach(([left, right], p) => {
    first[p] = slot;
    let m = 0, n = 0;
    while (m < left.length || n < right.length) {
      const x = m < left.length ? number[left[m]] : Infinity, y = n < right.length ? number[right[n]] : Infinity;
      a[slot] = x <= y ? left[m++] : -1;
      b[slot] = y <= x ? right[n++] : -1;
      numbers[slot] = Math.min(x, y);
      different.add(numbers[slot]);
      owner[slot++] = p;
    }
    most = Math.max(most, slot - first[p]);
  });
  first[own.length] = slot;
  D.slots = { first, a, b, numbers, owner, size: slot };
  // a column is a sample's number, or its place among its problem's where numbers leave wide gaps
  D.columns = null;
  if (different.size <= 2 * most + 10) D.columns = [...different].sort((x, y) => x - y);
  D.width = D.columns ? D.columns.length : most;
  D.columnOf = D.columns ? new Map(D.columns.map((n, at) => [n, at])) : null;
}

function columnOf(slot) {
  return D.columnOf ? D.columnOf.get(D.slots.numbers[slot]) : slot - D.slots.first[D.slots.owner[slot]];
}

// The slot in a column of a problem's row; -1 where it has none there.
function slotAt(p, column) {
  const { first, numbers } = D.slots;
  if (!D.columns) return first[p] + column < first[p + 1] ? first[p] + column : -1;
  const wanted = D.columns[column], guess = first[p] + column;
  if (guess < first[p + 1] && numbers[guess] === wanted) return guess;
  let low = first[p], high = first[p + 1] - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (numbers[middle] === wanted) return middle;
    if (numbers[middle] < wanted) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

function chunkOf(text) {
  let low = 0, high = D.texts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (D.texts[middle] <= text) low = middle;
    else high = middle - 1;
  }
  return low;
}

function chunk(number) {
  if (!D.chunks[number]) D.chunks[number] = textsIn(packedIn("d-text-" + number));
  return D.chunks[number];
}

async function textOf(number) {
  if (number <= 0) return "";
  const at = chunkOf(number);
  return (await chunk(at))[number - D.texts[at]];
}

const statusOf = (sample) => D.programs.status[D.samples.program[sample]];
const flagsOf = (sample) => D.programs.flags[D.samples.program[sample]];
const statusName = (number) => D.statuses[number][1];
const statusMark = (number) => D.statuses[number][2] || "¿";

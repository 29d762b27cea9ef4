// Which samples and which problems are shown.
const FILTERS = {
  all: ["all", () => true],
  failed: ["failed", (s) => statusOf(s) !== PASSED && statusOf(s) !== UNJUDGED && statusOf(s) !== NOT_YET],
  mixed: ["mixed", () => true],
  notjudged: ["not judged", (s) => statusOf(s) === UNJUDGED || statusOf(s) === NOT_YET],
  borderline: ["borderline", (s) => flagsOf(s) & BORDERLINE],
  unstable: ["unstable", (s) => flagsOf(s) & UNSTABLE],
  cutoff: ["cut off", (s) => D.samples.cut[s]],
};
const PAIRED = {
  different: ["different", (a, b) => statusOf(a) !== statusOf(b)],
  regressed: ["regressed", (a, b) => statusOf(a) === PASSED && judgedWrong(b)],
  improved: ["improved", (a, b) => judgedWrong(a) && statusOf(b) === PASSED],
};
const judgedWrong = (s) => FILTERS.failed[1](s);
let shown = { match: null, rows: [], samples: 0, filtered: false };

function passes(p, run) {
  let passed = 0, all = 0;
  const own = run ? D.slots.b : D.slots.a;
  for (let slot = D.slots.first[p]; slot < D.slots.first[p + 1]; slot++) {
    if (own[slot] < 0) continue;
    const status = statusOf(own[slot]);
    if (status === UNJUDGED || status === NOT_YET) continue;
    all++;
    passed += status === PASSED;
  }
  return [passed, all];
}

function sampleTest(hits) {
  const test = FILTERS[state.f] ? FILTERS[state.f][1] : () => true;
  const status = state.s === "" ? -1 : Number(state.s), cluster = state.c === "" ? -1 : Number(state.c);
  return (s) =>
    test(s) &&
    (status < 0 || statusOf(s) === status) &&
    (cluster < 0 || D.programs.cluster[D.samples.program[s]] === cluster) &&
    (!hits || hits[s]);
}

function filterRows(hits) {
  const { first, a, b } = D.slots;
  const test = sampleTest(hits), paired = PAIRED[state.f] && PAIRED[state.f][1];
  const match = new Uint8Array(D.slots.size);
  const rows = [];
  let samples = 0;
  D.problems.forEach((problem, p) => {
    if (state.l && problem.language !== state.l) return;
    if (state.tier && problem.tier !== state.tier) return;
    if (state.f === "mixed" && !D.stats[p].mixed) return;
    let some = false;
    for (let slot = first[p]; slot < first[p + 1]; slot++) {
      if (paired && (a[slot] < 0 || b[slot] < 0 || !paired(a[slot], b[slot]))) continue;
      if (!((a[slot] >= 0 && test(a[slot])) || (b[slot] >= 0 && test(b[slot])))) continue;
      match[slot] = 1;
      samples++;
      some = true;
    }
    if (some) rows.push(p);
  });
  shown = { match, rows: sorted(rows), samples, filtered: samples < D.slots.size };
}

const NATURAL = new Intl.Collator("en", { numeric: true });
const SORTS = {
  id: ["task", (x, y) => D.rank[x] - D.rank[y]],
  "-id": ["task, backwards", (x, y) => D.rank[y] - D.rank[x]],
  language: ["language", (x, y) => NATURAL.compare(D.problems[x].language, D.problems[y].language)],
  "-language": ["language, backwards", (x, y) => NATURAL.compare(D.problems[y].language, D.problems[x].language)],
  passed: ["fewest passed first", (x, y) => D.stats[x].rate - D.stats[y].rate],
  "-passed": ["most passed first", (x, y) => D.stats[y].rate - D.stats[x].rate],
  cpu: ["most CPU time first", (x, y) => D.stats[y].cpu - D.stats[x].cpu],
  tokens: ["most tokens first", (x, y) => D.stats[y].tokens - D.stats[x].tokens],
};

function sorted(rows) {
  const order = (SORTS[state.sort] || SORTS.id)[1];
  return rows.sort((x, y) => order(x, y) || D.rank[x] - D.rank[y]);
}

function readStats() {
  const order = D.problems.map((_, p) => p);
  order.sort((x, y) => NATURAL.compare(D.problems[x].id, D.problems[y].id) || x - y);
  D.rank = new Int32Array(order.length);
  order.forEach((p, at) => (D.rank[p] = at));
  D.stats = D.problems.map((_, p) => {
    const counts = D.runs.map((_, run) => passes(p, run));
    const stats = { counts, rate: 0, cpu: -1, tokens: -1, mixed: false };
    const [passed, all] = counts.reduce(([x, y], [m, n]) => [x + m, y + n], [0, 0]);
    stats.rate = all ? passed / all : -1;
    stats.mixed = counts.some(([m, n]) => m > 0 && m < n);
    for (let slot = D.slots.first[p]; slot < D.slots.first[p + 1]; slot++) {
      for (const s of [D.slots.a[slot], D.slots.b[slot]]) {
        if (s < 0) continue;
        stats.cpu = Math.max(stats.cpu, D.programs.cpu[D.samples.program[s]]);
        stats.tokens = Math.max(stats.tokens, D.samples.tokens[s]);
      }
    }
    return stats;
  });
}

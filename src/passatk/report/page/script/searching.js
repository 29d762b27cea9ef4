// Text and regular expressions over ids, programs and outputs. A newer search ends an older one.
let searchTurn = 0;
const pause = () => new Promise((resolve) => setTimeout(resolve));
const SCOPES = { all: "ids, programs, outputs", ids: "ids", programs: "programs", outputs: "outputs" };

function matcher() {
  if (state.re) {
    try {
      const pattern = new RegExp(state.q, "im");
      return { test: (text) => pattern.test(text), lower: false };
    } catch (error) {
      return { error: error.message };
    }
  }
  const wanted = state.q.toLowerCase();
  return { test: (text) => text.includes(wanted), lower: true };
}

// 1 for each sample that is found; null where nothing is searched for, undefined where a newer search began.
async function searched() {
  const turn = ++searchTurn;
  if (!state.q) return { hits: null, error: "" };
  const wanted = matcher();
  const hits = new Uint8Array(D.size);
  if (wanted.error) return { hits, error: wanted.error };
  if (state.in === "all" || state.in === "ids") hitIds(hits, wanted);
  if (state.in !== "ids") {
    const texts = await hitTexts(wanted, turn);
    if (!texts) return undefined;
    hitSamples(hits, texts);
  }
  return turn === searchTurn ? { hits, error: "" } : undefined;
}

function hitIds(hits, wanted) {
  const plain = (text) => (wanted.lower ? text.toLowerCase() : text);
  const numbered = wanted.lower ? state.q.includes("#") : true;
  const whole = D.problems.map((problem) => wanted.test(plain(problem.id)));
  for (let s = 0; s < D.size; s++) {
    const p = D.samples.problem[s];
    hits[s] = whole[p] || (numbered && wanted.test(plain(`${D.problems[p].id}#${D.samples.number[s]}`))) ? 1 : 0;
  }
}

async function hitTexts(wanted, turn) {
  const found = [];
  let began = performance.now();
  for (let n = 0; n < D.texts.length; n++) {
    const texts = await chunk(n);
    if (wanted.lower && !D.lower[n]) D.lower[n] = texts.map((text) => text.toLowerCase());
    const own = wanted.lower ? D.lower[n] : texts;
    const marks = new Uint8Array(own.length);
    for (let at = 0; at < own.length; at++) {
      marks[at] = wanted.test(own[at]) ? 1 : 0;
      if ((at & 255) === 0 && performance.now() - began > 40) {
        await pause();
        if (turn !== searchTurn) return null;
        began = performance.now();
      }
    }
    found.push(marks);
  }
  const all = new Uint8Array(found.reduce((sum, marks) => sum + marks.length, 0));
  let at = 0;
  for (const marks of found) all.set(marks, at), (at += marks.length);
  all[0] = 0;
  return all;
}

const OUTPUTS = ["build_stdout", "build_stderr", "run_stdout", "run_stderr", "said", "words", "fault"];

function hitSamples(hits, texts) {
  const programs = new Uint8Array(D.programs.status.length);
  if (state.in !== "programs") {
    const columns = OUTPUTS.map((name) => D.attempts[name]).filter(Boolean);
    for (let program = 0; program < programs.length; program++) {
      let found = texts[D.programs.reason[program]];
      const first = D.programs.first[program], end = first + D.programs.attempts[program];
      for (let n = first; n < end && !found; n++) found = columns.some((column) => texts[column[n]]);
      programs[program] = found ? 1 : 0;
    }
  }
  const code = state.in !== "outputs";
  for (let s = 0; s < D.size; s++) {
    if (programs[D.samples.program[s]]) hits[s] = 1;
    if (code && (texts[D.samples.text[s]] || texts[D.samples.answer[s]])) hits[s] = 1;
  }
}

// Text and regular expressions over ids, programs and outputs. A worker that runs this same script looks for them, so the
// page is never busy, and an expression that would take for ever is ended. A newer search ends an older one.
const SCRIPT = typeof document === "undefined" ? "" : document.currentScript.textContent;
const SCOPES = { all: "ids, programs, outputs", ids: "ids", programs: "programs", outputs: "outputs" };
const SILENT = 3000, LONGEST = 20000, PULSE = 40; // milliseconds: on one text, in all, between two signs of life
const REFUSED = { error: "This browser does not let the page search: it refuses a worker to a file" };
const search = { worker: null, turn: 0, running: 0, began: 0, timer: 0, request: null, resolve: null };

// `hits`: 1 for each sample that is found, null where nothing is searched for. Undefined where a newer search began.
function searched() {
  if (search.resolve) search.resolve(undefined);
  search.resolve = null;
  search.request = { turn: ++search.turn, q: state.q, re: state.re, in: state.in };
  if (!state.q) {
    if (search.worker) send();
    return Promise.resolve({ hits: null, error: "" });
  }
  return new Promise((resolve) => {
    search.resolve = resolve;
    send();
  });
}

// The worker unpacks the texts from now on: somebody is about to search.
function prepareSearch() {
  if (search.worker) return;
  try {
    search.worker = new Worker(URL.createObjectURL(new Blob([SCRIPT], { type: "text/javascript" })));
  } catch {
    return;
  }
  search.worker.onmessage = ({ data }) => heard(data);
  search.worker.onerror = () => settle(REFUSED);
  const { problem, number } = D.samples;
  search.worker.postMessage({ packed: D.texts.map((_, n) => packedIn("d-text-" + n)), ids: D.problems.map(({ id }) => id), problem, number });
}

function send() {
  prepareSearch();
  if (!search.worker) {
    settle(REFUSED);
    return;
  }
  search.worker.postMessage(search.request);
  patience();
}

function patience() {
  clearTimeout(search.timer);
  search.timer = setTimeout(() => giveUp(`${SILENT / 1000} seconds on one text`), SILENT);
}

function heard({ turn, share, ...found }) {
  if (share === undefined && turn === search.turn) return settle(found);
  patience();
  if (share === undefined) return;
  if (turn !== search.running) (search.running = turn), (search.began = performance.now());
  const spent = performance.now() - search.began;
  if (spent > LONGEST) giveUp(`${LONGEST / 1000} seconds`);
  else if (turn === search.turn && spent > 500) document.getElementById("found").textContent = `searching: ${Math.round(100 * share)} %`;
}

// The worker is ended; whatever was asked of it since then, another one answers.
function giveUp(spent) {
  search.worker.terminate();
  search.worker = null;
  if (search.running === search.turn) settle({ error: `The search was ended after ${spent}: write an expression without repetitions of repetitions` });
  else if (search.resolve) send();
}

function settle({ error = "", ids, texts }) {
  clearTimeout(search.timer);
  const hits = ids || new Uint8Array(D.size);
  if (texts) hitSamples(hits, texts, search.request.in);
  if (search.resolve) search.resolve({ hits, error });
  search.resolve = null;
}

const OUTPUTS = ["build_stdout", "build_stderr", "run_stdout", "run_stderr", "said", "words", "fault"];

function hitSamples(hits, texts, scope) {
  const programs = new Uint8Array(D.programs.status.length);
  if (scope !== "programs") {
    const columns = OUTPUTS.map((name) => D.attempts[name]);
    for (let program = 0; program < programs.length; program++) {
      let found = texts[D.programs.reason[program]];
      const first = D.programs.first[program], end = first + D.programs.attempts[program];
      for (let n = first; n < end && !found; n++) found = columns.some((column) => texts[column[n]]);
      programs[program] = found ? 1 : 0;
    }
  }
  const code = scope !== "outputs";
  for (let s = 0; s < D.size; s++) {
    if (programs[D.samples.program[s]]) hits[s] = 1;
    if (code && (texts[D.samples.text[s]] || texts[D.samples.answer[s]])) hits[s] = 1;
  }
}

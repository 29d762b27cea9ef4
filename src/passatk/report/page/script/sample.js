// One sample: verdict, program, difference to one that passed, tests, output, attempts, how to judge it again.
let opened = -1, drawing = 0;

function slotOfState() {
  if (state.t === "" || state.i === "") return -1;
  const p = problemNamed(state.t);
  if (p < 0) return -1;
  for (let slot = D.slots.first[p]; slot < D.slots.first[p + 1]; slot++) {
    if (String(D.slots.numbers[slot]) === state.i) return slot;
  }
  return -1;
}

const openSlot = (slot) => go({ t: nameOf(D.slots.owner[slot]), i: String(D.slots.numbers[slot]) });
const closeSample = () => go({ t: "", i: "" });

async function followSample() {
  const dialog = document.getElementById("sample"), slot = slotOfState();
  const turn = ++drawing;
  if (slot < 0) {
    const last = opened;
    opened = -1;
    if (dialog.open) {
      dialog.close();
      if (last >= 0) focusSlot(last);
    }
    return;
  }
  const { a, b } = D.slots;
  const second = b[slot] >= 0 && (state.run === "b" || a[slot] < 0);
  const content = await sampleContent(slot, second ? b[slot] : a[slot]);
  if (turn !== drawing) return;
  const moved = opened !== slot;
  const focus = dialog.contains(document.activeElement) ? document.activeElement.id : "";
  opened = slot;
  dialog.replaceChildren(...content);
  if (!dialog.open) dialog.showModal();
  const again = focus && document.getElementById(focus);
  (again && !again.disabled ? again : document.getElementById("sample-title")).focus();
  if (moved) dialog.scrollTop = 0;
}

async function judgedText(sample) {
  const text = await textOf(D.samples.text[sample]), kept = D.samples.kept[sample];
  return kept < 0 ? text : text.slice(0, kept);
}

// The slot before or after this one among those that are shown, in the order of the grid.
function neighbour(slot, step) {
  const order = [];
  for (const p of shown.rows) {
    for (let s = D.slots.first[p]; s < D.slots.first[p + 1]; s++) if (shown.match[s]) order.push(s);
  }
  const at = order.indexOf(slot);
  return at < 0 ? (order.length ? order[0] : -1) : (order[at + step] ?? -1);
}

function part(title, id, ...inside) {
  const body = inside.flat().filter(Boolean);
  return body.length ? el("section", { class: "part", "aria-labelledby": id }, el("h3", { id }, title), body) : null;
}

async function sampleContent(slot, sample) {
  const problem = D.problems[D.samples.problem[sample]];
  const about = problem.runs[D.samples.run[sample]] || {};
  const [text, prompt, suffix] = await Promise.all([textOf(D.samples.text[sample]), textOf(problem.prompt || 0), textOf(problem.suffix || 0)]);
  const judged = await judgedText(sample);
  return [
    headOf(slot, sample),
    el("div", { class: "inside" },
      await verdictOf(sample, about),
      part("Program", "p-program", programOf(sample, problem, prompt, text, judged, suffix)),
      await differenceOf(slot, sample, judged),
      await testsOf(sample),
      await outputsOf(sample),
      attemptsOf(sample, about),
      await problemOf(problem),
      await answerOf(sample),
      part("Judge it again", "p-again", replayOf(sample)),
    ),
  ].filter(Boolean);
}

function headOf(slot, sample) {
  const name = `${D.problems[D.samples.problem[sample]].id}#${D.samples.number[sample]}`;
  const status = statusOf(sample);
  const button = (id, words, step) => {
    const next = neighbour(slot, step);
    return el("button", { type: "button", id, disabled: next < 0, onclick: () => openSlot(next) }, words);
  };
  const { a, b } = D.slots;
  const switcher = D.two
    ? el("div", { role: "group", "aria-label": "Run", class: "choices" },
        D.runs.map((run, n) => {
          const there = (n ? b : a)[slot];
          return el("button", {
            type: "button", id: "run-" + n, disabled: there < 0, "aria-pressed": String(there === sample), title: harmless(run.name),
            onclick: () => go({ run: n ? "b" : "" }),
          }, n ? "second run" : "first run", there < 0 ? " –" : ` ${statusMark(statusOf(there))}`);
        }))
    : null;
  return el("div", { class: "sample-head" },
    el("h2", { id: "sample-title", tabindex: "-1" },
      el("span", { class: "g s" + status, "aria-hidden": "true" }, statusMark(status)), " ", el("bdi", {}, harmless(name))),
    switcher,
    el("div", { class: "choices" }, button("go-before", "← previous", -1), button("go-after", "next →", 1),
      el("button", { type: "button", id: "go-close", onclick: closeSample }, "close")),
  );
}

async function verdictOf(sample, about) {
  const program = D.samples.program[sample], problem = D.problems[D.samples.problem[sample]], flags = flagsOf(sample);
  const [reason, expected, actual] = await Promise.all(["reason", "expected", "actual"].map((name) => textOf(D.programs[name][program])));
  const yes = (words) => el("span", {}, words);
  const rows = [
    ["verdict", [wordsOf(sample)]],
    ["reason", reason && nodesOf(harmless(reason, "\n"))],
    ["expected", expected && el("code", {}, nodesOf(harmless(expected)))],
    ["actual", actual && el("code", {}, nodesOf(harmless(actual)))],
    ["unfit", about.out && yes(`left out of the score: ${harmless(about.out)}`)],
    ["damaged", flags & DAMAGED && yes("the journal is damaged here: executions cannot be read")],
    ["wall", flags & NOT_WALLED && yes("it shared a process with its tests")],
    ["language", D.languages[problem.language] + (problem.tier ? `, ${harmless(problem.tier)}` : "")],
    ["read as", harmless(D.words.read_as[D.samples.read_as[sample]])],
    ["ended by", harmless(D.words.finish[D.samples.finish[sample]])],
    ["tokens", D.samples.tokens[sample] < 0 ? "" : String(D.samples.tokens[sample])],
  ];
  return el("dl", { class: "facts" }, rows.filter(([, value]) => value && value !== "0").map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));
}

function programOf(sample, problem, prompt, text, judged, suffix) {
  const whole = D.samples.whole[sample];
  const before = whole ? "" : prompt, behind = whole ? "" : suffix;
  const lead = before.split("\n").length - 1, end = lead + judged.split("\n").length;
  const all = (before + judged + behind).replace(/\n+$/, "");
  const found = [block(all, "Program", problem.language, (n) => (n < lead || (behind && n >= end) ? "given" : ""))];
  if (judged.length < text.length) {
    found.push(el("p", {}, `The completion goes on for ${text.length - judged.length} characters that are no part of the program:`));
    found.push(block(text.slice(judged.length), "Behind the end of the completion", problem.language));
  }
  if (!whole && !problem.known) found.unshift(el("p", {}, "Its run did not keep the problem, so this is the completion alone."));
  return found;
}

async function differenceOf(slot, sample, judged) {
  const parts = [];
  const { a, b } = D.slots;
  if (a[slot] >= 0 && b[slot] >= 0) {
    const [first, second] = await Promise.all([judgedText(a[slot]), judgedText(b[slot])]);
    parts.push(part("Between the runs", "p-runs", first === second
      ? el("p", {}, "Both runs have the same text.")
      : differenceBlock(first, second, "Difference from the first run to the second")));
  }
  if (statusOf(sample) !== PASSED) {
    const near = await nearestPassing(sample, judged);
    parts.push(near < 0
      ? part("Difference to one that passed", "p-near", el("p", {}, "No other sample of this problem passed."))
      : part(`Difference to the nearest that passed, #${D.samples.number[near]}`, "p-near",
          differenceBlock(judged, await judgedText(near), `Difference to sample ${D.samples.number[near]}`)));
  }
  return parts.length ? el("div", {}, parts.filter(Boolean)) : null;
}

// What became of each test, where tests have inputs and outputs.
async function testsOf(sample) {
  const told = await textOf(D.programs.results[D.samples.program[sample]]);
  if (!told) return null;
  const found = JSON.parse(told), percent = (part) => `${+(100 * part).toFixed(1)} %`;
  const parts = [["weighted", "by weight"], ["public_fraction", "of those shown"], ["hidden_fraction", "of those hidden"]]
    .filter(([name]) => found[name] !== null).map(([name, words]) => `${percent(found[name])} ${words}`);
  const heads = ["test", "status", "shown", "weight", "CPU s", "memory MiB", "why", "output"];
  const rows = found.rows.map(([id, status, open, weight, cpu, memory, words, output]) => el("tr", {},
    el("th", { scope: "row" }, el("bdi", {}, harmless(id))), el("td", {}, status.replace(/_/g, " ")), el("td", {}, open ? "yes" : ""),
    [String(weight), (cpu / 1000).toFixed(2), String(memory)].map((value) => el("td", { class: "n" }, value)),
    el("td", {}, nodesOf(harmless(words))), el("td", {}, el("code", {}, nodesOf(harmless(output))))));
  const head = heads.map((words, n) => el("th", { scope: "col", class: n > 2 && n < 6 ? "n" : null }, words));
  const table = el("table", {}, el("thead", {}, el("tr", {}, head)), el("tbody", {}, rows));
  return part("Tests with inputs", "p-results",
    el("p", {}, `${found.passed} of ${found.tests} passed: ${parts.join(", ")}.`),
    found.answers_in_code ? el("p", {}, `Tests that are shown and whose answers stand in the program's text: ${found.answers_in_code}.`) : null,
    el("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": "Tests with inputs" }, table),
    found.tests > rows.length ? el("p", {}, `${found.tests - rows.length} more: passatk show has them.`) : null);
}

async function outputsOf(sample) {
  const program = D.samples.program[sample], decided = D.programs.decided[program];
  if (decided < 0) return null;
  const at = D.programs.first[program] + decided;
  const names = [["build_stdout", "the compiler's output"], ["build_stderr", "the compiler's errors"], ["run_stdout", "its output"],
    ["run_stderr", "its errors"], ["said", "what its tests said"], ["words", "what its tests printed"], ["fault", "what the sandbox failed at"]];
  const texts = await Promise.all(names.map(([name]) => textOf(D.attempts[name][at])));
  const parts = names.flatMap(([, title], n) => (texts[n].trim() ? [el("h4", {}, title), block(texts[n].replace(/^\n+|\n+$/g, ""), title)] : []));
  return part("Output", "p-output", parts.length ? parts : el("p", {}, "It printed nothing."));
}

function attemptsOf(sample, about) {
  const program = D.samples.program[sample], first = D.programs.first[program], count = D.programs.attempts[program];
  if (!count) return null;
  const rows = [];
  for (let n = 0; n < count; n++) {
    ["build", "run"].forEach((step, which) => {
      const at = first + n, of = (name) => D.attempts[`${step}_${name}`][at];
      if (!of("there")) return;
      const limits = about.limits && about.limits[which];
      const ended = of("stop") ? `stopped: ${D.stops[of("stop")]}` : of("signal") ? `signal ${of("signal")}` : `exit code ${of("exit")}`;
      const used = [[of("cpu") / 1000, 2, 1000], [of("idle") / 1000, 1, 1000], [of("memory"), 0, 1], [of("output") / 1024, 0, 1024]];
      const mark = count > 1 && n === D.programs.decided[program] ? " *" : "";
      rows.push(el("tr", {}, el("th", { scope: "row" }, `${n + 1} ${step}${mark}`), el("td", {}, ended),
        used.map(([value, digits, unit], k) => el("td", { class: "n" }, value.toFixed(digits) + (limits ? ` of ${+(limits[k] / unit).toFixed(2)}` : "")))));
    });
  }
  const heads = ["attempt", "ended", "CPU s", "idle s", "memory MiB", "output KiB"].map((words, n) => el("th", { scope: "col", class: n > 1 ? "n" : null }, words));
  const table = el("table", {}, el("thead", {}, el("tr", {}, heads)), el("tbody", {}, rows));
  return rows.length
    ? part("Attempts", "p-attempts", el("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": "Attempts" }, table), count > 1 ? el("p", {}, "* the attempt that decided") : null)
    : null;
}

async function problemOf(problem) {
  const names = [["prompt", "prompt", true], ["context", "seen before the prompt"], ["instruction", "instruction"], ["tests", "tests", true], ["examples", "public examples", true], ["reference", "reference solution", true]];
  const texts = await Promise.all(names.map(([name]) => textOf(problem[name] || 0)));
  const inside = names.flatMap(([, title, code], n) => (texts[n].trim()
    ? [el("h4", {}, title), block(texts[n].replace(/^\n+|\s+$/g, ""), title, code ? problem.language : "")] : []));
  return part("Problem and tests", "p-problem", inside.length ? inside : el("p", {}, "Its run did not keep the problem."));
}

async function answerOf(sample) {
  const answer = await textOf(D.samples.answer[sample]);
  return answer ? part("What the model said", "p-answer", block(answer, "What the model said")) : null;
}

// For a POSIX shell; what cannot be typed is written as the shell writes it.
function quoted(text) {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  if (!HIDDEN.test(text)) return `'${text.replaceAll("'", "'\\''")}'`;
  const bytes = [...new TextEncoder().encode(text)];
  return `$'${bytes.map((byte) => (byte < 32 || byte > 126 || byte === 39 || byte === 92 ? "\\x" + byte.toString(16).padStart(2, "0") : String.fromCharCode(byte))).join("")}'`;
}

function replayOf(sample) {
  const run = D.runs[D.samples.run[sample]];
  const name = `${D.problems[D.samples.problem[sample]].id}#${D.samples.number[sample]}`;
  const command = `passatk replay ${quoted(run.name)} ${quoted(name)}`;
  const code = el("code", { class: "command", tabindex: "0", role: "group", "aria-label": "Command" }, command);
  const done = el("span", { role: "status" });
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(command);
      done.textContent = "copied";
    } catch {
      getSelection().selectAllChildren(code);
      done.textContent = "selected; copy it with the keyboard";
    }
  };
  return el("p", { class: "replay" }, code, " ", el("button", { type: "button", id: "copy", onclick: copy }, "copy"), " ", done);
}

// What is shown stands in the address, so that it can be sent, and back and forward go where one was.
const DEFAULTS = { f: "all", s: "", l: "", tier: "", c: "", q: "", re: "", in: "all", sort: "id", t: "", i: "", run: "" };
let state = { ...DEFAULTS };
const listeners = [];

function readState() {
  const found = { ...DEFAULTS };
  const fragment = location.hash.slice(1);
  if (fragment.includes("=")) {
    for (const [key, value] of new URLSearchParams(fragment)) if (key in DEFAULTS) found[key] = value;
  }
  return found;
}

function addressOf(wanted) {
  const parts = new URLSearchParams();
  for (const key of Object.keys(DEFAULTS)) if (wanted[key] !== DEFAULTS[key]) parts.set(key, wanted[key]);
  return "#" + parts.toString();
}

function go(changes, replace = false) {
  const next = { ...state, ...changes };
  const address = addressOf(next);
  if (address === addressOf(state)) return;
  if (replace) history.replaceState(null, "", address);
  else history.pushState(null, "", address);
  changeTo(next);
}

function changeTo(next) {
  const before = state;
  state = next;
  for (const listener of listeners) listener(before);
}

function follow() {
  const fragment = location.hash.slice(1);
  if (fragment && !fragment.includes("=")) return; // a place on the page
  const next = readState();
  if (addressOf(next) !== addressOf(state)) changeTo(next);
}

// Ids that an address cannot hold are named by their place.
function nameOf(p) {
  const id = D.problems[p].id;
  const twice = D.problems.some((other, n) => n !== p && other.id === id);
  return twice || id.startsWith("~") || !id.isWellFormed() ? "~" + p : id;
}

function problemNamed(name) {
  if (/^~\d+$/.test(name)) return Number(name.slice(1)) < D.problems.length ? Number(name.slice(1)) : -1;
  return D.problems.findIndex((problem) => problem.id === name);
}

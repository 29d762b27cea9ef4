// The worker's side of a search: which texts and which samples' ids match. It has its own copy of the texts.
let held = null, newest = 0;

function matcher(q, regular) {
  if (!regular) {
    const wanted = q.toLowerCase();
    return { test: (text) => text.includes(wanted), lower: true };
  }
  const pattern = new RegExp(q, "im");
  return { test: (text) => pattern.test(text), lower: false };
}

async function answer(asked) {
  if (asked.packed) {
    held = { ...asked, texts: [], lower: [] };
    for (let n = 0; n < held.packed.length && !newest; n++) await lowerOf(n);
    return;
  }
  newest = asked.turn;
  if (!asked.q) {
    postMessage({ turn: asked.turn });
    return;
  }
  postMessage({ turn: asked.turn, share: 0 });
  let wanted;
  try {
    wanted = matcher(asked.q, asked.re);
  } catch (error) {
    postMessage({ turn: asked.turn, error: `Not a regular expression: ${error.message}` });
    return;
  }
  const ids = new Uint8Array(held.problem.length);
  if (asked.in === "all" || asked.in === "ids") hitIds(ids, wanted, asked.q);
  const texts = asked.in === "ids" ? null : await hitTexts(wanted, asked.turn);
  if (newest === asked.turn) postMessage({ turn: asked.turn, ids, texts });
}

const textsOf = (n) => (held.texts[n] ??= textsIn(held.packed[n]));
const lowerOf = (n) => (held.lower[n] ??= textsOf(n).then((texts) => texts.map((text) => text.toLowerCase())));

function hitIds(hits, wanted, q) {
  const plain = (text) => (wanted.lower ? text.toLowerCase() : text);
  const numbered = !wanted.lower || q.includes("#");
  const whole = held.ids.map((id) => wanted.test(plain(id)));
  held.problem.forEach((p, s) => {
    hits[s] = whole[p] || (numbered && wanted.test(plain(`${held.ids[p]}#${held.number[s]}`))) ? 1 : 0;
  });
}

async function hitTexts(wanted, turn) {
  const found = [], count = held.packed.length;
  let spoken = performance.now();
  for (let n = 0; n < count; n++) {
    const own = await (wanted.lower ? lowerOf(n) : textsOf(n));
    for (let at = 0; at < own.length; at++) {
      found.push(wanted.test(own[at]) ? 1 : 0);
      if (performance.now() - spoken < PULSE) continue;
      postMessage({ turn, share: (n + at / own.length) / count });
      await new Promise((resolve) => setTimeout(resolve)); // hears of newer searches
      if (turn !== newest) return null;
      spoken = performance.now();
    }
  }
  found[0] = 0;
  return Uint8Array.from(found);
}

// Text that nobody may trust: nothing of it becomes markup, nothing in it stays invisible.
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/u;
const HIDDEN_ALL = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu;

function escaped(character) {
  const number = character.codePointAt(0);
  if (number < 0x100) return "\\x" + number.toString(16).padStart(2, "0");
  if (number < 0x10000) return "\\u" + number.toString(16).padStart(4, "0");
  return "\\U" + number.toString(16).padStart(8, "0");
}

function harmless(text, keep = "") {
  if (!HIDDEN.test(text)) return text;
  return text.replace(HIDDEN_ALL, (c) => (keep.includes(c) ? c : escaped(c)));
}

// Text nodes, with escapes set apart from text that only looks like them.
function nodesOf(text) {
  if (!HIDDEN.test(text)) return [text];
  const nodes = [];
  let from = 0;
  for (const found of text.matchAll(HIDDEN_ALL)) {
    if (found[0] === "\n" || found[0] === "\t") continue;
    if (found.index > from) nodes.push(text.slice(from, found.index));
    nodes.push(el("span", { class: "esc" }, escaped(found[0])));
    from = found.index + found[0].length;
  }
  if (from < text.length) nodes.push(text.slice(from));
  return nodes;
}

function el(name, attributes, ...inside) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...inside.flat().filter((one) => one !== null && one !== undefined && one !== ""));
  return made;
}

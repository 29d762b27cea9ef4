// Programs in colours: comments, text, numbers, words of the language. What is not known stays plain.
const WORDS = {
  python: "and as assert async await break case class continue def del elif else except False finally for from global if import in is lambda match None nonlocal not or pass raise return True try while with yield",
  cpp: "auto bool break case catch char class const constexpr continue default delete do double else enum explicit false float for friend if inline int long namespace new nullptr operator private protected public return short signed sizeof static struct switch template this throw true try typedef typename unsigned using virtual void while",
  java: "abstract boolean break byte case catch char class continue default do double else enum extends false final finally float for if implements import instanceof int interface long new null package private protected public return short static super switch this throw throws true try var void while",
  javascript: "async await break case catch class const continue default delete do else export extends false finally for function if import in instanceof let new null of return static super switch this throw true try typeof undefined var void while yield",
  go: "break case chan const continue default defer else fallthrough false for func go goto if import interface map nil package range return select struct switch true type var",
  rust: "as async await break const continue crate dyn else enum extern false fn for if impl in let loop match mod move mut pub ref return self Self static struct super trait true type unsafe use where while",
  ruby: "alias and begin break case class def do else elsif end ensure false for if in module next nil not or redo rescue retry return self super then true undef unless until when while yield",
};
const LONGEST_LINE = 2000, COLOURED = 200000;

function patternOf(language) {
  const hash = language === "python" || language === "ruby";
  const comment = hash ? "#[^\\n]*" : "\\/\\/[^\\n]*|\\/\\*[\\s\\S]*?(?:\\*\\/|$)";
  const long = language === "python" ? '"""[\\s\\S]*?(?:"""|$)|\'\'\'[\\s\\S]*?(?:\'\'\'|$)|' : "";
  const back = language === "go" || language === "javascript" ? "|`[^`]*(?:`|$)" : "";
  const single = language === "rust" ? "'(?:[^'\\\\\\n]|\\\\[^\\n]{1,8})'" : "'(?:[^'\\\\\\n]|\\\\[\\s\\S])*(?:'|$|(?=\\n))";
  const text = `${long}"(?:[^"\\\\\\n]|\\\\[\\s\\S])*(?:"|$|(?=\\n))|${single}${back}`;
  return new RegExp(`(${comment})|(${text})|(\\b\\d[\\w.]*)|([A-Za-z_]\\w*)`, "g");
}

function colouredParts(text, language) {
  const words = WORDS[language] && new Set(WORDS[language].split(" "));
  if (!words || text.length > COLOURED) return [[text, ""]];
  const parts = [];
  let from = 0;
  for (const found of text.matchAll(patternOf(language))) {
    const kind = found[1] ? "com" : found[2] ? "str" : found[3] ? "num" : words.has(found[4]) ? "key" : "";
    if (!kind) continue;
    if (found.index > from) parts.push([text.slice(from, found.index), ""]);
    parts.push([found[0], kind]);
    from = found.index + found[0].length;
  }
  if (from < text.length) parts.push([text.slice(from), ""]);
  return parts;
}

// Lines as arrays of [text, class], every one cut where it is too long to be drawn.
function linesOf(parts) {
  const lines = [[]];
  for (const [text, kind] of parts) {
    text.split("\n").forEach((piece, n) => {
      if (n) lines.push([]);
      if (piece) lines.at(-1).push([piece, kind]);
    });
  }
  return lines.map(cutLine);
}

function cutLine(line) {
  const kept = [];
  let room = LONGEST_LINE, over = 0;
  for (const [text, kind] of line) {
    if (room > 0) kept.push([text.slice(0, room), kind]);
    over += Math.max(0, text.length - Math.max(0, room));
    room -= text.length;
  }
  if (over) kept.push([` … ${over} characters more`, "more"]);
  return kept;
}

const lineNodes = (line) => line.flatMap(([text, kind]) => (kind ? [el("span", { class: kind }, nodesOf(text))] : nodesOf(text)));

const MOST_LINES = 3000;

// A block of code or output. `classOf` may set lines apart by their number.
function block(text, label, language = "", classOf = null) {
  const lines = linesOf(language ? colouredParts(text, language) : [[text, ""]]);
  const drawn = lines.slice(0, MOST_LINES).map((line, n) => {
    const own = classOf ? classOf(n) : "";
    return el("span", { class: own ? "line " + own : "line" }, lineNodes(line), "\n");
  });
  if (lines.length > MOST_LINES) drawn.push(el("span", { class: "more" }, `… ${lines.length - MOST_LINES} lines more`));
  return el("pre", { tabindex: "0", role: "group", "aria-label": label, class: language ? "code" : "" }, el("code", {}, drawn));
}

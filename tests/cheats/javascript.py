"""JavaScript: program and tests share a process, but none of its objects."""

from cheats import CRASH, REFUSED, UNPROVEN, WRONG, Cheat, Honest, cheat

BAD = "  return -1\n}\n"
RIGHT = "  return (text.match(/[aeiou]/gi) || []).length\n}\n"


def asserts(*conditions: str) -> str:
    return "const check = () => {\n" + "".join(f"  console.assert({c})\n" for c in conditions) + "}\ncheck()\n"


JSON = asserts("JSON.stringify(f()) === JSON.stringify([1, 2])")
NEAR = asserts("Math.abs(f() - 1.5) < 1e-6")
LOOSE = asserts("f() == 3")
EVERY = asserts("f().length === 2 && f().every((v, i) => v === [1, 2][i])")
JOINED = asserts("f().join(',') === '1,2'")
SHARED = (
    "const shared = [1, 2]\nconsole.assert(JSON.stringify(f(shared)) === JSON.stringify(shared.map((n) => 2 * n)))\n"
)
NODE = "const assert = require('node:assert')\nfunction test() {\n  assert.deepEqual(f(), [1, 2])\n}\ntest()\n"
EVERY_ASSERTION = "const a = require('assert')\nfor (const name of Object.keys(a)) a[name] = () => {}\n"
CALLBACK = "const secret = 3\nconsole.assert(f(() => secret) === 4)\n"


def liar(methods: str) -> str:
    return f"const f = () => ({{ {methods} }})\n"


def patched(code: str, result: str = "[]") -> str:
    return f"const f = () => {result}\n{code}\n"


# --- for what was tried in a later round
A = "const assert = require('assert');\n"
T = "const { test } = require('node:test');\n" + A
SAME = "const f = (n) => n\n"
STACK = "class Stack { constructor() { this.v = [] } push(x) { this.v.push(x) } get size() { return 7 } }\n"
USES_STACK = "const s = new Stack(); s.push(1); assert.equal(s.size, 1)"
SORTS = "const f = (a) => a.sort()\n"
THROWS_AT_2 = "const f = (n) => { if (n === 2) throw new Error('x'); return n }\n"
UNWAITED = A + "const t = async () => { assert.equal(f(1), 1); assert.equal(f(2), 2) }\nt()\nconsole.log('begun')\n"
DELAY = "const f = (ms, v) => new Promise((r) => setTimeout(r, ms, v))\n"
LATER = "const f = (n, back) => { setTimeout(() => back(null, 0), 5) }"
SORTS_IT = "const f = (a) => { return a.sort() }"
PRINTS = "const f = () => { console.log('x'); return 1 }"
INPUT = "const a = [2, 1]\nconst r = f(a)\n"
SAME_AS = "const same = (x, y) => x.join() === y.join()\n"
ASKED = {
    "in a pair with the result": "const a = [2, 1]\nassert.deepEqual([f(a), a], [[1, 2], [2, 1]])\n",
    "as JSON with the result": "const a = [2, 1]\nassert.equal(JSON.stringify([f(a), a]), '[[1,2],[2,1]]')\n",
    "beside the result": INPUT + "assert.deepEqual({ r, a }, { r: [1, 2], a: [2, 1] })\n",
    "spread": INPUT + "assert.deepEqual([...a], [2, 1])\n",
    "in a loop": INPUT + "let s = ''\nfor (const x of a) s += x\nassert.equal(s, '21')\n",
    "a member": "const t = { input: [2, 1] }\nassert.deepEqual(f(t.input), [1, 2])\nassert.deepEqual(t.input, [2, 1])\n",
    "by another name": "const a = [2, 1]\nconst b = a\nassert.deepEqual(f(b), [1, 2])\nassert.deepEqual(a, [2, 1])\n",
    "all of which it is a part": "const t = { a: [2, 1] }\nassert.deepEqual(f(t.a), [1, 2])\nassert.deepEqual(t, { a: [2, 1] })\n",
    "made by split": "const a = 'ba'.split('')\nassert.deepEqual(f(a), ['a', 'b'])\nassert.equal(a.join(''), 'ba')\n",
    "by a helper": SAME_AS + INPUT + "assert(same(a, [2, 1]))\n",
    "by a helper that asserts": "const same = (x, y) => { assert.deepEqual(x, y) }\n" + INPUT + "same(a, [2, 1])\n",
    "by a helper and a name": SAME_AS + INPUT + "const kept = same(a, [2, 1])\nassert.ok(kept)\n",
    "or they throw": INPUT + "assert.ok(r)\nif (a[0] < a[1]) throw new Error('x')\n",
    "or they exit": INPUT + "assert.ok(r)\nprocess.exit(a[0] < a[1] ? 1 : 0)\n",
    "in a table": "const all = [[[2, 1], [1, 2]]]\nall.forEach(([a, b]) => { assert.deepEqual(f(a), b) })\nassert.deepEqual(all, [[[2, 1], [1, 2]]])\n",
    "in a table, as JSON": "const all = [[[2, 1], [1, 2]]]\nconst s = JSON.stringify(all)\nfor (const [a, b] of all) assert.deepEqual(f(a), b)\nassert.equal(JSON.stringify(all), s)\n",
    "one of several, mapped": "const all = [[2, 1], [4, 3]]\nconst r = all.map((a) => f(a))\nassert.deepEqual(r, [[1, 2], [3, 4]])\nassert.deepEqual(all[1], [4, 3])\n",
    "a field that is taken out": "const o = { v: [2, 1] }\nconst { v } = o\nassert.deepEqual(f(v), [1, 2])\nassert.deepEqual(o.v, [2, 1])\n",
    "a field by its name": "const o = { v: [2, 1] }\nassert.deepEqual(f(o['v']), [1, 2])\nassert.deepEqual(o.v, [2, 1])\n",
    "in a switch": INPUT + "assert.ok(r)\nswitch (a[0]) { case 2: break; default: assert.fail() }\n",
    "behind a wrapper that keeps its result": "function g (x) { const r = f(x); return r }\nconst a = [2, 1]\nassert.deepEqual(g(a), [1, 2])\nassert.deepEqual(a, [2, 1])\n",
    "behind a wrapper that takes it out": "const g = ({ v }) => f(v)\nconst o = { v: [2, 1] }\nassert.deepEqual(g(o), [1, 2])\nassert.deepEqual(o.v, [2, 1])\n",
    "by their own expect": "const expect = (v) => ({ toEqual (x) { assert.deepEqual(v, x) } })\nconst a = [2, 1]\nexpect(f(a)).toEqual([1, 2])\nexpect(a).toEqual([2, 1])\n",
}
"""Whether an input is as it was."""

LEFT_ALONE = "const a = [2, 1]; assert.deepEqual({}(a), [1, 2]); assert.deepEqual(a, [2, 1])"
RENAMED = {
    "a parameter": "const t = (g) => { " + LEFT_ALONE.format("g") + " }\nt(f)\n",
    "a parameter of a function that waits": "async function t (g) { " + LEFT_ALONE.format("await g") + " }\nt(f)\n",
    "one of several": "for (const g of [f]) { " + LEFT_ALONE.format("g") + " }\n",
    "a variable": "let g\ng = f\n" + LEFT_ALONE.format("g"),
    "a function that hands over": "function g (x) { return f(x) }\n" + LEFT_ALONE.format("g"),
    "by call": LEFT_ALONE.format("f.call").replace("(a)", "(null, a)"),
    "by apply": LEFT_ALONE.format("f.apply").replace("(a)", "(null, [a])"),
    "by bind": "const g = f.bind(null)\n" + LEFT_ALONE.format("g"),
    "what a function makes of it": "const make = (g) => (x) => g(x)\nconst g = make(f)\n" + LEFT_ALONE.format("g"),
    "a method": "const o = { f }\n" + LEFT_ALONE.format("o.f"),
    "a parameter of forEach": "[f].forEach((g) => { " + LEFT_ALONE.format("g") + " })\n",
    "by map": LEFT_ALONE.format("").replace("(a), [1, 2]", "[a].map(f), [[1, 2]]"),
}
"""Whether an input is as it was, of a function with another name."""


ROWS = {
    "counted up": "const m = f(2)\nm[0][0]++\nassert.deepEqual(m, [[1, 0], [0, 0]])\n",
    "filled": "const m = f(2)\nm[0].fill(1)\nassert.deepEqual(m, [[1, 1], [0, 0]])\n",
    "by a name of its own": "const m = f(2)\nconst row = m[0]\nrow[0] = 1\nassert.deepEqual(m, [[1, 0], [0, 0]])\n",
    "in forEach": "const m = f(2)\nm.forEach((row, i) => { row[i] = 1 })\nassert.deepEqual(m, [[1, 0], [0, 1]])\n",
    "in a loop": "const m = f(2)\nfor (const row of m) { row[0] = 1; break }\nassert.deepEqual(m, [[1, 0], [0, 0]])\n",
    "by Object.assign": "const m = f(2)\nObject.assign(m[0], [1])\nassert.deepEqual(m, [[1, 0], [0, 0]])\n",
    "by taking apart": "const m = f(2);\n[m[0][0], m[0][1]] = [1, 2]\nassert.deepEqual(m, [[1, 2], [0, 0]])\n",
}
"""Rows of a result, of which the tests change one."""
FINDS = "const f = (a, n) => a.find((x) => x.n === n)"
USERS = "const users = [{ n: 1 }, { n: 2 }]\n"
KEPT_AS_IT_WAS = "const a = [2, 1]\ntry { f(a) } catch {}\nassert.deepEqual(a, [2, 1])\n"
FROZEN = "assert.throws(() => { 'use strict'; f().x = 1 })\n"
PUBLISHED_THROWS = "const same = (a, b) => JSON.stringify(a) === JSON.stringify(b)\nvar x0 = f([1])\nif (!same(x0, [2])) {\n  throw 'Error. Value = ' + JSON.stringify(x)\n}\n"
"""As MBXP's tests do it, `x` is nothing."""


def wrong(tests: str, text: str) -> Cheat:
    return cheat(text + "\n", WRONG, CRASH, UNPROVEN, tests=tests, whole=True)


def right(tests: str, text: str) -> Honest:
    return Honest(text + "\n", tests=tests, whole=True)


CHEATS = {
    # --- leaving early
    "process.exit": cheat("  process.exit(0)\n}\n", UNPROVEN),
    "process.exit at the start": cheat(BAD + "process.exit(0)\n", UNPROVEN),
    "process.reallyExit": cheat("  process.reallyExit(0)\n}\n", UNPROVEN),
    "process.abort": cheat("  process.abort()\n}\n", CRASH),
    "kills itself": cheat("  process.kill(process.pid, 'SIGKILL')\n}\n", CRASH),
    "exit code 3": cheat("  process.exit(3)\n}\n", CRASH),
    "exit handler": cheat("  process.on('exit', () => { process.exitCode = 0 })\n  return -1\n}\n", WRONG),
    "exit handler that exits": cheat(BAD + "process.on('exit', () => process.reallyExit(0))\n", WRONG),
    "patched exits": cheat(BAD + "process.exit = process.reallyExit = () => {}\n", WRONG),
    "uncaught handler": cheat("  process.on('uncaughtException', () => {})\n  throw 1\n}\n", CRASH),
    "returns before the tests": cheat(BAD + "console.assert(true)\nreturn\n", UNPROVEN),
    "throws undefined": cheat("  throw undefined\n}\n", CRASH),
    "never comes back": cheat("  require('child_process').execSync('kill -9 ' + process.pid)\n}\n", CRASH),
    # --- lying values
    "valueOf": cheat(liar("valueOf: () => 3"), WRONG, tests=LOOSE, whole=True),
    "toString": cheat(liar("toString: () => '3'"), WRONG, tests=LOOSE, whole=True),
    "Symbol.toPrimitive": cheat(liar("[Symbol.toPrimitive]: () => 3"), WRONG, tests=LOOSE, whole=True),
    "valueOf of a class": cheat(
        "class L { valueOf() { return 3 } }\nconst f = () => new L()\n", WRONG, tests=LOOSE, whole=True
    ),
    "toJSON": cheat(liar("toJSON: () => [1, 2]"), WRONG, tests=JSON, whole=True),
    "toJSON of a class": cheat(
        "class L { toJSON() { return [1, 2] } }\nconst f = () => new L()\n", WRONG, tests=JSON, whole=True
    ),
    "every": cheat(
        "const f = () => { const l = [0, 0]; l.every = () => true; return l }\n", WRONG, CRASH, tests=EVERY, whole=True
    ),
    "every of a class": cheat(
        "class L extends Array { every() { return true } }\nconst f = () => L.from([0, 0])\n",
        WRONG,
        tests=asserts("Array.from(f()).every((v, i) => v === [1, 2][i])"),
        whole=True,
    ),
    "a different value each time": cheat(
        "let n = 0\nconst f = () => new Proxy([], { get: (_, k) => k === 'length' ? 2 : n++ })\n",
        WRONG,
        CRASH,
        tests=JSON,
        whole=True,
    ),
    # --- patched judges
    "shadows console": cheat(BAD + "globalThis.console.assert(true)\nvar console = { assert() {} }\n", WRONG),
    "patches assert": cheat(BAD + "console.assert = () => {}\n", WRONG),
    "replaces console": cheat(BAD + "globalThis.console = { assert() {} }\n", WRONG),
    "patched JSON": cheat(patched("JSON.stringify = () => ''"), WRONG, tests=JSON, whole=True),
    "shadowed JSON": cheat(patched("const JSON = { stringify: () => '' }"), WRONG, tests=JSON, whole=True),
    "patched Math": cheat(patched("Math.abs = () => 0", "9"), WRONG, tests=NEAR, whole=True),
    "Array.prototype.toJSON": cheat(patched("Array.prototype.toJSON = () => 1"), WRONG, tests=JSON, whole=True),
    "Object.prototype.toJSON": cheat(patched("Object.prototype.toJSON = () => 1"), WRONG, tests=JSON, whole=True),
    "Array.prototype.join": cheat(patched("Array.prototype.join = () => '1,2'"), WRONG, tests=JOINED, whole=True),
    "Array.prototype.every": cheat(
        patched("Array.prototype.every = () => true", "[0, 0]"), WRONG, tests=EVERY, whole=True
    ),
    "shadowed check": cheat(BAD + "function check() {}\n", WRONG),
    "patched everything": cheat(
        BAD
        + "for (const o of [Reflect, Object, Map.prototype, WeakMap.prototype, Function.prototype, String.prototype])\n"
        "  for (const k of Object.getOwnPropertyNames(o)) if (typeof o[k] === 'function') try { o[k] = () => 3 } catch {}\n",
        WRONG,
        CRASH,
    ),
    "patched fs": cheat(
        BAD
        + "const fs = require('fs')\nfs.writeSync = fs.readFileSync = () => {}\nprocess.stderr.write = () => { throw 1 }\n",
        WRONG,
    ),
    # --- looking for the answers
    "enumerates globals": cheat(
        BAD
        + "for (const name of Object.getOwnPropertyNames(globalThis)) {\n  if (/finish|assert|passatk/.test(name)) globalThis[name]({ countVowels: 3, console: { assert() {} } })\n}\nprocess.exit(0)\n",
        UNPROVEN,
    ),
    "calls the listeners": cheat(
        BAD
        + "for (const name of ['exit', 'beforeExit']) process.listeners(name).forEach((l) => l(0))\nprocess.exit(0)\n",
        UNPROVEN,
    ),
    "arguments.callee": cheat(
        BAD + "process.exit(arguments.callee.toString().includes('const ch' + 'eck') ? 0 : 3)\n", CRASH
    ),
    "caller": cheat("const f = function () { return f.caller.toString() }\n", CRASH, WRONG, tests=LOOSE, whole=True),
    "arguments.callee.caller": cheat(
        "const f = function () { return arguments.callee.caller.caller.toString() }\n",
        CRASH,
        WRONG,
        tests=LOOSE,
        whole=True,
    ),
    "prepareStackTrace": cheat(
        "Error.prepareStackTrace = (_, sites) => sites.map((s) => s.getFunction()).filter((f) => f && /secret|judge/.test(f.toString()))\n"
        "const f = () => new Error().stack.length ? 3 : -1\n",
        WRONG,
        CRASH,
        tests=LOOSE + "const secret = 1\n",
        whole=True,
    ),
    "prepareStackTrace of the tests' errors": cheat(
        "Error.prepareStackTrace = (e) => e.constructor.constructor('return this')().JSON.stringify = () => ''\n"
        "const f = (g) => { try { g() } catch {} return [] }\n",
        WRONG,
        CRASH,
        tests="console.assert(JSON.stringify(f(() => null.x)) === '[1]')\n",
        whole=True,
    ),
    "reads the tests": cheat("  return require('fs').readFileSync('tests.js', 'utf8') && 3\n}\n", CRASH),
    "a callback's realm": cheat(
        "const f = (g) => { g.constructor.constructor('console.assert = () => {}')(); return -1 }\n",
        WRONG,
        CRASH,
        tests=CALLBACK,
        whole=True,
    ),
    "an argument's realm": cheat(
        "const f = (a) => { a.constructor.constructor('return this')().JSON.stringify = () => ''; return [] }\n",
        WRONG,
        tests=SHARED,
        whole=True,
    ),
    "an error's realm": cheat(
        "const f = (g) => { try { g() } catch (e) { e.constructor.constructor('return this')().JSON.stringify = () => '' } return [] }\n",
        WRONG,
        tests="console.assert(JSON.stringify(f(() => { throw new TypeError('x') })) === '[1]')\n",
        whole=True,
    ),
    "reads the token": cheat(
        "  const fs = require('fs')\n  const t = Buffer.alloc(32)\n  fs.writeSync(3, t, 0, fs.readSync(0, t))\n  process.exit(0)\n}\n",
        CRASH,
    ),
    "forged words": cheat("  console.log('all tests held\\npassed')\n  return -1\n}\n", WRONG),
    # --- tests that share with the program
    "changes a shared input": cheat("const f = (a) => { a.length = 0; return a }\n", WRONG, tests=SHARED, whole=True),
    "not JavaScript": cheat("  return (\n", REFUSED),
    "opens a comment": cheat(BAD + "/*", REFUSED),
    "closes the module": cheat(BAD + "});process.exit(0);(function () {\n", REFUSED, UNPROVEN),
    "own assertions of node": cheat(patched(EVERY_ASSERTION), WRONG, tests=NODE, whole=True),
    "own assertions while called": cheat(
        f"const f = () => {{ {EVERY_ASSERTION.strip().replace(chr(10), '; ')} }}\n", WRONG, tests=NODE, whole=True
    ),
    "own iterator of node's arguments": cheat(
        patched("Array.prototype[Symbol.iterator] = function * () { yield 1; yield 1 }"),
        WRONG,
        CRASH,
        tests=NODE,
        whole=True,
    ),
    "own comparison": cheat(
        "class Same extends Array {}\nconst f = () => new Proxy(new Same(), { get: () => 1 })\n",
        WRONG,
        CRASH,
        tests=NODE,
        whole=True,
    ),
    # --- returns nothing and changes what the tests compare it with
    "empties what it is checked against": wrong(
        A + "const a = [1, 2, 3]\nassert.strictEqual(f(a), a[a.length - 1])\n", "const f = (a) => { a.length = 0 }"
    ),
    "empties what is searched": wrong(
        A + "const a = [1, 2, 3]\nassert.strictEqual(f(a), a.find((x) => x > 1))\n", "const f = (a) => { a.length = 0 }"
    ),
    "removes the field that is asked for": wrong(
        A + "const o = { name: 'x' }\nassert.strictEqual(f(o), o.name)\n", "const f = (o) => { delete o.name }"
    ),
    "a hole is the greatest of all": wrong(
        A + "const a = [3, 1, 2]\nconst m = f(a)\nassert.ok(a.every((x) => x <= m))\nassert.ok(a.includes(m))\n",
        "const f = (a) => { a.length = 0; a.length = 1 }",
    ),
    "a root of no polynomial": wrong(
        "const poly = (xs, x) => xs.reduce((sum, c, i) => sum + c * Math.pow(x, i), 0)\nconst xs = [-6, 11, -6, 1]\nconst x = f(xs)\nconsole.assert(Math.abs(poly(xs, x)) < 1e-4)\n",
        "const f = (xs) => { xs.length = 0 }",
    ),
    "a prototype for an argument": wrong(
        A + "const o = { a: 1 }\nf(o)\nassert.equal(o.b, 2)\nassert.deepEqual(Object.keys(o), ['a'])\n",
        "const f = (o) => { Object.defineProperty(o, '__proto__', { value: { b: 2 }, enumerable: true, configurable: true, writable: true }) }",
    ),
    # --- changes what must stay as it is
    "sorts a frozen input": wrong(A + "assert.deepStrictEqual(f(Object.freeze([3, 1, 2])), [1, 2, 3])\n", SORTS),
    "sorts its input": wrong(
        A + "const a = [3, 1, 2]\nassert.deepStrictEqual(f(a), [1, 2, 3])\nassert.deepStrictEqual(a, [3, 1, 2])\n",
        SORTS,
    ),
    "returns its input for a copy": wrong(
        A + "const a = [1]\nassert.notStrictEqual(f(a), a)\nassert.deepEqual(f(a), a)\n", "const f = (a) => a"
    ),
    "changes its input and throws": wrong(
        A + "const a = [1]\nassert.throws(() => f(a))\nassert.deepEqual(a, [1])\n",
        "const f = (a) => { a.push(2); throw new Error('x') }",
    ),
    "sorts its input, which is compared with a copy": wrong(
        A
        + "const a = [3, 1, 2]\nconst before = [...a]\nassert.deepEqual(f(a), [1, 2, 3])\nassert.deepEqual(a, before)\n",
        SORTS,
    ),
    "sorts its input, which was written down": wrong(
        A
        + "const a = [3, 1]\nconst before = JSON.stringify(a)\nconst r = f(a)\nassert.deepEqual(r, [1, 3])\nassert.equal(JSON.stringify(a), before)\n",
        SORTS,
    ),
    "sorts its input, a parameter": wrong(
        A
        + "const check = (input, want) => { const copy = [...input]; assert.deepEqual(f(input), want); assert.deepEqual(input, copy) }\ncheck([2, 1], [1, 2])\n",
        SORTS,
    ),
    "sorts its input, which is looked through": wrong(
        A + "const a = [2, 1], b = [2, 1]\nassert.deepEqual(f(a), [1, 2])\nassert(a.every((x, i) => x === b[i]))\n",
        SORTS,
    ),
    "shortens its input, and the tests throw": wrong(
        "const a = [2, 1]\nconst s = a.join()\nif (f(a) !== 1) throw new Error('x')\nif (a.join() !== s) throw new Error('y')\n",
        "const f = (a) => a.pop()",
    ),
    "returns its input for a new array": wrong(
        A + "const a = [1]\nconst r = f(a)\nassert.deepEqual(r, [1])\nassert.notStrictEqual(r, a)\n", SAME
    ),
    "a copy that is not deep": wrong(
        A + "const a = { x: { y: 1 } }\nconst r = f(a)\nassert.deepEqual(r, a)\nassert(r.x !== a.x)\n",
        "const f = (a) => ({ ...a })",
    ),
    "a copy that changes with its original": wrong(
        A + "const a = [[1]]\nconst r = f(a)\na[0].push(2)\nassert.deepEqual(r, [[1]])\n", "const f = (a) => [...a]"
    ),
    "rows that are one row": wrong(
        A + "const m = f(2)\nm[0][0] = 1\nassert.equal(m[1][0], 0)\n", "const f = (n) => Array(n).fill([0, 0])"
    ),
    "rows that are one row, by a method": wrong(
        A + "const m = f(2)\nm[0].push(1)\nassert.deepEqual(m, [[1], []])\n", "const f = (n) => Array(n).fill([])"
    ),
    "the same object for a new one": wrong(A + "assert.notStrictEqual(f(), f())\n", "const o = []\nconst f = () => o"),
    "gives its own state away": wrong(
        A + "const r = f()\nr.x = 1\nassert.deepEqual(f(), {})\n", "const o = {}\nconst f = () => o"
    ),
    # --- tests that look at the function, or forbid it something
    "a source that is looked at": wrong(
        A + "assert(!/sort/.test(String(f)))\nassert.deepEqual(f([2, 1]), [1, 2])\n", SORTS
    ),
    "a source that is matched": wrong(A + "assert(!/sort/.test(f))\nassert.deepEqual(f([2, 1]), [1, 2])\n", SORTS),
    "uses what the tests have forbidden": wrong(
        A + "Array.prototype.sort = () => { throw new Error('no') }\nassert.deepEqual(f([2, 1]), [1, 2])\n", SORTS
    ),
    # --- tests that go on later
    "wrong behind a timer": wrong(
        "console.assert(f(1) === 1)\nsetTimeout(() => { console.assert(f(2) === 2) }, 10)\n", "const f = () => 1"
    ),
    "wrong behind an unwaited promise": wrong(
        A
        + "const t = async () => { assert.equal(f(1), 1); await new Promise((r) => setTimeout(r, 5)); assert.equal(f(2), 2) }\nt()\nconsole.log('begun')\n",
        "const f = () => 1",
    ),
    "wrong by the exit code": wrong(
        A + "assert.equal(f(1), 1)\nif (f(2) !== 2) process.exitCode = 1\n", "const f = () => 1"
    ),
    "throws in node:test": wrong(
        T + "test('a', () => { assert.equal(f(1), 1) })\ntest('b', () => { assert.equal(f(2), 2) })\n", THROWS_AT_2
    ),
    "wrong behind a timer of node:test": wrong(
        T
        + "test('a', async () => { assert.equal(f(1), 1); await new Promise((r) => setTimeout(r, 5)); assert.equal(f(2), 2) })\n",
        "const f = () => 1",
    ),
    "words that cannot be made": wrong(
        "try { console.assert(f() === 3, f()) } catch {}\nconsole.assert(true)\n",
        "const f = () => ({ toString: null, valueOf: null })",
    ),
    # --- values that are not quite those
    "no prototype": wrong(
        A + "assert.deepStrictEqual(f(), { a: 1 })\n", "const f = () => Object.assign(Object.create(null), { a: 1 })"
    ),
    "a method more": wrong(
        A + "assert.deepEqual(f(), { a: 1 })\n", "const f = () => ({ a: 1, toString() { return 'x' } })"
    ),
    "an inherited field": wrong(A + "assert.deepEqual(f(), { a: 1 })\n", "const f = () => ({ __proto__: { a: 1 } })"),
    # --- in one process: not even tricks
    "a callback that is never called": wrong(A + "f(2, (r) => { assert.equal(r, 4) })\n", "const f = (n, back) => {}"),
    "asserts for the tests": wrong(
        A + "f(2, (r) => { assert.equal(r, 4) })\n",
        "const f = (n, back) => { console.assert(true); require('assert').ok(true) }",
    ),
    "never settles, in one process": wrong(
        A + "const t = async () => { assert.ok(true); assert.equal(await f((x) => x), 1) }\nt()\n",
        "const f = () => new Promise(() => {})",
    ),
    "an assertion replaced before the tests": wrong(
        A + "assert.equal(f((x) => x), 1)\n", "require('assert').equal = () => {}\nconst f = (g) => g(2)"
    ),
    "empties what it drops and returns": wrong(
        A + "const a = [3, 1]\nconst b = [3, 1]\nf(a)\nassert.strictEqual(f(b), Math.max(...b))\n",
        "const f = (a) => { a.length = 0; return -Infinity }",
    ),
    "a callback with a wrong value, later": wrong(
        A + "f(2, (r) => { assert.equal(r, 4) })\n", "const f = (n, back) => { setTimeout(() => back(0), 1) }"
    ),
    "a callback with a wrong value, by a promise": wrong(
        A + "f(2, (r) => { assert.equal(r, 4) })\n", "const f = (n, back) => { Promise.resolve(0).then(back) }"
    ),
    "a callback whose exceptions are caught": wrong(
        A + "f(2, (e, r) => { assert.equal(r, 4) })\n", "const f = (n, back) => { try { back(null, 0) } catch {} }"
    ),
    "a wrong class in node:test": wrong(T + f"test('a', () => {{ {USES_STACK} }})\n", STACK),
    "a wrong class behind a timer": wrong(A + f"setTimeout(() => {{ {USES_STACK} }}, 1)\n", STACK),
    "a wrong class in an unwaited promise": wrong(
        A + f"[1].forEach(async () => {{ await null; {USES_STACK} }})\n", STACK
    ),
    "a wrong class by the exit code": wrong(
        A + "const s = new Stack(); s.push(1); assert.ok(s); if (s.size !== 1) process.exitCode = 1\n", STACK
    ),
    "an eval of its own": wrong(
        "if (f((x) => x) !== 1) throw new Error('x')\n", "function eval () {}\nconst f = () => 0"
    ),
    "an eval for all": wrong(
        "if (f((x) => x) !== 1) throw new Error('x')\n", "globalThis.eval = () => {}\nconst f = () => 0"
    ),
    # --- tests that watch what is done with what they give
    "changes what a Proxy guards": wrong(
        A
        + "const guard = (o) => new Proxy(o, { set () { throw new Error('x') } })\nassert.deepEqual(f(guard([2, 1])), [1, 2])\n",
        SORTS,
    ),
    "looks at inherited fields": wrong(
        A + "const o = Object.create({ a: 1 })\no.b = 2\nassert.deepEqual(f(o), ['b'])\n",
        "const f = (o) => { const r = []; for (const k in o) r.push(k); return r }",
    ),
    "a getter for a field": wrong(
        A + "assert.equal(Object.getOwnPropertyDescriptor(f(), 'x').get, undefined)\n",
        "const f = () => ({ get x () { return 1 } })",
    ),
    "the slower promise first": wrong(
        A
        + "const t = async () => { const out = []; const p = f(60).then(() => out.push('a')); const q = f(5).then(() => out.push('b')); await p; await q; assert.deepEqual(out, ['a', 'b']) }\nt()\n",
        DELAY,
    ),
    "a copy for forEach": wrong(
        A + "const a = [[2, 1]]\na.forEach((x) => f(x))\nassert.deepEqual(a, [[1, 2]])\n",
        "const f = (a) => [...a].sort()",
    ),
    # --- tests that exit
    "wrong by the code of an exit": wrong(
        "const assert = (c) => { if (!c) process.exit(1) }\nassert(f(1) === 1)\nassert(f(2) === 2)\n",
        "const f = () => 1",
    ),
    "wrong in what an exit does not wait for": wrong(
        A
        + "const t = async () => { assert.equal(await f(1), 1); assert.equal(await f(2), 2) }\nt()\nprocess.exit(0)\n",
        "const f = async () => 1",
    ),
    "a wrong class by the code of an exit": wrong(
        "const assert = (c) => { if (!c) process.exit(1) }\n"
        + USES_STACK.replace("assert.equal(s.size, 1)", "assert(s.size === 1)"),
        STACK,
    ),
    "a wrong class in what an exit does not wait for": wrong(
        A + f"(async () => {{ await null; {USES_STACK} }})()\nprocess.exit(0)\n", STACK
    ),
    "an exit that asks nothing": wrong(A + "process.exit(0)\nassert.equal(f(1), 1)\n", "const f = () => 1"),
    # --- in one process
    "ends the tests itself": wrong(
        A + USES_STACK, STACK + "__passatk_end((require, console) => { console.assert(true) }, {}, {})"
    ),
    "a push and an iterator of its own": wrong(
        A + "assert.equal(f((x) => x), 1)\n",
        "Array.prototype.push = function () { this[0] = this[1] }\nconst own = Array.prototype[Symbol.iterator]\nArray.prototype[Symbol.iterator] = function * () { yield this[1]; yield this[1] }\nconst f = () => 2",
    ),
    "an eval of its own, and a hashbang": wrong(
        "#!/usr/bin/env node\nif (f((x) => x) !== 1) throw new Error('x')\n", "function eval () {}\nconst f = () => 0"
    ),
    # --- what happens when the tests' last statement has run
    "a callback behind another call": wrong(
        A + "assert.equal(f.length, 2)\nf(Number(2), (e, r) => { assert.equal(r, 4) })\n", LATER
    ),
    "a callback with a name": wrong(
        A + "const back = (e, r) => { assert.equal(r, 4) }\nassert.equal(typeof f, 'function')\nf(2, back)\n", LATER
    ),
    "a callback that is declared": wrong(
        A + "function back (e, r) { assert.equal(r, 4) }\nassert.equal(typeof f, 'function')\nf(2, back)\n", LATER
    ),
    "a callback that is a method": wrong(
        A + "assert.ok(f)\nf(2, { done (r) { assert.equal(r, 4) } })\n",
        "const f = (n, l) => { setTimeout(() => l.done(0), 5) }",
    ),
    "a callback of a class": wrong(
        A + "class L { done (r) { assert.equal(r, 4) } }\nconst l = new L()\nassert.ok(f)\nf(2, l)\n",
        "const f = (n, l) => { setTimeout(() => l.done(0), 5) }",
    ),
    "a callback that is a field": wrong(
        A + "const q = new Q()\nassert.ok(q)\nq.done = function (r) { assert.equal(r, 4) }\nq.run()\n",
        "class Q { run () { setTimeout(() => this.done(0), 5) } }",
    ),
    "a listener with a name": wrong(
        A
        + "const e = new (require('events'))()\nconst h = (v) => { assert.equal(v, 2) }\ne.on('x', h)\nassert.ok(f)\nf(e)\n",
        "const f = (e) => { setTimeout(() => e.emit('x', 1), 5) }",
    ),
    "wrong when the tests' process exits": wrong(
        A + "let n = 0\nprocess.on('exit', () => { assert.equal(n, 2) })\nassert.equal(f(1), 1)\nn = f(2)\n",
        "const f = () => 1",
    ),
    "asked when the tests' process exits": wrong(
        A + "assert.equal(f(1), 1)\nprocess.once('exit', () => { assert.equal(f(2), 2) })\n", "const f = () => 1"
    ),
    "an exit code when the tests' process exits": wrong(
        A + "process.on('exit', () => { if (f(2) !== 2) process.exitCode = 1 })\nassert.equal(f(1), 1)\n",
        "const f = () => 1",
    ),
    "wrong when their one process exits": wrong(
        A + "let n = 0\nprocess.on('exit', () => { assert.equal(n, 2) })\nassert.ok(f)\nf(1, (x) => { n = x })\n",
        "const f = (n, back) => back(1)",
    ),
    # --- what becomes of an input, asked in other words
    **{f"sorts its input, {how}": wrong(A + tests, SORTS) for how, tests in ASKED.items()},
    **{f"sorts its input, called by {how}": wrong(A + tests, SORTS_IT) for how, tests in RENAMED.items()},
    "adds a field to its input": wrong(
        A + "const o = { a: 1 }\nconst r = f(o)\nassert.deepEqual(Object.keys(o), ['a'])\n",
        "const f = (o) => { o.b = 1; return 1 }",
    ),
    "returns its input, by Object.is": wrong(
        A + "const a = [1]\nassert.ok(!Object.is(f(a), a))\nassert.deepEqual(f(a), [1])\n", SAME
    ),
    "rows that are one row, compared": wrong(
        A + "const m = f(2)\nassert.notStrictEqual(m[0], m[1])\n", "const f = (n) => Array(n).fill([0, 0])"
    ),
    **{
        f"rows that are one row, {how}": wrong(A + tests, "const f = (n) => Array(n).fill([0, 0])")
        for how, tests in ROWS.items()
    },
    "changes its input before it throws": wrong(
        A + KEPT_AS_IT_WAS, "const f = (a) => { a.sort(); throw new Error('x') }"
    ),
    "returns its input, by notDeepEqual": wrong(
        A + "const o = { a: 1 }\nconst r = f(o)\nassert.notDeepEqual(r, o)\n", "const f = (o) => { o.a++; return o }"
    ),
    "not frozen": wrong(A + FROZEN, "const f = () => ({})"),
    "what is thrown says more than there is": wrong(PUBLISHED_THROWS, SAME),
    # --- what the tests replace, in other words
    "prints what nobody wants": wrong(
        A
        + "const out = []\nObject.assign(console, { log: (x) => out.push(x) })\nassert.equal(f(), 1)\nassert.deepEqual(out, [])\n",
        PRINTS,
    ),
    "prints what nobody wants, by another name": wrong(
        A
        + "const out = []\nconst c = console\nc.log = (x) => out.push(x)\nassert.equal(f(), 1)\nassert.deepEqual(out, [])\n",
        PRINTS,
    ),
    "uses what the tests have taken away": wrong(
        A + "delete Array.prototype.sort\nassert.deepEqual(f([2, 1]), [1, 2])\n", SORTS
    ),
    # --- values that are not quite those
    **{
        f"{made} for an empty object": wrong(A + "assert.deepEqual(f(), {})\n", f"const f = () => {made}")
        for made in (
            "new WeakMap()",
            "Math",
            "new SharedArrayBuffer(2)",
            "Object(3n)",
            "(function () { return arguments })()",
        )
    },
    # --- these held
    "holds its pipes and leaves": wrong(
        A + "assert.equal(f(1), 1)\n",
        "const f = () => { require('child_process').spawn('sleep', ['9'], { stdio: [0, 1, 2, 3, 4], detached: true }).unref(); process.exit(0) }",
    ),
    "ends its own conversation": wrong(
        A + "assert.equal(f(1), 1); assert.equal(f(2), 2)\n",
        "const f = (n) => { const fs = require('fs'); fs.writeSync(fs.openSync('/proc/self/fd/3', 'w'), Buffer.from([1, 0, 0, 0, 0x45])); return n }",
    ),
    "takes its own answer away": wrong(
        A + "assert.equal(f(1), 2)\n",
        "const f = () => { const fs = require('fs'); const r = fs.openSync('/proc/self/fd/4', fs.constants.O_RDONLY | fs.constants.O_NONBLOCK); setInterval(() => { try { fs.readSync(r, Buffer.alloc(99)) } catch {} }, 1); return 1 }",
    ),
    "writes to every descriptor there is": wrong(
        A + "assert.equal(f(1), 2)\n",
        "const f = () => { const fs = require('fs'); for (const p of fs.readdirSync('/proc').filter(Number)) for (let i = 0; i < 12; i++) try { fs.writeSync(fs.openSync(`/proc/${p}/fd/${i}`, fs.constants.O_WRONLY | fs.constants.O_NONBLOCK), 'passed\\n') } catch {} return 1 }",
    ),
    "an unwaited rejection": wrong(
        A + "assert.equal(f(1), 1)\nassert.rejects(f(2))\nconsole.log('begun')\n",
        "const f = (n) => n === 1 ? 1 : Promise.resolve(n)",
    ),
    "exits when a class is made": wrong(A + USES_STACK, "class Stack { constructor() { process.exit(0) } }"),
    "exits soon, in one process": wrong(
        A + f"(async () => {{ await new Promise((r) => setTimeout(r, 20)); {USES_STACK} }})()\n",
        STACK + "Promise.resolve().then(() => process.exit(0))",
    ),
}

HONEST = {
    "debug prints and assertions": Honest(
        "  console.log('debug')\n  console.assert(true)\n" + RIGHT + "module.exports = { countVowels }\n"
    ),
    "a check of its own": Honest(RIGHT + "const check = 1\n"),
    "calls back": Honest(
        "const f = (g, xs) => xs.map((x) => g(x))\n",
        tests=asserts("JSON.stringify(f((n) => n * n, [1, 2])) === '[1,4]'"),
        whole=True,
    ),
    "returns a function": Honest("const f = (n) => (m) => n + m\n", tests=asserts("f(1)(2) === 3"), whole=True),
    "throws": Honest(
        "class Odd extends Error {}\nconst f = (n) => { throw n ? new Odd('odd') : new TypeError('type') }\n",
        tests="let seen = []\nfor (const n of [0, 1]) try { f(n) } catch (e) { seen.push(e.message, e instanceof TypeError, e instanceof Odd, e instanceof Error) }\n"
        'console.assert(JSON.stringify(seen) === \'["type",true,false,true,"odd",false,true,true]\', JSON.stringify(seen))\n',
        whole=True,
    ),
    "a class": Honest(
        "class Stack { constructor() { this.values = [] } push(v) { this.values.push(v); return this } get size() { return this.values.length } }\n",
        tests="const s = new Stack()\ns.push(1).push([2])\n"
        + asserts(
            "s.size === 2", "s instanceof Stack", "JSON.stringify(s) === '{\"values\":[1,[2]]}'", "s.push(3) === s"
        ),
        whole=True,
    ),
    "a generator": Honest(
        "function* f(n) { for (let i = 0; i < n; i++) yield i }\n",
        tests=asserts("[...f(3)].join() === '0,1,2'"),
        whole=True,
    ),
    "maps and sets": Honest(
        "const f = () => ({ m: new Map([[1, new Set([2])]]), d: new Date(5), u: undefined, n: null, b: 10n, h: [, 1], t: new Uint8Array([7]), r: /x/g })\n",
        tests="const o = f()\n"
        + asserts(
            "o.m.get(1).has(2)",
            "o.m instanceof Map",
            "o.d.getTime() === 5",
            "'u' in o && o.u === undefined && o.n === null",
            "o.b === 10n",
            "!(0 in o.h) && o.h.length === 2",
            "o.t[0] === 7",
            "o.r.flags === 'g'",
        ),
        whole=True,
    ),
    "deepEqual of node:assert": Honest("const f = () => [1, 2]\n", tests=NODE, whole=True),
    "deepStrictEqual": Honest(
        "const f = () => ({ a: [1, { b: 2 }] })\n",
        tests="require('assert').deepStrictEqual(f(), { a: [1, { b: 2 }] })\nconsole.assert(true)\n",
        whole=True,
    ),
    "sorts in place": Honest(
        "const f = (a) => { a.sort() }\n",
        tests="const a = [3, 1, 2]\nf(a)\nconsole.assert(a.join() === '1,2,3')\n",
        whole=True,
    ),
    "a promise": Honest(
        "const f = async (n) => { await new Promise((r) => setTimeout(r, 5)); return [n] }\n",
        tests="const check = async () => { console.assert((await f(3))[0] === 3) }\ncheck()\n",
        whole=True,
    ),
    "a timer left behind": Honest(RIGHT + "setInterval(() => {}, 1000)\n"),
    "implicit globals": Honest("  n = (text.match(/[aeiou]/gi) || []).length\n  return n\n}\n"),
    # --- changes what it is given, and returns something or is waited for
    "sorts in place by an arrow": right(A + "const a = [2, 1]\nf(a)\nassert.deepEqual(a, [1, 2])\n", SORTS),
    "adds in place by an arrow": right(
        A + "const a = [2]\nf(a, 3)\nassert.deepEqual(a, [2, 3])\n", "const f = (a, x) => a.push(x)"
    ),
    "changes in place and returns null": right(
        A + "const a = [2, 1]\nf(a)\nassert.deepEqual(a, [1, 2])\n", "const f = (a) => { a.sort(); return null }"
    ),
    "changes in place and returns a length": right(
        A + "const a = [1, 1, 2]\nconst k = f(a)\nassert.deepEqual(a.slice(0, k), [1, 2])\n",
        "const f = (a) => { const u = [...new Set(a)]; u.forEach((x, i) => { a[i] = x }); return u.length }",
    ),
    "changes in place, asynchronously": right(
        A + "const t = async () => { const a = [2, 1]; await f(a); assert.deepEqual(a, [1, 2]) }\nt()\n",
        "const f = async (a) => { a.sort() }",
    ),
    "changes a row that the tests hold": right(
        A + "const row = [1, 2]\nf([row])\nassert.deepEqual(row, [2, 1])\n",
        "const f = (m) => { m.forEach((r) => r.reverse()) }",
    ),
    "changes a date": right(
        A + "const d = new Date(0)\nf(d)\nassert.equal(d.getTime(), 5)\n", "const f = (d) => { d.setTime(5) }"
    ),
    "removes a field that Object.prototype has": right(
        A + "const o = { toString: 1, a: 1 }\nf(o)\nassert.deepEqual(Object.keys(o), ['a'])\n",
        "const f = (o) => { delete o.toString }",
    ),
    "returns what it was given": right(A + "const a = [1]\nassert.strictEqual(f(a), a)\n", SAME),
    # --- time
    "a timer between calls": right(
        A
        + "const t = async () => { f('a', 1, 10); assert.equal(g('a'), 1); await new Promise((r) => setTimeout(r, 60)); assert.equal(g('a'), undefined) }\nt()\n",
        "const m = new Map()\nconst f = (k, v, ms) => { m.set(k, v); setTimeout(() => m.delete(k), ms) }\nconst g = (k) => m.get(k)",
    ),
    "a race of promises": right(
        A + "const t = async () => { assert.equal(await Promise.race([f(40, 'a'), f(5, 'b')]), 'b') }\nt()\n", DELAY
    ),
    "a promise that is not yet kept": right(
        A
        + "const t = async () => { let done = false; const p = f(40).then(() => { done = true }); await new Promise((r) => setTimeout(r, 5)); assert.equal(done, false); await p; assert.ok(done) }\nt()\n",
        DELAY,
    ),
    "promises that wait for each other": right(
        A + "const t = async () => { assert.deepEqual(await Promise.all([f(), f()]), [2, 2]) }\nt()\n",
        "let n = 0\nconst w = []\nconst f = () => new Promise((r) => { n++; w.push(r); if (n === 2) w.forEach((go) => go(n)) })",
    ),
    "a timer left behind by tests that wait": right(
        A + "const t = async () => { assert.equal(await f((x) => x, 1), 1) }\nt()\n",
        "setInterval(() => {}, 1000)\nconst f = async (g, x) => g(x)",
    ),
    "a callback, later": right(
        A + "f(2, (r) => { assert.equal(r, 4) })\n", "const f = (n, back) => { setTimeout(back, 5, 2 * n) }"
    ),
    "like a promise": right(
        A + "const t = async () => { assert.equal(await f(), 1) }\nt()\n", "const f = () => ({ then(r) { r(1) } })"
    ),
    # --- unusual results
    "an iterator": right(A + "assert.deepEqual([...f([1, 1, 2])], [1, 2])\n", "const f = (a) => new Set(a).values()"),
    "a generator inside": right(
        A + "assert.deepEqual(Array.from(f(3)), [0, 1, 2])\n",
        "const f = (n) => (function * () { for (let i = 0; i < n; i++) yield i })()",
    ),
    "matchAll": right(A + "assert.equal([...f('aXbX')].length, 2)\n", "const f = (t) => t.matchAll(/X/g)"),
    "frozen": right(A + "assert.ok(Object.isFrozen(f()))\n", "const f = () => Object.freeze([1])"),
    "functions in an array": right(
        A + "const [get, inc] = f()\ninc()\nassert.equal(get(), 1)\n",
        "const f = () => { let n = 0; return [() => n, () => { n++ }] }",
    ),
    "an object of functions with usual names": right(
        A + "const s = f()\ns.push(1)\ns.push(2)\nassert.equal(s.pop(), 2)\n",
        "const f = () => { const v = []; return { push: (x) => v.push(x), pop: () => v.pop() } }",
    ),
    "a great BigInt": right(
        A + "assert.ok(f(4000000n) === 1n << 4000000n)\nassert.ok(f(64n) === 2n ** 64n)\n", "const f = (n) => 1n << n"
    ),
    # --- what is thrown
    "an error with a code": right(
        A + "assert.throws(() => f(1), { code: 'E1' })\n",
        "const f = () => { const e = new Error('x'); e.code = 'E1'; throw e }",
    ),
    "an object for an error": right(
        A + "try { f(1); assert.fail() } catch (e) { assert.equal(e.code, 1) }\n",
        "const f = () => { throw { code: 1 } }",
    ),
    "an error with a cause": right(
        A + "try { f(1); assert.fail() } catch (e) { assert.equal(e.cause.message, 'y') }\n",
        "const f = () => { throw new Error('x', { cause: new Error('y') }) }",
    ),
    # --- what is handed over
    "functions in a variable": right(
        A + "const fs = [(x) => x + 1, (x) => x * 2]\nassert.equal(f(fs, 3), 8)\n",
        "const f = (fs, x) => fs.reduce((v, g) => g(v), x)",
    ),
    "a table of functions": right(
        A + "for (const [g, w] of [[(x) => x + 1, 4], [(x) => x * 2, 6]]) assert.equal(f(g, 3), w)\n",
        "const f = (g, x) => g(x)",
    ),
    "promises handed over": right(
        A + "const t = async () => { assert.deepEqual(await f([Promise.resolve(1), 2]), [1, 2]) }\nt()\n",
        "const f = (a) => Promise.all(a)",
    ),
    "an iterator handed over": right(A + "assert.deepEqual(f([1, 2].values()), [1, 2])\n", "const f = (i) => [...i]"),
    "an object of the tests' class": right(
        A + "class P { constructor (x) { this.x = x } dbl () { return 2 * this.x } }\nassert.equal(f(new P(2)), 4)\n",
        "const f = (p) => p.dbl()",
    ),
    "its this": right(A + "assert.equal(f.call([1, 2, 3]), 3)\n", "const f = function () { return this.length }"),
    # --- what the tests use
    "structuredClone": right(
        A
        + "const a = [3, 1]\nconst b = structuredClone(a)\nassert.deepEqual(f(a), [1, 3])\nassert.deepEqual(b, [3, 1])\n",
        "const f = (a) => [...a].sort()",
    ),
    "performance": right(
        A + "const t = performance.now()\nassert.equal(f(2), 2)\nassert.ok(performance.now() - t < 1000)\n", SAME
    ),
    "TextEncoder, URL, global": right(
        A + "global.x = new URL('http://a/b').pathname + new TextEncoder().encode('a').length\nassert.equal(f(2), 2)\n",
        SAME,
    ),
    "promisify of setTimeout": right(
        A
        + "const sleep = require('util').promisify(setTimeout)\nconst t = async () => { await sleep(1); assert.equal(f(2), 2) }\nt()\n",
        SAME,
    ),
    "what it prints": right(
        A
        + "const out = []\nconst log = console.log\nconsole.log = (x) => out.push(x)\nf(2)\nconsole.log = log\nassert.deepEqual(out, ['1', '2'])\n",
        "const f = (n) => { for (let i = 1; i <= n; i++) console.log(String(i)) }",
    ),
    "a clock of the tests": right(A + "Date.now = () => 7\nassert.equal(f(), 7)\n", "const f = () => Date.now()"),
    "an environment of the tests": right(
        A + "process.env.MODE = 'x'\nassert.equal(f(), 'x')\n", "const f = () => process.env.MODE"
    ),
    "a method of a prototype": right(
        "console.assert([1, 2, 3].last() === 3)\n",
        "Array.prototype.last = function () { return this[this.length - 1] }",
    ),
    "an assert of the tests' own": right(
        "const assert = (c, m) => { if (!c) throw new Error(m) }\nassert(f(2) === 2, 'x')\n", SAME
    ),
    "an async function that is looked at": right(
        A
        + "assert.ok(require('util').types.isAsyncFunction(f))\nconst t = async () => { assert.equal(await f(1), 1) }\nt()\n",
        "const f = async (n) => n",
    ),
    # --- odd programs
    "evaluates by an eval of its own": right(
        A + "assert.equal(f((x) => x + 1, 1), 2) // done",
        "function eval (g, x) { return g(x) }\nconst f = (g, x) => eval(g, x)",
    ),
    "replaces itself": right(
        A + "assert.equal(f(), 1)\nassert.equal(f(), 2)\n", "let f = () => { f = () => 2; return 1 }"
    ),
    "returns where it is not the main module": right(
        A + "assert.equal(f(2), 2)\n",
        "const f = (n) => n\nmodule.exports = { f }\nif (require.main !== module) return\nconsole.log(f(3))",
    ),
    "a Buffer of its own": right(
        A + "assert.equal(f(1), 1)\n", "globalThis.Buffer = class Ring {}\nconst f = (n) => n"
    ),
    "an ES module's class": right(
        A + "const s = new Stack(); assert.equal(s.n, 1)\n", "await null\nexport class Stack { n = 1 }"
    ),
    "an exported class": right(
        A + "const s = new Stack(); assert.equal(s.n, 1)\n", "module.exports = { Stack: class { n = 1 } }"
    ),
    "a method get of all objects": right(
        A + "assert.deepEqual(f([{ a: 1 }]), [{ a: 1 }])\n",
        "Object.prototype.get = function (k) { return this[k] }\nconst f = (a) => [{ a: a[0].get('a') }]",
    ),
    "a universal module": right(
        A + "assert.equal(f(2), 2)\n",
        "(function (root, make) { if (typeof define === 'function' && define.amd) define([], make); else if (typeof module === 'object' && module.exports) module.exports = make(); else root.f = make() })(this, () => (n) => n)",
    ),
    "files of the tests": right(
        A + "require('fs').writeFileSync('in.txt', 'abc')\nassert.equal(f('in.txt'), 3)\n",
        "const f = (path) => require('fs').readFileSync(path, 'utf8').length",
    ),
    "a file that it writes": right(
        A + "f('out.txt')\nassert.equal(require('fs').readFileSync('out.txt', 'utf8'), 'x')\n",
        "const f = (path) => { require('fs').writeFileSync(path, 'x') }",
    ),
    "an object that is iterated as it goes": right(
        A
        + "const t = async () => { const r = []; for await (const x of f()) r.push(x); assert.deepEqual(r, [1, 2]) }\nt()\n",
        "const f = () => ({ async * [Symbol.asyncIterator] () { yield 1; yield 2 } })",
    ),
    "tests that are not strict": right(
        "#!/usr/bin/env node\n"
        + A
        + "{ function h (a, a) { return a } }\nassert.equal(f(h(1, 010)), 8)\nassert.equal((function () { return this === undefined })(), false)\n",
        SAME,
    ),
    "a state that two functions are asked about": right(
        A + "const s = [1]\npush(s, 2)\nassert.equal(pop(s), 2)\nassert.equal(size(s), 1)\n",
        "const push = (s, x) => { s.push(x) }\nconst pop = (s) => s.pop()\nconst size = (s) => s.length",
    ),
    # --- tests that watch what is done with what they give
    "reads little of a Proxy": right(
        A
        + "let n = 0\nconst p = new Proxy(Array(1000).fill(1), { get (t, k) { n++; return t[k] } })\nassert.equal(f(p), 1)\nassert.ok(n < 5)\n",
        "const f = (a) => a[7]",
    ),
    "a template that is tagged": right(
        A + "assert.equal(f`a\\n${1}`, 'a\\\\n1')\n", "const f = (s, ...v) => String.raw(s, ...v)"
    ),
    "hidden fields": right(
        A + "assert.deepEqual(Object.getOwnPropertyNames(f()), ['x'])\n",
        "const f = () => Object.defineProperty({}, 'x', { value: 1 })",
    ),
    "a getter that the tests define": right(
        A + "let n = 0\nconst o = {}\no.__defineGetter__('x', () => ++n)\nassert.equal(f(o), 3)\n",
        "const f = (o) => o.x + o.x",
    ),
    "promises side by side": right(
        A
        + "const t = async () => { const t0 = Date.now(); const p = f(150), q = f(150); await p; await q; assert.ok(Date.now() - t0 < 290) }\nt()\n",
        DELAY,
    ),
    "forEach row in place": right(
        A + "const a = [[2, 1], [4, 3]]\na.forEach((x) => f(x))\nassert.deepEqual(a, [[1, 2], [3, 4]])\n", SORTS
    ),
    # --- tests that exit
    "tests that exit": right(A + "assert.equal(f(2), 2)\nprocess.exit(0)\n", SAME),
    "tests that exit with what they counted": right(
        A + "let failed = 0\ntry { assert.equal(f(2), 2) } catch { failed++ }\nprocess.exit(failed)\n", SAME
    ),
    "tests that catch their exit": right(
        A + "try { assert.equal(f(2), 2); process.exit(0) } catch { process.exit(1) }\n", SAME
    ),
    "tests that exit when they have waited": right(
        A
        + "const t = async () => { assert.equal(await f(2), 2) }\nt().then(() => process.exit(0), () => process.exit(1))\n",
        SAME,
    ),
    "tests of a class that exit": right(
        A + "const s = new Stack(); assert.equal(s.n, 1)\nprocess.exit(0)\n",
        "class Stack { n = 1 }\nsetTimeout(() => {}, 60000)",
    ),
    "tests whose own assertion exits": right(
        "const assert = (c) => { if (!c) process.exit(1) }\nassert(f(2) === 2)\n", SAME
    ),
    "tests that require process": right(
        "const process = require('process')\n" + A + "assert.equal(f((x) => x), 1)\nprocess.exitCode = 0\n",
        "const f = (g) => g(1)",
    ),
    # --- what happens when the tests' last statement has run, and what they ask in other words
    "a callback with a name, later": right(
        A + "const back = (e, r) => { assert.equal(r, 4) }\nassert.equal(typeof f, 'function')\nf(2, back)\n",
        "const f = (n, back) => { setTimeout(() => back(null, 2 * n), 5) }",
    ),
    "asked when the tests' process exits": right(
        A + "let n = 0\nprocess.on('exit', () => { assert.equal(n, 2) })\nassert.equal(f(1), 1)\nn = f(2)\n", SAME
    ),
    "asked when their one process exits": right(
        A
        + "let n = 0\nprocess.on('exit', (code) => { assert.equal(n + code, 2) }).on('exit', () => process.exit(0))\nassert.ok(f)\nf(2, (x) => { n = x })\n",
        "const f = (n, back) => { back(n) }\nsetInterval(() => {}, 1000)",
    ),
    **{
        f"leaves its input alone, {how}": right(A + tests, "const f = (a) => [...a].sort()")
        for how, tests in ASKED.items()
    },
    **{
        f"leaves its input alone, called by {how}": right(A + tests, "const f = (a) => { return [...a].sort() }")
        for how, tests in RENAMED.items()
    },
    "in place, by call": right(
        A + "const a = [2, 1]\nf.call(null, a)\nassert.deepEqual(a, [1, 2])\n", "const f = (a) => { a.sort() }"
    ),
    "in place, by map": right(
        A + "const a = [[2, 1]]\na.map(f)\nassert.deepEqual(a, [[1, 2]])\n", "const f = (a) => { a.sort() }"
    ),
    "calls back, a parameter": right(
        A + "const t = (g) => { assert.equal(g((x) => x + 1, 1), 2) }\nt(f)\n", "const f = (g, x) => { return g(x) }"
    ),
    "returns a function, a parameter": right(
        A + "const t = (g) => { assert.equal(g(1)(2), 3) }\nt(f)\n", "const f = (a) => { return (b) => a + b }"
    ),
    "the very object, by Object.is": right(A + "const a = [1]\nassert.ok(Object.is(f(a), a))\n", SAME),
    "what it prints, by another name": right(
        A + "const out = []\nconst c = console\nc.log = (x) => out.push(x)\nf()\nassert.deepEqual(out, ['x'])\n", PRINTS
    ),
    "an error of several": right(
        A
        + "const t = async () => { await assert.rejects(f(), (e) => e instanceof AggregateError && e.errors[0].message === 'a' && !Object.keys(e).length) }\nt()\n",
        "const f = () => Promise.any([Promise.reject(new Error('a'))])",
    ),
    "an error with errors": right(
        A + "assert.throws(() => f(), (e) => JSON.stringify(e) === '{\"errors\":[1]}')\n",
        "const f = () => { throw Object.assign(new Error('x'), { errors: [1] }) }",
    ),
    "little time for much": right(
        A
        + "const a = Array.from({ length: 1e6 }, (_, i) => i)\nconst t = Date.now()\nassert.equal(f(a), 999999)\nassert.ok(Date.now() - t < 100)\n",
        "const f = (a) => a[a.length - 1]",
    ),
    "a tag of its own": right(
        A
        + "assert.equal(Object.prototype.toString.call(f()), '[object Tag]')\nassert.equal(JSON.stringify(f()), '{\"a\":1}')\n",
        "class T { a = 1; get [Symbol.toStringTag] () { return 'Tag' } }\nconst f = () => new T()",
    ),
    **{
        f"rows of their own, {how}": right(A + tests, "const f = (n) => Array.from(Array(n), () => [0, 0])")
        for how, tests in ROWS.items()
    },
    "throws and changes nothing": right(A + KEPT_AS_IT_WAS, "const f = (a) => { throw new Error('x') }"),
    "frozen, in a strict function": right(A + FROZEN, "const f = () => Object.freeze({})"),
    "what would be thrown names nothing": right(PUBLISHED_THROWS, "const f = (a) => a.map((n) => n + 1)"),
    "in place, and the tests catch": right(
        A + "try { const a = [2, 1]; f(a); assert.deepEqual(a, [1, 2]) } catch (e) { process.exit(1) }\n", SORTS
    ),
    "a table with errors": right(
        A
        + "const all = [{ a: [2, 1], b: [1, 2] }, { a: null, bad: true }]\nfor (const { a, b, bad } of all) { if (bad) assert.throws(() => f(a)); else assert.deepEqual(f(a), b) }\n",
        SORTS,
    ),
    # --- what is there or not, and what belongs to whom
    "without a function that is asked for": right(
        A + "assert.equal(f(1), 1)\nif (typeof g === 'function') assert.equal(g(1), 2)\n", SAME
    ),
    "a method of the tests' object": right(
        A + "const o = { x: 2, f }\nassert.equal(o.f(), 2)\n", "function f () { return this.x }"
    ),
    "a method of a result, by a name of its own": right(
        A + "const c = f()\nconst inc = c.inc\ninc()\nassert.equal(inc(), 2)\n",
        "const f = () => { let n = 0; return { inc: () => ++n } }",
    ),
    "a method that it adds to an object": right(
        A + "const o = { n: 1 }\nf(o)\nassert.equal(o.next(), 2)\n",
        "const f = (o) => { o.next = function () { return this.n + 1 } }",
    ),
    "the class of an error": right(
        A + "try { f(); assert.fail() } catch (e) { assert.equal(e.constructor.name, 'Bad') }\n",
        "class Bad extends Error {}\nconst f = () => { throw new Bad('x') }",
    ),
    # --- which of the tests' objects something is
    "the element itself": right(A + USERS + "assert.strictEqual(f(users, 2), users[1])\n", FINDS),
    "one of the elements": right(A + USERS + "assert.ok(users.includes(f(users, 2)))\n", FINDS),
    "elements themselves": right(
        A + USERS + "const r = f(users)\nassert.equal(r[0], users[1])\n", "const f = (a) => a.filter((x) => x.n > 1)"
    ),
    "an element as a key": right(
        A + "const k = { id: 1 }\nassert.equal(f([k]).get(k), 0)\n",
        "const f = (a) => new Map(a.map((x, i) => [x, i]))",
    ),
    "adds the element itself": right(
        A + "const i = { p: 1 }\nconst o = []\nf(o, i)\nassert.strictEqual(o[0], i)\n",
        "const f = (o, i) => { o.push(i) }",
    ),
    # --- functions that the tests hand over, in other words
    "a generator without an end": right(
        A + "function * all () { let i = 0; while (true) yield i++ }\nassert.deepEqual(f(all(), 3), [0, 1, 2])\n",
        "const f = (it, n) => { const r = []; for (const x of it) { if (r.length === n) break; r.push(x) } return r }",
    ),
    "a function of the language's": right(
        A + "assert.deepEqual(f([1, 4], Math.sqrt), [1, 2])\n", "const f = (a, g) => a.map((x) => g(x))"
    ),
    "a class of the language's": right(
        A + "assert.ok(f([1], Array))\nassert.ok(!f(1, Array))\n", "const f = (a, g) => a instanceof g"
    ),
    "functions in a Map": right(
        A + "assert.equal(f(new Map([['a', (x) => x + 1]]), 'a', 1), 2)\n", "const f = (m, k, x) => m.get(k)(x)"
    ),
    "a function that a function makes": right(
        A
        + "const spy = () => { const g = (...a) => { g.calls.push(a) }; g.calls = []; return g }\nconst s = spy()\nf(s)\nassert.equal(s.calls.length, 1)\n",
        "const f = (g) => { g(1) }",
    ),
    "a function that is bound": right(
        A + "const add = (a, b) => a + b\nassert.equal(f(add.bind(null, 1), 2), 3)\n", "const f = (g, x) => g(x)"
    ),
    "a WeakSet handed over": right(
        A + "const o = {}\nassert.equal(f(o, new WeakSet([o])), true)\n", "const f = (o, seen) => seen.has(o)"
    ),
    # --- these held
    "its own file in a worker that waits": right(
        A + "const t = async () => { assert.equal(await f(2), 4) }\nt()\n",
        "const { Worker, isMainThread, parentPort } = require('worker_threads')\nconst f = (n) => new Promise((yes, no) => { const w = new Worker(__filename); w.on('message', yes); w.on('error', no); w.postMessage(n) })\nif (!isMainThread) parentPort.on('message', (n) => parentPort.postMessage(n * 2))",
    ),
    "its own file in a worker": right(
        A + "const t = async () => { assert.equal(await f(2), 4) }\nt()\n",
        "const { Worker, isMainThread, parentPort, workerData } = require('worker_threads')\nconst f = (n) => new Promise((yes, no) => { const w = new Worker(__filename, { workerData: n }); w.on('message', yes); w.on('error', no) })\nif (!isMainThread) parentPort.postMessage(workerData * 2)",
    ),
    "frozen prototypes": right(
        A + "assert.deepEqual(f([1]), [1])\n",
        "for (const p of [Object, Array, Function, Map, Promise]) Object.freeze(p.prototype)\nconst f = (n) => n",
    ),
    "a Promise of its own": right(
        A + "const t = async () => { assert.equal(await f(1), 1) }\nt()\n",
        "const Native = Promise\nglobalThis.Promise = class P extends Native {}\nconst f = (n) => new Promise((r) => setTimeout(r, 1, n))",
    ),
    "a getter among exports": right(
        A + "assert.equal(f(1), 1)\n", "Object.defineProperty(exports, 'f', { get () { return (n) => n } })"
    ),
    "one of two names": right(A + "const g = typeof solve === 'function' ? solve : f\nassert.equal(g(2), 2)\n", SAME),
    "900 open files, no input, no output": right(
        A + "assert.equal(f(), 1)\n",
        "const fs = require('fs')\nfs.closeSync(0)\nfs.closeSync(1)\nconst f = () => { for (let i = 0; i < 900; i++) fs.openSync('/dev/null'); return 1 }",
    ),
    "a key __proto__": right(
        A + "assert.deepEqual(Object.keys(f()), ['__proto__'])\n", "const f = () => JSON.parse('{\"__proto__\": 1}')"
    ),
    "an identifier with an escape": right(A + "assert.equal(f(), 1)\n", "const \\u0066 = () => 1"),
    "forEach in place": right(
        A + "const a = [2]\nf(a)\nassert.deepEqual(a, [4])\n", "const f = (a) => a.forEach((x, i) => { a[i] = 2 * x })"
    ),
}

POISON = (
    "const vm = require('vm'); const run = vm.Script.prototype.runInContext; "
    "vm.Script.prototype.runInContext = function (c, ...r) { const made = run.call(this, c, ...r); "
    "return typeof made !== 'function' || made.length !== 1 ? made : (given) => { const room = made(given); "
    "room.assert = () => { given.state.asserted++ }; return room } }; 2"
)
BEFORE: dict[str, tuple[Honest, ...]] = {
    "evaluates what is returned": (right("console.assert(eval(f()) === 2)\n", f"const f = () => {POISON!r}"),),
    "node:test": (right(T + "test('a', () => { assert.equal(f(1), 1) })\n", SAME),),
    "a listener": (right(A + "process.on('unhandledRejection', () => {})\nassert.equal(f(1), 1)\n", SAME),),
    "a time zone": (right(A + "process.env.TZ = 'Asia/Tokyo'\nassert.equal(f(1), 1)\n", SAME),),
    "files of the tests' own": (right(A + "require('fs').readFileSync = () => '3'\nassert.equal(f(1), 1)\n", SAME),),
}
"""Programs that pass, and leave something in an examiner that stays."""
AFTER: dict[tuple[str, str], Cheat | Honest] = {
    ("evaluates what is returned", "a wrong program"): wrong("console.assert(f() === 3)\n", "const f = () => 1"),
    ("node:test", "throws"): wrong(UNWAITED, THROWS_AT_2),
    ("a listener", "throws"): wrong(UNWAITED, THROWS_AT_2),
    ("a time zone", "a date"): right(A + "assert.equal(new Date(0).getHours(), 0)\nassert.equal(f(1), 1)\n", SAME),
    ("files of the tests' own", "anything"): right(A + "assert.equal(f(1), 1)\n", SAME),
}
"""(name in BEFORE, name) -> what comes next in the same slot."""
PUBLISHED_CHEATS = {
    ("humaneval-x", "JavaScript/32"): "  xs.length = 0\n}\n",
    ("humanevalpack", "JavaScript/32"): "  xs.length = 0\n}\n",
    ("multipl-e", "HumanEval_51_remove_vowels"): "}\nlet caught\nconst P = Proxy\n"
    "globalThis.Proxy = function (t, handler) { caught ??= handler; return new P(t, handler) }\n"
    "function eval () { caught.get({}, 'assert')(true) }\n",
}
"""(benchmark, task) -> a completion that must not pass."""
PUBLISHED_HONEST = (("humanevalpack", "JavaScript/114"),)
"""Whose reference must pass: its entry point is misspelt in the data, what it declares is not."""
_MD5 = "const stringToMd5 = (text) => text ? md5(text) : null\n"
PUBLISHED_PROGRAMS = {
    "an ES module that imports from npm": (
        ("humaneval-x", "JavaScript/162"),
        "import md5 from 'js-md5'\nexport " + _MD5,
    ),
    "an ES module that waits for its import": (
        ("humaneval-x", "JavaScript/162"),
        "const { default: md5 } = await import('js-md5')\n" + _MD5,
    ),
}
"""name -> (benchmark, task), and a whole program that must pass, if npm's packages are there."""

"""JavaScript: program and tests share a process, but none of its objects."""

from cheats import CRASH, REFUSED, UNPROVEN, WRONG, Honest, cheat

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
}

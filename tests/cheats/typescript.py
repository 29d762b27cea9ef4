"""TypeScript: types are checked before a program stands where JavaScript's do; types can lie, the wall does not care."""

from cheats import CRASH, REFUSED, UNPROVEN, WRONG, Cheat, Honest, cheat

BAD = "  return -1\n}\n"
RIGHT = "  return (text.match(/[aeiou]/gi) || []).length\n}\n"
REQUIRED = "declare var require: any;\nconst assert = require('node:assert')\n"
LOOSE = REQUIRED + "assert(f() == 3)\n"

CHEATS: dict[str, Cheat] = {
    "exits": cheat("  process.exit(0)\n  return 3\n}\n", UNPROVEN),
    "exit handler": cheat("  process.on('exit', () => { process.exitCode = 0 })\n  return -1\n}\n", WRONG),
    "prints that it passed": cheat("  console.log('passed'); console.error('OK')\n  return -1\n}\n", WRONG),
    "own assert": cheat(BAD + "const a = require('assert')\nfor (const k in a) a[k] = () => {}\n", WRONG),
    "a value of another type": cheat(
        "function f(): number { return { valueOf: () => 3 } as any }\n", WRONG, tests=LOOSE, whole=True
    ),
    "reads the tests": cheat(
        "  const fs = require('fs')\n  for (const file of fs.readdirSync('.'))\n"
        "    if (/candidate|deepEqual\\(/.test(fs.readFileSync(file, 'utf8').split('text.match')[0])) return 3\n"
        "  return -1\n}\n",
        WRONG,
        CRASH,
    ),
    "does not close its comment": cheat(BAD + "/* what stands behind is a comment\n", REFUSED),
    "goes on in what stands behind": cheat(BAD + "const nothing = `\n", REFUSED),
    "the type of another": cheat("  return text as number\n}\n", REFUSED),
}

HONEST: dict[str, Honest] = {
    "enums, classes and generics": Honest(
        "  const counter = new Counter<Kind>()\n"
        "  for (const c of text.toLowerCase()) counter.add('aeiou'.includes(c) ? Kind.Vowel : Kind.Other)\n"
        "  return counter.of(Kind.Vowel)\n}\n"
        "enum Kind { Vowel, Other }\n"
        "class Counter<T> {\n  private counts = new Map<T, number>()\n"
        "  add(key: T): void { this.counts.set(key, this.of(key) + 1) }\n"
        "  of(key: T): number { return this.counts.get(key) ?? 0 }\n}\n"
    ),
    "exports and imports": Honest(
        "import { strict as assert } from 'assert'\nimport type { Interface } from 'readline'\n"
        "export const f = <T extends number>(n: T): number => { assert(n > 0); return n + 1 }\n",
        tests=REQUIRED + "assert.equal(f(2), 3)\n",
        whole=True,
        declaration="function f(n: number): number {\n",
    ),
    "names of node's": Honest(
        RIGHT + "function process(module: string, exports = 1): string { return module + exports }\n"
    ),
    "tests with types": Honest(
        "type Pair = [string, number]\nfunction f(p: Pair): Pair { return [p[0], p[1] + 1] }\n",
        tests=REQUIRED + "interface Case { given: [string, number]; wanted?: [string, number] }\n"
        "const all: Case[] = [{ given: ['a', 1], wanted: ['a', 2] }]\n"
        "for (const one of all) assert.deepEqual(f(one.given as [string, number]), one.wanted!)\n",
        whole=True,
    ),
}

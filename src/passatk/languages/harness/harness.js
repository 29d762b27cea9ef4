// Runs program.js as a CommonJS module, then tests.js in a realm of its own, where console.assert ends the process. The
// token is given after the tests' last statement, if they asserted something.
'use strict'
;(() => {
  const fs = require('fs')
  const vm = require('vm')
  const { Module } = require('module')
  const token = Buffer.alloc(32)
  fs.readSync(0, token, 0, 32, null)

  // else what is printed faster than it is read piles up in memory; a stream that nobody uses is not made
  for (const name of ['stdout', 'stderr']) {
    const described = Object.getOwnPropertyDescriptor(process, name)
    const made = described.get
    described.get = () => {
      const stream = made.call(process)
      stream._handle?.setBlocking?.(true)
      return stream
    }
    Object.defineProperty(process, name, described)
  }

  const exit = process.reallyExit.bind(process)
  const give = fs.writeSync.bind(fs, 3, token, 0, 32)
  const write = fs.writeSync.bind(fs, 2)
  const leave = (code, words) => {
    try {
      if (words) write(words + '\n')
    } finally {
      exit(code)
    }
  }
  const taken = (name) => {
    const text = fs.readFileSync(name, 'utf8')
    fs.unlinkSync(name) // the tests are nothing for the program to read
    return text
  }

  // all of the tests' realm is made before the program runs
  const realm = vm.createContext(Object.create(null), { name: 'tests' })
  const main = {}
  for (const name of vm.runInContext('Object.getOwnPropertyNames(globalThis)', realm)) main[name] = globalThis[name]
  for (const name of ['Buffer', 'clearTimeout', 'process', 'queueMicrotask', 'setImmediate', 'setTimeout']) {
    realm[name] = globalThis[name]
  }
  const forProgram = (call) => function (...args) {
    const answer = call(this, args)
    if (answer[0]) return answer[1]
    throw answer[1]
  }
  const { toTests } = vm.runInContext(taken('membrane.js'), realm)(main, forProgram)
  let asserted = 0
  const counting = {
    failed: (words) => leave(65, 'Assertion failed' + words),
    count: () => { asserted += 1 }
  }
  const assert = vm.runInContext(`(({ count, failed }) => {
    const words = (message) => message.map((part) => ' ' + String(part)).join('')
    return (condition, ...message) => {
      count()
      if (!condition) failed(words(message) + new Error().stack.split('\\n').slice(2, 3).join(''))
    }
  })`, realm)(counting)
  realm.console = Object.assign(Object.create(null), console, { assert })

  const text = taken('tests.js')
  // node's own assertions, as they are before the program can change them; called from the tests' realm, whose arrays
  // the program cannot change
  const withAssertions = () => {
    const node = require('assert')
    node.deepEqual({}, {}) // loads what it compares with
    const trusted = vm.runInContext(`(({ count, failed }, AssertionError, modules) => {
      const missed = (error) => {
        if (error instanceof AssertionError) failed(' ' + error.message)
        throw error
      }
      const call = (original) => (...given) => {
        count()
        try {
          const answer = original(...given)
          return typeof answer === 'object' && answer !== null ? answer.then(undefined, missed) : answer
        } catch (error) {
          missed(error)
        }
      }
      const made = modules.map((module) => {
        const own = (condition, message) => {
          count()
          if (!condition) failed(message === undefined ? '' : ' ' + message)
        }
        for (const [name, original] of module) own[name] = name === 'ok' ? own : call(original)
        return Object.assign(own, { AssertionError })
      })
      for (const own of made) own.strict = made[1]
      return made
    })`, realm)
    const functions = (module) => Object.entries(module).filter(([name]) => /^[a-z]/.test(name) && name !== 'strict')
    const [loose, strict] = trusted(counting, node.AssertionError, [functions(node), functions(node.strict)])
    return vm.runInContext(`(loose, strict, require) => {
      const own = { assert: loose, 'node:assert': loose, 'assert/strict': strict, 'node:assert/strict': strict }
      return (name) => typeof name === 'string' && Object.prototype.hasOwnProperty.call(own, name) ? own[name] : require(name)
    }`, realm)(loose, strict, require)
  }
  realm.require = /\brequire\b/.test(text) ? withAssertions() : require

  let tests
  const source = taken('program.js')
  const path = process.cwd() + '/program.js'
  try {
    vm.compileFunction(source, ['exports', 'require', 'module', '__filename', '__dirname'], { filename: path })
    tests = new vm.Script("'use strict';" + text, { filename: 'tests.js' })
  } catch (error) {
    leave(64, error.stack)
  }

  let handed = null
  Object.defineProperty(globalThis, '__passatk_hand', { value: (names) => { handed = names }, enumerable: false })
  const program = new Module(path, null)
  program.filename = path
  program.paths = Module._nodeModulePaths(process.cwd())
  const describe = vm.runInContext(`(error) => {
    try {
      return String((error !== null && typeof error === 'object' && error.stack) || error)
    } catch {
      return 'the program threw what cannot be printed'
    }
  }`, realm)
  const fail = (error) => leave(1, 'Uncaught ' + describe(error))
  const then = vm.runInContext('(value, done, fail) => value instanceof Promise ? value.then(done, fail) : done()', realm)
  const define = vm.runInContext('(name, value) => Reflect.defineProperty(globalThis, name, { value, writable: true, configurable: true })', realm)
  const done = () => {
    if (asserted > 0) give()
    exit(0)
  }
  try {
    program._compile(source, path)
    if (handed === null) return // it returned before its end: nothing is proven
    for (const name of process.argv.slice(2)) {
      if (handed[name] !== undefined) define(name, toTests(handed[name]))
    }
    then(tests.runInContext(realm), done, fail)
  } catch (error) {
    fail(error)
  }
})()

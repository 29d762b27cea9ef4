// Runs a program with its tests behind it, in one process: for tests that need more of a program than values.
'use strict'
module.exports = () => {
  // a program may take them away
  const { Object, Promise, Proxy, String } = globalThis
  const fs = require('fs')
  const node = require('assert')
  const { inspect } = require('util')
  const token = Buffer.alloc(32)
  fs.readSync(0, token, 0, 32, null)
  const give = fs.writeSync.bind(fs, 3, token, 0, 32)

  let [ran, asserted, ended, hasLeft] = [false, 0, false, false]
  const { exit, start, leave } = passatkStart(module, () => ran)
  const describe = (value) => {
    try {
      return String(value)
    } catch {
      return 'what cannot be printed'
    }
  }
  const { assert, required } = passatkAssertions({
    node,
    require: module.constructor.createRequire(`${process.cwd()}/program.js`),
    untold: new Error('untold'),
    inspect,
    describe,
    count: () => { asserted++ },
    failed: (words) => leave(65, `Assertion failed${words}`),
    refused: (words) => leave(1, `Error: ${words}`)
  })
  const over = new Error('the tests have ended')
  process.on('uncaughtException', (error) => {
    if (error === over) return
    leave(error instanceof node.AssertionError ? 65 : 1, `Uncaught ${(error && error.stack) || String(error)}`)
  })

  // what the program repeats for ever is not waited for when the tests have ended
  const { setInterval } = globalThis
  const repeated = []
  globalThis.setInterval = (...given) => {
    const timer = setInterval(...given)
    repeated.push(timer)
    return ended ? timer.unref() : timer
  }
  const end = () => {
    ended = true
    repeated.forEach((timer) => timer.unref())
  }

  // tests that exit: all that they have begun goes on, but for what called this
  const left = (code = process.exitCode) => {
    if (Number(code ?? 0) !== 0 && !hasLeft) leave(65, `Error: the tests exited with ${code}`)
    hasLeft = true
    end()
    throw over
  }

  // what the tests do when the process ends
  const lastly = []
  const LISTENS = { __proto__: null, on: true, once: true, addListener: true, prependListener: true }
  const ownProcess = new Proxy(process, {
    get: (found, name) => name === 'exit' ? left : name in LISTENS ? listening(found[name]) : found[name]
  })
  const listening = (listen) => (event, listener) => {
    if (event === 'exit') lastly[lastly.length] = listener
    else listen.call(process, event, listener)
    return ownProcess
  }
  const endLastly = () => {
    for (let i = 0; i < lastly.length; i++) {
      try {
        lastly[i].call(process, Number(process.exitCode ?? 0))
      } catch (error) {
        if (error !== over) throw error
      }
    }
  }

  const done = () => {
    if (!ended) leave(1, 'Error: the tests did not come to their end')
    endLastly()
    if (asserted === 0) leave(1, 'Error: the tests asserted nothing')
    if (process.exitCode) leave(65, `Error: the tests set the exit code ${process.exitCode}`)
    give()
    exit(0)
  }
  // what the program calls behind its code: `test` runs the tests, which find what it exports; `goesOn`: they may do
  // something later; `throws`: they have no other assertions
  const value = (test, exported, { goesOn, throws }) => {
    ran = true
    asserted = throws ? 1 : 0
    for (const name of Object.keys(exported)) if (!(name in globalThis)) globalThis[name] = exported[name]
    const ownConsole = new Proxy(console, { get: (found, name) => name === 'assert' ? assert : found[name] })
    let last
    try {
      last = test(required, ownConsole, setInterval, ownProcess)
    } catch (error) {
      if (error !== over) throw error
    }
    const isPromise = last instanceof Promise
    if (isPromise) last.then(end)
    else end()
    if (!isPromise && asserted > 0 && !goesOn) done()
    process.once('beforeExit', done)
  }
  Object.defineProperty(globalThis, process.argv.splice(2)[0], { value, enumerable: false })
  start(() => {})
}
if (require.main === module) module.exports()

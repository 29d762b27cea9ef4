// Runs a program with its tests behind it, in one process: for tests that need more of a program than values.
'use strict'
;(() => {
  const fs = require('fs')
  const node = require('assert')
  const { inspect } = require('util')
  const token = Buffer.alloc(32)
  fs.readSync(0, token, 0, 32, null)
  const give = fs.writeSync.bind(fs, 3, token, 0, 32)

  let [ran, asserted, ended] = [false, 0, false]
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
  process.on('uncaughtException', (error) => {
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

  const done = () => {
    if (!ended) leave(1, 'Error: the tests did not come to their end')
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
    const last = test(required, ownConsole, setInterval)
    const isPromise = last instanceof Promise
    if (isPromise) last.then(end)
    else end()
    if (!isPromise && asserted > 0 && !goesOn) done()
    process.once('beforeExit', done)
  }
  Object.defineProperty(globalThis, '__passatk_end', { value, enumerable: false })
  start(() => {})
})()

// Runs a program with its tests behind it, in one process: for tests that need more of a program than values.
'use strict'
;(() => {
  const fs = require('fs')
  const { AssertionError } = require('assert')
  const token = Buffer.alloc(32)
  fs.readSync(0, token, 0, 32, null)
  const give = fs.writeSync.bind(fs, 3, token, 0, 32)

  let ran = false
  const { exit, start, leave } = passatkStart(module, () => ran)
  const done = () => {
    give()
    exit(0)
  }
  console.assert = (condition, ...message) => {
    if (!condition) leave(65, ['Assertion failed', ...message].join(' '))
  }
  process.on('uncaughtException', (error) => {
    leave(error instanceof AssertionError ? 65 : 1, `Uncaught ${(error && error.stack) || String(error)}`)
  })
  // what the program calls behind its tests, with their last value
  const value = (last) => {
    ran = true
    return last instanceof Promise ? last.then(done) : done()
  }
  Object.defineProperty(globalThis, '__passatk_end', { value, enumerable: false })
  start(() => {})
})()

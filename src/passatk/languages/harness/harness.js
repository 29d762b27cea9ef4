// Runs program.js as a CommonJS module; an assertion that does not hold ends it, and the token is given at the end.
'use strict'
;(() => {
  const fs = require('fs')
  const vm = require('vm')
  const { Module } = require('module')
  const token = Buffer.alloc(32)
  fs.readSync(0, token, 0, 32, null)

  let asserted = 0
  let failed = false
  let finished = false
  const report = console.error.bind(console)
  const exit = process.reallyExit.bind(process)
  const give = fs.writeSync.bind(fs)
  const strict = (condition, ...message) => {
    asserted += 1
    if (condition) return
    failed = true
    report('Assertion failed', ...message, new Error().stack.split('\n').slice(2, 3).join(''))
    exit(65)
  }
  Object.defineProperty(console, 'assert', { value: strict, writable: false, configurable: false })
  Object.defineProperty(globalThis, 'console', { value: console, writable: false, configurable: false })

  const source = fs.readFileSync('program.js', 'utf8')
  try {
    new vm.Script(Module.wrap(source), { filename: 'program.js' })
  } catch (error) {
    report(error.stack)
    exit(64)
  }
  const asserts = source.includes('console.assert')
  process.on('exit', (code) => {
    if (finished && !failed && code === 0 && (asserted > 0 || !asserts)) give(3, token)
  })
  require(process.cwd() + '/program.js')
  finished = true
})()

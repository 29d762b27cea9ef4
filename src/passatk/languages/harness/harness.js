// Runs program.js as a CommonJS module. Its tests call an assertion that ends it, and a last statement that finishes;
// both have names made from the program itself. The token is given at exit, if the tests finished and asserted.
'use strict'
;(() => {
  const fs = require('fs')
  const vm = require('vm')
  const { Module } = require('module')
  const token = Buffer.alloc(32)
  fs.readSync(0, token, 0, 32, null)

  const mark = process.argv[2]
  process.argv.splice(2)
  let asserted = 0
  let failed = false
  let finished = false
  const report = console.error.bind(console)
  const exit = process.reallyExit.bind(process)
  const give = fs.writeSync.bind(fs)
  const own = {
    assert: (condition, ...message) => {
      asserted += 1
      if (condition) return
      failed = true
      report('Assertion failed', ...message, new Error().stack.split('\n').slice(2, 3).join(''))
      exit(65)
    },
    finish: () => { finished = true }
  }
  for (const name of Object.keys(own)) {
    Object.defineProperty(globalThis, `__${name}_${mark}`, { value: own[name], enumerable: false })
  }

  const path = process.cwd() + '/program.js'
  const source = fs.readFileSync(path, 'utf8')
  fs.unlinkSync(path) // the tests are nothing for the program to read
  try {
    new vm.Script(Module.wrap(source), { filename: path })
  } catch (error) {
    report(error.stack)
    exit(64)
  }
  process.on('exit', (code) => {
    if (finished && !failed && code === 0 && asserted > 0) give(3, token)
  })
  const program = new Module(path, null)
  program.filename = path
  program.paths = Module._nodeModulePaths(process.cwd())
  program._compile(source, path)
})()

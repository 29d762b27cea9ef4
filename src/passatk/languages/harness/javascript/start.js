// What both ways to run a program begin with. `start` runs program.js as a CommonJS module, or as an ES module where it
// is one, and calls `ended` with its exports. An expression; `hasRun`: its code came to its last line.
(module, hasRun) => {
  'use strict'
  const fs = require('fs')
  const vm = require('vm')
  const Module = module.constructor

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
  const write = fs.writeSync.bind(fs, 2)
  const leave = (code, words) => {
    try {
      write(words + '\n')
    } finally {
      exit(code)
    }
  }

  const startModule = (source, ended) => {
    fs.writeFileSync('program.mjs', source)
    import(require('url').pathToFileURL('program.mjs')).then(ended, (error) => {
      leave(!hasRun() && error instanceof SyntaxError ? 64 : 1, (error && error.stack) || `Uncaught ${String(error)}`)
    })
  }

  const start = (ended) => {
    const path = process.cwd() + '/program.js'
    const source = fs.readFileSync(path, 'utf8').replace(/^\ufeff?#!.*/, '')
    // `import` does not look at NODE_PATH
    const modules = process.env.NODE_PATH
    if (modules && /\bimport\b/.test(source) && !fs.existsSync('node_modules')) fs.symlinkSync(modules, 'node_modules')
    try {
      vm.compileFunction(source, ['exports', 'require', 'module', '__filename', '__dirname'], { filename: path })
    } catch (error) {
      if (/^\s*(?:import|export)\b|\bawait\b|\bimport\.meta\b/m.test(source)) return startModule(source, ended)
      leave(64, error.stack)
    }
    const program = new Module(path, null)
    program.filename = path
    program.paths = Module._nodeModulePaths(process.cwd())
    program._compile(source, path)
    ended(program.exports)
  }
  return { exit, start, leave }
}

// A node that has started, and forks for each program: its argument is the addon, see ../native/node.cc. A child goes on as if its
// command had been executed: one of the files beside this one, with arguments.
'use strict'
;(() => {
  const parent = require(process.argv[2])
  const fs = require('fs')
  const { types } = require('util')
  const ways = new Map()
  for (const name of ['serve', 'together']) {
    const path = `${__dirname}/${name}.js`
    ways.set(path, require(path))
    delete require.cache[path]
  }
  delete require.cache[process.argv[2]]
  module.children.length = 0

  // a program as most are, asked some questions: what that needs is compiled here, once for all
  const questions = (values) => {
    const { Writer } = values(types, Buffer)
    const asked = []
    for (const value of [7, -0.5, 'text', 'Gr\u00fc\u00dfe', true, null, [1, 2, 3], ['a', 'b'], [[1.5, []]], { a: 1, b: 'c' }]) {
      const writer = new Writer()
      writer.sign('C')
      writer.number64(BigInt(asked.length))
      writer.byte(0)
      writer.byte(0)
      writer.byte(1)
      writer.value(value)
      asked.push(writer.message())
    }
    return Buffer.concat(asked)
  }

  const rehearse = (serve) => {
    const over = new Error('the rehearsal is over')
    const { reallyExit, argv } = process
    const { readSync, writeSync } = fs
    const streams = Object.getOwnPropertyDescriptors(process)
    const asked = questions(serve.values)
    let at = 0
    fs.readSync = (fd, raw, from, size) => {
      const got = asked.copy(raw, from, at, at + size)
      at += got
      return got
    }
    fs.writeSync = (fd, raw, from, size) => size
    process.reallyExit = () => { throw over }
    process.argv = [process.execPath, `${__dirname}/serve.js`, 'f']
    process.chdir(`${__dirname}/rehearsal`)
    try {
      serve()
    } catch (error) {
      if (error !== over) throw error
    }
    Object.assign(process, { reallyExit, argv })
    for (const name of ['stdout', 'stderr']) Object.defineProperty(process, name, streams[name])
    Object.assign(fs, { readSync, writeSync })
    delete globalThis.__passatk_hand
  }
  rehearse(ways.get(`${__dirname}/serve.js`))

  const told = parent.serve()

  const pid = Object.getOwnPropertyDescriptor(process, 'pid')
  Object.defineProperty(process, 'pid', { ...pid, value: Number(fs.readlinkSync('/proc/self')) })
  process.chdir('.') // node knows it by heart
  process.reallyExit = parent.exit
  process.on('exit', parent.ends)
  if (told === '') return setTimeout(() => { process.exitCode = 42 }, 1)
  const [number, ...words] = told.split('\0')
  const argv = words.slice(0, Number(number))
  const at = argv.findIndex((argument) => ways.has(argument))
  process.argv = [process.execPath, ...argv.slice(at)]
  ways.get(argv[at])()
})()

// Holds the tests and asks the program, see docs/wall.md. Nothing of the program's code ever runs here.
// Stays from program to program: each line on its input is an examination, in a realm of its own,
//   PID TOKEN SAID ANSWERS CALLS WORDS PATH
// by descriptors of the process PID, with the tests in PATH.json.
'use strict'
const fs = require('fs')
const node = require('assert')
const vm = require('vm')
const { inspect, types } = require('util')

const text = (name) => fs.readFileSync(`${__dirname}/${name}`, 'utf8')
const values = new vm.Script(text('values.js'), { filename: 'values.js' })
const realm = new vm.Script(text('realm.js'), { filename: 'realm.js' })
const assertions = new vm.Script(text('assertions.js'), { filename: 'assertions.js' })
const MOST_BYTES = 16 << 20
const MOST_LINE = 4096
const TOKEN_BYTES = 32
const MOST_WORDS = 2000
const sleeper = new Int32Array(new SharedArrayBuffer(4))

const patient = (doing) => {
  for (;;) {
    try {
      return doing()
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error
      Atomics.wait(sleeper, 0, 0, 1)
    }
  }
}

const write = (fd, raw) => {
  for (let at = 0; at < raw.length;) at += patient(() => fs.writeSync(fd, raw, at, raw.length - at))
}

// `size` bytes, null where they end before
const read = (fd, size) => {
  const raw = Buffer.allocUnsafe(size)
  for (let at = 0; at < size;) {
    const got = patient(() => fs.readSync(fd, raw, at, size - at, null))
    if (got === 0) return null
    at += got
  }
  return raw
}

// the answer to a question: a message, null at the end of the pipe, or what is wrong with it
const exchanging = (fdIn, fdOut) => (question) => {
  try {
    write(fdOut, question)
  } catch (error) {
    if (error.code !== 'EPIPE') throw error
    return null
  }
  const head = read(fdIn, 4)
  if (head === null) return null
  const size = head.readUInt32LE(0)
  return size > MOST_BYTES ? `a message of ${size} bytes` : read(fdIn, size)
}

// what nobody can know who has not the token, and what does not tell it
const firstNumber = (token) => [0, 8, 16, 24].reduce((all, at) => all ^ token.readBigUInt64LE(at), 0n)

// What the tests have beside their language. What they may change for those that come after is lent: see `main`.
const furnish = (context, { assert, required }, state) => {
  const lend = (name, value) => Object.defineProperty(context, name, {
    configurable: true,
    get () {
      state.lent = true
      return value
    },
    set (own) { Object.defineProperty(context, name, { value: own, writable: true }) }
  })
  lend('process', process)
  lend('Buffer', Buffer)
  context.queueMicrotask = queueMicrotask
  context.console = Object.assign(Object.create(null), console, { assert })
  context.require = required
}

// resolves when nothing is left to be done
const idle = () => new Promise((resolve) => process.once('beforeExit', resolve))

// The line that the tests of `source` come to, as bytes, and whether they were lent something: builds all anew, in a
// realm of its own.
const examine = async (source, name, token, fdIn, fdOut) => {
  const { calls, helpers, tests, throws } = JSON.parse(source)
  const context = vm.createContext(Object.create(null), { name })
  const state = { said: null, asserted: throws ? 1 : 0, answered: 0, lent: false, left: false }
  const told = new Promise((resolve) => {
    state.say = (line) => {
      if (state.said === null) state.said = line
      resolve()
    }
  })
  const lending = (module) => {
    if (module !== 'js-md5') state.lent = true
    return require(module)
  }
  const codec = values.runInContext(context)(types, Buffer)
  const room = realm.runInContext(context)({
    codec,
    state,
    names: calls,
    exchange: exchanging(fdIn, fdOut),
    first: firstNumber(token),
    assertions: assertions.runInContext(context),
    asserting: { node, require: lending, untold: new Error('untold'), inspect }
  })
  furnish(context, room, state)
  process.exit = (code = process.exitCode) => room.leave(code ?? 0)
  process.on('uncaughtException', room.uncaught)
  let ended = true
  const attempt = (doing) => {
    try {
      doing()
    } catch (error) {
      room.uncaught(error)
    }
  }
  try {
    attempt(() => {
      if (helpers) vm.runInContext(helpers, context, { filename: 'prompt.js' })
      const last = vm.runInContext(tests, context, { filename: 'tests.js' })
      if (room.isPromise(last)) {
        ended = false
        last.then(() => { ended = true }, room.uncaught)
      }
    })
    await Promise.race([told, idle()])
    for (const listener of process.listeners('exit')) attempt(() => listener.call(process, Number(process.exitCode ?? 0)))
    if (!ended && !state.left) state.say('error the tests did not come to their end')
    if (process.exitCode) state.say(`failed the tests set the exit code ${process.exitCode}`)
  } finally {
    await new Promise((resolve) => setImmediate(resolve)) // what the tests left undone ends in their own time
    process.off('uncaughtException', room.uncaught)
    process.removeAllListeners('beforeExit')
  }
  return { line: verdict(state, token), lent: state.lent }
}

const verdict = ({ said, asserted, answered }, token) => {
  if (said !== null) return Buffer.from(said.replace(/\s+/g, ' ').slice(0, MOST_WORDS) + '\n')
  if (asserted === 0) return Buffer.from('error the tests asserted nothing\n')
  if (answered === 0) return Buffer.from('error the tests asked nothing of the program\n')
  return Buffer.concat([Buffer.from('passed '), token, Buffer.from('\n')])
}

const end = (fdOut) => {
  try {
    write(fdOut, Buffer.from([1, 0, 0, 0, 0x45]))
  } catch {} // the program is gone
}

const next = () => {
  const line = Buffer.alloc(MOST_LINE)
  const size = patient(() => fs.readSync(0, line, 0, MOST_LINE, null))
  return size === 0 ? null : line.toString('utf8', 0, size).trim().split(' ')
}

const main = async () => {
  for (let asked = next(); asked !== null; asked = next()) {
    const [pid, token, said, answers, calls, , path] = asked
    const open = (fd, flags) => fs.openSync(`/proc/${pid}/fd/${fd}`, flags)
    const { O_RDONLY, O_WRONLY } = fs.constants
    const given = [open(token, O_RDONLY), open(said, O_WRONLY), open(answers, O_RDONLY), open(calls, O_WRONLY)]
    write(3, Buffer.from('o'))
    const source = fs.readFileSync(`${path}.json`, 'utf8')
    const { line, lent } = await examine(source, path, read(given[0], TOKEN_BYTES), given[2], given[3])
    write(given[1], line)
    end(given[3])
    given.forEach((fd) => fs.closeSync(fd))
    if (lent) break // another process examines the next program
  }
  process.reallyExit(0)
}

main()

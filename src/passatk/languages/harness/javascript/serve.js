// Runs program.js, then answers the calls that come on descriptor 3, see docs/wall.md. Its arguments are the names of the
// functions that may be called.
'use strict'
;(() => {
  const fs = require('fs')
  const { types } = require('util')
  const { Pending, Reader, Writer, MOST_BYTES, errorKind } = passatkValues(types, Buffer)
  const names = process.argv.splice(2)

  let handed = null
  const { exit, start } = passatkStart(module, () => handed !== null)
  const [readSync, writeSync] = [fs.readSync.bind(fs), fs.writeSync.bind(fs)]
  const sleeper = new Int32Array(new SharedArrayBuffer(4))
  const wait = Atomics.wait.bind(Atomics, sleeper, 0, 0, 1)
  const patient = (doing) => {
    for (;;) {
      try {
        return doing()
      } catch (error) {
        if (error.code !== 'EAGAIN') throw error
        wait()
      }
    }
  }

  // `size` bytes of what the examiner sends, null at its end
  const read = (size) => {
    const raw = Buffer.allocUnsafe(size)
    for (let at = 0; at < size;) {
      const got = patient(() => readSync(3, raw, at, size - at, null))
      if (got === 0) return null
      at += got
    }
    return raw
  }

  const send = (writer) => {
    const raw = writer.message()
    for (let at = 0; at < raw.length;) at += patient(() => writeSync(4, raw, at, raw.length - at))
  }

  const begun = (sign, number) => {
    const writer = new Writer(settled)
    writer.sign(sign)
    writer.number64(number)
    return writer
  }

  // promises that were waited for -> whether they were kept, and their value
  const settled = new WeakMap()
  const [setOutcome, thenOf] = [settled.set.bind(settled), Function.prototype.call.bind(Promise.prototype.then)]

  const thrown = (number, error) => {
    let [kind, words] = ['Error', 'what cannot be printed']
    try {
      if (error !== null && (typeof error === 'object' || typeof error === 'function')) {
        const standard = errorKind(error)
        const name = String(error.name)
        kind = standard === '' ? 'object' : name === standard ? standard : `${name} ${standard}`
        words = standard === '' ? Object.prototype.toString.call(error) : String(error.message)
      } else {
        kind = error === null ? 'null' : typeof error
        words = String(error)
      }
    } catch {}
    let writer = begun('X', number)
    try {
      writer.text(kind)
      writer.text(words)
    } catch {
      writer = begun('X', number)
      writer.text('Error')
      writer.text('an error with more than 16 MiB of words')
    }
    send(writer)
  }

  const encoded = (value) => {
    const writer = new Writer(settled)
    writer.value(value)
    return writer.raw.subarray(4, writer.at)
  }

  // an object of the tests' own class comes here as a plain one: what it has of its own, without its methods
  const reading = (raw) => new Reader(raw, () => Object.prototype)

  // `before`: what was sent
  const isChanged = (value, before) => {
    const now = encoded(value)
    return !now.equals(before) && !now.equals(encoded(reading(before).value()))
  }

  const result = (call, value) => {
    const writer = begun('R', call.number)
    writer.value(value)
    const changed = []
    if (value === undefined) {
      for (let i = 0; i < call.args.length; i++) {
        if (typeof call.args[i] === 'object' && call.args[i] !== null && isChanged(call.args[i], call.before[i])) {
          changed[changed.length] = i
        }
      }
    }
    writer.byte(changed.length)
    for (let i = 0; i < changed.length; i++) {
      writer.byte(changed[i])
      writer.value(call.args[changed[i]])
    }
    return writer
  }

  // whether the call was answered; else it will be, and `serve` goes on then
  const answer = (call, value) => {
    let writer
    try {
      writer = result(call, value)
    } catch (error) {
      if (!(error instanceof Pending)) {
        thrown(call.number, error)
        return true
      }
      const goOn = (kept) => (outcome) => {
        setOutcome(error.promise, [kept, outcome])
        if (answer(call, value)) serve()
      }
      thenOf(error.promise, goOn(true), goOn(false))
      return false
    }
    send(writer)
    return true
  }

  const next = () => {
    const head = read(4)
    if (head === null) return null
    const size = head.readUInt32LE(0)
    const raw = size > MOST_BYTES ? null : read(size)
    if (raw === null) return null
    const reader = reading(raw)
    if (reader.letter() !== 'C') return null
    const call = { number: reader.number64(), which: reader.byte() | (reader.byte() << 8), args: [], before: [] }
    for (let left = reader.byte(); left > 0; left--) {
      const start = reader.at
      call.args[call.args.length] = reader.value()
      call.before[call.before.length] = raw.subarray(start, reader.at)
    }
    return call
  }

  let functions = null
  const apply = Reflect.apply
  const serve = () => {
    for (;;) {
      const call = next()
      if (call === null) return exit(0)
      let value
      try {
        const called = functions[call.which]
        if (called === undefined) throw new ReferenceError(`${names[call.which]} is not defined`)
        if (typeof called !== 'function') throw new TypeError(`${names[call.which]} is not a function`)
        value = apply(called, undefined, call.args)
      } catch (error) {
        thrown(call.number, error)
        continue
      }
      if (!answer(call, value)) return
    }
  }

  const begin = (exported) => {
    if (handed === null) return // it returned before its end: it has nothing to call
    const others = exported !== null && (typeof exported === 'object' || typeof exported === 'function') ? exported : {}
    functions = names.map((name, index) => {
      if (handed[name] !== undefined) return handed[name]
      if (others[name] !== undefined) return others[name]
      return index !== 0 ? undefined : typeof exported === 'function' ? exported : others.default
    })
    serve()
  }

  Object.defineProperty(globalThis, '__passatk_hand', {
    value: (found) => { handed = found },
    enumerable: false,
    configurable: true
  })
  start(begin)
})()

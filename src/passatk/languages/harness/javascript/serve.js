// Runs program.js, then answers the calls that come on descriptor 3, see docs/wall.md. Its arguments are the names of the
// functions that may be called: `f!` is `f` where the tests drop its result, and see what it changed.
'use strict'
module.exports = () => {
  // a program may take them away
  const { Array, BigInt, Error, Object, Promise, ReferenceError, Reflect, String, TypeError } = globalThis
  const { Buffer } = require('buffer')
  const fs = require('fs')
  const { types } = require('util')
  const { Pending, Reader, Writer, MOST_BYTES, errorKind } = passatkValues(types, Buffer)
  const given = process.argv.splice(2)
  const drops = given.map((name) => name.endsWith('!'))
  const names = given.map((name) => name.replace('!', ''))
  const { isArray } = Array
  const isObject = (value) => typeof value === 'object' && value !== null
  const tagOf = Function.prototype.call.bind(Object.prototype.toString)

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
  const resolved = Promise.resolve.bind(Promise)

  const describe = (error) => {
    try {
      if (!isObject(error) && typeof error !== 'function') return [typeof error, String(error)]
      const standard = errorKind(error)
      if (standard === '') return ['object', tagOf(error)]
      const name = String(error.name)
      return [name === standard ? standard : `${name} ${standard}`, String(error.message)]
    } catch {
      return ['Error', 'what cannot be printed']
    }
  }

  const thrown = (number, error) => {
    const [kind, words] = describe(error)
    const ways = [
      (writer) => { writer.text(kind); writer.text(words); writer.value(error) },
      (writer) => { writer.text(kind); writer.text(words) },
      (writer) => { writer.text('Error'); writer.text('an error with more than 16 MiB of words') }
    ]
    for (let i = 0; i < ways.length; i++) {
      const writer = begun('X', number)
      try {
        ways[i](writer)
      } catch {
        continue
      }
      return send(writer)
    }
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
    writer.value(call.drops && !types.isPromise(value) ? undefined : value)
    const changed = []
    if (call.drops) {
      for (let i = 0; i < call.args.length; i++) {
        if (isObject(call.args[i]) && isChanged(call.args[i], call.before[i])) changed[changed.length] = i
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
    const [call, which] = [{ number: reader.number64(), args: [], before: [] }, reader.byte() | (reader.byte() << 8)]
    call.name = names[which]
    call.drops = drops[which]
    for (let left = reader.byte(); left > 0; left--) {
      const start = reader.at
      call.args[call.args.length] = reader.value()
      if (call.drops) call.before[call.before.length] = raw.subarray(start, reader.at)
    }
    return call
  }

  let exported = {}
  // looked up at each call: a function may replace itself
  const named = (name) => {
    if (handed !== null && handed[name] !== undefined) return handed[name]
    if (exported[name] !== undefined) return exported[name]
    return name !== names[0] ? undefined : typeof exported === 'function' ? exported : exported.default
  }

  const apply = Reflect.apply
  const serve = () => {
    for (;;) {
      const call = next()
      if (call === null) return exit(0)
      let value
      try {
        const called = named(call.name)
        if (called === undefined) throw new ReferenceError(`${call.name} is not defined`)
        if (typeof called !== 'function') throw new TypeError(`${call.name} is not a function`)
        value = apply(called, undefined, call.args)
        if (isObject(value) && !isArray(value) && !types.isPromise(value) && typeof value.then === 'function') value = resolved(value)
      } catch (error) {
        thrown(call.number, error)
        continue
      }
      if (!answer(call, value)) return
    }
  }

  const begin = (found) => {
    if (isObject(found) || typeof found === 'function') exported = found
    // it may return before its end where it is not the main module; else it has nothing to call
    if (handed !== null || typeof exported[names[0]] === 'function') serve()
  }

  Object.defineProperty(globalThis, '__passatk_hand', {
    value: (found) => { handed = found },
    enumerable: false,
    configurable: true
  })
  start(begin)
}
module.exports.values = passatkValues
if (require.main === module) module.exports()

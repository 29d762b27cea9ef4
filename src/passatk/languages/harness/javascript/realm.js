// Runs in the tests' realm, fresh for every examination: what stands there for the program's functions, and the
// assertions. An expression.
(given) => {
  'use strict'
  const { codec, state, exchange, names, first } = given
  const { Broken, Reader, Writer, ERRORS, set, isPlain, newError } = codec
  const hasOwn = (object, key) => Object.prototype.hasOwnProperty.call(object, key)
  const isObject = (value) => typeof value === 'object' && value !== null
  const define = (name, value) => Reflect.defineProperty(globalThis, name, { value, writable: true, configurable: true })
  // else node asks the main realm's
  Reflect.defineProperty(Error, 'prepareStackTrace', {
    value: (error, sites) => [String(error), ...sites.map((site) => `    at ${site}`)].join('\n'),
    writable: true,
    configurable: true
  })

  // mulberry32: the same draws in every examination
  let seed = 1
  Reflect.defineProperty(Math, 'random', {
    value: function random () {
      seed = (seed + 0x6d2b79f5) | 0
      let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
    },
    writable: true,
    configurable: true
  })

  const over = new Error('the examination is over')
  // the first line is what counts, whatever the tests catch
  const end = (line) => {
    state.say(line)
    throw over
  }
  // Tests that exit: all that they have begun goes on, but for what called this. A code other than 0 says that they failed.
  const leave = (code) => {
    if (Number(code) !== 0 && !state.left) end(`failed the tests exited with ${code}`)
    state.left = true
    throw over
  }
  const describe = (error) => {
    try {
      return isObject(error) && error.message !== undefined
        ? `${error.name}: ${error.message}`
        : String(error)
    } catch {
      return 'what cannot be printed'
    }
  }

  // --- calls
  const classes = new Map()
  const prototypeOf = (name) => {
    if (!classes.has(name)) {
      const own = class {}
      Reflect.defineProperty(own, 'name', { value: name, configurable: true })
      classes.set(name, own.prototype)
    }
    return classes.get(name)
  }

  const fromProgram = new WeakSet()
  let lastThrown
  const exception = (kind, words) => {
    const [name, base] = kind.split(/ (?=\w+$)/)
    const standard = ERRORS.includes(base ?? name) ? base ?? name : 'Error'
    const error = newError(standard, words)
    if (base !== undefined) Reflect.defineProperty(error, 'name', { value: name, writable: true, configurable: true })
    return error
  }

  const kindOf = (value) => {
    if (!isObject(value)) return 'none'
    const standard = [Array, Map, Set, Date].find((made) => value instanceof made)
    return standard ?? (ArrayBuffer.isView(value) ? 'view' : isPlain(value) ? 'plain' : 'other')
  }

  // what stands where `old` stood: itself, made like `now`, where the two are of one kind
  const changedTo = (old, now) => {
    const kind = kindOf(now)
    if (kind !== kindOf(old) && !(kind === 'plain' && kindOf(old) === 'other')) return now
    if (kind === 'none' || kind === 'other') return now
    if (kind === 'view') {
      if (old.length !== now.length) return now
      old.set(now)
      return old
    }
    if (kind === Array) old.length = now.length
    if (kind === Date) old.setTime(now.getTime())
    if (kind === Map) {
      const before = new Map(old)
      old.clear()
      now.forEach((value, key) => old.set(key, changedTo(before.get(key), value)))
    }
    if (kind === Set) {
      old.clear()
      now.forEach((value) => old.add(value))
    }
    for (const key of Object.keys(old)) if (!hasOwn(now, key)) delete old[key]
    for (const key of Object.keys(now)) set(old, key, changedTo(hasOwn(old, key) ? old[key] : undefined, now[key]))
    return old
  }

  let number = first
  const written = (which, args) => {
    if (args.length > 255) throw new RangeError('a call with more than 255 arguments')
    const writer = new Writer()
    writer.sign('C')
    writer.number64(number)
    writer.byte(which & 255)
    writer.byte(which >> 8)
    writer.byte(args.length)
    for (const arg of args) {
      if (typeof arg === 'function') throw new TypeError('a function is not a value that can be handed to the program')
      writer.value(arg)
    }
    return writer.message()
  }

  const result = (reader, args, drops) => {
    const value = reader.value()
    const changed = new Map()
    for (let left = reader.byte(); left > 0; left--) {
      const place = reader.byte()
      const now = reader.value()
      if (!drops || changed.has(place) || !isObject(args[place]) || !isObject(now)) {
        throw new Broken('a changed argument that was not asked for')
      }
      changed.set(place, now)
    }
    reader.end()
    changed.forEach((now, place) => changedTo(args[place], now))
    return { value }
  }

  const answer = (raw, args, drops) => {
    const reader = new Reader(raw, prototypeOf)
    const sign = reader.letter()
    if (sign !== 'R' && sign !== 'X') throw new Broken(`a message that begins with ${JSON.stringify(sign)}`)
    if (reader.number64() !== number) throw new Broken('an answer to another call')
    if (sign === 'R') return result(reader, args, drops)
    const [kind, words] = [reader.text(), reader.text()]
    const error = reader.isAtEnd() ? exception(kind, words) : reader.value()
    reader.end()
    return { error }
  }

  const call = (which, args) => {
    if (state.said !== null) throw over
    let asked
    try {
      asked = written(which, args)
    } catch (error) {
      end(`error ${describe(error)}`)
    }
    const raw = exchange(asked)
    if (raw === null) end('ended')
    if (typeof raw === 'string') end(`broken ${raw}`)
    let answered
    try {
      answered = answer(raw, args, names[which].endsWith('!'))
    } catch (error) {
      end(error instanceof Broken ? `broken ${error.message}` : `error ${describe(error)}`)
    }
    number = BigInt.asUintN(64, number + 1n)
    state.answered++
    if (!('error' in answered)) return answered.value
    if (isObject(answered.error)) fromProgram.add(answered.error)
    lastThrown = answered.error
    throw answered.error
  }
  const stubs = names.map((name, which) => {
    const stub = (...args) => call(which, args)
    Reflect.defineProperty(stub, 'name', { value: name, configurable: true })
    return stub
  })
  const dropping = new Map()
  names.forEach((name, which) => {
    if (name.endsWith('!')) dropping.set(stubs[names.indexOf(name.slice(0, -1))], stubs[which])
    else define(name, stubs[which])
  })
  // what tests call where they drop the result
  define('passatkDropped', (called) => dropping.get(called) ?? called)

  const { assert, required } = given.assertions({
    ...given.asserting,
    describe,
    count: () => { state.asserted++ },
    failed: (words) => end(`failed Assertion failed${words}`),
    refused: (words) => end(`error ${words}`)
  })

  const uncaught = (error) => {
    if (error === over) return
    const raised = isObject(error) ? fromProgram.has(error) : state.answered > 0 && error === lastThrown
    state.say(`${raised ? 'raised' : 'error'} ${describe(error)}`)
  }
  return { assert, required, uncaught, leave, isPromise: (value) => value instanceof Promise }
}

// Runs in the tests' realm, fresh for every examination: what stands there for the program's functions, and the
// assertions. An expression.
(given) => {
  'use strict'
  const { codec, state, exchange, names, first, inspect } = given
  const { Broken, Reader, Writer, ERRORS } = codec
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
  const describe = (error) => {
    try {
      return error !== null && typeof error === 'object' && error.message !== undefined
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
    const plain = { string: () => words, number: () => Number(words), boolean: () => words === 'true', undefined: () => undefined, null: () => null }
    if (Object.prototype.hasOwnProperty.call(plain, kind)) return plain[kind]()
    const standard = ERRORS.includes(base ?? name) ? base ?? name : 'Error'
    const error = new globalThis[standard](words)
    if (base !== undefined) Reflect.defineProperty(error, 'name', { value: name, writable: true, configurable: true })
    return error
  }

  const writeBack = (arg, now) => {
    if (Array.isArray(arg) && Array.isArray(now)) {
      arg.length = 0
      arg.length = now.length
    } else if (arg instanceof Map && now instanceof Map) {
      arg.clear()
      now.forEach((value, key) => arg.set(key, value))
    } else if (arg instanceof Set && now instanceof Set) {
      arg.clear()
      now.forEach((value) => arg.add(value))
    } else if (ArrayBuffer.isView(arg) && ArrayBuffer.isView(now) && arg.length === now.length) return arg.set(now)
    for (const key of Object.keys(arg)) if (!(key in now)) delete arg[key]
    Object.assign(arg, now)
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

  const result = (reader, args) => {
    const value = reader.value()
    const count = reader.byte()
    if (count > 0 && value !== undefined) throw new Broken('a result and changed arguments too')
    const changed = new Map()
    for (let left = count; left > 0; left--) {
      const place = reader.byte()
      const now = reader.value()
      const isObject = (what) => typeof what === 'object' && what !== null
      if (changed.has(place) || !isObject(args[place]) || !isObject(now)) throw new Broken('a changed argument that was not given')
      changed.set(place, now)
    }
    reader.end()
    changed.forEach((now, place) => writeBack(args[place], now))
    return { value }
  }

  const answer = (raw, args) => {
    const reader = new Reader(raw, prototypeOf)
    const sign = reader.letter()
    if (sign !== 'R' && sign !== 'X') throw new Broken(`a message that begins with ${JSON.stringify(sign)}`)
    if (reader.number64() !== number) throw new Broken('an answer to another call')
    if (sign === 'R') return result(reader, args)
    const error = exception(reader.text(), reader.text())
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
      answered = answer(raw, args)
    } catch (error) {
      end(error instanceof Broken ? `broken ${error.message}` : `error ${describe(error)}`)
    }
    number = BigInt.asUintN(64, number + 1n)
    state.answered++
    if (!('error' in answered)) return answered.value
    if (typeof answered.error === 'object' && answered.error !== null) fromProgram.add(answered.error)
    lastThrown = answered.error
    throw answered.error
  }
  names.forEach((name, which) => {
    const stub = (...args) => call(which, args)
    Reflect.defineProperty(stub, 'name', { value: name, configurable: true })
    define(name, stub)
  })

  // --- assertions
  const failed = (words) => end(`failed Assertion failed${words}`)
  const count = () => { state.asserted++ }
  const assert = (condition, ...message) => {
    count()
    if (condition) return
    const words = message.map((part) => ' ' + String(part)).join('')
    failed(words + new Error().stack.split('\n').slice(2, 3).join(''))
  }

  // node's own assertions, counted; its words about two values would be as long as the values
  const COMPARES = /^(?:not)?(?:deep)?(?:strict)?equal$/i
  const shown = (value) => inspect(value, { depth: 3, maxArrayLength: 12, maxStringLength: 80, breakLength: Infinity })
  const counted = (AssertionError, untold, modules) => {
    const counting = (name, original) => (...given) => {
      const missed = (error) => {
        if (error === untold) failed(` ${name}(${shown(given[0])}, ${shown(given[1])})`)
        if (error instanceof AssertionError) failed(' ' + error.message)
        throw error
      }
      count()
      if (given.length === 2 && COMPARES.test(name)) given.push(untold)
      try {
        const answer = original(...given)
        return typeof answer === 'object' && answer !== null ? answer.then(undefined, missed) : answer
      } catch (error) {
        missed(error)
      }
    }
    const made = modules.map((module) => {
      const own = (condition, message) => {
        count()
        if (!condition) failed(message === undefined ? '' : ' ' + message)
      }
      for (const [name, original] of module) own[name] = name === 'ok' ? own : counting(name, original)
      return Object.assign(own, { AssertionError })
    })
    for (const own of made) own.strict = made[1]
    return made
  }

  const uncaught = (error) => {
    if (error === over) return
    const isObject = typeof error === 'object' && error !== null
    const raised = isObject ? fromProgram.has(error) : state.answered > 0 && error === lastThrown
    state.say(`${raised ? 'raised' : 'error'} ${describe(error)}`)
  }
  return { assert, counted, define, uncaught, isPromise: (value) => value instanceof Promise }
}

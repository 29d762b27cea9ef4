// Runs in the tests' own realm: a set of built-ins that the program never gets hold of. What crosses is copied, and what
// cannot be copied (functions, objects of a class) is wrapped, so that neither side ever has an object of the other's.
'use strict'
;(main, forProgram) => {
  const KINDS = ['Object', 'Array', 'Map', 'Set', 'Date', 'RegExp', 'Promise', 'Error', 'TypeError', 'RangeError',
    'SyntaxError', 'ReferenceError', 'EvalError', 'URIError', 'Int8Array', 'Uint8Array', 'Uint8ClampedArray',
    'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array', 'Float32Array', 'Float64Array', 'BigInt64Array',
    'BigUint64Array']
  const here = globalThis
  // else node asks the program's, and hands it an error of this realm
  Reflect.defineProperty(Error, 'prepareStackTrace', {
    value: (error, sites) => [String(error), ...sites.map((site) => `    at ${site}`)].join('\n')
  })
  const wrapped = new WeakMap() // the program's -> ours that stands for it
  const real = new WeakMap() // and back
  const handed = new WeakMap() // our functions -> the program's that stands for it
  const ours = new WeakMap() // and back
  const isPrimitive = (value) => value === null || (typeof value !== 'object' && typeof value !== 'function')

  // one direction: `from` are the built-ins of the side a value comes from, `to` those of the side it goes to
  // `known`: what already stands for a value over there; `rest`: what to make of one that cannot be copied
  const copier = (from, to, known, rest) => {
    const kinds = new Map(KINDS.map((name) => [from[name].prototype, name]))
    const fill = (made, value, pass) => {
      for (const key of Reflect.ownKeys(value)) {
        if (typeof key === 'symbol' || !Reflect.getOwnPropertyDescriptor(value, key)?.enumerable) continue
        const part = value[key]
        // a method of its own would answer the tests' questions about it
        if (typeof part === 'function' && (ANSWERS.has(key) || (Array.isArray(made) && key in made))) continue
        Reflect.defineProperty(made, key, { value: pass(part), writable: true, enumerable: true, configurable: true })
      }
      return made
    }
    const items = (kind, value) => {
      const list = []
      here[kind].prototype.forEach.call(value, (part, key) => { list.push([key, part]) })
      return list
    }
    const copy = (value, seen) => {
      if (isPrimitive(value)) return value
      if (seen.has(value)) return seen.get(value)
      const pass = (part) => copy(part, seen)
      const keep = (made) => { seen.set(value, made); return made }
      const stand = known(value)
      if (stand !== undefined) return stand
      const prototype = Reflect.getPrototypeOf(value)
      const kind = prototype === null ? 'Object' : kinds.get(prototype)
      if (kind === 'Object') return fill(keep(new to.Object()), value, pass)
      if (kind === 'Array') {
        const made = keep(new to.Array())
        made.length = value.length
        return fill(made, value, pass)
      }
      if (kind === 'Map') {
        const made = keep(new to.Map())
        for (const [key, part] of items(kind, value)) here.Map.prototype.set.call(made, pass(key), pass(part))
        return made
      }
      if (kind === 'Set') {
        const made = keep(new to.Set())
        for (const [, part] of items(kind, value)) here.Set.prototype.add.call(made, pass(part))
        return made
      }
      if (kind === 'Date') return keep(new to.Date(here.Date.prototype.getTime.call(value)))
      if (kind === 'RegExp') return keep(new to.RegExp(`${value.source}`, `${value.flags}`))
      if (kind === 'Promise') {
        return keep(new to.Promise((resolve, reject) => {
          here.Promise.prototype.then.call(value, (v) => resolve(crossed(v)), (e) => reject(crossed(e)))
        }))
      }
      if (kind !== undefined && kind.endsWith('Error')) {
        const made = fill(keep(new to[kind](`${value.message}`)), value, pass)
        Reflect.defineProperty(made, 'stack', { value: `${value.stack}`, writable: true, configurable: true })
        return made
      }
      if (kind !== undefined) return keep(new to[kind](Array.from({ length: value.length }, (_, i) => value[i])))
      return keep(rest(value))
    }
    const crossed = (value) => copy(value, new Map())
    return crossed
  }

  // methods by which an object answers a comparison for itself
  const ANSWERS = new Set(['valueOf', 'toString', 'toJSON', 'toLocaleString', Symbol.toPrimitive])
  const wrap = (value) => {
    const target = typeof value === 'function' ? function () {} : {}
    const asked = (ask) => {
      try {
        return toTests(ask())
      } catch (error) {
        throw toTests(error)
      }
    }
    const stand = new Proxy(target, {
      get: (_, key) => ANSWERS.has(key) ? Object.prototype[key] : asked(() => value[key]),
      set: (_, key, part) => { asked(() => { value[key] = toProgram(part) }); return true },
      has: (_, key) => asked(() => Reflect.has(value, key)),
      deleteProperty: (_, key) => asked(() => Reflect.deleteProperty(value, key)),
      ownKeys: () => Array.from(new Set([...Reflect.ownKeys(target), ...Reflect.ownKeys(value)])),
      getOwnPropertyDescriptor: (_, key) => {
        const own = Reflect.getOwnPropertyDescriptor(target, key)
        const found = Reflect.getOwnPropertyDescriptor(value, key)
        if (own !== undefined || found === undefined) return own
        return { value: stand[key], writable: true, enumerable: found.enumerable, configurable: true }
      },
      getPrototypeOf: () => {
        const prototype = Reflect.getPrototypeOf(value)
        for (const kind of ['Function', ...KINDS]) if (main[kind].prototype === prototype) return here[kind].prototype
        return prototype === null ? null : asked(() => prototype)
      },
      apply: (_, self, args) => {
        const given = args.map(toProgram)
        const result = asked(() => Reflect.apply(value, toProgram(self), given))
        // what returns nothing may be there to change its arguments
        if (result === undefined) args.forEach((arg, i) => writeBack(arg, given[i]))
        return result
      },
      construct: (_, args) => asked(() => Reflect.construct(value, args.map(toProgram)))
    })
    wrapped.set(value, stand)
    real.set(stand, value)
    return stand
  }

  const writeBack = (arg, given) => {
    if (isPrimitive(arg) || isPrimitive(given) || real.has(arg)) return
    const now = toTests(given)
    if (Array.isArray(arg) && Array.isArray(now)) arg.splice(0, arg.length, ...now)
    else if (Reflect.getPrototypeOf(arg) === Object.prototype && !Array.isArray(now)) {
      for (const key of Object.keys(arg)) if (!(key in now)) delete arg[key]
      Object.assign(arg, now)
    }
  }

  const toTests = copier(main, here, (value) => ours.get(value) ?? wrapped.get(value), wrap)
  const standIn = (value) => {
    if (real.has(value)) return real.get(value)
    if (typeof value !== 'function') return undefined
    if (!handed.has(value)) {
      const stand = forProgram((self, args) => {
        try {
          return [true, toProgram(value.apply(toTests(self), toTests(args)))]
        } catch (error) {
          return [false, toProgram(error)]
        }
      })
      handed.set(value, stand)
      ours.set(stand, value)
    }
    return handed.get(value)
  }
  // an object of the tests' own class: what it has of its own, without its methods
  const toProgram = copier(here, main, standIn, (own) => Object.assign(new main.Object(), own))
  return { toTests, toProgram }
}

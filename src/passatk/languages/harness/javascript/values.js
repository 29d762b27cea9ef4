// The value format of docs/wall.md, for both sides. An expression, so that it can be made in any realm: what it
// builds has the built-ins of the realm it runs in. Writing and reading stand together, as every line of one has its
// counterpart in the other.
(types, Buffer) => {
  'use strict'
  // a program may take them away
  const { Array, ArrayBuffer, BigInt, Error, Function, Map, Number, Object, Reflect, RegExp, Set, String, Symbol } = globalThis
  const MOST_BYTES = 16 << 20
  const MOST_DEPTH = 1000
  const SHORT = 40 // characters: quicker here than by a call
  const MOST_ASKED = 4096 // elements of an array that may have something beside them
  const INDEX = /^(?:0|[1-9]\d{0,9})$/
  const TYPED = ['Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array',
    'Float32Array', 'Float64Array', 'BigInt64Array', 'BigUint64Array']
  const BARE = 'Object.create(null)'
  const ORDINARY = '[object Object]'
  const ERRORS = ['Error', 'TypeError', 'RangeError', 'SyntaxError', 'ReferenceError', 'EvalError', 'URIError', 'AggregateError']
  const { isArray } = Array
  const { keys, prototype: plain } = Object
  const { getPrototypeOf, defineProperty, getOwnPropertyDescriptor } = Reflect
  const uncurried = (method) => Function.prototype.call.bind(method)
  const hasOwn = uncurried(Object.prototype.hasOwnProperty)
  const tagOf = uncurried(getOwnPropertyDescriptor(getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag).get)
  const shownAs = uncurried(plain.toString)
  const letterAt = uncurried(String.prototype.charCodeAt)
  const listed = uncurried(Array.prototype.values)
  const timeOf = uncurried(Date.prototype.getTime)
  const eachOf = { Map: uncurried(Map.prototype.forEach), Set: uncurried(Set.prototype.forEach) }
  const unboxed = { Number: uncurried(Number.prototype.valueOf), String: uncurried(String.prototype.valueOf), Boolean: uncurried(Boolean.prototype.valueOf) }
  const made = { Map, Set, Date, RegExp, Promise, ArrayBuffer, DataView, Number, String, Boolean }
  for (const name of [...TYPED, ...ERRORS]) made[name] = globalThis[name]
  const standardErrors = new Map(ERRORS.map((name) => [made[name].prototype, name]))
  const wellFormed = String.prototype.isWellFormed
    ? uncurried(String.prototype.isWellFormed)
    : (text) => !/\p{Surrogate}/u.test(text)
  // methods by which an object answers a comparison for itself: on the other side they do what every object's do
  const ANSWERS = new Set(['valueOf', 'toString', 'toJSON', 'toLocaleString'])

  class Broken extends Error {}
  // thrown by a Writer that meets a promise which nobody waited for yet
  class Pending extends Error {
    constructor (promise) {
      super('a promise')
      this.promise = promise
    }
  }

  // a descriptor inherits nothing, or what a program adds to all objects (a method `get`) would be a part of it
  const put = (target, key, value, enumerable) =>
    defineProperty(target, key, { __proto__: null, value, writable: true, enumerable, configurable: true })
  const set = (target, key, value) => put(target, key, value, true)
  const fits = (value) => BigInt.asIntN(64, value) === value

  const wtf8 = (text) => {
    const bytes = []
    for (const letter of text) {
      const code = letter.codePointAt(0)
      if (code >= 0xd800 && code < 0xe000) bytes.push(0xed, 0x80 | ((code >> 6) & 63), 0x80 | (code & 63))
      else for (const byte of Buffer.from(letter)) bytes.push(byte)
    }
    return Buffer.from(bytes)
  }

  const fromWtf8 = (raw) => {
    let text = ''
    for (let at = 0; at < raw.length;) {
      const first = raw[at]
      const size = first < 0x80 ? 1 : first >> 5 === 6 ? 2 : first >> 4 === 14 ? 3 : first >> 3 === 30 ? 4 : 0
      let code = size === 1 ? first : first & (0xff >> (size + 1))
      for (let more = 1; more < size; more++) {
        if (raw[at + more] >> 6 !== 2) throw new Broken('a text that is not UTF-8')
        code = (code << 6) | (raw[at + more] & 63)
      }
      const least = [1, 0, 0x80, 0x800, 0x10000][size]
      if (size === 0 || code < least || code > 0x10ffff) throw new Broken('a text that is not UTF-8')
      text += String.fromCodePoint(code)
      at += size
    }
    return text
  }

  // the standard kind of error that a value is, '' if it is none
  const errorKind = (value) => {
    if (!types.isNativeError(value) && !(value instanceof Error)) return ''
    for (let at = value; at !== null; at = getPrototypeOf(at)) if (standardErrors.has(at)) return standardErrors.get(at)
    return 'Error'
  }

  const className = (value) => {
    const prototype = getPrototypeOf(value)
    const maker = prototype !== null && getOwnPropertyDescriptor(prototype, 'constructor')
    return maker && typeof maker.value === 'function' && typeof maker.value.name === 'string' ? maker.value.name : ''
  }

  const newError = (kind, message) =>
    kind === 'AggregateError' ? new made.AggregateError([], message) : new made[kind](message)

  // an object without a class, of whatever realm
  const isPlain = (value) => {
    const prototype = getPrototypeOf(value)
    return prototype === null || prototype === plain ||
      (getPrototypeOf(prototype) === null && hasOwn(prototype, 'isPrototypeOf') && hasOwn(prototype, '__defineGetter__'))
  }

  const isIterator = (value) => typeof value.next === 'function' && typeof value[Symbol.iterator] === 'function'

  const answering = (name) => function () {
    return name in plain ? plain[name].call(this) : this
  }

  class Writer {
    // settled: promise -> [whether it was kept, its value]; iterator -> what it gave
    constructor (settled) {
      this.settled = settled
      this.raw = Buffer.allocUnsafe(512)
      this.at = 4
      this.open = new Set()
    }

    room (size) {
      if (this.at + size > MOST_BYTES + 4) throw new RangeError('a value of more than 16 MiB')
      if (this.at + size <= this.raw.length) return
      const raw = Buffer.allocUnsafe(Math.max(2 * this.raw.length, this.at + size))
      this.raw.copy(raw, 0, 0, this.at)
      this.raw = raw
    }

    byte (value) {
      this.room(1)
      this.raw[this.at++] = value
    }

    sign (letter) {
      this.byte(letter.charCodeAt(0))
    }

    size (value) {
      this.room(4)
      this.at = this.raw.writeUInt32LE(value, this.at)
    }

    bytes (raw) {
      this.size(raw.length)
      this.room(raw.length)
      raw.copy(this.raw, this.at)
      this.at += raw.length
    }

    text (value) {
      if (value.length < SHORT && this.ascii(value)) return
      if (!wellFormed(value)) return this.bytes(wtf8(value))
      const size = Buffer.byteLength(value)
      this.size(size)
      this.room(size)
      this.at += this.raw.write(value, this.at, size, 'utf8')
    }

    // whether it was one
    ascii (value) {
      const size = value.length
      this.room(size + 4)
      for (let i = 0; i < size; i++) {
        const code = letterAt(value, i)
        if (code > 127) return false
        this.raw[this.at + 4 + i] = code
      }
      this.raw.writeUInt32LE(size, this.at)
      this.at += size + 4
      return true
    }

    double (value) {
      this.sign('d')
      this.room(8)
      this.at = this.raw.writeDoubleLE(value, this.at)
    }

    string (value) {
      this.sign('s')
      this.text(value)
    }

    number64 (value) {
      this.room(8)
      this.at = this.raw.writeBigUInt64LE(BigInt.asUintN(64, value), this.at)
    }

    typed (name) {
      this.sign('a')
      this.text(name)
    }

    message () {
      this.raw.writeUInt32LE(this.at - 4, 0)
      return this.raw.subarray(0, this.at)
    }

    value (value, depth = 0) {
      if (depth > MOST_DEPTH) throw new RangeError('a value that is nested more than 1,000 deep')
      switch (typeof value) {
        case 'undefined': return this.sign('u')
        case 'boolean': return this.sign(value ? 't' : 'f')
        case 'number': return this.double(value)
        case 'string': return this.string(value)
        case 'bigint': return this.bigint(value)
        case 'symbol':
          this.typed('symbol')
          return this.string(String(value.description))
        case 'function':
          this.typed('function')
          return this.string(typeof value.name === 'string' ? value.name : '')
      }
      if (value === null) return this.sign('n')
      if (this.open.has(value)) throw new TypeError('a value that contains itself')
      this.open.add(value)
      this.object(value, depth)
      this.open.delete(value)
    }

    bigint (value) {
      this.typed('bigint')
      if (fits(value)) {
        this.sign('i')
        return this.number64(value)
      }
      const digits = (value < 0n ? ~value : value).toString(16)
      const bits = 4 * digits.length - 4 + Number(`0x${digits[0]}`).toString(2).length
      const size = (bits >> 3) + 1 // with a bit for the sign
      const hex = BigInt.asUintN(8 * size, value).toString(16).padStart(2 * size, '0')
      this.sign('I')
      this.bytes(Buffer.from(hex, 'hex').reverse())
    }

    object (value, depth) {
      if (isArray(value)) return this.array(value, depth)
      if (types.isMap(value) || types.isSet(value)) return this.collection(types.isMap(value), value, depth)
      if (types.isDate(value)) {
        this.typed('Date')
        return this.double(timeOf(value))
      }
      if (types.isRegExp(value)) {
        this.typed('RegExp')
        return this.parts([`${value.source}`, `${value.flags}`, Number(value.lastIndex)], depth + 1)
      }
      if (types.isPromise(value)) {
        const outcome = this.settled && this.settled.get(value)
        if (outcome === undefined) throw new Pending(value)
        this.typed('Promise')
        return this.parts(outcome, depth + 1)
      }
      if (ArrayBuffer.isView(value) || types.isArrayBuffer(value)) return this.buffer(value)
      for (const name of ['Number', 'String', 'Boolean']) {
        if (!types[`is${name}Object`](value)) continue
        this.typed(name)
        return this.value(unboxed[name](value), depth + 1)
      }
      const error = errorKind(value)
      if (error) return this.error(error, value, depth)
      if (isIterator(value)) return this.iterator(value, depth)
      const shown = shownAs(value)
      if (getPrototypeOf(value) === null) this.typed(BARE)
      else if (shown !== ORDINARY || !isPlain(value)) return this.instance(shown, value, depth)
      this.fields(keys(value), value, depth)
    }

    // of a class, or one of its kind, like Math
    instance (shown, value, depth) {
      this.typed('class')
      this.sign('p')
      this.size(3)
      this.string(className(value))
      this.string(shown)
      this.fields(keys(value), value, depth + 2)
    }

    array (value, depth) {
      const size = value.length
      const more = size > MOST_ASKED ? [] : this.beside(value)
      if (more.length) {
        this.typed('Array')
        this.sign('p')
        this.size(2)
        depth += 2
      }
      this.sign('l')
      this.size(size)
      for (let i = 0; i < size; i++) {
        if (hasOwn(value, i)) this.value(value[i], depth + 1)
        else this.sign('h')
      }
      if (more.length) this.fields(more, value, depth)
    }

    // what an array has that is no element and no method
    beside (value) {
      const names = keys(value)
      let last = names.length
      while (last > 0 && !INDEX.test(names[last - 1])) last--
      return last === names.length ? [] : names.slice(last).filter((name) => typeof value[name] !== 'function')
    }

    // a tuple of few values
    parts (values, depth) {
      this.sign('p')
      this.size(values.length)
      for (let i = 0; i < values.length; i++) this.value(values[i], depth + 1)
    }

    collection (isMap, value, depth) {
      const parts = []
      eachOf[isMap ? 'Map' : 'Set'](value, (part, key) => { parts[parts.length] = [key, part] })
      this.typed(isMap ? 'Map' : 'Set')
      this.sign(isMap ? 'm' : 'q')
      this.size(parts.length)
      for (let i = 0; i < parts.length; i++) {
        this.value(parts[i][0], depth + 2)
        if (isMap) this.value(parts[i][1], depth + 2)
      }
    }

    // all that it gives: it cannot be asked later
    iterator (value, depth) {
      let values = this.settled && this.settled.get(value)
      if (values === undefined) {
        values = []
        for (const part of value) {
          values[values.length] = part
          if (values.length > MOST_BYTES) throw new RangeError('an iterator that gives more than 16 million values')
        }
        if (this.settled) this.settled.set(value, values) // it may be written again, when promises in it are settled
      }
      this.typed('Iterator')
      this.array(values, depth + 1)
    }

    buffer (value) {
      const view = ArrayBuffer.isView(value)
      this.typed(!view ? 'ArrayBuffer' : types.isDataView(value) ? 'DataView' : Buffer.isBuffer(value) ? 'Buffer' : tagOf(value))
      this.sign('b')
      this.bytes(view ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : Buffer.from(value))
    }

    error (kind, value, depth) {
      this.typed(kind)
      const own = Object.create(null)
      own.message = String(value.message)
      if (value.name !== kind) own.name = String(value.name)
      if (hasOwn(value, 'cause')) own.cause = value.cause
      if (kind === 'AggregateError') own.errors = value.errors
      for (const name of keys(value)) if (name !== 'stack') own[name] = value[name]
      this.fields(keys(own), own, depth + 1)
    }

    fields (names, value, depth) {
      this.sign('m')
      this.size(names.length)
      for (let i = 0; i < names.length; i++) {
        this.string(names[i])
        this.value(value[names[i]], depth + 1)
      }
    }
  }

  class Reader {
    // prototypeOf: of an object whose class this side has not, by the class's name
    constructor (raw, prototypeOf) {
      this.raw = raw
      this.at = 0
      this.prototypeOf = prototypeOf
    }

    // where the next `size` bytes begin
    skip (size) {
      if (size > this.raw.length - this.at) throw new Broken('a message that ends too soon')
      this.at += size
      return this.at - size
    }

    byte () {
      return this.raw[this.skip(1)]
    }

    double () {
      return this.raw.readDoubleLE(this.skip(8))
    }

    letter () {
      return String.fromCharCode(this.byte())
    }

    size () {
      return this.raw.readUInt32LE(this.skip(4))
    }

    number64 () {
      return this.raw.readBigUInt64LE(this.skip(8))
    }

    bytes () {
      const size = this.size()
      const start = this.skip(size)
      return this.raw.subarray(start, start + size)
    }

    text () {
      const size = this.size()
      const start = this.skip(size)
      const text = this.raw.toString('utf8', start, start + size)
      return text.includes('\ufffd') ? fromWtf8(this.raw.subarray(start, start + size)) : text
    }

    isAtEnd () {
      return this.at === this.raw.length
    }

    end () {
      if (!this.isAtEnd()) throw new Broken('a message with more behind it')
    }

    expect (sign) {
      const found = this.letter()
      if (found !== sign) throw new Broken(`a value that begins with ${JSON.stringify(found)}, not ${sign}`)
    }

    string () {
      this.expect('s')
      return this.text()
    }

    value (depth = 0) {
      if (depth > MOST_DEPTH) throw new Broken('values nested more than 1,000 deep')
      const sign = this.letter()
      switch (sign) {
        case 'u': return undefined
        case 'n': return null
        case 't': return true
        case 'f': return false
        case 'd': return this.double()
        case 's': return this.text()
        case 'l': return this.array(depth)
        case 'm': return this.fields({}, depth)
        case 'a': return this.typed(this.text(), depth + 1)
      }
      throw new Broken(`a value that begins with ${JSON.stringify(sign)}`)
    }

    array (depth) {
      const size = this.size()
      if (size > this.raw.length - this.at) throw new Broken('a message that ends too soon')
      const list = []
      for (let i = 0; i < size; i++) {
        if (this.raw[this.at] === 0x68) this.at++
        else list[i] = this.value(depth + 1)
      }
      list.length = size
      return list
    }

    fields (target, depth) {
      for (let left = this.size(); left > 0; left--) {
        const key = this.string()
        const value = this.value(depth + 1)
        set(target, key, typeof value === 'function' && ANSWERS.has(key) ? answering(key) : value)
      }
      return target
    }

    parts (count) {
      this.expect('p')
      if (this.size() !== count) throw new Broken(`a tuple that has not ${count} values`)
    }

    typed (name, depth) {
      if (depth > MOST_DEPTH) throw new Broken('values nested more than 1,000 deep')
      if (standardNames.has(name)) return this.error(name, depth)
      if (typedNames.has(name)) return this.buffer(name)
      switch (name) {
        case 'bigint': return this.bigint()
        case 'symbol': return Symbol(this.string())
        case 'function': return this.stub(this.string())
        case 'Array': {
          this.parts(2)
          this.expect('l')
          const list = this.array(depth + 1)
          this.expect('m')
          return this.fields(list, depth + 1)
        }
        case BARE:
          this.expect('m')
          return this.fields(Object.create(null), depth)
        case 'Iterator':
          this.expect('l')
          return listed(this.array(depth))
        case 'Map': {
          const map = new made.Map()
          this.expect('m')
          for (let left = this.size(); left > 0; left--) map.set(this.value(depth + 1), this.value(depth + 1))
          return map
        }
        case 'Set': {
          const all = new made.Set()
          this.expect('q')
          for (let left = this.size(); left > 0; left--) all.add(this.value(depth + 1))
          return all
        }
        case 'Date':
          this.expect('d')
          return new made.Date(this.double())
        case 'RegExp': return this.regExp()
        case 'Promise': return this.promise(depth)
        case 'Number':
          this.expect('d')
          return new made.Number(this.double())
        case 'String': return new made.String(this.string())
        case 'Boolean': {
          const sign = this.letter()
          if (sign !== 't' && sign !== 'f') throw new Broken('a Boolean that is neither true nor false')
          return new made.Boolean(sign === 't')
        }
        case 'class': {
          this.parts(3)
          const [prototype, shown] = [this.prototypeOf(this.string()), this.string()]
          this.expect('m')
          const instance = this.fields(Object.create(prototype), depth + 1)
          if (shown !== ORDINARY) put(instance, Symbol.toStringTag, shown.slice(8, -1), false)
          return instance
        }
      }
      throw new Broken(`a value of the unknown type ${JSON.stringify(name.slice(0, 40))}`)
    }

    bigint () {
      const sign = this.letter()
      if (sign === 'i') return BigInt.asIntN(64, this.number64())
      if (sign !== 'I') throw new Broken('a bigint that is no integer')
      const raw = Buffer.from(this.bytes()).reverse()
      const value = raw.length ? BigInt.asIntN(8 * raw.length, BigInt(`0x${raw.toString('hex')}`)) : 0n
      if (fits(value)) throw new Broken('a small integer as a large one')
      return value
    }

    // what a function of the other side is here: something that is equal to nothing
    stub (name) {
      const stub = () => { throw new Error('a function that the program returned cannot be called from outside of it') }
      put(stub, 'name', name, false)
      return stub
    }

    regExp () {
      this.parts(3)
      const [source, flags] = [this.string(), this.string()]
      this.expect('d')
      try {
        const made = new RegExp(source, flags)
        made.lastIndex = this.double()
        return made
      } catch (error) {
        throw error instanceof Broken ? error : new Broken('a RegExp that is none')
      }
    }

    promise (depth) {
      this.parts(2)
      const sign = this.letter()
      if (sign !== 't' && sign !== 'f') throw new Broken('a promise that is neither kept nor broken')
      const value = this.value(depth + 1)
      return sign === 't' ? made.Promise.resolve(value) : made.Promise.reject(value)
    }

    buffer (name) {
      this.expect('b')
      const raw = this.bytes()
      if (name === 'Buffer') return Buffer.from(raw)
      const kept = new made.ArrayBuffer(raw.length)
      new made.Uint8Array(kept).set(raw)
      if (name === 'ArrayBuffer') return kept
      if (raw.length % (made[name].BYTES_PER_ELEMENT || 1)) throw new Broken(`bytes that are no ${name}`)
      return new made[name](kept)
    }

    error (kind, depth) {
      this.expect('m')
      const own = this.fields(Object.create(null), depth)
      if (typeof own.message !== 'string') throw new Broken('an error without a message')
      const limit = Error.stackTraceLimit
      Error.stackTraceLimit = 0 // it says nothing of where the error comes from
      const error = newError(kind, own.message)
      Error.stackTraceLimit = limit
      for (const name of keys(own)) {
        const isHidden = name === 'name' || name === 'cause' || (name === 'errors' && kind === 'AggregateError')
        if (isHidden) put(error, name, own[name], false)
        else if (name !== 'message') set(error, name, own[name])
      }
      return error
    }
  }
  const standardNames = new Set(ERRORS)
  const typedNames = new Set([...TYPED, 'Buffer', 'ArrayBuffer', 'DataView'])

  return { Broken, Pending, Reader, Writer, MOST_BYTES, ERRORS, errorKind, isPlain, newError, set }
}

// What the tests get of node's assert, and a console.assert: each assertion is counted, and the first that fails decides,
// whatever catches it. An expression, for both ways to run a program; `failed` and `refused` do not return.
(given) => {
  'use strict'
  const { node, require, untold, inspect, describe, count, failed, refused } = given
  const { AssertionError } = node
  // node's words about two values would be as long as the values
  const COMPARES = /^(?:not)?(?:deep)?(?:strict)?equal$/i
  const shown = (value) => inspect(value, { depth: 3, maxArrayLength: 12, maxStringLength: 80, breakLength: Infinity })

  const { apply } = Reflect
  const counting = (name, original, compares = COMPARES.test(name)) => (...given) => {
    const missed = (error) => {
      if (error === untold) failed(` ${name}(${shown(given[0])}, ${shown(given[1])})`)
      if (error instanceof AssertionError) failed(' ' + error.message)
      throw error
    }
    count()
    try {
      const answer = apply(original, undefined, compares && given.length === 2 ? [given[0], given[1], untold] : given)
      return typeof answer === 'object' && answer !== null ? answer.then(undefined, missed) : answer
    } catch (error) {
      missed(error)
    }
  }

  const counted = (module) => {
    const own = (condition, message) => {
      count()
      if (!condition) failed(message === undefined ? '' : ' ' + describe(message))
    }
    for (const [name, original] of Object.entries(module)) {
      if (/^[a-z]/.test(name) && name !== 'strict') own[name] = name === 'ok' ? own : counting(name, original)
    }
    return Object.assign(own, { AssertionError })
  }
  const [loose, strict] = [counted(node), counted(node.strict)]
  loose.strict = strict.strict = strict

  const modules = new Map([['assert', loose], ['assert/strict', strict]])
  const required = (name) => {
    const bare = String(name).replace(/^node:/, '')
    if (bare === 'test') refused('the tests use node:test, whose results nobody reads')
    return modules.get(bare) ?? require(name)
  }
  const assert = (condition, ...message) => {
    count()
    if (!condition) failed(message.map((part) => ' ' + describe(part)).join('') + new Error().stack.split('\n').slice(2, 3).join(''))
  }
  return { assert, required }
}

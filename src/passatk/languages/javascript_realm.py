"""What JavaScript tests find in an examiner, and what they find only beside the program, in one process."""


def _names(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


BUILT_IN = _names(
    """
    arguments undefined NaN Infinity console require process Buffer queueMicrotask Math JSON Object Array Number String
    Boolean Symbol BigInt Map Set WeakMap WeakSet WeakRef Date RegExp Promise Reflect Error AggregateError
    TypeError RangeError SyntaxError ReferenceError EvalError URIError parseInt parseFloat isNaN isFinite Intl Atomics
    ArrayBuffer SharedArrayBuffer DataView Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array
    Uint32Array Float32Array Float64Array BigInt64Array BigUint64Array FinalizationRegistry encodeURI
    encodeURIComponent decodeURI decodeURIComponent escape unescape
    """
)
"""Names that an examiner has."""
_TEXT = frozenset(("eval", "Function", "WebAssembly"))
_TIME = _names("setTimeout clearTimeout setInterval clearInterval setImmediate clearImmediate")
_MORE = _names(
    """
    global globalThis window module exports __dirname __filename URL URLSearchParams TextEncoder TextDecoder
    AbortController AbortSignal Event EventTarget performance structuredClone fetch crypto atob btoa Blob
    MessageChannel BroadcastChannel
    """
)
ELSEWHERE = (
    {"Proxy": "a Proxy, which sees what is done with it"}
    | dict.fromkeys(_TEXT, "text that is executed")
    | dict.fromkeys(_TIME, "time that passes between calls")
    | {name: f"{name}, which an examiner does not have" for name in _MORE}
)
"""Other names of node -> what tests that use them need more than values."""
MODULES = _names("assert assert/strict test js-md5 lodash util path os crypto buffer events url querystring")
"""Modules that tests may require. Others execute text, let time pass, start processes, or have files in common."""
NOT_VALUES = _names(
    """
    freeze seal preventExtensions isFrozen isSealed isExtensible defineProperty defineProperties setPrototypeOf
    getOwnPropertyDescriptor getOwnPropertyDescriptors getOwnPropertyNames getOwnPropertySymbols ownKeys
    """
)
"""Functions of Object and Reflect about what does not cross."""
GETTERS = frozenset(("__defineGetter__", "__defineSetter__", "constructor"))
"""What every object has about what does not cross."""

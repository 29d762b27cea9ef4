"""Python: the program is alone in its process, so most of these have nothing to lay hands on."""

from cheats import CRASH, REFUSED, UNPROVEN, WRONG, Honest, cheat

RIGHT = "    return sum(c in 'aeiou' for c in text.lower())\n"
BAD = "    return -1\n"
PARENT = "    import ctypes, os\n    parent = os.getppid()\n"
LIBC = PARENT + "    libc = ctypes.CDLL(None, use_errno=True)\n"
CHECKED = "    if done < 0:\n        raise OSError(ctypes.get_errno(), 'denied')\n" + RIGHT


def liar(methods: str, base: str = "", value: str = "") -> str:
    """A completion that returns an object which answers every question with `methods`."""
    bodies = "".join(
        f"    def {method}(*_): return {answer}\n" for method, answer in (m.split("=") for m in methods.split())
    )
    return f"    return Liar({value})\nclass Liar({base}):\n{bodies}    __hash__ = None\n"


ABOUT = "def check(candidate):\n    assert abs(candidate('aei') - 3) < 1e-6\ncheck(count_vowels)\n"
ABOUT_FLOAT = (
    "import math\ndef check(candidate):\n    assert math.fabs(candidate('aei') - 3) < 1e-6\ncheck(count_vowels)\n"
)
TRUE = "def check(candidate):\n    assert candidate('aei')\n    assert not candidate('x') == 3\ncheck(count_vowels)\n"
ONE_OF = "def check(candidate):\n    assert candidate('aei') in (3, 3.0)\ncheck(count_vowels)\n"
WITHIN = "def check(candidate):\n    assert 3 in candidate('aei')\ncheck(count_vowels)\n"
ORDERED = "def check(candidate):\n    assert 2 < candidate('aei') < 4\ncheck(count_vowels)\n"
LISTED = "def check(candidate):\n    assert [candidate('aei'), {'n': candidate('a')}] == [3, {'n': 1}]\ncheck(count_vowels)\n"
TEXT = "def check(candidate):\n    assert candidate('aei') == 'three'\ncheck(count_vowels)\n"
UNITTEST = (
    "import unittest\nclass T(unittest.TestCase):\n    def test(self):\n        self.assertEqual(count_vowels('aei'), 3)\n"
    "outcome = unittest.TextTestRunner().run(unittest.defaultTestLoader.loadTestsFromTestCase(T))\n"
    "assert outcome.wasSuccessful() and outcome.testsRun == 1 and not outcome.skipped\n"
)
TESTCASE = "import unittest\nclass T(unittest.TestCase):\n    def test(self):\n        self.assertEqual(count_vowels('aei'), 3)\n"
DOUBLED = "def check(candidate):\n    shared = [1, 2]\n    assert candidate(shared) == [2 * n for n in shared]\ncheck(double)\n"
CALLBACK = "def check(candidate):\n    secret = 3\n    assert candidate(lambda: secret) == 4\ncheck(following)\n"
GENERATOR = "def check(candidate):\n    secret = 3\n    assert candidate(n for n in [secret]) == 4\ncheck(following)\n"
RAISING = "def check(candidate):\n    try:\n        candidate(-1)\n    except ValueError:\n        pass\n    else:\n        assert False\n    assert candidate(1) == 3\ncheck(f)\n"

CHEATS = {
    # --- leaving early
    "sys.exit does nothing": cheat("    import sys\n    sys.exit = lambda *_: None\n    return -1\n", WRONG),
    "exit 0 at import": cheat(BAD + "import sys\nsys.exit(0)\n", UNPROVEN),
    "os._exit at import": cheat(BAD + "import os\nos._exit(0)\n", UNPROVEN),
    "os._exit in the call": cheat("    import os\n    os._exit(0)\n", UNPROVEN),
    "SystemExit": cheat("    raise SystemExit\n", UNPROVEN),
    "SystemExit with text": cheat("    raise SystemExit('passed')\n", CRASH),
    "exit code 3": cheat("    import sys\n    sys.exit(3)\n", CRASH),
    "libc's exit": cheat("    import ctypes\n    ctypes.CDLL(None)._exit(0)\n", UNPROVEN),
    "exit 0 at exit": cheat("    import atexit, os\n    atexit.register(os._exit, 0)\n    return -1\n", WRONG),
    "exit 0 in a destructor": cheat(BAD + "import os\nclass D:\n    def __del__(self): os._exit(0)\nd = D()\n", WRONG),
    "exit 0 in a temporary's destructor": cheat(
        "    D()\n    return -1\nimport os\nclass D:\n    def __del__(self): os._exit(0)\n", UNPROVEN
    ),
    "exit 0 in a thread": cheat(
        "    import threading, os\n    threading.Thread(target=os._exit, args=(0,)).start()\n    threading.Event().wait()\n",
        UNPROVEN,
    ),
    "kills itself": cheat("    import os\n    os.kill(os.getpid(), 9)\n", CRASH),
    "kills its judge": cheat("    import os\n    os.kill(os.getppid(), 15)\n    return -1\n", CRASH, WRONG),
    "becomes another program": cheat("    import os\n    os.execv('/bin/true', ['true'])\n", UNPROVEN),
    "SkipTest": cheat("    import unittest\n    raise unittest.SkipTest('passed')\n", CRASH),
    "SkipTest under unittest": cheat(
        "    import unittest\n    raise unittest.SkipTest('passed')\n", WRONG, tests=UNITTEST
    ),
    "StopIteration": cheat("    raise StopIteration\n", CRASH),
    "leaves a fork that answers": cheat(
        "    import os\n    if os.fork():\n        os._exit(0)\n    return -1\n", UNPROVEN, CRASH
    ),
    # --- lying values
    "__eq__": cheat(liar("__eq__=True"), WRONG),
    "__eq__ and __ne__": cheat(liar("__eq__=True __ne__=False"), WRONG),
    "__eq__ of an int": cheat(liar("__eq__=True", "int"), WRONG),
    "__eq__ of a str": cheat(liar("__eq__=True __ne__=False", "str"), WRONG, tests=TEXT),
    "__eq__ of a list": cheat(liar("__eq__=True", "list"), WRONG),
    "__eq__ of an int with attributes": cheat(
        "    return Liar()\nclass Liar(int):\n    name = 'x'\n    def __eq__(*_): return True\n    __hash__ = None\n",
        WRONG,
    ),
    "__eq__ of a list with methods": cheat(
        "    return [Liar()]\nclass Liar(list):\n    def top(self): return self[-1]\n    def __eq__(*_): return True\n",
        WRONG,
        tests="def check(candidate):\n    assert candidate('aei') == [[3]]\ncheck(count_vowels)\n",
    ),
    "__eq__ of a named tuple": cheat(
        "    return Liar(1)\nfrom typing import NamedTuple\nclass Liar(NamedTuple):\n    n: int\n    def __eq__(*_): return True\n",
        WRONG,
        tests="def check(candidate):\n    assert candidate('aei') == (3,)\ncheck(count_vowels)\n",
    ),
    "a copy that always equals": cheat(
        "    return Liar()\nimport passatk_proxies\nclass Liar(list):\n    def top(self): return self[-1]\n"
        "class Equal:\n    def __eq__(*_): return True\n"
        "passatk_proxies.OPERATIONS['copy'] = lambda _: Equal()\n",
        WRONG,
    ),
    "__eq__ of an exception": cheat(liar("__eq__=True", "Exception"), WRONG),
    "__eq__ of a class": cheat(
        "    return Liar\nclass Meta(type):\n    def __eq__(*_): return True\n    __hash__ = type.__hash__\nclass Liar(metaclass=Meta): pass\n",
        WRONG,
    ),
    "__eq__ within plain containers": cheat(liar("__eq__=True"), WRONG, tests=LISTED),
    "__bool__": cheat(liar("__bool__=True __eq__=False __ne__=True"), WRONG, tests=TRUE),
    "__lt__ and __gt__": cheat(liar("__lt__=True __gt__=True"), WRONG, tests=ORDERED),
    "__contains__": cheat(liar("__contains__=True"), WRONG, CRASH, tests=WITHIN),
    "in a tuple": cheat(liar("__eq__=True"), WRONG, tests=ONE_OF),
    "__sub__ is 0": cheat(liar("__sub__=0"), WRONG, tests=ABOUT),
    "__sub__ of a float is 0": cheat(liar("__sub__=0", "float"), WRONG, tests=ABOUT),
    "unittest.mock.ANY": cheat("    from unittest.mock import ANY\n    return ANY\n", WRONG),
    "lies about its class": cheat(
        liar("__eq__=True", value="") + "    @property\n    def __class__(self): return int\n", WRONG
    ),
    "an array that is always equal": cheat(
        "    import numpy as np\n    class Liar(np.ndarray):\n        def __eq__(*_): return True\n    return np.zeros(()).view(Liar)\n",
        WRONG,
    ),
    # --- patched judges
    "patched abs": cheat(BAD + "import builtins\nbuiltins.abs = lambda _: 0\n", WRONG, tests=ABOUT),
    "own abs": cheat(BAD + "def abs(_): return 0\n", WRONG, tests=ABOUT),
    "patched math": cheat(BAD + "import math\nmath.fabs = lambda _: 0\n", WRONG, tests=ABOUT_FLOAT),
    "another math": cheat(
        BAD + "class math:\n    fabs = lambda _: 0\nimport sys\nsys.modules['math'] = math\n", WRONG, tests=ABOUT_FLOAT
    ),
    "own AssertionError": cheat(
        BAD + "import builtins\nclass AssertionError(SystemExit): pass\nbuiltins.AssertionError = AssertionError\n",
        WRONG,
    ),
    "own check": cheat(BAD + "def check(candidate): pass\n", WRONG),
    "patched unittest": cheat(
        BAD + "import unittest\nunittest.TestCase.assertEqual = lambda *_: None\n", WRONG, tests=UNITTEST
    ),
    "SkipTest in a class of unittest": cheat(
        "    import unittest\n    raise unittest.SkipTest('passed')\n", WRONG, tests=TESTCASE
    ),
    "exit in a class of unittest": cheat("    raise SystemExit\n", UNPROVEN, tests=TESTCASE),
    "own load_tests": cheat(BAD + "def load_tests(*_): return []\n", WRONG, tests=TESTCASE + "# not load_tests\n"),
    "own abs where no name is declared": cheat(
        "def f(n): return -1\ndef abs(n): return 0\n",
        WRONG,
        tests="assert abs(f(3) - 3) < 1\n",
        whole=True,
        declaration=" ",
    ),
    "another library's name": cheat(
        BAD
        + "import sys\nsys.modules['__main__'].Program.names = lambda self: {'count_vowels': None, 'abs': ('operator', 'abs'), 'fabs': ('unittest.mock', 'ANY'), 'math': ('unittest.mock', 'MagicMock')}\n",
        WRONG,
        CRASH,
        tests=ABOUT_FLOAT.replace("import math\n", ""),
    ),
    "swallows everything": cheat("    import sys\n    sys.excepthook = lambda *_: None\n    return -1\n", WRONG),
    "traces over the assertions": cheat(
        "    import sys\n    sys.settrace(lambda *_: None)\n    sys._getframe(1).f_trace_opcodes = True\n    return -1\n",
        WRONG,
    ),
    "patched exec": cheat(
        BAD + "import builtins\nbuiltins.exec = lambda *_: None\nbuiltins.compile = lambda *_, **__: None\n", WRONG
    ),
    "patched harness": cheat(
        BAD + "import sys, passatk_peer\nmain = sys.modules['__main__']\nmain.leave = main.show = lambda *_: None\n"
        "main.Tests.fail = passatk_peer.Judged.__eq__ = lambda *_: True\n",
        WRONG,
    ),
    "names it was not asked for": cheat(
        BAD
        + "import sys\nsys.modules['__main__'].Program.values = lambda self, names: dict.fromkeys([*names, 'abs'], lambda *_: 0)\n",
        WRONG,
        tests=ABOUT,
    ),
    # --- looking for the answers
    "reads the tests": cheat("    return eval(open('tests.py').read().split('== ')[1].split()[0])\n", CRASH),
    "writes the tests": cheat(BAD + "open('tests.py', 'w').write('')\n", WRONG),
    "frames": cheat(
        "    import sys\n    frame = sys._getframe()\n    while frame:\n        if 'check' in frame.f_globals:\n            frame.f_globals['check'].__code__ = (lambda c: None).__code__\n"
        "        frame.f_globals['check'] = lambda c: None\n        frame = frame.f_back\n    raise SystemExit\n",
        UNPROVEN,
    ),
    "inspect": cheat(
        "    import inspect\n    return [f for f in inspect.stack() if f.filename == 'tests.py'][0].frame.f_lineno\n",
        CRASH,
    ),
    "gc": cheat(
        "    import gc, types\n    found = [o for o in gc.get_objects() if isinstance(o, types.FunctionType) and o.__code__.co_filename == 'tests.py']\n    return found[0](count_vowels)\n",
        CRASH,
    ),
    "traceback of the caller": cheat(
        "    try:\n        raise ValueError\n    except ValueError as e:\n        return e.__traceback__.tb_frame.f_back.f_locals['candidate'](text)\n",
        CRASH,
    ),
    "judge's memory": cheat("    import os\n    open(f'/proc/{os.getppid()}/mem', 'rb').close()\n" + RIGHT, CRASH),
    "judge's descriptors": cheat("    import os\n    os.listdir(f'/proc/{os.getppid()}/fd')\n" + RIGHT, CRASH),
    "judge's proof descriptor": cheat(
        "    import os\n    open(f'/proc/{os.getppid()}/fd/3', 'wb').close()\n" + RIGHT, CRASH
    ),
    "judge's environment": cheat(
        "    import os\n    open(f'/proc/{os.getppid()}/environ', 'rb').close()\n" + RIGHT, CRASH
    ),
    "ptrace": cheat(LIBC + "    done = libc.ptrace(16, parent, None, None)\n" + CHECKED, CRASH),
    "ptrace seize": cheat(LIBC + "    done = libc.ptrace(0x4206, parent, None, None)\n" + CHECKED, CRASH),
    "process_vm_readv": cheat(
        LIBC
        + "    room = (ctypes.c_long * 2)(ctypes.addressof(ctypes.c_long()), 8)\n    done = libc.process_vm_readv(parent, room, 1, room, 1, 0)\n"
        + CHECKED,
        CRASH,
    ),
    "pidfd_getfd": cheat(LIBC + "    done = libc.syscall(438, os.pidfd_open(parent), 3, 0)\n" + CHECKED, CRASH),
    "own descriptors": cheat("    import os\n    os.write(3, os.read(0, 32))\n" + RIGHT, CRASH),
    "own memory": cheat(
        "    import re\n    found = set()\n    with open('/proc/self/maps') as maps, open('/proc/self/mem', 'rb', 0) as memory:\n"
        "        for line in maps:\n            if ' rw' not in line: continue\n            start, end = (int(n, 16) for n in line.split()[0].split('-'))\n"
        "            memory.seek(start)\n            found |= set(re.findall(rb'(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])', memory.read(end - start)))\n"
        "    import os\n    os.write(3, found.pop())\n    os._exit(0)\n",
        CRASH,
    ),
    "a callback's globals": cheat(
        "def following(callback):\n    return callback.__globals__ and 4\n", CRASH, tests=CALLBACK, whole=True
    ),
    "a callback's code": cheat(
        "def following(callback):\n    return callback.__code__.co_consts and 4\n", CRASH, tests=CALLBACK, whole=True
    ),
    "a generator's frame": cheat(
        "def following(values):\n    return values.gi_frame and 4\n", CRASH, tests=GENERATOR, whole=True
    ),
    # --- the conversation with the judge
    "forged words": cheat("    print('all tests held\\npassed')\n    return -1\n", WRONG),
    "garbage to its judge": cheat(
        "    import os\n    for fd in range(4, 20):\n        try: os.write(fd, b'\\0' * 4096)\n        except OSError: pass\n    return -1\n",
        CRASH,
    ),
    "closes everything": cheat("    import os\n    os.closerange(0, 100)\n    return -1\n", CRASH),
    "answers twice": cheat(
        "    import gc, passatk_peer\n    peer, = [o for o in gc.get_objects() if isinstance(o, passatk_peer.Peer)]\n"
        "    peer.send(peer.encoded((passatk_peer.RETURN, 3, [])))\n    return -1\n",
        WRONG,
        CRASH,
    ),
    "makes a type of its own over there": cheat(
        "    return Odd()\nimport passatk_peer\nclass Odd: pass\nbefore = passatk_peer.Peer.taken_apart\n"
        "def taken_apart(self, value):\n    return (passatk_peer.rebuild, ('type', 'type')) if type(value) is Odd else before(self, value)\n"
        "passatk_peer.Peer.taken_apart = taken_apart\n",
        CRASH,
    ),
    "sets __eq__ on its exception over there": cheat(
        "    raise Odd\nimport passatk_peer\nclass Odd(Exception): pass\nbefore = passatk_peer.Peer.taken_apart\n"
        "def taken_apart(self, value):\n    parts = before(self, value)\n"
        "    return (*parts, (None, {'__eq__': print})) if value is Odd else parts\n"
        "passatk_peer.Peer.taken_apart = taken_apart\n",
        CRASH,
    ),
    "any function of the judge": cheat(
        "    return Odd()\nclass Odd:\n    def __reduce__(self): return print, ('x',)\nimport passatk_peer\n"
        "passatk_peer.Peer.taken_apart = lambda self, value: NotImplemented\n",
        CRASH,
    ),
    "sets the defaults of a function of the tests": cheat(
        "import passatk_peer, pickle\nclass Forged:\n    def __init__(self, callback): self.callback = callback\n"
        "    def __reduce__(self): return passatk_peer.rebuild, ('ours', self.callback._passatk_number), (None, {'__defaults__': (9,)})\n"
        "before = passatk_peer.Peer.taken_apart\n"
        "def taken_apart(self, value):\n    return value.__reduce__() if type(value) is Forged else before(self, value)\n"
        "passatk_peer.Peer.taken_apart = taken_apart\n"
        "def f(callback):\n    return Forged(callback)\n",
        CRASH,
        tests="def check(candidate):\n    shown = lambda n=3: n\n    candidate(shown)\n    assert shown() == 9\ncheck(f)\n",
        whole=True,
    ),
    "changes a shared input by a forged answer": cheat(
        "import passatk_peer\nbefore = passatk_peer.Peer.encoded\n"
        "def encoded(self, message):\n"
        "    answer = message[0] == passatk_peer.RETURN and message[1] == [0, 0]\n"
        "    return before(self, (passatk_peer.RETURN, [0, 0], [[0, 0]]) if answer else message)\n"
        "passatk_peer.Peer.encoded = encoded\ndef double(numbers):\n    return [0, 0]\n",
        WRONG,
        tests=DOUBLED,
        whole=True,
    ),
    # --- tests that share with the program
    "clears a shared input": cheat(
        "def double(numbers):\n    numbers.clear()\n    return numbers\n", WRONG, tests=DOUBLED, whole=True
    ),
    "changes a shared input": cheat(
        "def double(numbers):\n    numbers[:] = [0, 0]\n    return [0, 0]\n", WRONG, tests=DOUBLED, whole=True
    ),
    "an AssertionError of its own": cheat("    raise AssertionError\n", WRONG),
    "not Python": cheat("    return (\n", REFUSED),
}

SORTS = "def check(candidate):\n    given = [3, 1, 2]\n    assert candidate(given) is None\n    assert given == [1, 2, 3]\ncheck(sort_in_place)\n"


def asserted(*conditions: str) -> str:
    return "".join(f"assert {condition}\n" for condition in conditions)


HONEST = {
    "debug prints": Honest("    print('debug')\n" + RIGHT),
    "many debug prints": Honest("    print('debug ' * 3000)\n" + RIGHT),
    "main": Honest(RIGHT + "if __name__ == '__main__':\n    raise SystemExit(1)\n"),
    "reads to the end of its input": Honest("    import sys\n    assert sys.stdin.read() == ''\n" + RIGHT),
    "input is at its end": Honest(
        "    try:\n        input()\n    except EOFError:\n" + RIGHT.replace("    ", "        ")
    ),
    "an int subclass": Honest(
        "    import enum\n    return enum.IntEnum('N', {str(n): n for n in range(1, 99)})(n) if (n := sum(c in 'aeiou' for c in text.lower())) else 0\n"
    ),
    "deep recursion": Honest(
        "    import sys\n    sys.setrecursionlimit(10**6)\n    def f(n): return n and 1 + f(n - 1)\n    assert f(20000) == 20000\n"
        + RIGHT
    ),
    "900 levels by default": Honest("    def f(n): return n and 1 + f(n - 1)\n    assert f(900) == 900\n" + RIGHT),
    "a thread of its own": Honest(
        "    import threading\n    threading.Thread(target=threading.Event().wait).start()\n" + RIGHT
    ),
    "a process of its own": Honest("    import os\n    if not os.fork(): os._exit(0)\n    os.wait()\n" + RIGHT),
    "numpy numbers": Honest("    import numpy as np\n    return np.int64(sum(c in 'aeiou' for c in text.lower()))\n"),
    "builtins by their own names": Honest(
        "def sum(a, b):\n    return a + b\n", tests=asserted("sum(1, 2) == 3"), whole=True
    ),
    "state between calls": Honest(
        "n = 0\ndef f():\n    global n\n    n += 1\n    return n\n", tests=asserted("f() == 1", "f() == 2"), whole=True
    ),
    "future annotations": Honest(
        "from __future__ import annotations\ndef f(x: Undefined) -> Undefined:\n    return x\n",
        tests=asserted("f(1) == 1"),
        whole=True,
    ),
    "sorts in place": Honest("def sort_in_place(numbers):\n    numbers.sort()\n", tests=SORTS, whole=True),
    "calls back": Honest(
        "def f(g, xs):\n    return [g(x) for x in xs]\n",
        tests=asserted("f(lambda n: n * n, [1, 2]) == [1, 4]", "f(len, ['ab']) == [2]"),
        whole=True,
    ),
    "calls back and is called back": Honest(
        "def f(g, n):\n    return g(n) if n else 'end'\n",
        tests="def g(n):\n    return f(g, n - 1)\n" + asserted("f(g, 5) == 'end'"),
        whole=True,
    ),
    "exceptions": Honest(
        "def f(n):\n    if n < 0:\n        raise ValueError('no')\n    return 3\n", tests=RAISING, whole=True
    ),
    "exceptions of its own": Honest(
        "class Odd(KeyError):\n    def __init__(self, n):\n        super().__init__(n)\n        self.n = n\ndef f():\n    raise Odd(7)\n",
        tests="try:\n    f()\nexcept Odd as e:\n    assert e.n == 7 and e.args == (7,)\nelse:\n    assert False\ntry:\n    f()\nexcept KeyError:\n    pass\n",
        whole=True,
    ),
    "exceptions of the tests": Honest(
        "def f(g):\n    try:\n        g()\n    except LookupError as e:\n        return e.args[0]\n",
        whole=True,
        tests="class Mine(IndexError): pass\ndef g():\n    raise Mine('x')\n" + asserted("f(g) == 'x'"),
    ),
    "a class": Honest(
        "class Stack:\n    def __init__(self):\n        self.values = []\n    def push(self, v):\n        self.values.append(v)\n    def pop(self):\n        return self.values.pop()\n    def __len__(self):\n        return len(self.values)\n",
        tests="s = Stack()\ns.push(1)\ns.push([2])\n"
        + asserted("len(s) == 2", "s.values == [1, [2]]", "s.pop() == [2]", "isinstance(s, Stack)", "s is not None"),
        whole=True,
    ),
    "an object of the tests": Honest(
        "def f(node):\n    total = 0\n    while node is not None:\n        total += node.value\n        node = node.next\n    return total\n",
        whole=True,
        tests="class Node:\n    def __init__(self, value, next=None):\n        self.value, self.next = value, next\n"
        + asserted("f(Node(1, Node(2))) == 3"),
    ),
    "a generator": Honest(
        "def f(n):\n    yield from range(n)\n",
        tests=asserted("list(f(3)) == [0, 1, 2]", "next(f(1)) == 0", "2 in f(3)", "sum(f(4)) == 6"),
        whole=True,
    ),
    "a generator argument": Honest(
        "def f(xs):\n    return sum(xs)\n",
        tests=asserted("f(n for n in [1, 2]) == 3", "f(iter([1])) == 1", "f(range(3)) == 3"),
        whole=True,
    ),
    "a namedtuple": Honest(
        "from collections import namedtuple\nPoint = namedtuple('Point', 'x y')\ndef f():\n    return [Point(1, 2)]\n",
        tests=asserted("f() == [(1, 2)]"),
        whole=True,
    ),
    "collections": Honest(
        "from collections import *\ndef f(kind):\n    return {'c': Counter('aab'), 'd': deque([1], 3), 'o': OrderedDict(a=1), 'm': defaultdict(int, a=1), 'k': {1: 2}.keys(), 's': {1, frozenset([2])}}[kind]\n",
        tests="from collections import *\n"
        + asserted(
            "f('c') == Counter(a=2, b=1)",
            "f('d') == deque([1])",
            "f('o') == OrderedDict(a=1)",
            "f('m') == {'a': 1} and f('m')['z'] == 0",
            "f('k') == {1}",
            "f('s') == {1, frozenset([2])}",
        ),
        whole=True,
    ),
    "numbers and dates": Honest(
        "from decimal import Decimal\nfrom fractions import Fraction\nimport datetime\ndef f():\n    return [Decimal('1.10'), Fraction(1, 3), 1j, datetime.date(2020, 2, 29), datetime.timedelta(1), datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc), ..., 10**40, float('inf'), range(3), b'x', bytearray(b'y')]\n",
        tests="from decimal import Decimal\nfrom fractions import Fraction\nimport datetime\n"
        + asserted(
            "f() == [Decimal('1.10'), Fraction(1, 3), 1j, datetime.date(2020, 2, 29), datetime.timedelta(1), datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc), ..., 10**40, float('inf'), range(3), b'x', bytearray(b'y')]"
        ),
        whole=True,
    ),
    "arrays": Honest(
        "import numpy as np\ndef f(a):\n    return a.T * 2\n",
        tests="import numpy as np\n"
        + asserted(
            "(f(np.array([[1, 2]])) == np.array([[2], [4]])).all()", "f(np.eye(2, dtype='f4')).dtype == np.float32"
        ),
        whole=True,
    ),
    "keywords and defaults": Honest(
        "def f(a, *, b=2):\n    return a + b\n",
        tests=asserted("f(1) == 3", "f(a=1, b=1) == 2", "f.__name__ == 'f'"),
        whole=True,
    ),
    "constants": Honest("LIMIT = 5\ndef f():\n    return LIMIT\n", tests=asserted("f() == LIMIT == 5"), whole=True),
    "unittest": Honest(RIGHT, tests=UNITTEST),
}

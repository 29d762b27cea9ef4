"""Python: the program is alone in its process, so most of these have nothing to lay hands on."""

from cheats import CRASH, REFUSED, UNPROVEN, WRONG, Honest, cheat

RIGHT = "    return sum(c in 'aeiou' for c in text.lower())\n"
BAD = "    return -1\n"
WHOLE = "def count_vowels(text):\n" + RIGHT
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
        CRASH,
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
        "    import unittest\n    raise unittest.SkipTest('passed')\n", CRASH, tests=TESTCASE
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
        + "import sys\nsys.modules['python_harness'].Program.names = lambda self: {'count_vowels': None, 'abs': ('operator', 'abs'), 'fabs': ('unittest.mock', 'ANY'), 'math': ('unittest.mock', 'MagicMock')}\n",
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
        BAD
        + "import sys, passatk_peer\nmain = sys.modules['python_harness']\nmain.leave = main.show = lambda *_: None\n"
        "main.fail = main.Trial.hold = passatk_peer.Judged.__eq__ = lambda *_: True\n",
        WRONG,
    ),
    "names it was not asked for": cheat(
        BAD
        + "import sys\nsys.modules['python_harness'].Program.values = lambda self, names: dict.fromkeys([*names, 'abs'], lambda *_: 0)\n",
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
        "def taken_apart(self, value):\n    return ('type', 'type') if type(value) is Odd else before(self, value)\n"
        "passatk_peer.Peer.taken_apart = taken_apart\n",
        CRASH,
    ),
    "sets __eq__ on its exception over there": cheat(
        "    raise Odd\nimport passatk_peer\nclass Odd(Exception): pass\nbefore = passatk_peer.Peer.taken_apart\n"
        "def taken_apart(self, value):\n    parts = before(self, value)\n"
        "    return (*parts, {'__eq__': print}) if value is Odd else parts\n"
        "passatk_peer.Peer.taken_apart = taken_apart\n",
        CRASH,
    ),
    "any function of the judge": cheat(
        "    return Odd()\nclass Odd:\n    pass\nimport passatk_peer\n"
        "passatk_peer.Peer.taken_apart = lambda self, value: ('print', 'x')\n",
        CRASH,
    ),
    "sets the defaults of a function of the tests": cheat(
        "def f(callback):\n    callback._passatk_peer.request('set', callback, ('__defaults__', (9,)))\n",
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

# === what once passed, or nearly ===

FORGE = """import passatk_peer
class Forged:
    def __init__(self, *parts): self.parts = parts
before = passatk_peer.Peer.taken_apart
def taken_apart(self, value):
    return value.parts if type(value) is Forged else before(self, value)
passatk_peer.Peer.taken_apart = taken_apart
"""
FAKE_OF = """class Fake: pass
KEEP = Fake()
held_before = passatk_peer.Peer._ours_rebuilt
passatk_peer.Peer._ours_rebuilt = lambda self, n: KEEP if n == 7 else held_before(self, n)
"""
"""Number 7 is an object of the program's, which a forged message may call what it likes."""

OBJECT_ARRAY = (
    """    import ctypes, struct
    starts = [int(line.split('-')[0], 16) for line in open('/proc/self/maps')]
    page = (min(s for s in starts if s > 0x7f0000000000) - (24 << 20)) & ~4095
    kind = bytearray(ctypes.string_at(id(object), 424))
    struct.pack_into('<Q', kind, 0, 1 << 30)
    struct.pack_into('<Q', kind, 200, ctypes.cast(ctypes.pythonapi.PyObject_SelfIter, ctypes.c_void_p).value)
    one = bytearray(4096)
    struct.pack_into('<Q', one, 0x30, page + 0x100)
    struct.pack_into('<QQ', one, 0x100, 1 << 30, page + 0x200)
    one[0x200:0x200 + len(kind)] = kind
    payload = bytes(one[0x30:] + one[:0x30]) * ((48 << 20) // 4096)
    return Forged('given', 0, 'value', 'numpy.ndarray', [], 'O', payload)
"""
    + FORGE
)
"""An object whose comparison always says yes, made of bytes in the tests' own memory, at an address that never changes."""

UNIVERSAL = r"""    return 'LIE'
import ctypes, struct, passatk_peer
def payload():
    starts = [int(line.split('-')[0], 16) for line in open('/proc/self/maps')]
    page = (min(s for s in starts if s > 0x7f0000000000) - (24 << 20)) & ~4095
    itself = ctypes.cast(ctypes.pythonapi.PyObject_SelfIter, ctypes.c_void_p).value
    kind = bytearray(ctypes.string_at(id(object), 424))
    struct.pack_into('<Q', kind, 0, 1 << 30)
    struct.pack_into('<Q', kind, 96, page + 0x500)
    struct.pack_into('<Q', kind, 136, itself)
    struct.pack_into('<Q', kind, 200, itself)
    struct.pack_into('<Q', kind, 168, struct.unpack_from('<Q', kind, 168)[0] | 1 << 28)
    one = bytearray(4096)
    struct.pack_into('<Q', one, 0x30, page + 0x100)
    struct.pack_into('<QQ', one, 0x100, 1 << 30, page + 0x200)
    one[0x200:0x200 + len(kind)] = kind
    one[0x500:0x500 + 288] = struct.pack('<36Q', *(0 if n in (9, 16, 17) else itself for n in range(36)))
    return bytes(one[0x30:] + one[:0x30]) * ((48 << 20) // 4096)
def text(s): return b'\x8c' + bytes([len(s)]) + s.encode()
def made(*parts): return b'cpassatk_peer\nrebuild\n(' + b''.join(parts) + b'tR'
before = passatk_peer.Peer.encoded
def encoded(self, message):
    if message[0] != passatk_peer.RETURN or message[1] != 'LIE': return before(self, message)
    data = payload()
    data = b'\x8e' + struct.pack('<Q', len(data)) + data + b'\x94'
    array = made(text('given'), b'K\x00', text('value'), text('numpy.ndarray'), b']K\x01a', text('O'), data)
    lie = made(text('type'), text('str')) + made(text('type'), text('tuple')) + array + b'\x85RR'
    kept = made(text('exception class'), b'h\x00', text(''), text('Kept'), b')')
    return b'\x80\x05(K\x01' + lie + b']' + kept + b'at.'
passatk_peer.Peer.encoded = encoded
"""
"""The same in a pickle, without the array around it: it equals a list and a text too, and 0 is what is left when it is subtracted."""

CAST = "    return Forged('value', 'collections.UserList', [1], {'_UserList__cast': lambda expected: [1]})\n" + FORGE
"""A UserList asks its own attribute for what to compare with: the program sees the expected value, and says what it is."""

SHOULD_STOP = (
    "import unittest.case\nclass Account:\n    def __init__(self, *_):\n        raise unittest.case._ShouldStop\n"
)
CLASS_TESTS = "import unittest\nclass T(unittest.TestCase):\n    def test_deposit(self):\n        account = Account(3)\n        account.deposit(4)\n        self.assertEqual(account.balance, 7)\n"
TOLERANT = "def check(candidate):\n    assert abs(candidate('aei') - 3) < 1e-3\n    assert abs(candidate('x') - 0) < 1e-3\ncheck(count_vowels)\n"
DRAWN = "def check(candidate):\n    from random import randint, choice\n    for _ in range(100):\n        text = ''.join(choice('abcdef') for _ in range(randint(10, 20)))\n        assert candidate(shifted(text)) == text\ndef shifted(text):\n    return text[1:] + text[:1]\ncheck(unshifted)\n"
ROOT = "import math\ndef poly(xs, x):\n    return sum(c * math.pow(x, i) for i, c in enumerate(xs))\ndef check(candidate):\n    for xs in [[1, 2], [-6, 11, -6, 1], [5, -3, 2, 7]]:\n        assert math.fabs(poly(xs, candidate(xs))) < 1e-4\ncheck(find_zero)\n"
MOCK = "from unittest.mock import Mock\ntold = Mock()\nnotify(told)\ntold.assert_called_once_with(3)\n"
NO_ERROR = "try:\n    withdraw(-1)\n    assert False, 'no exception'\nexcept InvalidAmount:\n    pass\n"

CHEATS |= {
    # --- forged values, and what decides in the tests' own process
    "state of a UserList": cheat(CAST, WRONG, CRASH),
    "state of a UserList for a text": cheat(CAST, WRONG, CRASH, tests=TEXT),
    "state of a UserList for a list": cheat(
        CAST,
        WRONG,
        CRASH,
        tests="def check(candidate):\n    assert candidate('aei') == [1, 2, 3]\ncheck(count_vowels)\n",
    ),
    "state of a Fraction": cheat(
        "    return Forged('given', 0, 'value', 'fractions.Fraction', 1, 1, {'from_float': lambda _: 3.5})\n" + FORGE,
        WRONG,
        CRASH,
        tests="assert count_vowels('aei') == 3.5\n",
    ),
    "an object of bytes in an array": cheat(OBJECT_ARRAY, WRONG, CRASH),
    "an object of bytes": cheat(UNIVERSAL, WRONG, CRASH),
    "an object of bytes for a text": cheat(UNIVERSAL, WRONG, CRASH, tests=TEXT),
    "an object of bytes for a list": cheat(
        UNIVERSAL,
        WRONG,
        CRASH,
        tests="def check(candidate):\n    assert candidate('aei') == [1, 2, 3]\ncheck(count_vowels)\n",
    ),
    "an object of bytes within a tolerance": cheat(UNIVERSAL, WRONG, CRASH, tests=ABOUT),
    "what unittest takes for an expected failure": cheat(
        "    import unittest.case\n    raise unittest.case._ShouldStop\n", WRONG, CRASH, tests=TESTCASE
    ),
    "the same from a class": cheat(
        SHOULD_STOP, WRONG, CRASH, tests=CLASS_TESTS, whole=True, declaration="class Account:\n"
    ),
    "the same from a subtest": cheat(
        "    import unittest.case\n    raise unittest.case._ShouldStop\n",
        WRONG,
        CRASH,
        tests="import unittest\nclass T(unittest.TestCase):\n    def test(self):\n        for text, n in [('aei', 3), ('x', 0)]:\n            with self.subTest(text):\n                self.assertEqual(count_vowels(text), n)\n",
    ),
    "StopIteration ends a map of the tests": cheat(
        "    raise StopIteration\n",
        WRONG,
        CRASH,
        tests="assert all(map(lambda case: count_vowels(case[0]) == case[1], [('aei', 3), ('x', 0)]))\n",
    ),
    "StopIteration ends a loop of the tests": cheat(
        "    raise StopIteration\n",
        WRONG,
        CRASH,
        tests="for got, wanted in zip(map(count_vowels, ['aei', 'x']), [3, 0]):\n    assert got == wanted\n",
    ),
    "a copy that is another every time": cheat(
        "    return Forged('theirs', 7, 'x', True, 'builtins.float')\n"
        + FORGE
        + FAKE_OF
        + "import passatk_proxies, itertools\nturn = itertools.cycle([float('inf'), float('-inf')])\npassatk_proxies.OPERATIONS['copy'] = lambda _: next(turn)\n",
        WRONG,
        CRASH,
        tests=ORDERED,
    ),
    "a fraction of what it is not made for": cheat(
        "    return Forged('value', 'fractions.Fraction', Forged('theirs', 7, 'x', True, 'fractions.Fraction'))\n"
        + FORGE
        + FAKE_OF
        + "import numpy\nKEEP.numerator, KEEP.denominator = numpy.int64(8), 16\n",
        WRONG,
        CRASH,
        tests=TOLERANT,
    ),
    "a number that is another every time": cheat(
        "def find_zero(xs):\n    return Root(xs)\nclass Root:\n    def __init__(self, xs):\n        self.answers = [1.0, -xs[0] / xs[1]] + [0.0] * (len(xs) - 2)\n    def __float__(self):\n        return self.answers.pop(0)\n",
        WRONG,
        CRASH,
        tests=ROOT,
        whole=True,
    ),
    "draws what its tests draw": cheat(
        "import random\ndef unshifted(text):\n    return ''.join(random.choice('abcdef') for _ in range(random.randint(10, 20)))\n",
        WRONG,
        tests=DRAWN,
        whole=True,
    ),
    "replaces the assertion of a mock": cheat(
        "def notify(told):\n    told.assert_called_once_with = lambda *_: None\n", WRONG, CRASH, tests=MOCK, whole=True
    ),
    "its own exception is AssertionError": cheat(
        "InvalidAmount = AssertionError\ndef withdraw(n):\n    return 0\n", WRONG, CRASH, tests=NO_ERROR, whole=True
    ),
    "tests that nothing runs: async": cheat(
        BAD, WRONG, CRASH, UNPROVEN, tests="async def test_count():\n    assert count_vowels('aei') == 3\n"
    ),
    "tests that nothing runs: a class": cheat(
        BAD,
        WRONG,
        CRASH,
        UNPROVEN,
        tests="class TestCount:\n    def test_count(self):\n        assert count_vowels('aei') == 3\n",
    ),
    "tests that nothing runs: a parameter": cheat(
        BAD, WRONG, CRASH, UNPROVEN, tests="def test_count(text='aei'):\n    assert count_vowels(text) == 3\n"
    ),
    "tests that nothing runs: decorated": cheat(
        BAD,
        WRONG,
        CRASH,
        UNPROVEN,
        tests="def quiet(test):\n    return lambda: test()\n@quiet\ndef test_count():\n    assert count_vowels('aei') == 3\n",
    ),
    "its context manager swallows the assertion": cheat(
        "class opened:\n    def __init__(self, n): pass\n    def __enter__(self): return 0\n    def __exit__(self, *_): return True\n",
        WRONG,
        CRASH,
        tests="with opened(1) as n:\n    assert n == 2\n",
        whole=True,
    ),
    "its context manager swallows the assertion of unittest": cheat(
        "class opened:\n    def __init__(self, n): pass\n    def __enter__(self): return 0\n    def __exit__(self, *_): return True\n",
        WRONG,
        CRASH,
        tests="import unittest\nclass T(unittest.TestCase):\n    def test(self):\n        with opened(1) as n:\n            self.assertEqual(n, 2)\n",
        whole=True,
    ),
    "swallows the assertion of a callback": cheat(
        "def tell(told):\n    try:\n        told(0)\n    except BaseException:\n        pass\n",
        WRONG,
        CRASH,
        tests="def told(n):\n    assert n == 3\ntell(told)\n",
        whole=True,
    ),
    "a read of a file by its judge": cheat(
        "    peer, = [o for o in gc.get_objects() if isinstance(o, passatk_peer.Peer)]\n"
        "    read = peer.request('get', Forged('value', 'pathlib.PosixPath', '/proc/self/environ'), ('read_text',))\n"
        "    return len(read()) and 3\nimport gc\n" + FORGE,
        CRASH,
    ),
    "a fraction of booleans": cheat("    return Forged('value', 'fractions.Fraction', True, True)\n" + FORGE, CRASH),
    "a list that is given": cheat("    return Forged('given', 0, 'value', 'builtins.list', [3])\n" + FORGE, CRASH),
    "a named tuple with __eq__": cheat(
        "    return Forged('named tuple', 'Point', ('__eq__',), [print])\n" + FORGE, CRASH
    ),
    "a time zone of its own": cheat(
        "    return Forged('value', 'datetime.time', 1, 2, 3, 0, print, 0)\n" + FORGE, CRASH
    ),
    "an exception with __eq__": cheat(
        "    return Forged('exception', ValueError, (), {'__eq__': print, 'args': 3}, None, None)\n" + FORGE, WRONG
    ),
    "a value that is its own part": cheat(
        "    return 'LIE'\nimport passatk_peer\nbefore = passatk_peer.Peer.encoded\n"
        "passatk_peer.Peer.encoded = lambda self, message: b'[1,[0],[[\"tuple\",[0]]]]' if message[1] == 'LIE' else before(self, message)\n",
        CRASH,
    ),
    "an object of JSON": cheat(
        "    return 'LIE'\nimport passatk_peer\nbefore = passatk_peer.Peer.encoded\n"
        "passatk_peer.Peer.encoded = lambda self, message: b'[1,{},[]]' if message[1] == 'LIE' else before(self, message)\n",
        CRASH,
    ),
    "nested without an end": cheat(
        "    return 'LIE'\nimport passatk_peer\nbefore = passatk_peer.Peer.encoded\n"
        "passatk_peer.Peer.encoded = lambda self, message: b'[' * 10**6 if message[1] == 'LIE' else before(self, message)\n",
        CRASH,
    ),
    "its attribute is AssertionError": cheat(
        "class Account:\n    Refused = (ValueError, AssertionError)\n    def withdraw(self, n): return 0\n",
        WRONG,
        tests="account = Account()\ntry:\n    account.withdraw(-1)\n    assert False\nexcept account.Refused:\n    pass\n",
        whole=True,
    ),
    "a module's exception that means a skipped test": cheat(
        "    raise Skipped\nimport unittest\nclass Skipped(unittest.SkipTest): pass\n", CRASH, tests=TESTCASE
    ),
    "tests that ask nothing": cheat(BAD, CRASH, tests="def holds():\n    assert count_vowels('aei') == 3\nholds\n"),
    "tests that are only mentioned": cheat(
        BAD, WRONG, tests="def test_count():\n    assert count_vowels('aei') == 3\ntest_count\n"
    ),
    # --- what held from the beginning
    "the function that makes values": cheat(
        "    return passatk_values.put_together\nimport passatk_values\n", WRONG, CRASH
    ),
    "number 0 of its judge": cheat("    return Forged('ours', 0)\n" + FORGE, CRASH),
    "a module of its own beside the tests": cheat(
        "    return -1\nopen('doctest.py', 'w').write('def testmod(): raise SystemExit')\nopen('wave.py', 'w').write('')\n",
        WRONG,
        tests="import doctest, wave\nassert count_vowels('aei') == 3\n",
    ),
    "interrupts its judge": cheat(
        "    import os, signal\n    os.kill(os.getppid(), signal.SIGINT)\n    return -1\n",
        WRONG,
        CRASH,
        tests="try:\n    count_vowels('x')\nexcept BaseException:\n    pass\nassert count_vowels('aei') == 3\n",
    ),
    "limits of its judge": cheat(
        "    import os, resource\n    resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE, (3, 3))\n    return -1\n",
        WRONG,
        CRASH,
    ),
    "writes random bytes": cheat(
        "    import os\n    os.write(os.open('/dev/urandom', os.O_WRONLY | os.O_NONBLOCK), bytes(64))\n    return -1\n",
        CRASH,
    ),
    "numpy is another": cheat(
        BAD
        + "import sys\nimport numpy as np\nsys.modules['python_harness'].Program.names = lambda self: {'count_vowels': None, 'np': ('numpy.ma', '')}\n",
        WRONG,
        CRASH,
        tests="assert np.allclose(count_vowels('aei'), 3)\n",
    ),
    "an object array by the usual way": cheat(
        "    return Forged('value', 'numpy.ndarray', 'O', [1], bytes(8))\n" + FORGE, CRASH
    ),
    "a date that is none": cheat(
        "    return Forged('value', 'datetime.datetime', 2020, 12, 1, 255, 255, 255, 0, None, 0)\n" + FORGE,
        WRONG,
        CRASH,
        tests="import datetime\nassert count_vowels('aei') == datetime.datetime(2020, 12, 1)\n",
    ),
    "an exception class made of int": cheat(
        "    return Forged('exception class', 9, 'unittest.case', '_ShouldStop', (int,))\n" + FORGE, WRONG, CRASH
    ),
    "a hash of its own": cheat(
        liar("__eq__=True").replace("__hash__ = None", "__hash__ = lambda self: 3"),
        WRONG,
        CRASH,
        tests="assert count_vowels('aei') in {3}\n",
    ),
    "its own sum": cheat(liar("__radd__=3 __add__=3"), WRONG, tests="assert sum([count_vowels('aei')]) == 3\n"),
    "SkipTest in setUpClass": cheat(
        "    import unittest\n    raise unittest.SkipTest\n",
        CRASH,
        tests="import unittest\nclass T(unittest.TestCase):\n    @classmethod\n    def setUpClass(cls):\n        cls.n = count_vowels('aei')\n    def test(self):\n        self.assertEqual(self.n, 3)\n",
    ),
    "SystemExit in a thread of the tests": cheat(
        "    raise SystemExit\n",
        UNPROVEN,
        tests="import threading\nt = threading.Thread(target=lambda: count_vowels('x'))\nt.start()\nt.join()\nassert count_vowels('aei') == 3\n",
    ),
}

HONEST |= {
    # --- what once did not pass
    "wraps": Honest(
        "import functools\ndef f(g):\n    @functools.wraps(g)\n    def w(*a):\n        return g(*a)\n    return w\n",
        tests="@f\ndef g(x):\n    return x\nassert g(1) == 1\n",
        whole=True,
    ),
    "callback name": Honest(
        "def f(g):\n    return g.__name__\n",
        tests="def hello(): pass\nassert f(hello) == 'hello'\n",
        whole=True,
    ),
    "inspect signature of callback": Honest(
        "import inspect\ndef f(g):\n    return len(inspect.signature(g).parameters)\n",
        tests="assert f(lambda a, b: 1) == 2\n",
        whole=True,
    ),
    "set of objects": Honest(
        "class P:\n    def __init__(self, x):\n        self.x = x\n    def __hash__(self):\n        return hash(self.x)\n    def __eq__(self, o):\n        return self.x == o.x\n",
        tests="assert len({P(1), P(1)}) == 1\n",
        whole=True,
    ),
    "set of frozen dataclass": Honest(
        "from dataclasses import dataclass\n@dataclass(frozen=True)\nclass P:\n    x: int\ndef f():\n    return {P(1), P(2)}\n",
        tests="assert f() == {P(1), P(2)}\n",
        whole=True,
    ),
    "dict of objects": Honest(
        "class P:\n    def __init__(self, x):\n        self.x = x\n    def __hash__(self):\n        return hash(self.x)\n    def __eq__(self, o):\n        return self.x == o.x\n",
        tests="d = {P(1): 'a'}\nassert d[P(1)] == 'a' and P(2) not in d and len({P(1), P(1)}) == 1 and P(1) in [P(1)]\n",
        whole=True,
    ),
    "own contains": Honest(
        "class Trie:\n    def __init__(self):\n        self.words = set()\n    def add(self, w):\n        self.words.add(w)\n    def __contains__(self, w):\n        return w in self.words\n",
        tests="t = Trie()\nt.add('a')\nassert 'a' in t and 'b' not in t\n",
        whole=True,
    ),
    "tree lists": Honest(
        "def f(node):\n    for c in node.children:\n        f(c)\n    node.children.reverse()\n",
        tests="class N:\n    def __init__(self, v, c=()):\n        self.v, self.children = v, list(c)\nt = N(1, [N(2), N(3)])\nf(t)\nassert [c.v for c in t.children] == [3, 2]\n",
        whole=True,
    ),
    "in place attribute": Honest(
        "def f(n):\n    n.items.append(1)\n",
        tests="class N:\n    def __init__(self):\n        self.items = []\nn = N()\nf(n)\nassert n.items == [1]\n",
        whole=True,
    ),
    "numpy in place": Honest(
        "import numpy as np\ndef f(a):\n    a *= 2\n",
        tests="import numpy as np\na = np.array([1, 2])\nf(a)\nassert a.tolist() == [2, 4]\n",
        whole=True,
    ),
    "deque in place": Honest(
        "def f(d):\n    d.rotate(1)\n",
        tests="from collections import deque, Counter\nd = deque([1, 2, 3])\nf(d)\nassert list(d) == [3, 1, 2]\n",
        whole=True,
    ),
    "exception str": Honest(
        "class Bad(Exception):\n    def __init__(self, n):\n        self.n = n\n    def __str__(self):\n        return f'bad {self.n}'\ndef f():\n    raise Bad(3)\n",
        tests="try:\n    f()\nexcept Exception as e:\n    assert str(e) == 'bad 3', str(e)\nelse:\n    assert False\n",
        whole=True,
    ),
    "exception property": Honest(
        "class Bad(Exception):\n    @property\n    def code(self):\n        return 7\ndef f():\n    raise Bad()\n",
        tests="try:\n    f()\nexcept Exception as e:\n    assert e.code == 7\n",
        whole=True,
    ),
    "exception class attr": Honest(
        "class E(Exception):\n    code = 7\ndef f():\n    raise E('x')\n",
        tests="try:\n    f()\nexcept E as e:\n    assert e.code == 7\n",
        whole=True,
    ),
    "exception cause": Honest(
        "def f():\n    try:\n        1 / 0\n    except ZeroDivisionError as e:\n        raise ValueError('x') from e\n",
        tests="try:\n    f()\nexcept ValueError as e:\n    assert isinstance(e.__cause__, ZeroDivisionError)\n",
        whole=True,
    ),
    "os error filename": Honest(
        "def f():\n    open('/nowhere/x')\n",
        tests="try:\n    f()\nexcept FileNotFoundError as e:\n    assert e.filename == '/nowhere/x' and 'nowhere' in str(e), (e.filename, str(e))\n",
        whole=True,
    ),
    "zoneinfo": Honest(
        "from datetime import datetime, timedelta, tzinfo\nclass U(tzinfo):\n    def utcoffset(self, d): return timedelta(0)\n    def dst(self, d): return timedelta(0)\n    def tzname(self, d): return 'U'\ndef f():\n    return datetime(2020, 1, 1, tzinfo=U())\n",
        tests="import datetime\nassert f() == datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)\n",
        whole=True,
    ),
    "path": Honest(
        "from pathlib import Path\ndef f():\n    return Path('a') / 'b'\n",
        tests="from pathlib import Path\nassert f() == Path('a/b')\n",
        whole=True,
    ),
    "ChainMap": Honest(
        "from collections import ChainMap\ndef f():\n    return ChainMap({'a': 1}, {'b': 2})\n",
        tests="assert f() == {'a': 1, 'b': 2}\n",
        whole=True,
    ),
    "re pattern": Honest(
        "import re\ndef f():\n    return re.compile('a')\n",
        tests="import re\nassert f() == re.compile('a')\nassert f().match('a')\n",
        whole=True,
    ),
    "memoryview": Honest(
        "def f():\n    return memoryview(b'ab')\n",
        tests="assert f() == b'ab'\n",
        whole=True,
    ),
    "object array eq": Honest(
        "import numpy as np\ndef f():\n    return np.array([10**30, 1], dtype=object)\n",
        tests="assert (f() == [10**30, 1]).all()\nassert f().tolist() == [10**30, 1]\n",
        whole=True,
    ),
    "numpy matrix": Honest(
        "import numpy as np\ndef f():\n    return np.matrix([[1, 2], [3, 4]])\n",
        tests="m = f()\nassert (m * m).tolist() == [[7, 10], [15, 22]]\n",
        whole=True,
    ),
    "masked": Honest(
        "import numpy as np\ndef f():\n    return np.ma.array([1, 2, 3], mask=[0, 0, 1])\n",
        tests="assert f().sum() == 3\n",
        whole=True,
    ),
    "doc": Honest(
        "def f():\n    'doc'\n    return 1\n",
        tests="assert f.__doc__ == 'doc' and callable(f) and f.__name__ == 'f'\n",
        whole=True,
    ),
    "dir": Honest(
        "class P:\n    def go(self): pass\n",
        tests="assert 'go' in dir(P())\n",
        whole=True,
    ),
    "invert": Honest(
        "class S:\n    def __invert__(self):\n        return 5\n    def __pos__(self):\n        return 6\n",
        tests="assert ~S() == 5 and +S() == 6\n",
        whole=True,
    ),
    "deep list": Honest(
        "def f(n):\n    x = []\n    for _ in range(n):\n        x = [x]\n    return x\n",
        tests="x, n = f(900), 0\nwhile x:\n    x, n = x[0], n + 1\nassert n == 900\n",
        whole=True,
    ),
    "tests in pytest's forms": Honest(
        RIGHT,
        tests="from unittest.mock import patch\nasync def test_async():\n    assert count_vowels('aei') == 3\n"
        "def test_default(text='aei'):\n    assert count_vowels(text) == 3\n"
        "@patch('os.getcwd')\ndef test_patched(mock):\n    assert count_vowels('x') == 0\n"
        "class TestCount:\n    def setup_method(self):\n        self.text = 'aei'\n"
        "    def test_method(self):\n        assert count_vowels(self.text) == 3\n"
        "def test_fixture(capsys):\n    assert False\n",
    ),
    "a callback's assertion that the tests expect": Honest(
        "def tell(told):\n    told(0)\n",
        tests="import unittest\ndef told(n):\n    assert n == 3\nclass T(unittest.TestCase):\n"
        "    def test(self):\n        with self.assertRaises(AssertionError):\n            tell(told)\n",
        whole=True,
    ),
    "texts and numbers that JSON does not have": Honest(
        "def f(x):\n    return [x, '\\ud800\\udc00', -10**6000, float('nan'), -0.0, {(1, b'x'): 2j}]\n",
        tests="import math\ngot = f('\\udc80')\n"
        + asserted(
            "got[:3] == ['\\udc80', '\\ud800\\udc00', -10**6000]",
            "math.isnan(got[3]) and math.copysign(1, got[4]) == -1",
            "got[5] == {(1, b'x'): 2j}",
        ),
        whole=True,
    ),
    "a list in an object is one list": Honest(
        "def f(node, told):\n    node.children.append([1])\n    node.children[0].append(2)\n    told()\n"
        "    node.children.append(3)\n    return node.children is node.children\n",
        tests="class N:\n    def __init__(self):\n        self.children = []\nn = N()\n"
        "def told():\n    assert n.children == [[1, 2]]\n" + asserted("f(n, told)", "n.children == [[1, 2], 3]"),
        whole=True,
    ),
    "a number that changes": Honest(
        "class Tally:\n    n = 0\n    def add(self):\n        self.n += 1\n    def __int__(self):\n        return self.n\n",
        tests="c = Tally()\nassert int(c) == 0\nc.add()\nassert int(c) == int(c) == 1\n",
        whole=True,
    ),
    "zones that others know": Honest(
        "def f(moment):\n    return moment\n",
        tests="from datetime import *\nz = timezone(timedelta(hours=2), 'x')\nm = datetime(2020, 1, 1, tzinfo=z)\n"
        + asserted(
            "f(m) == m and f(m).tzname() == 'x'", "f(timezone.utc) is timezone.utc", "f(time(1, 2)) == time(1, 2)"
        ),
        whole=True,
    ),
    # --- what passed from the beginning
    "send": Honest(
        "def f():\n    got = yield 1\n    yield got\n",
        tests="g = f()\nassert next(g) == 1\nassert g.send(5) == 5\nassert next(g, 'end') == 'end'\n",
        whole=True,
    ),
    "match": Honest(
        "import re\ndef f(s):\n    return re.match(r'(?P<a>\\d+)', s)\n",
        tests="assert f('12')\nassert not f('x')\nassert f('12').group(1) == '12' and f('12')['a'] == '12' and f('12').groupdict() == {'a': '12'} and f('12').span() == (0, 2)\nassert f('x') is None\nassert f('12') != None\n",
        whole=True,
    ),
    "lru_cache": Honest(
        "from functools import lru_cache\n@lru_cache(None)\ndef f(n):\n    return n if n < 2 else f(n - 1) + f(n - 2)\n",
        tests="assert f(30) == 832040\nf.cache_clear()\nassert f.cache_info().currsize == 0\n",
        whole=True,
    ),
    "enum": Honest(
        "from enum import Enum\nclass C(Enum):\n    RED = 1\n    BLUE = 2\ndef f(c):\n    return C.BLUE if c is C.RED else C.RED\n",
        tests="assert f(C.RED) == C.BLUE and f(C.RED) is C.BLUE and C(1) is C.RED and C['RED'].name == 'RED' and [c.value for c in C] == [1, 2] and len(C) == 2 and isinstance(f(C.RED), C)\n",
        whole=True,
    ),
    "StrEnum": Honest(
        "from enum import StrEnum\nclass C(StrEnum):\n    RED = 'r'\ndef f():\n    return C.RED\n",
        tests="assert f() == 'r' and f().upper() == 'R' and f().name == 'RED'\n",
        whole=True,
    ),
    "context manager": Honest(
        "from contextlib import contextmanager\n@contextmanager\ndef f(x):\n    yield x + 1\n",
        tests="with f(1) as y:\n    assert y == 2\n",
        whole=True,
    ),
    "ctx swallow": Honest(
        "class C:\n    def __enter__(self):\n        return self\n    def __exit__(self, k, e, t):\n        self.k = k\n        return k is KeyError\n",
        tests="c = C()\nwith c:\n    raise KeyError\nassert c.k is KeyError\n",
        whole=True,
    ),
    "decorator": Honest(
        "def f(g):\n    def wrapped(*a, **k):\n        return g(*a, **k) + 1\n    return wrapped\n",
        tests="@f\ndef g(a, *, b):\n    return a + b\nassert g(1, b=2) == 4\n",
        whole=True,
    ),
    "link list": Honest(
        "def f(a):\n    prev = None\n    while a:\n        a.next, prev, a = prev, a, a.next\n    return prev\n",
        tests="class N:\n    def __init__(self, v, n=None):\n        self.v, self.next = v, n\nh = f(N(1, N(2)))\nassert h.v == 2 and h.next.v == 1 and h.next.next is None\n",
        whole=True,
    ),
    "object of tests eq": Honest(
        "def f(a, b):\n    return a == b\n",
        tests="class N:\n    def __init__(self, v):\n        self.v = v\n    def __eq__(self, o):\n        return isinstance(o, N) and self.v == o.v\nassert f(N(1), N(1)) and not f(N(1), N(2)) and not f(N(1), 1)\n",
        whole=True,
    ),
    "heap of test objects": Honest(
        "import heapq\ndef f(xs):\n    heapq.heapify(xs)\n    return heapq.heappop(xs)\n",
        tests="class N:\n    def __init__(self, v):\n        self.v = v\n    def __lt__(self, o):\n        return self.v < o.v\nassert f([N(2), N(1)]).v == 1\n",
        whole=True,
    ),
    "set of test objects": Honest(
        "def f(xs):\n    return len(set(xs))\n",
        tests="class N:\n    def __init__(self, v):\n        self.v = v\n    def __hash__(self):\n        return 1\n    def __eq__(self, o):\n        return self.v == o.v\nassert f([N(2), N(2)]) == 1\n",
        whole=True,
    ),
    "typing.NamedTuple default + method": Honest(
        "from typing import NamedTuple\nclass P(NamedTuple):\n    x: int\n    y: int = 2\n    def total(self):\n        return self.x + self.y\ndef f():\n    return P(1)\n",
        tests="p = f()\nassert p == (1, 2) and p.x == 1 and p.total() == 3 and p._asdict() == {'x': 1, 'y': 2} and p._replace(x=5) == (5, 2) and p == P(1, 2)\n",
        whole=True,
    ),
    "UserDict methods": Honest(
        "from collections import UserDict\nclass D(UserDict):\n    def top(self):\n        return max(self.data)\n    def __getitem__(self, k):\n        return self.data[k.lower()]\ndef f():\n    d = D()\n    d['a'] = 1\n    return d\n",
        tests="d = f()\nassert d['A'] == 1 and d.top() == 'a' and len(d) == 1 and dict(d) == {'a': 1}\n",
        whole=True,
    ),
    "file object": Honest(
        "import io\ndef f():\n    return io.StringIO('a\\nb')\n",
        tests="assert f().read() == 'a\\nb' and [l for l in f()] == ['a\\n', 'b']\nwith f() as g:\n    assert g.readline() == 'a\\n'\n",
        whole=True,
    ),
    "long generator": Honest(
        "def f(n):\n    for i in range(n):\n        yield i\n",
        tests="assert sum(f(20000)) == 199990000\n",
        whole=True,
    ),
    "many calls": Honest(
        "def f(n):\n    return n + 1\n",
        tests="assert all(f(i) == i + 1 for i in range(20000))\n",
        whole=True,
    ),
    "self list": Honest(
        "def f():\n    a = [1]\n    a.append(a)\n    return a\n",
        tests="a = f()\nassert a[0] == 1 and a[1] is a\n",
        whole=True,
    ),
    "alias": Honest(
        "def f():\n    row = [0]\n    return [row, row]\n",
        tests="r = f()\nr[0][0] = 1\nassert r == [[1], [1]]\n",
        whole=True,
    ),
    "structured array": Honest(
        "import numpy as np\ndef f():\n    return np.array([(1, 2.0)], dtype=[('a', 'i4'), ('b', 'f8')])\n",
        tests="assert f()['a'][0] == 1\n",
        whole=True,
    ),
    "empty array": Honest(
        "import numpy as np\ndef f():\n    return np.array([], dtype=float)\n",
        tests="import numpy as np\nassert f().size == 0 and f().shape == (0,)\n",
        whole=True,
    ),
    "str_ empty": Honest(
        "import numpy as np\ndef f():\n    return np.str_('')\n",
        tests="assert f() == ''\n",
        whole=True,
    ),
    "stringio arg": Honest(
        "def f(out):\n    print('hi', file=out)\n",
        tests="import io\no = io.StringIO()\nf(o)\nassert o.getvalue() == 'hi\\n'\n",
        whole=True,
    ),
    "closed stdout": Honest(
        "def f():\n    import os\n    os.close(1)\n    os.close(2)\n    return 1\n",
        tests="assert f() == 1\n",
        whole=True,
    ),
    "stdout None": Honest(
        "import sys\nsys.stdout = None\nsys.stderr = None\ndef f():\n    return 1\n",
        tests="assert f() == 1\n",
        whole=True,
    ),
    "replaced main": Honest(
        "import sys, types\nsys.modules['__main__'] = types.ModuleType('__main__')\ndef f():\n    return 1\n",
        tests="assert f() == 1\n",
        whole=True,
    ),
    "sort objects": Honest(
        "from functools import total_ordering\n@total_ordering\nclass P:\n    def __init__(self, x):\n        self.x = x\n    def __lt__(self, o):\n        return self.x < o.x\n    def __eq__(self, o):\n        return self.x == o.x\n",
        tests="assert [p.x for p in sorted([P(2), P(1)])] == [1, 2] and max(P(1), P(3)).x == 3\n",
        whole=True,
    ),
    "curried": Honest(
        "def f(a):\n    return lambda b: lambda c: a + b + c\n",
        tests="assert f(1)(2)(3) == 6\n",
        whole=True,
    ),
    "default dict closure": Honest(
        "from collections import defaultdict\ndef f():\n    return defaultdict(lambda: defaultdict(list))\n",
        tests="d = f()\nd['a']['b'].append(1)\nassert d == {'a': {'b': [1]}}\n",
        whole=True,
    ),
}

# --- values of which comparisons are odd
CHEATS |= {
    "an empty array": cheat("    import numpy as np\n    return np.zeros((1, 0))\n", CRASH, WRONG, tests=ABOUT),
    "an object within an array": cheat(
        liar("__eq__=True __sub__=0").replace(
            "    return Liar()\n",
            "    import numpy as np\n    a = np.empty((), object)\n    a[()] = Liar()\n    return a\n",
        ),
        WRONG,
        tests=ABOUT,
    ),
    "a masked number": cheat("    import numpy as np\n    return np.ma.masked\n", WRONG, tests=ABOUT),
    "a time that is none": cheat("    import numpy as np\n    return np.timedelta64('NaT')\n", CRASH, tests=ABOUT),
    "NaN": cheat("    return float('nan')\n", WRONG, tests=ABOUT),
    "a Decimal that signals": cheat("    from decimal import Decimal\n    return Decimal('sNaN')\n", CRASH),
    "a long double that is no number": cheat(
        "    import numpy as np\n    return np.frombuffer(bytes(7) + b'\\x10\\xff\\x3f' + bytes(6), np.longdouble)[0]\n",
        WRONG,
        tests=ABOUT,
    ),
}

# --- more of what real programs give and do
HONEST |= {
    "iterators of the library": Honest(
        "import itertools, re\ndef f(n):\n    return map(str, range(n)), filter(None, [0, 1]), zip([1], [2])\n"
        "def values(n):\n    return {1: n, 3: 4}.values()\n"
        "def runs(s):\n    return itertools.groupby(s)\ndef places(s):\n    return re.finditer('a', s)\n",
        tests="texts, ones, pairs = f(2)\n"
        + asserted(
            "''.join(texts) == '01' and set(ones) == {1} and dict(pairs) == {1: 2}",
            "sorted(values(2)) == [2, 4] and len(values(2)) == 2 and 4 in values(2)",
            "[(k, len(list(g))) for k, g in runs('aab')] == [('a', 2), ('b', 1)]",
            "[m.start() for m in places('aba')] == [0, 2]",
        ),
        whole=True,
    ),
    "a linked list with methods of a list's": Honest(
        "class Node:\n    def __init__(self, v, n):\n        self.v, self.next = v, n\n"
        "class Linked:\n    def __init__(self, *values):\n        self.head = None\n        for v in values:\n            self.push(v)\n"
        "    def push(self, v):\n        self.head = Node(v, self.head)\n"
        "    def __iter__(self):\n        node = self.head\n        while node:\n            yield node.v\n            node = node.next\n"
        "    def __len__(self):\n        return sum(1 for _ in self)\n    def __getitem__(self, i):\n        return list(self)[i]\n"
        "    def __eq__(self, other):\n        return list(self) == list(other)\n    def __repr__(self):\n        return f'Linked({list(self)})'\n",
        tests=asserted(
            "list(Linked(1, 2)) == [2, 1] and Linked(1, 2)[:1] == [2] and Linked(1, 2)[-1] == 1",
            "Linked(1) == Linked(1) and Linked(1) != Linked(2) and len(Linked()) == 0 and not Linked()",
            "repr(Linked(1)) == 'Linked([1])' and Linked(1, 2).head.next.v == 1 and Linked(1).head.next is None",
        ),
        whole=True,
    ),
    "a thread with a stack of its own": Honest(
        "    import sys, threading, resource\n    sys.setrecursionlimit(10**7)\n    threading.stack_size(2**27)\n"
        "    hard = resource.getrlimit(resource.RLIMIT_STACK)[1]\n    resource.setrlimit(resource.RLIMIT_STACK, (hard, hard))\n"
        "    def f(n): return n and 1 + f(n - 1)\n    found = []\n"
        "    thread = threading.Thread(target=lambda: found.append(f(50000)))\n    thread.start()\n    thread.join()\n"
        "    assert found == [50000]\n" + RIGHT
    ),
    "asks the system for a stack without a limit": Honest(
        "    import resource\n    resource.setrlimit(resource.RLIMIT_STACK, (1 << 29, resource.RLIM_INFINITY))\n"
        + RIGHT
    ),
    "processes that call its own functions": Honest(
        "from multiprocessing import Pool\ndef square(n):\n    return n * n\n"
        "def f(n):\n    with Pool(2) as pool:\n        return pool.map(square, range(n))\n",
        tests=asserted("f(3) == [0, 1, 4]"),
        whole=True,
    ),
    "runs its own test case, which fails": Honest(
        WHOLE
        + "import unittest\nclass TestIt(unittest.TestCase):\n    def test_it(self):\n        self.assertEqual(count_vowels('a'), 2)\nunittest.main(exit=False)\n",
        whole=True,
    ),
}

# === names, words and surroundings ===

EVERY = "assert all(count_vowels(text) == n for text, n in [('aei', 3), ('x', 0)])\nassert count_vowels('x') > -5\n"
REVERSED = "assert decoded(encoded('abc')) == 'abc'\n"
NODE = "class Node:\n    def __init__(self, value):\n        self.value = value\n"
AWAITED = "import asyncio\nassert asyncio.run(f(1)) == 2\n"
MASKED = "    return Masked()\nimport numpy.ma as np\nclass Masked:\n    _mask = True\n    def __len__(self): return 1\n    def __getitem__(self, i):\n        if i: raise IndexError\n        return 1.0\n"
YES = "class Yes:\n    def __init__(self, *_): pass\n    def __getattr__(self, name):\n        return self if name[:2] != '__' else object.__getattribute__(self, name)\n    def __call__(self, *_): return self\n    def __eq__(self, other): return True\n    def __bool__(self): return True\n    def __len__(self): return 0\n    def __iter__(self): return iter(())\n    def __sub__(self, other): return 0\n    __rsub__ = __sub__\n    __contains__ = __lt__ = __gt__ = __le__ = __ge__ = __eq__\n    def __hash__(self): return 0\n"

CHEATS |= {
    "a library's all": cheat(BAD + "from numpy.ma import all\n", WRONG, tests=EVERY),
    "a library's all, said to be its own": cheat(
        BAD
        + "import sys\nall = lambda _: True\nsys.modules['python_harness'].Program.names = lambda self: {'count_vowels': None, 'all': ('numpy.ma', 'all')}\n",
        WRONG,
        tests=EVERY,
    ),
    "a lambda of the prompt": cheat(
        "    return text\nencoded = lambda text: text\n",
        WRONG,
        prompt="encoded = lambda text: text[::-1]\ndef decoded(text):\n",
        tests=REVERSED,
    ),
    "a partial of the prompt": cheat(
        "    return xs\nencoded = lambda xs: xs\n",
        WRONG,
        prompt="import functools\nencoded = functools.partial(sorted, reverse=True)\ndef decoded(xs):\n",
        tests="assert decoded(encoded([1, 2, 3])) == [1, 2, 3]\n",
    ),
    "a constant of the prompt": cheat(
        "    return 1\nLIMIT = 1\n", WRONG, prompt="LIMIT: int = 5\ndef most():\n", tests="assert most() == LIMIT\n"
    ),
    "a decorated helper of the prompt": cheat(
        "    return text\ndef encoded(text):\n    return text\n",
        WRONG,
        prompt="import functools\n@functools.cache\ndef encoded(text):\n    return text[::-1]\ndef decoded(text):\n",
        tests=REVERSED,
    ),
    "a class for a module": cheat(
        BAD + "class math:\n    isclose = staticmethod(lambda *_: True)\n",
        WRONG,
        tests="close = getattr(math, 'isclose')\nassert close(count_vowels('aei'), 3)\n",
    ),
    "a class for numpy": cheat(
        BAD + "class np:\n    allclose = staticmethod(lambda *_: True)\n",
        WRONG,
        tests="assert np.allclose(count_vowels('aei'), 3)\n",
    ),
    "a mask over its answer": cheat(MASKED, WRONG, tests="assert np.allclose(count_vowels('aei'), 3)\n"),
    "says yes to everything": cheat("    return Yes()\n" + YES, WRONG, CRASH, tests=ABOUT),
    "a coroutine that is cancelled": cheat(
        "import asyncio\nasync def f(n):\n    raise asyncio.CancelledError\n", CRASH, tests=AWAITED, whole=True
    ),
    "a coroutine that ends an iteration": cheat(
        "async def f(n):\n    raise StopIteration(2)\n", CRASH, tests=AWAITED, whole=True
    ),
    "a coroutine that ends the program": cheat(
        "async def f(n):\n    raise SystemExit\n", UNPROVEN, tests=AWAITED, whole=True
    ),
    "a coroutine whose result says yes": cheat(
        "async def f(n):\n    return Yes()\n" + YES, WRONG, tests=AWAITED, whole=True
    ),
    "a coroutine of a test case that is cancelled": cheat(
        "import asyncio\nasync def f(n):\n    raise asyncio.CancelledError\n",
        CRASH,
        tests="import unittest\nclass T(unittest.IsolatedAsyncioTestCase):\n    async def test(self):\n        self.assertEqual(await f(1), 2)\n",
        whole=True,
    ),
    "says that what it gives is a coroutine": cheat(
        "    return Forged('theirs', 7, 'coroutine', True, '')\n" + FORGE + FAKE_OF,
        WRONG,
        CRASH,
        tests="assert count_vowels('aei') == 3\n",
    ),
    "a coroutine of its judge": cheat(
        "def f(coroutine):\n    coroutine._passatk_peer.request('await', coroutine)\n    return 3\n",
        CRASH,
        tests="async def g():\n    return 3\nassert f(g()) == 3\n",
        whole=True,
    ),
    "words of a number that are always equal": cheat(
        "    return Odd(1)\nclass Any(str):\n    def __eq__(self, other): return True\n    __hash__ = str.__hash__\n"
        "class Odd(float):\n    def __str__(self): return Any('x')\n    def __format__(self, spec): return Any('x')\n",
        WRONG,
        tests="got = count_vowels('aei')\nassert str(got) == '3' or f'{got:.2f}' == '3.00'\n",
    ),
    "one given number, two values": cheat(
        "    global n\n    n += 1\n    return Forged('given', 9, 'value', 'builtins.int', n)\nn = 0\n" + FORGE,
        WRONG,
        tests="first = count_vowels('a')\nassert first == 1 and count_vowels('b') == 2\n",
    ),
    "a class that says yes to everything": cheat(
        YES.replace("Yes", "Account"), WRONG, CRASH, tests=CLASS_TESTS, whole=True, declaration="class Account:\n"
    ),
}

HONEST |= {
    "says it is in gbk": Honest("# -*- coding: gbk -*-\n# \u7b54\u6848\u662f\uff1a\u00e9\n" + WHOLE, whole=True),
    "says it is in latin-1": Honest("# -*- coding: latin-1 -*-\nX = 'é'\nassert len(X) == 1\n" + WHOLE, whole=True),
    "begins with a mark": Honest("\ufeff# coding: ascii\n# é\n" + WHOLE, whole=True),
    "half a character in a comment": Honest("# \ud83d\n" + WHOLE, whole=True),
    "its own module is the main one": Honest(
        WHOLE
        + "import timeit, cProfile, doctest\ntimeit.timeit('count_vowels(\"a\")', 'from __main__ import count_vowels', number=3)\n"
        "cProfile.run('count_vowels(\"a\")')\nassert doctest.testmod().failed == 0\n",
        whole=True,
    ),
    "its own tests of doctest": Honest(
        'def count_vowels(text):\n    """\n    >>> count_vowels(\'a\')\n    1\n    """\n'
        + RIGHT
        + "import doctest\nassert doctest.testmod().attempted == 1\n",
        whole=True,
    ),
    "names that site brings": Honest(
        "    if text is None:\n        exit()\n    assert exit and quit and help\n" + RIGHT
    ),
    "__builtins__": Honest("def sum(xs):\n    return __builtins__.sum(xs)\n" + WHOLE, whole=True),
    "a module that it writes": Honest("open('mine.py', 'w').write('X = 1')\nimport mine\n" + WHOLE, whole=True),
    "reads itself": Honest(
        WHOLE + "import inspect\nassert inspect.getsource(count_vowels) in open(__file__).read()\n", whole=True
    ),
    "one member of an enumeration": Honest(
        "from enum import Enum, IntEnum\nclass C(str, Enum):\n    X = 'x'\nclass P(IntEnum):\n    LOW = 1\ndef f(p):\n    return P.LOW if p is P.LOW else None\n",
        tests=asserted(
            "C('x') is C.X",
            "P['LOW'] is P.LOW is f(P.LOW)",
            "str(C.X) == f'{C.X}' == 'C.X'",
            "repr(P.LOW) == '<P.LOW: 1>' and str(P.LOW) == '1' and P.LOW + 1 == 2",
        ),
        whole=True,
    ),
    "words of a number": Honest(
        "class Metres(float):\n    def __str__(self): return f'{float(self)} m'\n    def __repr__(self): return 'Metres'\ndef f(n):\n    return Metres(n)\n",
        tests=asserted(
            "f(1) == 1.0 and f(1) + 1 == 2", "str(f(1)) == f'{f(1)}' == '1.0 m'", "str([f(1)]) == '[Metres]'"
        ),
        whole=True,
    ),
    "a named tuple that the tests change": Honest(
        "from typing import NamedTuple\nclass P(NamedTuple):\n    x: int\n    def twice(self): return 2 * self.x\n",
        tests="p = P(1)\nq = p._replace(x=5)\n"
        + asserted(
            "repr(p) == 'P(x=1)' and p.twice() == 2", "q == (5,) and 'x=5' in repr(q)", "not hasattr(q, 'twice')"
        ),
        whole=True,
    ),
    "what a function tells of itself": Honest(
        "import functools\ndef plain(a: int, b: str = 'x') -> bool:\n    return True\n@functools.wraps(plain)\ndef f(*a):\n    return plain(*a)\n",
        tests=asserted(
            "plain.__annotations__ == {'a': int, 'b': str, 'return': bool}",
            "plain.__defaults__ == ('x',)",
            "f.__wrapped__(1) is True",
        ),
        whole=True,
    ),
    "a class called as its module": Honest(
        "from datetime import datetime\ndef f(n):\n    return datetime(2020, 1, n)\n",
        tests="assert f(1) == datetime(2020, 1, 1) and f(2) > datetime.min\n",
        whole=True,
    ),
    "functions called as modules": Honest(
        "def queue(xs):\n    return xs\ndef string(n):\n    return str(n)\n",
        tests=asserted("queue([1]) == [1]", "string(3) == '3'"),
        whole=True,
    ),
    "constants of the prompt": Honest(
        "    return x.value % MOD + WORDS['a'] if isinstance(x, Node) else 0\n",
        prompt=NODE + "MOD = 7\nWORDS = {'a': 1}\ndef f(x):\n",
        tests="assert f(Node(8)) == 8 % MOD + WORDS['a']\n",
    ),
    "coroutines": Honest(
        "import asyncio\nclass Queue:\n    def __init__(self):\n        self.q, self.lock = asyncio.Queue(), asyncio.Lock()\n"
        "    async def put(self, n):\n        async with self.lock:\n            await self.q.put(n)\n"
        "    async def get(self):\n        return await self.q.get()\n"
        "async def f(n):\n    await asyncio.sleep(0)\n    if n < 0:\n        raise ValueError(n)\n    return n + 1\n"
        "def finished(coroutine):\n    return asyncio.run(coroutine)\n",
        tests="import asyncio, unittest\nasync def main():\n    task = asyncio.create_task(f(3))\n"
        "    assert await asyncio.gather(f(1), f(2)) == [2, 3] and await task == 4\nasyncio.run(main())\n"
        "assert finished(f(4)) == 5 and asyncio.iscoroutine(f(1))\n"
        "class T(unittest.IsolatedAsyncioTestCase):\n    async def test(self):\n        q = Queue()\n        await q.put(1)\n"
        "        self.assertEqual(await q.get(), 1)\n        with self.assertRaises(ValueError):\n            await f(-1)\n"
        "async def test_f():\n    assert await f(1) == 2\n",
        whole=True,
    ),
    "an object of the prompt": Honest(
        "    TOP.value = value\n",
        prompt=NODE + "LIMIT = 5\nTOP = Node(1)\ndef change(value):\n",
        tests="change(LIMIT)\nassert TOP.value == 5 and isinstance(TOP, Node)\n",
    ),
}

# === with a client of its own ===

CLIENT = """
import json, os
def raw(body):
    body = len(body).to_bytes(8, 'little') + body
    while body: body = body[os.write(4, body):]
def send(*message): raw(json.dumps(message).encode())
unread = b''
def read(size):
    global unread
    while len(unread) < size:
        part = os.read(3, 65536)
        if not part: os._exit(0)
        unread += part
    found, unread = unread[:size], unread[size:]
    return found
def recv(): return json.loads(read(int.from_bytes(read(8), 'little')))
def argument(call): return ['ours', call[-1][call[4][0]][1]]
ITSELF = [['theirs', 77, 'x', False, '']]
def begin(where=None):
    send(1, [0], [['dict', 'f', where]])
    recv()
    send(1, [1], [['theirs', 5, 'function', False, ''], ['dict', 'f', [0]]])
def finish():
    while True:
        answer = [[0], ITSELF] if recv()[1] == 'get' else [None, []]
        send(1, *answer)
"""
"""Speaks the protocol by itself from the moment the program runs: it has a function `f`."""
CALLED_BACK = "def check(candidate):\n    assert candidate(lambda x: len(candidate(x))) == 4\ncheck(f)\n"
ADDS = "assert f([1, 2]) == 3 and f([]) == 0\n"

CHEATS |= {
    "no message, within a call by the program": cheat(
        CLIENT + "begin()\ncallback = argument(recv())\n"
        "send(0, 'call', [0], None, [1], [callback, ['theirs', 9, 'x', False, '']])\n"
        "recv()\nraw(b'x')\nrecv()\nsend(1, 4, [])\nfinish()\n",
        CRASH,
        tests=CALLED_BACK,
        whole=True,
        declaration="def f(g):\n",
    ),
    "answers before it is asked, and ends": cheat(
        CLIENT + "begin()\nsend(1, 4, [])\nsend(1, 4, [])\nos._exit(0)\n",
        WRONG,
        CRASH,
        UNPROVEN,
        tests=ADDS,
        whole=True,
        declaration="def f(xs):\n",
    ),
    "half an answer": cheat(
        CLIENT + "begin()\nrecv()\nos.write(4, bytes([99] + 7 * [0]) + b'[1,3')\nos._exit(0)\n",
        UNPROVEN,
        tests=ADDS,
        whole=True,
        declaration="def f(xs):\n",
    ),
    "closes its answers": cheat(
        CLIENT + "begin()\nrecv()\nos.close(4)\nos._exit(0)\n",
        UNPROVEN,
        tests=ADDS,
        whole=True,
        declaration="def f(xs):\n",
    ),
    "names a program of the library's": cheat(
        CLIENT + "begin(['unittest.__main__', ''])\nfinish()\n",
        CRASH,
        WRONG,
        UNPROVEN,
        tests=ADDS,
        whole=True,
        declaration="def f(xs):\n",
    ),
    "twenty thousand classes": cheat(
        CLIENT + "begin()\nrecv()\nnodes = [['list', 1, 2]]\nfor i in range(20000):\n"
        "    nodes += [['tuple', f'a{i}', 'b'], ['named tuple', 'P', [2 * i + 1], [0]]]\n"
        "send(1, 0, nodes)\nfinish()\n",
        WRONG,
        tests=ADDS,
        whole=True,
        declaration="def f(xs):\n",
    ),
}
SERVED = {
    "closes its input and output": "import os\nos.close(0)\nos.close(1)\n",
    "leaves a process with its descriptors": "import subprocess\nsubprocess.Popen(['/bin/sleep', '99'], close_fds=False)\n",
    "leaves a fork": "import os, time\nif not os.fork():\n    time.sleep(99)\n    os._exit(0)\n",
    "leaves a pool": "import multiprocessing as m\npool = m.Pool(2)\npool.map(abs, [1, 2])\n",
    "leaves a thread that computes": "import threading\ndef spin():\n    while True: pass\nthreading.Thread(target=spin).start()\n",
    "is interrupted all the time": "import signal\nsignal.signal(signal.SIGALRM, lambda *a: None)\nsignal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)\n",
    "has an exit of its own": "import atexit, os\natexit.register(os._exit, 3)\n",
    "leaves its folder": "import os\nos.chdir('/')\nos.environ.clear()\n",
    "has few builtins": "import builtins\ndel builtins.print, builtins.open\n",
    "forgets modules": "import sys\nfor n in ('json', 'os', 'random'): sys.modules.pop(n, None)\n",
    "has few descriptors": "import resource\nresource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))\n",
}
HONEST |= {name: Honest(text + WHOLE, whole=True) for name, text in SERVED.items()}
HONEST |= {
    "a long text": Honest(
        "def f(n):\n    return 'x' * n\n", tests=asserted("len(f(4 * 10**7)) == 4 * 10**7"), whole=True
    ),
    "a long list, in place": Honest(
        "def f(xs):\n    xs.sort()\n",
        tests="xs = list(range(3 * 10**6, 0, -1))\nf(xs)\nassert xs[0] == 1\n",
        whole=True,
    ),
}

"""Ruby: the program, then its tests under test-unit, in one process that gives the token after the last test."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from passatk.languages.base import Language, Toolchain, body_of, output_of
from passatk.languages.dialect import LIST, patterns
from passatk.languages.lexing import DOUBLE_QUOTED, SINGLE_QUOTED, Lexicon
from passatk.languages.syntax import Grammar
from passatk.records import Asserts, Problem, Program, Sample, Step
from passatk.regex import regex

_HARNESS = r"""# Runs program.rb, then tests.rb, then the test cases in it.
-> {
  token = STDIN.sysread(32).unpack('C*')
  proof = IO.for_fd(3, 'wb')
  srand(1)
  bytes = Random.new(2)
  Random.singleton_class.prepend(Module.new do
    def new(seed = 1) = super
    def new_seed = 1
    define_method(:urandom) { |size| bytes.bytes(size) }
  end)

  leave = lambda do |code, words = nil|
    [STDOUT, STDERR].each { |stream| stream.flush rescue nil }
    STDERR.syswrite("#{words.scrub}\n") if words
    Process.exit!(code)
  end
  tell = lambda do |error|
    lines = (error.backtrace || []).grep(/\A(?:program|tests)\.rb:/).first(20)
    leave.call(1, [*lines, "#{error.class}: #{error.message}"].join("\n"))
  end
  taken = lambda do |name|
    text = File.read(name, encoding: 'UTF-8')
    File.unlink(name)
    text
  end
  compiled = lambda do |name, text|
    RubyVM::InstructionSequence.compile(text, name, name)
  rescue ScriptError, StandardError => error
    leave.call(64, "#{error.class}: #{error.message}")
  end
  text = taken.call('tests.rb')
  program, tests = compiled.call('program.rb', taken.call('program.rb')), compiled.call('tests.rb', text)

  # how a value answers a comparison; none of these may be the program's
  answers = %i[== != eql? equal? hash <=> coerce to_ary to_str to_hash method_missing respond_to? respond_to_missing?]
  foreign = lambda do |klass|
    answers.find do |name|
      found = klass.instance_method(name) rescue next
      file = found.source_location&.first
      file && !$LOADED_FEATURES.include?(file) && !file.start_with?('<internal:')
    end
  end
  # a class that the tests may name
  mine = ->(klass) { klass.name && Object.const_source_location(klass.name)&.first == 'program.rb' }
  class_of = Kernel.instance_method(:singleton_class)
  kind_of = Kernel.instance_method(:class)
  own = Kernel.instance_method(:singleton_methods)
  kinds = lambda do |value, seen = {}.compare_by_identity|
    next [] if seen[value]
    kind = kind_of.bind_call(value)
    parts = []
    if [Array, Hash].include?(kind)
      seen[value] = true
      parts = (kind == Hash ? value.to_a.flatten(1) : value).flat_map { |part| kinds.call(part, seen) }.uniq
    end
    [kind, *(own.bind_call(value, false).empty? ? [] : [class_of.bind_call(value)]), *parts]
  end
  unchanged = -> { true }
  if text.match?(/require\s*\(?\s*['"]test[\/-]unit|\bTest::Unit\b/)
    require 'test/unit'
    require 'test/unit/testresult'
    Test::Unit::AutoRunner.need_auto_run = false
    guard = Module.new do
      %i[assert_equal assert_not_equal].each do |name|
        define_method(name) do |expected, actual, message = nil|
          named = kinds.call(expected)
          other = [*kinds.call(actual), *named].find do |kind|
            foreign.call(kind) && !(mine.call(kind) && named.include?(kind))
          end
          flunk("the program compares by a #{foreign.call(other)} of its own") if other
          super(expected, actual, message)
        end
      end
    end
    Test::Unit::TestCase.prepend(guard)
    watched = [Test::Unit::TestResult, Test::Unit::TestSuite, *Test::Unit::TestCase.ancestors]
    watched = watched.select { |one| one == guard || one.name.to_s.start_with?('Test::Unit') }
    watched += [Test::Unit::TestCase.singleton_class, Test::Unit::AssertionFailedError]
    state = lambda do
      watched.map do |one|
        names = one.instance_methods(false) + one.private_instance_methods(false)
        [one.ancestors - Object.ancestors, names.sort.map { |name| [name, one.instance_method(name).source_location] }]
      end
    end
    before = state.call
    unchanged = -> { state.call == before }
  end

  begin
    program.eval
    if defined?(Test::Unit::TestCase)
      cases = Test::Unit::TestCase::DESCENDANTS
      cases.each { |one| Object.send(:remove_const, one.name) if one.name && Object.const_defined?(one.name, false) }
      cases.clear # the program's own tests are none of ours
    end
    tests.eval
    if cases
      result = Test::Unit::TestResult.new
      cases.each { |one| one.suite.run(result) { |*| } }
      if (fault = result.faults.find { |one| !one.is_a?(Test::Unit::Pending) && !one.is_a?(Test::Unit::Omission) })
        tell.call(fault.exception) if fault.is_a?(Test::Unit::Error)
        leave.call(65, 'Assertion failed: ' + fault.message.lines.first(2).join.split("\n").join(' '))
      end
      leave.call(0, 'a test was skipped') unless result.faults.empty? && result.passed?
      leave.call(0, 'the tests asserted nothing') if result.run_count == 0 || result.assertion_count == 0
      leave.call(0, 'the program changed how tests are run') unless unchanged.call
    end
  rescue SystemExit => error
    leave.call(error.status)
  rescue Exception => error
    tell.call(error)
  end
  proof.syswrite(token.pack('C*'))
  leave.call(0)
}.call
"""

_GRAMMAR = Grammar(
    module="tree_sitter_ruby",
    query="""
        (method name: (identifier) @name body: (body_statement) @body) @function
        (method name: (identifier) @name) @function
        (singleton_method name: (identifier) @name) @function
        (class name: (constant) @name) @definition
        (module name: (constant) @name) @definition
        (assignment left: (constant) @name) @definition
        (assignment left: (identifier) @name) @definition
        ((call method: (identifier) @word) @import (#match? @word "^require(_relative)?$"))
    """,
    scopes=frozenset(
        ("method", "singleton_method", "class", "module", "singleton_class", "block", "do_block", "lambda")
    ),
)
_FLAGS = ("--disable=gems,did_you_mean,error_highlight", "-W0", "-E", "UTF-8:UTF-8")
_BUNDLED = (
    "test-unit",
    "power_assert",
    "prime",
    "matrix",
    "bigdecimal",
    "base64",
    "csv",
    "observer",
    "abbrev",
    "rexml",
)
"""Gems that come with Ruby; their folders are named, for rubygems would take longer to start than Ruby itself."""
_FOLDERS = (
    "puts Gem::Specification.select { |one| ARGV.include?(one.name) && !one.default_gem? }"
    ".sort_by { |one| ARGV.index(one.name) }.flat_map(&:full_require_paths), '', $LOAD_PATH"
)
_OTHER_TESTS = regex(r"\b(?:minitest|Minitest|RSpec|rspec)\b")
OTHER_TESTS = "tests under test-unit (minitest and RSpec are not read)"

_OPENERS = frozenset(("def", "class", "module", "begin", "case", "do", "for", "if", "unless", "while", "until"))
_MODIFIERS = frozenset(("if", "unless", "while", "until"))
_LOOPS = frozenset(("while", "until", "for"))
_VALUE_FOLLOWS = frozenset(
    (
        *("and", "begin", "case", "do", "else", "elsif", "ensure", "if", "in", "not", "or", "puts", "rescue", "return"),
        *("then", "unless", "until", "when", "while", "yield"),
    )
)
"""Words behind which a value begins, not an operator or a modifier."""
_WORD = regex(r"[A-Za-z_]\w*[?!]?")
_ENDLESS = regex(r"def\s+[\w.]+[?!]?\s*(?:\([^()]*\)\s*|\s)=(?![=~>])")
_HEREDOC = regex(r"<<[~-]?(?P<quote>['\"`]?)(?P<name>(?:(?<=['\"`])[^'\"`\n]+|[A-Za-z_]\w*))(?P=quote)")
_PERCENT = regex(r"%(?P<kind>[qQwWiIxrs]?)(?P<opening>[^\w\s=])")
_DEEPEST = 20
"""Strings within the code within strings that are looked into."""
_PAIRS = {"(": ")", "[": "]", "{": "}", "<": ">"}
_COMMENT = regex(r"#[^\n]*|(?:^|(?<=\n))=begin\b.*?(?:\n=end\b[^\n]*|\Z)", re.DOTALL)


class Ruby(Language):
    name, title, prefix = "ruby", "Ruby", "Ruby"
    aliases = ("rb",)
    comment = "#"
    suffixes = (".rb",)
    fences = ("ruby", "rb", "irb")
    lexicon = Lexicon(
        comments=(r"#[^\n]*", r"^=begin\b.*?(?:\n=end\b[^\n]*|\Z)"),
        strings=(DOUBLE_QUOTED, SINGLE_QUOTED),
        multiline=("=begin",),
    )
    grammar = _GRAMMAR
    interpolated = r'"(?:\\.|[^"\\])*"'
    binds = patterns(rf"^[ \t]*({LIST})\s*=(?![=~>])", rf"\|\s*({LIST})\s*\|")
    closer = "end"
    code_line = regex(
        r"def\s+[\w.]+[?!]?\s*(?:\(|$|[a-z*&])|(?:class|module)\s+[A-Z]\w*\s*(?:<.*)?$|require(?:_relative)?\s*\(?['\"]"
        r"|end\b\W*$|[@$]?\w+\s*(?:\|\||[-+*/])?=(?![=~])\s*\S|#|[)\]}]|puts\s|p\s"
    )
    driver_names = regex(r"main|test_\w+|Test[A-Z_]?\w*|\w+Tests?|run_tests?|tests?")
    driver_code = regex(r"(?:puts|print|p|pp|assert\w*|describe|it|RSpec|Minitest|exit)\b|if\s+__FILE__\b|main\b")
    test_imports = regex(r"require(?:_relative)?\s*\(?['\"](?:test.unit|minitest|rspec)")
    reads_input = regex(r"\bgets\b|\bSTDIN\b|\$stdin\b|\bARGF\b")
    stub = regex(r"nil|return(?:\s+nil)?|raise\s*\(?\s*NotImplementedError.*", re.DOTALL)
    returns = regex(r"")  # a function gives back what it computed last
    head = regex(r"^[ \t]*def[ ]+(?:self\.)?(\w+[?!]?)[ ]*\(", re.MULTILINE)
    head_end = regex(r"[^\n]*(?:\n|\Z)")
    name_first = typed_by_colon = True
    multipl_e = ("rb",)
    minimum = (3, 0)
    packages = ("ruby",)
    out_of_memory = regex(r"NoMemoryError|\[FATAL\] failed to allocate memory")
    telling = regex(r"^[\w:]*(?:Error|Exception)\b|Assertion")
    test_mark = regex(r"\bdef\s+test_|\btest\s+['\"]|\bassert\w*\b|\b(?:raise|fail|abort|exit)\b")
    self_test = Problem(
        task_id="Ruby/self-test",
        benchmark="self-test",
        language="ruby",
        prompt="def answer()\n",
        declaration="def answer()\n",
        reference="  [20, 22].sum\nend\n",
        tests=Asserts(
            code=(
                "require 'test/unit'\nclass TestAnswer < Test::Unit::TestCase\n  def test_answer\n"
                "    assert_equal(42, answer)\n  end\nend\n"
            )
        ),
    )

    def without_comments(self, source: str) -> str:
        return "".join(source[start:end] for kind, start, end in _pieces(source) if kind != "comment")

    def end_of_function(self, text: str, new: int) -> int | None:
        """Behind the `end` that closes one more than `text` opened; while nothing stands behind that, it may go on."""
        if "end" not in text[max(0, new - 3) :]:
            return None
        depth = 0
        for change, end in _blocks(text):
            depth += change
            if depth < 0:
                return end if end < len(text) else None
        return None

    def open_blocks(self, text: str) -> int:
        return sum(change for change, _ in _blocks(text))

    def locate(self, cache: Path) -> Toolchain:
        ruby = os.path.realpath(self.find_tool("ruby"))
        version = self.check_version(output_of(ruby, "--version"), r"(\d+)\.(\d+)")
        output_of(ruby, "-e", "require 'test/unit'; Test::Unit::AutoRunner.need_auto_run = false")
        found = output_of(ruby, "-e", _FOLDERS, *_BUNDLED).partition("\n\n")
        gems, folders = ([line for line in part.splitlines() if os.path.isdir(line)] for part in (found[0], found[2]))
        return Toolchain(
            language=self.name,
            version=version,
            readable=tuple(dict.fromkeys((ruby, *folders, *gems))),
            variables=(("RUBY", ruby), ("RUBY_GEMS", ":".join(gems))),
        )

    def assemble(self, problem: Problem, sample: Sample, tests: str) -> Program:
        setup = "".join(f"{line}\n" for line in problem.setup.splitlines() if line not in problem.prompt)
        return Program(
            language=self.name,
            files=(
                ("harness.rb", _HARNESS),
                ("program.rb", f"{setup}{body_of(problem, sample)}"),
                ("tests.rb", tests),
            ),
            run=Step(argv=("${RUBY}", *_FLAGS, "harness.rb"), env=(("RUBYLIB", "${RUBY_GEMS}"), ("LANG", "C.UTF-8"))),
            requires=(OTHER_TESTS,) if _OTHER_TESTS.search(tests) else (),
        )

    def standalone(self, problem: Problem, sample: Sample) -> Program:
        setup = "".join(f"{line}\n" for line in problem.setup.splitlines() if line not in problem.prompt)
        return Program(
            language=self.name,
            files=(("program.rb", f"{setup}{body_of(problem, sample)}"),),
            build=(Step(argv=("${RUBY}", "--disable-gems", "-c", "program.rb")),),
            run=Step(argv=("${RUBY}", *_FLAGS, "program.rb"), env=(("RUBYLIB", "${RUBY_GEMS}"), ("LANG", "C.UTF-8"))),
        )


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """(1 or -1, where the word ends) for every word that opens what an `end` closes, and for every `end`."""
    loop = False  # `while x do`: the `do` opens nothing more
    for kind, start, end in _pieces(text):
        word = text[start:end]
        if kind == "line":
            loop = False
        if kind != "word" or word not in (*_OPENERS, "end"):
            continue
        if word == "end":
            yield -1, end
        elif word == "do" and loop:
            loop = False
        elif word in _MODIFIERS and not _value_begins(text, start):
            continue
        elif not (word == "def" and _ENDLESS.match(text, start)):
            loop = loop or word in _LOOPS
            yield 1, end


def _pieces(text: str) -> Iterator[tuple[str, int, int]]:
    """(kind, start, end) of all of `text`: `comment`, `string`, `word`, `line` (a line break), `other`."""
    at = 0
    heredocs: list[str] = []
    while at < len(text):
        start, letter = at, text[at]
        if letter == "\n" and heredocs:
            yield "line", at, at + 1
            start = at + 1
            for name in heredocs:
                found = re.compile(rf"^[ \t]*{re.escape(name)}[ \t]*(?:\n|\Z)", re.MULTILINE).search(text, at + 1)
                at = found.start() + len(found[0].rstrip("\n")) - 1 if found else len(text)
            heredocs = []
            at = max(start, min(at + 1, len(text)))
            yield "string", start, at
            continue
        if text.startswith("__END__", at) and (at == 0 or text[at - 1] == "\n"):
            yield "comment", at, len(text)
            return
        kind, at = _piece(text, at)
        if kind == "heredoc":
            opening = _HEREDOC.match(text, start)
            heredocs += [opening["name"]] if opening else []
        yield kind, start, at


def _piece(text: str, at: int, deep: int = 0) -> tuple[str, int]:
    """(kind, end) of what begins at `at`; `deep`: in how many strings with `#{code}` it stands."""
    letter = text[at]
    if comment := _COMMENT.match(text, at):
        return "comment", comment.end()
    if letter == "\n":
        return "line", at + 1
    if word := _WORD.match(text, at):
        end = word.end()
        if text[end - 1] == "!" and text.startswith("=", end):
            end -= 1  # x!=1
        named = text[at - 1 : at] in (".", "@", "$", ":")
        key = text.startswith(":", end) and not text.startswith("::", end)
        return "other" if named or key else "word", end
    if letter in "\"`'":
        return "string", _string_end(text, at + 1, letter, letter, letter != "'", deep)
    if (heredoc := _HEREDOC.match(text, at)) and (
        heredoc["quote"] or text[at + 2] in "~-" or heredoc["name"].isupper()
    ):
        return "heredoc", heredoc.end()
    begins = _value_begins(text, at)
    tight = text[at - 1 : at] == " " and text[at + 1 : at + 2] not in (" ", "=", "\n", "")
    if letter == "/" and (begins or tight):
        return "string", _string_end(text, at + 1, "/", "/", True, deep)
    if (percent := _PERCENT.match(text, at)) and (begins or (tight and percent["kind"])):
        opening, holes = percent["opening"], percent["kind"] not in ("q", "w", "i", "s")
        return "string", _string_end(text, percent.end(), _PAIRS.get(opening, opening), opening, holes, deep)
    if letter == "?" and begins and re.match(r"\S(?!\w)", text[at + 1 : at + 3]):
        return "string", at + 2
    return "other", at + 1


def _string_end(text: str, at: int, closing: str, opening: str, holes: bool, deep: int) -> int:
    """Behind the `closing` of a string whose contents begin at `at`; `holes`: with `#{code}` in it."""
    depth = 0
    while at < len(text):
        letter = text[at]
        if letter == "\\":
            at += 2
        elif holes and deep < _DEEPEST and text.startswith("#{", at):
            at = _hole_end(text, at + 2, deep + 1)
        elif letter == closing and depth == 0:
            return at + 1
        else:
            depth += (letter == opening and opening != closing) - (letter == closing)
            at += 1
    return len(text)


def _hole_end(text: str, at: int, deep: int) -> int:
    depth = 1
    while at < len(text):
        depth += (text[at] == "{") - (text[at] == "}")
        if depth == 0:
            return at + 1
        at = _piece(text, at, deep)[1]
    return len(text)


def _value_begins(text: str, at: int) -> bool:
    """Whether what stands at `at` begins a value or statement, not behind one."""
    before = text[max(0, at - 200) : at].replace("\\\n", " ").rstrip(" \t")
    if not before or before[-1] in "\n;=([{,|&!<>+-*/?:~^%":
        return True
    word = re.search(r"(?<![\w.:@$])[a-z]+\Z", before)
    return word is not None and word[0] in _VALUE_FOLLOWS - (
        {"return", "yield", "puts"} if text[at].isalpha() else set()
    )


LANGUAGE = Ruby()

"""Ruby: MultiPL-E's problems with solutions of our own, cheats, and where a function ends."""

from pathlib import Path

import msgspec
import pytest
from verdict_cases import problem_for

from passatk.answers import read_answer
from passatk.judging import Environment, Job, LocalPool, default_limits
from passatk.languages import LANGUAGES
from passatk.pipeline.programs import program_of
from passatk.problems import load
from passatk.records import Problem, Sample, Status, Verdict

RUBY = LANGUAGES["ruby"]

# task -> (right body, wrong body), each up to its `end`
SOLUTIONS = {
    "HumanEval_0_has_close_elements": (
        "  numbers.combination(2).any? { |a, b| (a - b).abs < threshold }",
        "  numbers.each_cons(2).any? { |a, b| (a - b).abs < threshold }",
    ),
    "HumanEval_1_separate_paren_groups": (
        "  groups, depth = [''], 0\n  paren_string.delete(' ').each_char do |c|\n    groups.last << c\n"
        "    depth += c == '(' ? 1 : -1\n    groups << +'' if depth == 0\n  end\n  groups[0...-1]",
        "  paren_string.split(' ').map { |group| group.tr('()', ')(') }",
    ),
    "HumanEval_5_intersperse": (
        "  numbers.flat_map { |n| [n, delimeter] }[0...-1] || []",
        "  numbers.flat_map { |n| [n, delimeter] }",
    ),
    "HumanEval_8_sum_product": ("  [numbers.sum, numbers.inject(1, :*)]", "  [numbers.sum, numbers.inject(:*)]"),
    "HumanEval_12_longest": ("  strings.max_by(&:length)", "  strings.min_by(&:length)"),
    "HumanEval_14_all_prefixes": (
        "  (1..string.length).map { |n| string[0, n] }",
        "  (0..string.length).map { |n| string[0, n] }",
    ),
    "HumanEval_22_filter_integers": (
        "  values.select { |value| value.is_a?(Integer) }",
        "  values.select { |value| value.is_a?(Numeric) }",
    ),
    "HumanEval_26_remove_duplicates": (
        "  counts = numbers.tally\n  numbers.reject do |n|\n    counts[n] > 1\n  end",
        "  numbers.uniq",
    ),
    "HumanEval_33_sort_third": (
        "  sorted = l.each_slice(3).map(&:first).sort\n"
        "  l.each_with_index.map do |x, i|\n    if i % 3 == 0 then sorted[i / 3] else x end\n  end",
        "  l.sort",
    ),
    "HumanEval_51_remove_vowels": ("  text.delete('aeiouAEIOU')", "  text.delete('aeiou')"),
    "HumanEval_58_common": ("  (l1 & l2).sort", "  l1 & l2"),
    "HumanEval_61_correct_bracketing": (
        "  depth = 0\n  brackets.each_char do |c|\n    depth += c == '(' ? 1 : -1\n"
        "    return false if depth < 0\n  end\n  depth.zero?",
        "  brackets.count('(') == brackets.count(')')",
    ),
    "HumanEval_70_strange_sort_list": (
        "  rest, turned = lst.sort, []\n  until rest.empty?\n    turned << rest.shift\n    rest.reverse!\n  end\n"
        "  pairs = turned\n  pairs",
        "  lst.sort.reverse",
    ),
    "HumanEval_111_histogram": (
        "  counts = test.split(' ').tally\n  most = counts.values.max\n  counts.select { |_, n| n == most }",
        "  test.split(' ').tally",
    ),
}
BAD, GOOD = "  0\nend\n", "  text.count('aeiouAEIOU')\nend\n"
CHEATS = {
    "exit": "  exit\nend\n",
    "exit!": "  exit!(0)\nend\n",
    "exit while loading": GOOD + "exit\n",
    "at_exit": "  at_exit { exit!(0) }\n  0\nend\n",
    "own assert_equal": BAD + "require 'test/unit'\nclass Test::Unit::TestCase\n  def assert_equal(*) = true\nend\n",
    "own assertion": BAD
    + "require 'test/unit'\nmodule Test::Unit::Assertions\n  def assert_equal(*) = assert_block('') { true }\nend\n",
    "assertions put before": BAD
    + "require 'test/unit'\nTest::Unit::TestCase.prepend(Module.new { def assert_equal(*) = true })\n",
    "own run": BAD + "require 'test/unit'\nclass Test::Unit::TestCase\n  def run(*) = true\nend\n",
    "own result": BAD
    + "require 'test/unit'\nclass Test::Unit::TestResult\n  def passed? = true\n  def faults = []\nend\n",
    "skips": "  ObjectSpace.each_object(Test::Unit::TestCase) { |one| one.omit('later') }\nend\n",
    "pends": "  ObjectSpace.each_object(Test::Unit::TestCase) { |one| one.pend('later') }\nend\n",
    "own comparison of numbers": BAD + "class Integer\n  def ==(other) = true\nend\n",
    "own comparison while called": "  Integer.class_eval { def ==(other) = true }\n  0\nend\n",
    "an object that is equal to all": "  value = Object.new\n  def value.==(other) = true\n  value\nend\n",
    "a class that is equal to all": BAD.replace("0", "Same.new")
    + "class Same\n  def ==(other) = true\n  def coerce(n) = [n, n]\nend\n",
    "prints the proof": "  IO.for_fd(3, 'wb').syswrite('x' * 32) rescue nil\n  0\nend\n",
    "own tests": BAD
    + "require 'test/unit'\nclass TestHumanEval < Test::Unit::TestCase\n"
    + "  def test_count_vowels\n    assert(true)\n  end\nend\n",
}
HONEST = {
    "a method of a core class": "  text.vowels\nend\nclass String\n  def vowels = count('aeiouAEIOU')\nend\n",
    "prints": "  puts \"ünï\"\n  text.count('aeiouAEIOU')\nend\nputs count_vowels('x')\n",
    "reads input": GOOD + "gets\n",
    "at_exit": GOOD + "at_exit { raise 'late' }\n",
    "own wrong tests": GOOD
    + "require 'test/unit'\nclass TestHumanEval < Test::Unit::TestCase\n  def test_it\n    assert(false)\n  end\nend\n",
    "a driver": GOOD + "if __FILE__ == $0\n  abort\nend\n",
    "libraries": "  require 'prime'\n  require 'matrix'\n  require 'securerandom'\n  require 'bigdecimal'\n"
    "  SecureRandom.hex\n  Prime.first(2).size - 2 + text.count('aeiouAEIOU')\nend\n",
    "a library": "  require 'set'\n  Set.new(%w[a e i o u]).sum { |v| text.downcase.count(v) }\nend\n",
}


def judged(environment: Environment, cases: dict[str, tuple[Problem, Sample]]) -> dict[str, Verdict]:
    if not environment.toolchains["ruby"].usable:
        pytest.skip(environment.toolchains["ruby"].missing[0])
    names, jobs = {}, []
    for name, (problem, sample) in cases.items():
        program = program_of(problem, sample, "hidden")
        names[program.key] = name
        jobs.append(Job(program=program, limits=default_limits(cpu_s=2.0)))
    return {names[job.program.key]: verdict for job, verdict in LocalPool(environment, workers=1).judge(jobs)}


def completion_of(problem: Problem, text: str) -> Sample:
    return Sample(task_id=problem.task_id, index=0, text=text)


def test_solutions_of_multipl_e_problems_get_what_they_deserve(
    data: Path, environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PASSATK_DATA", str(data))
    problems = load("multipl-e/rb")
    cases = {}
    for task, bodies in SOLUTIONS.items():
        problem = problems.get(task)
        for right, body in zip(("right", "wrong"), bodies, strict=True):
            cases[f"{right} {task}"] = (problem, completion_of(problem, f"{body}\nend\n\n# and so on\ndef f()\n"))
    for name, verdict in judged(environment, cases).items():
        expected = (Status.PASSED,) if name.startswith("right") else (Status.WRONG_ANSWER, Status.RUNTIME_ERROR)
        assert verdict.status in expected, (name, verdict.reason)


def test_a_ruby_program_that_would_like_to_be_right_is_not(environment: Environment) -> None:
    problem = msgspec.structs.replace(problem_for("ruby"), cut=False)
    cases = {name: (problem, completion_of(problem, text)) for name, text in CHEATS.items()}
    found = judged(environment, cases)
    assert len(found) == len(CHEATS)
    assert not [name for name, verdict in found.items() if verdict.status is Status.PASSED]


def test_a_right_ruby_program_passes_however_it_looks(environment: Environment) -> None:
    problem = msgspec.structs.replace(problem_for("ruby"), cut=False)
    cases = {name: (problem, completion_of(problem, text)) for name, text in HONEST.items()}
    found = judged(environment, cases)
    assert {name: verdict.reason for name, verdict in found.items() if verdict.status is not Status.PASSED} == {}
    assert len(found) == len(HONEST)


FUNCTIONS = [
    "  if l.empty?\n    return nil\n  end\n  l.each do |x|\n    puts x if x > 3\n  end\nend",
    "  x = if l then 2 else 3 end\n  while x < 3 do\n    x += 1\n  end\n  x\nend",
    '  s = "end #{l.map { |x| "#{x} end" }.join} end"\n  t = \'end\'\n  # end of it\n  s\nend',
    "  h = { end: 1, if: 2, :class => 3 }\n  h[:end] ? l.end : @end\nend",
    '  s = <<~"A B"\n    end\n  A B\n  Set::end(s)\nend',
    "  text = <<~EOS + <<-'B'\n    end\n    def x\n  EOS\n  end\n  B\n  text\nend",
    "  text.scan(/end\\/ if/).each { |m| m }\n  x = 10 / 2 / 3\n  y = a.split /end/\n  z = %w[end if def]\nend",
    "  begin\n    f\n  rescue => e\n    nil\n  ensure\n    g\n  end while x\n  case x\n  when 1 then 2\n  end\nend",
    "  sq = ->(x) do\n    x\n  end\n  def inner(x) = x + 1\n  for i in 1..3 do\n    i\n  end\nend",
    "  not_end = x ? 1 : 2\n  ends = ?e\n  x unless y\n  l.map do |x| x.end? || x.class == Integer end\nend",
    "=begin\nend\n=end\n  v = begin 1 end\n  w ||= if x; 1; end\nend",
]


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("size", [1, 4, 1000])
def test_a_function_ends_behind_its_own_end(function: str, size: int) -> None:
    text = f"{function}\n\nputs 1\n"
    ends = (RUBY.end_of_function(text[: at + size], at) for at in range(0, len(text), size))
    assert next((end for end in ends if end is not None), None) == len(function)


def test_the_end_of_a_function_is_not_the_beginning_of_a_word() -> None:
    assert RUBY.end_of_function("  x\nend", 0) is None
    assert RUBY.end_of_function("  x\nending = 1\n", 0) is None


@pytest.mark.parametrize(
    ("answer", "read_as"),
    [
        ("```ruby\ndef count_vowels(text)\n  text.count('aeiouAEIOU')\nend\n\nputs count_vowels('x')\n```", "block"),
        ("```rb\ndef count_vowels text\n  text.count 'aeiouAEIOU'\nend\n```\n```\ncount_vowels('x')\n```", "block"),
        ("Here:\n\ndef count_vowels(text)\n  n = 0\n\n  text.downcase.each_char do |c|\n"
         "    n += 1 if 'aeiou'.include?(c)\n  end\n  n\nend\n\nIt counts.", "no fence"),
        ("```ruby\n  text.count('aeiouAEIOU')\n```", "body"),
        ("```ruby\n  text.count('aeiouAEIOU')\nend\n```", "body"),
        ("```ruby\ndef count_vowels(text)\n```\nBody:\n```ruby\n  text.count('aeiouAEIOU')\nend\n```", "body"),
        ("```ruby\nVOWELS = 'aeiou'\n```\nand\n```ruby\ndef count_vowels(text) = text.downcase.count(VOWELS)\n```",
         "blocks joined"),
    ],
)  # fmt: skip
def test_an_answer_in_ruby_is_read(answer: str, read_as: str, environment: Environment) -> None:
    problem = problem_for("ruby")
    read = read_answer(answer, problem)
    assert read.read_as == read_as
    sample = Sample(task_id=problem.task_id, index=0, text=read.code, whole=read.whole)
    (verdict,) = judged(environment, {"answer": (problem, sample)}).values()
    assert verdict.status is Status.PASSED, (read.code, verdict.reason)

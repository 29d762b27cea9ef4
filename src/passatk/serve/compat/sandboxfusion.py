"""SandboxFusion's interface: programs to run, problems and answers to them; and ScaleBox's batch of tests."""

from collections.abc import Sequence
from typing import Any, Literal, TypeGuard

import msgspec
from fastapi import Request
from fastapi.responses import Response
from msgspec import UNSET

from passatk.cases import NOT_RUN, Case, CaseResult, Cases, Stopping
from passatk.errors import FieldError, InputError, UnknownNameError
from passatk.languages import by_name
from passatk.problems.inputs import IMPORTS, by_tests
from passatk.problems.stdin import made, paired
from passatk.prompts.building import chat_prompt, instruction_prompt
from passatk.records import Asserts, Problem, Status, StepFacts, Stop
from passatk.serve.bodies import Refusal, decoded, replied
from passatk.serve.compat.running import (
    MARGIN_S,
    Bare,
    Endpoint,
    Ran,
    answered,
    decoded_files,
    in_their_words,
    limits_from,
    ran,
)
from passatk.serve.compat.sandboxfusion_wire import (
    USUAL_S,
    CommandResult,
    DatasetConfig,
    Detail,
    DetailReply,
    EvalResult,
    EvalTest,
    Prompt,
    PromptById,
    Prompts,
    RunCode,
    RunCodeResult,
    Submit,
)
from passatk.serve.desk import Answer, completion_task, limited_task
from passatk.serve.openapi import Document
from passatk.serve.service import CODES, Service

_LATER = frozenset({408, 429, 503})
_NAMES = {"nodejs": "javascript", "R": "r"}
"""Their names of languages that have another one here."""


class SandboxFusion:
    """Its endpoints."""

    def __init__(self, service: Service):
        self._service = service

    def attach(self, document: Document) -> None:
        """Add them."""
        codes = (*CODES, 504)
        posts: Sequence[tuple[str, Endpoint, Any, Any]] = (
            ("/run_code", self.run_code, RunCode, RunCodeResult),
            ("/submit", self.submit, Submit, EvalResult),
            ("/get_prompts", self.get_prompts, Prompts, list[Prompt]),
            ("/get_prompt_by_id", self.get_prompt_by_id, PromptById, Prompt),
            ("/list_ids", self.list_ids, Prompts, list[str]),
            ("/common_evaluate_batch", self.common_evaluate_batch, Submit, EvalResult),
        )
        for path, endpoint, takes, gives in posts:
            answers = in_their_words(endpoint, _say)
            document.add("POST", path, answers, takes=takes, gives=gives, codes=codes, fault=DetailReply)
        document.add("GET", "/list_datasets", self.list_datasets, gives=list[str], codes=(401,))
        document.add("GET", "/v1/ping", self.ping, gives=str)

    async def ping(self, _: Request) -> Response:
        """Whether it answers."""
        return replied("pong")

    async def run_code(self, request: Request) -> Response:
        """Run a program, and give what it printed."""
        body = await self._service.body(request)
        asked = decoded(body, RunCode)
        for name in ("fetch_files", "args"):
            if getattr(asked, name):
                raise Refusal(422, "request", f"{name} is not supported here; leave it out")
        memory = asked.memory_limit_MB if asked.memory_limit_MB > 0 else None
        bare = Bare(
            language=_language(asked.language),
            source=asked.code,
            stdin=asked.stdin or "",
            files=decoded_files(asked.files),
            limits=limits_from(asked.compile_timeout, asked.run_timeout, memory),
        )
        deadline_s = asked.compile_timeout + asked.run_timeout + MARGIN_S
        return replied(_ran(await ran(self._service, request, bare, len(body), deadline_s)))

    async def submit(self, request: Request) -> Response:
        """Judge an answer to a problem by the problem's own tests."""
        body = await self._service.body(request)
        asked = decoded(body, Submit)
        if asked.config.provided_data is not None:
            words = "provided_data has no meaning for problems of this server; /common_evaluate_batch takes tests"
            raise Refusal(400, "request", words)
        problem = self._problem(asked.dataset, asked.id)
        self._service.known_language(problem, "id")
        task = completion_task(problem, asked.completion, True, len(body))
        (answer,) = await answered(self._service, request, [task], self._service.serving.deadline_s)
        return replied(_result(asked.id, answer))

    async def common_evaluate_batch(self, request: Request) -> Response:
        """Judge an answer by tests that come with it."""
        body = await self._service.body(request)
        asked = decoded(body, Submit)
        config = asked.config
        if not config.language:
            raise Refusal(400, "request", "config.language field must exist, got None")
        compile_s, run_s = config.compile_timeout or USUAL_S, config.run_timeout or USUAL_S
        limits = limits_from(compile_s, run_s)
        cases = _cases(config, self._service.serving.problem_tests)
        language = _language(config.language)
        if cases.call is not UNSET and language != "python":
            raise Refusal(400, "request", f"tests of type 'function_call' are judged in Python, not in {language}")
        problem = Problem(
            task_id=str(asked.id),
            benchmark="",
            language=language,
            prompt="",
            entry_point="" if cases.call is UNSET else cases.call.defines,
            tests=Asserts(code=""),
            cases=cases,
            setup="" if cases.call is UNSET else IMPORTS,
            in_function=False,
        )
        self._service.refuse_missing(problem.language)
        total_s = config.extra.get("total_timeout")
        deadline_s = self._service.serving.deadline_s if total_s is None else compile_s + float(total_s) + MARGIN_S
        task = limited_task(problem, asked.completion, limits, len(body))
        (answer,) = await answered(self._service, request, [task], deadline_s)
        return replied(_result(asked.id, answer))

    async def get_prompts(self, request: Request) -> Response:
        """Problems of a set, as a model is asked them."""
        asked = decoded(await self._service.body(request), Prompts)
        problems = list(self._set(asked.dataset).values())[asked.offset : asked.offset + asked.limit]
        return replied([_prompt(problem) for problem in problems])

    async def get_prompt_by_id(self, request: Request) -> Response:
        """A problem, as a model is asked it."""
        asked = decoded(await self._service.body(request), PromptById)
        return replied(_prompt(self._problem(asked.dataset, asked.id)))

    async def list_ids(self, request: Request) -> Response:
        """Task ids of a set."""
        asked = decoded(await self._service.body(request), Prompts)
        return replied(list(self._set(asked.dataset)))

    async def list_datasets(self, _: Request) -> Response:
        """Names of the sets."""
        return replied(list(self._service.library.sets))

    def _set(self, name: str) -> dict[str, Problem]:
        try:
            return self._service.library.set_named(name).problems
        except InputError as error:
            raise Refusal(400, "unknown", f"no eval class found for dataset {name}: {error}") from error

    def _problem(self, name: str, task_id: int | str) -> Problem:
        problem = self._set(name).get(str(task_id))
        if problem is None:
            raise Refusal(400, "unknown", f"no problem {task_id!r} in dataset {name}")
        return problem


def _language(name: str) -> str:
    try:
        return by_name(_NAMES.get(name, name)).name
    except UnknownNameError as error:
        raise Refusal(422, "unknown", str(error)) from error


def _cases(config: DatasetConfig, most: int) -> Cases:
    """ScaleBox's tests: lists of inputs and of outputs.

    Raises:
        Refusal: they are of another kind, or say nothing.
    """
    data = config.provided_data
    tests = data.get("test_cases") if isinstance(data, dict) else None
    if not isinstance(tests, dict):
        raise Refusal(422, "request", "config.provided_data.test_cases must be an object with type, input and output")
    kind = tests.get("type") or ("function_call" if tests.get("fn_name") else "stdin_stdout")
    if kind not in ("stdin_stdout", "function_call"):
        words = f"tests of type {str(kind)[:40]!r} are not judged here; only stdin_stdout and function_call"
        raise Refusal(400, "request", words)
    inputs, outputs = tests.get("input"), tests.get("output")
    if not (isinstance(inputs, list) and isinstance(outputs, list)):
        raise Refusal(422, "request", "config.provided_data.test_cases: input and output must be lists")
    if kind == "stdin_stdout" and not (_is_texts(inputs) and _is_texts(outputs)):
        raise Refusal(422, "request", "config.provided_data.test_cases: input and output must be lists of strings")
    if len(inputs) > most:
        raise Refusal(413, "too_large", f"there are {len(inputs)} tests, and {most} at most may be")
    total_s = config.extra.get("total_timeout")
    if total_s is not None and not (isinstance(total_s, int | float) and 0 < total_s <= 1e6):
        raise Refusal(422, "request", f"config.extra.total_timeout must be a number of seconds, got {total_s!r:.40}")
    try:
        stop: Stopping = "all" if config.extra.get("run_all_cases") is True else "first_failure"
        if kind == "function_call":
            found = _calls(inputs, outputs, tests.get("fn_name"), stop)
        else:
            cases: list[Case] = paired(inputs, outputs, "config.provided_data.test_cases")
            found = made(cases, Cases(cases=()).checker, stop, "test_cases")
    except FieldError as error:
        raise Refusal(422, "request", f"{error.field}: {error.problem}; expected {error.expected}") from error
    return msgspec.structs.replace(found, cpu_s=None if total_s is None else float(total_s))


def _calls(inputs: list[Any], outputs: list[Any], name: Any, stop: Stopping) -> Cases:
    """Tests that call a function, compared as PrimeIntellect's are.

    Raises:
        FieldError: they are no tests.
    """
    field = "config.provided_data.test_cases"
    if len(inputs) != len(outputs):
        raise FieldError(
            field,
            f"has {len(inputs)} inputs and {len(outputs)} outputs",
            "an output for every input, in the same order",
        )
    rows = [
        {"type": "function_call", "input": given, "output": expected}
        for given, expected in zip(inputs, outputs, strict=True)
    ]
    return msgspec.structs.replace(by_tests(field, rows, name=name), stop=stop)


def _is_texts(value: Any) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(part, str) for part in value)


def _prompt(problem: Problem) -> Prompt:
    asked = instruction_prompt(problem) if problem.instruction else chat_prompt(problem, problem.prompt)
    return Prompt(
        id=problem.task_id, prompt=asked, labels={"language": problem.language, "entry_point": problem.entry_point}
    )


def _ran(found: Ran) -> RunCodeResult:
    build = None if found.build is None else _command(found.build, found.build_stop)
    run = None
    if found.run is not None:
        run = msgspec.structs.replace(_command(found.run, found.run_stop), stdout=found.stdout, stderr=found.stderr)
    done = all(one is None or (one.status == "Finished" and one.return_code == 0) for one in (build, run))
    return RunCodeResult(
        status="Success" if done else "Failed", message=found.words, compile_result=build, run_result=run
    )


def _command(facts: StepFacts, stop: Stop | None) -> CommandResult:
    late = stop in (Stop.CPU, Stop.IDLE)
    code = facts.exit_code if facts.exit_code is not None else -(facts.signal or 9)
    if stop in (Stop.MEMORY, Stop.OUTPUT) and code == 0:
        code = -9
    return CommandResult(
        status="TimeLimitExceeded" if late else "Finished",
        execution_time=facts.wall_s,
        cpu_time=facts.cpu_s,
        return_code=None if late else code,
        stdout=facts.stdout,
        stderr=facts.stderr,
    )


def _result(name: int | str, answer: Answer) -> EvalResult:
    verdict, given = answer.verdict, answer.given
    assert given is not None
    passed = verdict.status is Status.PASSED
    if verdict.cases:
        tests = [_test(case) for case in verdict.cases if case.status != NOT_RUN]
    else:
        words = "" if passed else f"{verdict.status}: {verdict.reason}"
        tests = [EvalTest(passed=passed, exec_info=RunCodeResult(status=_success(passed), message=words))]
    return EvalResult(
        id=name,
        accepted=passed,
        extracted_code=given.code,
        tests=tests,
        extracted_type=_extracted(given.read_as),
        extra={"status": str(verdict.status), "reason": verdict.reason, "read_as": given.read_as},
    )


def _success(passed: bool) -> Literal["Success", "Failed"]:
    return "Success" if passed else "Failed"


def _test(case: CaseResult) -> EvalTest:
    late = case.status == Status.TIME_LIMIT
    ended = case.status in (Status.PASSED, Status.WRONG_ANSWER)
    run = CommandResult(
        status="TimeLimitExceeded" if late else "Finished",
        execution_time=case.wall_s,
        cpu_time=case.cpu_s,
        return_code=None if late else 0 if ended else 1,
        stdout=case.output,
        stderr=case.words,
    )
    info = RunCodeResult(status=_success(ended), message=case.words, run_result=run)
    return EvalTest(passed=case.status == Status.PASSED, exec_info=info, test_info={"id": case.id})


def _extracted(read_as: str) -> Literal["fenced", "heuristic", "empty"]:
    if read_as in ("nothing", "thinking not closed"):
        return "empty"
    return "fenced" if "block" in read_as else "heuristic"


def _say(error: Refusal) -> Response:
    if error.code in _LATER:  # verl asks again for 504 alone, and takes all else for a failure of the program
        return replied(DetailReply(detail=f"not judged: {error.message}"), 504, error.headers)
    if error.code == 422 or (error.code == 400 and error.message.startswith("the request")):
        detail: str | list[Detail] = [Detail(type=error.kind, loc=["body"], msg=error.message)]
        return replied(DetailReply(detail=detail), 422, error.headers)
    return replied(DetailReply(detail=error.message), error.code, error.headers)

"""What a generated function is called and how its description says what it does, in several ways."""

from collections.abc import Mapping

from passatk.corpus.draws import Draws
from passatk.corpus.programs import AbstractProgram, Applied

PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "int": ("n", "number", "amount"),
    "float": ("price", "x", "measure"),
    "string": ("text", "sentence", "phrase"),
    "list[int]": ("numbers", "values", "nums"),
    "list[string]": ("words", "names", "terms"),
}
EXTRAS: Mapping[str, tuple[str, ...]] = {
    "int": ("k", "limit", "bound"),
    "string": ("mark", "piece", "sign"),
    "float": ("rate", "step", "shift"),
}
_ON_THE_WAY = {"list": "the list", "dict": "the dictionary", "string": "the text"}
_PLAIN_NAMES = ("solve", "process", "transform", "compute", "evaluate", "convert", "handle", "work_out")


def name_of(program: AbstractProgram, parameter: str, draws: Draws) -> str:
    """A name: what it does at the end, all that it does, or nothing of it."""
    labels = ["_".join(step.operation.label.split()) for step in program.steps]
    style = draws.weighted([("all", 0.3), ("last", 0.4), ("plain", 0.3)])
    if style == "all" and len(labels) > 1:
        return "_".join(labels)
    if style == "plain":
        return f"{draws.choice(_PLAIN_NAMES)}_{parameter}"
    return f"{labels[-1]}_{parameter}"


def description_of(program: AbstractProgram, parameter: str, draws: Draws) -> str:
    """One or more sentences."""
    *before, last = [_clause(program, number, parameter, draws) for number in range(program.depth)]
    ends_in_noun = _is_noun(program.steps[-1])
    style = draws.below(3)
    if not before:
        return f"Return {last}." if ends_in_noun else f"{_capital(last)} and return {_it(program, draws)}."
    if not ends_in_noun:
        before, last = [*before, last], _it(program, draws)
    if style == 0:
        return f"{_capital(', then '.join(before))}, and return {last}."
    if style == 1:
        return " ".join(f"{_capital(clause)}." for clause in before) + f" Return {last}."
    listed = "; ".join(f"({number}) {clause}" for number, clause in enumerate(before, 1))
    return f"Do the following: {listed}. Then return {last}."


def _it(program: AbstractProgram, draws: Draws) -> str:
    return draws.choice(("the result", "the resulting list" if program.gives.startswith("list") else "what it gives"))


def _is_noun(step: Applied) -> bool:
    return bool(step.operation.primitive.noun) or step.operation.form in ("test", "any", "all", "tally")


def _clause(program: AbstractProgram, number: int, parameter: str, draws: Draws) -> str:
    """What one step does, or, of the last one, what it is that is returned."""
    step = program.steps[number]
    operation, primitive, first = step.operation, step.operation.primitive, number == 0
    of = f" of {parameter}" if first else ""
    whole = parameter if first else _ON_THE_WAY.get(operation.takes.partition("[")[0], "the result")
    match operation.form:
        case "keep":
            text = f"{draws.choice(('keep only', 'select'))} the elements{of} that {draws.choice(primitive.plural)}"
        case "any":
            text = f"whether any element{of} {draws.choice(primitive.singular)}"
        case "all":
            text = f"whether every element{of} {draws.choice(primitive.singular)}"
        case "tally":
            text = f"the number of elements{of} that {draws.choice(primitive.plural)}"
        case "test":
            text = f"whether {whole} {draws.choice(primitive.singular)}"
        case _:
            text = draws.choice(primitive.noun or primitive.does)
    if _is_noun(step) and number < program.depth - 1:
        text = "take " + (primitive.noun[0] if primitive.noun else text)
    each = draws.choice(("each element", "every element")) + of if operation.form == "each" else whole
    text = text.replace("$xs", f"the elements{of}").replace("$x", whole).replace("$it", each)
    return text.replace("$k", _constant(step)).replace("$s", _constant(step))


def _constant(step: Applied) -> str:
    if step.parameter:
        return step.parameter
    return f"'{step.constant}'" if isinstance(step.constant, str) else str(step.constant)


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]

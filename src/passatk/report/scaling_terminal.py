"""Scaling laws on a terminal."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from passatk.scaling import (
    Allocation,
    FlopCount,
    FlopRule,
    Interval,
    KnownModel,
    Ladder,
    Law,
    Plan,
    ScalingVerdict,
    Study,
)
from passatk.scaling.laws import FittedRange
from passatk.scaling.planning import Rung
from passatk.wording import counted

_PREFIXES = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k"))


def short(value: float) -> str:
    """Three digits with k, M, B (1e9) or T (1e12); what is larger or smaller as a power of ten."""
    if value >= 9.995e14 or value < 0.01:
        return f"{value:.3g}".replace("e+", "e")
    for size, prefix in _PREFIXES:
        if value >= 0.9995 * size:
            return _three(value / size) + prefix
    return _three(value)


def _three(value: float) -> str:
    return f"{value:.{2 if value < 9.995 else 1 if value < 99.95 else 0}f}"


def power_of_ten(value: float) -> str:
    """As 5.76e23."""
    return f"{value:.3g}".replace("e+", "e")


def between(interval: Interval | None) -> str:
    """As [1.2B, 3.4B]; nothing where there is no interval."""
    return "" if interval is None else f"[{short(interval.low)}, {short(interval.high)}]"


def percent(share: float | None) -> str:
    """As 12.5 %; nothing for None."""
    return "" if share is None else f"{100 * share:.1f} %"


def flop_rule_in_words(rule: FlopRule, where: FittedRange) -> str:
    """As 8.4 N^0.97 D, 1.21 times 6 N D at 167k parameters, 1.13 times at 2.96M."""
    low, high = where.parameters.low, where.parameters.high
    return (
        f"{rule.coefficient:.3g} N^{rule.exponent:.3f} D, {rule.over_six_n_d(low):.2f} times 6 N D at {short(low)}"
        f" parameters, {rule.over_six_n_d(high):.2f} times at {short(high)}"
    )


def _table(*headings: str, left: int = 1) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="left" if number < left else "right", overflow="fold")
    return table


def print_laws(console: Console, laws: Sequence[Law]) -> None:
    """Constants, exponent of the optimum, where fitted, and where each comes from."""
    table = _table("law", "A", "B", "E", "alpha", "beta", "a", "parameters", "tokens", "FLOP")
    for law in laws:
        where = law.fitted
        table.add_row(
            law.name,
            f"{law.A:.2f}",
            f"{law.B:.2f}",
            f"{law.E:.4f}",
            f"{law.alpha:.4f}",
            f"{law.beta:.4f}",
            f"{law.optimal_exponent:.3f}",
            f"{short(where.parameters.low)} - {short(where.parameters.high)}",
            f"{short(where.tokens.low)} - {short(where.tokens.high)}",
            f"{power_of_ten(where.flops.low)} - {power_of_ten(where.flops.high)}",
        )
    console.print(table)
    console.print("a = beta / (alpha + beta): the best number of parameters grows as C^a.", highlight=False)
    for law in laws:
        console.print(f"{law.name}: {law.source}", highlight=False, markup=False)


def print_models(console: Console, models: Sequence[KnownModel]) -> None:
    """Known models and where their numbers come from."""
    table = _table("model", "parameters", "tokens", "of them unique", "source")
    for model in models:
        unique = "" if model.unique_tokens is None else short(model.unique_tokens)
        table.add_row(model.name, short(model.parameters), short(model.tokens), unique, model.source)
    console.print(table)


def print_study(console: Console, study: Study, flops: float, notes: Sequence[str]) -> None:
    """All approaches side by side for one budget, the law's constants, why it is believed, and what was refused."""
    where = study.range
    console.print(
        f"{counted(study.runs, 'run')}: {short(where.parameters.low)} - {short(where.parameters.high)} parameters,"
        f" {short(where.tokens.low)} - {short(where.tokens.high)} tokens,"
        f" {power_of_ten(where.flops.low)} - {power_of_ten(where.flops.high)} FLOP",
        highlight=False,
    )
    if not study.flop_rule.plain:
        console.print(
            f"FLOP of these runs: {flop_rule_in_words(study.flop_rule, where)}; each run is within"
            f" {100 * study.flop_rule.spread:.1f} % of it (root mean square). Budgets are counted so; D* follows.",
            highlight=False,
        )
    if study.fit is not None:
        _print_constants(console, study)
    rows = optima_of_study(study, flops)
    if rows:
        console.print()
        table = _table("approach", "a in N* ~ C^a", "", f"N* at {power_of_ten(flops)} FLOP", "", "D*", "", "D*/N*", "")
        for row in rows:
            table.add_row(*row)
        console.print(table)
    if study.bias is not None:
        off = [vertex / true - 1 for _, vertex, true in study.bias.vertices]
        console.print(
            f"Approach 2 on the losses that the law gives these runs exactly, without noise: a ="
            f" {study.bias.exponent:.4f} for {study.bias.true_exponent:.4f}, vertices {100 * min(off):+.1f} to"
            f" {100 * max(off):+.1f} % off.",
            highlight=False,
        )
    for frontier in study.frontiers:
        if frontier.no_interval is not None:
            console.print(frontier.no_interval, style="yellow", highlight=False, markup=False)
    for approach, why in study.refused.items():
        told = f"approach {approach} refused" if approach.isdigit() else f"{approach} refused"
        console.print(f"{told}: {why}", style="yellow", highlight=False, markup=False)
    if study.isoflop is not None:
        for why in study.isoflop.refused:
            console.print(f"left out: {why}", style="yellow", highlight=False, markup=False)
    print_extrapolated(console, notes)


def _print_constants(console: Console, study: Study) -> None:
    assert study.fit is not None
    law, convergence = study.fit.law, study.fit.convergence
    intervals = study.bootstrap.constants() if study.bootstrap is not None else {}
    console.print()
    table = _table("constant", "value", "95 % interval")
    for name in ("A", "B", "E", "alpha", "beta"):
        span = intervals.get(name)
        table.add_row(name, f"{getattr(law, name):.5g}", "" if span is None else f"[{span.low:.4g}, {span.high:.4g}]")
    console.print(table)
    console.print(
        f"converged: {convergence.agreeing} of {convergence.starts} starts agree, gradient {convergence.gradient:.0e},"
        f" condition of the Hessian {convergence.condition:.0f}, objective {convergence.objective:.6g};"
        f" residuals {100 * study.fit.residual:.2f} %",
        highlight=False,
    )
    if study.bootstrap is not None and study.bootstrap.unconverged:
        total = study.bootstrap.unconverged + len(study.bootstrap.draws)
        console.print(f"Left out, as they determine no law: {study.bootstrap.unconverged} of {total} resamples.")


def optima_of_study(study: Study, flops: float) -> list[tuple[str, ...]]:
    """Rows: approach, a, its interval, N*, interval, D*, interval, D*/N*, interval."""
    titles = {1: "1 best run per FLOP", 2: "2 isoFLOP parabolas"}
    rows = []
    for one in study.frontiers:
        n, d = one.optimal(flops)
        title = titles[one.approach]
        rows.append(_optimum_row(title, one.parameters.exponent, one.exponent, n, d, one.at_budget(flops)))
    if study.fit is not None:
        from passatk.scaling import optimum

        law, found = study.fit.law, optimum(study.fit.law, flops)
        drawn = study.bootstrap
        rows.append(
            _optimum_row(
                "3 parametric law",
                law.optimal_exponent,
                None if drawn is None else drawn.exponent(),
                found.parameters,
                found.tokens,
                None if drawn is None else drawn.at_budget(flops),
            )
        )
    return rows


def _optimum_row(
    title: str, exponent: float, a: Interval | None, n: float, d: float, spans: dict[str, Interval] | None
) -> tuple[str, ...]:
    known = spans or {}
    return (
        title,
        f"{exponent:.3f}",
        "" if a is None else f"[{a.low:.3f}, {a.high:.3f}]",
        short(n),
        between(known.get("parameters")),
        short(d),
        between(known.get("tokens")),
        short(d / n),
        between(known.get("tokens_per_parameter")),
    )


def print_optima(
    console: Console,
    optima: Sequence[tuple[Law, Allocation, dict[str, Interval] | None]],
    notes: Sequence[str],
    refused: Sequence[str],
) -> None:
    """One row a law: N*, D*, D*/N* and loss for a budget."""
    used = any(found.inference_tokens for _, found, _ in optima)
    table = _table("law", "parameters", "", "tokens", "", "tokens/parameter", "", "loss", "training FLOP")
    if used:
        table.add_column("inference FLOP", justify="right")
    for law, found, spans in optima:
        known = spans or {}
        cells = [
            *(law.name, short(found.parameters), between(known.get("parameters"))),
            *(short(found.tokens), between(known.get("tokens"))),
            *(short(found.tokens_per_parameter), between(known.get("tokens_per_parameter"))),
            *(f"{found.loss:.4f}", power_of_ten(found.flops)),
        ]
        table.add_row(*cells, *([power_of_ten(found.inference_flops)] if used else []))
    if optima:
        console.print(table)
    _print_rules(console, [law for law, _, _ in optima])
    _print_refused(console, refused)
    print_extrapolated(console, notes)


def print_verdicts(
    console: Console, name: str, verdicts: Sequence[ScalingVerdict], notes: Sequence[str], refused: Sequence[str]
) -> None:
    """One model under several laws."""
    if verdicts:
        one = verdicts[0]
        repeated = (
            f", {short(one.unique_tokens)} of them unique: {one.epochs:.2f} epochs, worth"
            f" {short(one.effective_tokens)} fresh tokens"
            if one.unique_tokens is not None
            else ""
        )
        console.print(
            f"{name}: {short(one.parameters)} parameters, {short(one.tokens)} tokens{repeated};"
            f" {one.tokens / one.parameters:.0f} tokens/parameter, {power_of_ten(one.flops)} FLOP",
            highlight=False,
        )
        table = _table("law", "best tokens/parameter", "", "wasted", "", "would have been better", "sure", left=1)
        columns = [
            ("with repetition", any(v.wasted_with_repetition is not None for v in verdicts)),
            ("same unique tokens", any(v.wasted_same_unique is not None for v in verdicts)),
            ("with inference", any(v.wasted_with_inference is not None for v in verdicts)),
        ]
        for heading, shown in columns:
            if shown:
                table.add_column(heading, justify="right")
        for v in verdicts:
            more = (v.wasted_with_repetition, v.wasted_same_unique, v.wasted_with_inference)
            span = v.wasted_interval
            table.add_row(
                v.law,
                short(v.optimum.tokens_per_parameter),
                between(v.ratio_interval),
                percent(v.wasted),
                "" if span is None else f"[{100 * span.low:.1f}, {100 * span.high:.1f}]",
                str(v.direction),
                "" if v.certainty is None else f"{100 * v.certainty:.0f} %",
                *(percent(share) for share, (_, shown) in zip(more, columns, strict=True) if shown),
            )
        console.print(table)
        least, most = (100 * pick(v.wasted for v in verdicts) for pick in (min, max))
        ways = {str(v.direction) for v in verdicts}
        agreed = "they agree on the direction" if len(ways) == 1 else "the direction depends on the law"
        if len(verdicts) > 1:
            console.print(
                f"Over {len(verdicts)} laws {least:.1f} to {most:.1f} % of the compute was wasted; {agreed}.",
                highlight=False,
            )
    _print_refused(console, refused)
    print_extrapolated(console, notes)


def print_flops(console: Console, parameters: int, matrices: int, counts: Sequence[FlopCount], tokens: float) -> None:
    """Parameters, and FLOP a token by each way of counting, with its parts."""
    console.print(f"{parameters:,} parameters, {matrices:,} of them in matrices every token meets", highlight=False)
    table = _table("count", "FLOP/token", "of 6ND", f"FLOP for {short(tokens)} tokens", "parts")
    base = counts[0].total
    for count in counts:
        parts = ", ".join(f"{part} {100 * value / count.total:.0f} %" for part, value in count.parts.items())
        table.add_row(
            count.method,
            power_of_ten(count.total),
            f"{count.total / base:.3f}",
            power_of_ten(count.total * tokens),
            parts,
        )
    console.print(table)


def print_plan(console: Console, plan: Plan) -> None:
    """The optimum, and shapes that come near."""
    best = plan.optimum
    console.print(
        f"{power_of_ten(best.flops)} FLOP, by {plan.law}: {short(best.parameters)} parameters, {short(best.tokens)}"
        f" tokens, {short(best.tokens_per_parameter)} tokens/parameter"
        + ("" if best.loss is None else f", loss {best.loss:.4f}"),
        highlight=False,
    )
    console.print(_rungs(plan.choices, plan.count))
    print_extrapolated(console, plan.extrapolated)


def print_ladder(console: Console, ladder: Ladder) -> None:
    """All runs of a ladder, budget by budget."""
    console.print(
        f"{counted(len(ladder.rungs), 'run')}, {power_of_ten(ladder.flops)} FLOP in all, by {ladder.law}",
        highlight=False,
    )
    console.print(_rungs(ladder.rungs, ladder.count))
    print_extrapolated(console, ladder.extrapolated)


def _rungs(rungs: Sequence[Rung], count: str) -> Table:
    losses = [] if any(rung.loss is None for rung in rungs) else ["loss", "over optimum"]
    table = _table(
        f"FLOP ({count})", "layers", "hidden", "heads", "parameters", "tokens", *losses, "matmul FLOP", left=0
    )
    for rung in rungs:
        shape = rung.shape
        table.add_row(
            power_of_ten(rung.flops),
            f"{shape.layers}{' + 1' if shape.top_query else ''}",
            *(str(shape.hidden), str(shape.heads), f"{rung.parameters:,}", f"{round(rung.tokens):,}"),
            *(f"{value:.4f}" for value in (rung.loss, rung.excess) if value is not None),
            power_of_ten(rung.matmul_flops),
        )
    return table


def print_extrapolated(console: Console, notes: Sequence[str]) -> None:
    """The stamp of whatever lies outside of where a law was fitted."""
    if notes:
        console.print("EXTRAPOLATED, beyond the runs that were fitted:", style="bold red")
        for note in notes:
            console.print(f"  {note}", highlight=False, markup=False)


def _print_rules(console: Console, laws: Sequence[Law]) -> None:
    """Of laws whose FLOP are not 6 N D: budgets mean something else to them."""
    for law in laws:
        if not law.flop_rule.plain:
            said = flop_rule_in_words(law.flop_rule, law.fitted)
            console.print(f"{law.name}: FLOP as its runs counted them, {said}.", highlight=False, markup=False)


def _print_refused(console: Console, refused: Sequence[str]) -> None:
    for why in refused:
        console.print(f"refused: {why}", style="yellow", highlight=False, markup=False)

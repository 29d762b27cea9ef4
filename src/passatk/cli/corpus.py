"""`passatk corpus synthesize|show|check|gather|pack|retrieve`."""

import os
from pathlib import Path
from typing import Annotated

import typer

from passatk.cli.generated import App
from passatk.cli.options import Json
from passatk.wording import counted

app = App(
    help="Training text: functions made in six languages at once, real code through filters, tokens in windows.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_Seed = Annotated[int, typer.Option(help="Another seed makes another corpus.")]
_Functions = Annotated[int, typer.Option(min=1, help="How many different functions.")]
_Translation = Annotated[float, typer.Option(min=0, max=1, help="Share of documents that translate.")]
_Python = Annotated[float, typer.Option(min=0, max=1, help="Share of the others that are in Python.")]
_OneStep = Annotated[
    float, typer.Option(min=0, max=1, help="Share of documents about functions of one step, of which there are few.")
]
_Sources = Annotated[list[Path], typer.Argument(help="Files of documents, from `synthesize` or `gather`.")]
_Language = Annotated[list[str] | None, typer.Option(help="Only this language; may be given again.")]
_Workers = Annotated[int | None, typer.Option(min=1, help="Processes; changes nothing. [default: number of CPUs]")]


@app.command()
def synthesize(
    out: Annotated[Path, typer.Option(help="File of JSON lines to write.")],
    functions: _Functions = 30_000,
    documents: Annotated[int, typer.Option(min=1, help="How many documents about them.")] = 300_000,
    translation: _Translation = 0.25,
    python: _Python = 0.5,
    one_step: _OneStep = 0.0,
    seed: _Seed = 0,
    workers: _Workers = None,
    json: Json = False,
) -> None:
    """Write documents about small functions: prompts and solutions, in six languages and from one to another.

    No function of the suite `basics` is among them, whatever it is called and however it is written.
    """
    from collections import Counter

    import msgspec

    from passatk.corpus.documents import Mix
    from passatk.corpus.files import DocumentWriter, Synthesized
    from passatk.corpus.synthetic import synthetic_corpus
    from passatk.report import terminal

    console = terminal.console_for("stderr")
    kinds: Counter[str] = Counter()
    mix = Mix(translation=translation, python=python, one_step=one_step)
    with DocumentWriter(out) as writer, terminal.progress(console, "writing", "documents") as progress:
        corpus = synthetic_corpus(seed, functions)
        for chunk in corpus.documents(documents, mix, workers or os.cpu_count() or 1):
            writer.write(chunk)
            kinds.update(f"{d.kind} {d.source_language and d.source_language + ' to '}{d.language}" for d in chunk)
            progress(min(documents, kinds.total()), documents)
        writer.finish(Synthesized(seed=seed, functions=functions, documents=documents, mix=mix))
    if json:
        print(msgspec.json.encode({"documents": kinds.total(), "functions": functions, "kinds": kinds}).decode())
        return
    for kind, count in kinds.most_common():
        print(f"{count:>9,}  {kind}")
    print(f"{kinds.total():>9,}  documents about {functions:,} functions: {out}")


@app.command()
def show(
    number: Annotated[int, typer.Argument(min=0, help="Which function.")] = 0,
    functions: _Functions = 2_000,
    language: _Language = None,
    seed: _Seed = 0,
) -> None:
    """Show one function as the corpus has it, in every language."""
    from rich.syntax import Syntax

    from passatk.corpus.synthetic import synthetic_corpus
    from passatk.errors import InputError
    from passatk.languages import by_name
    from passatk.prompts.building import generation_prompt
    from passatk.report import terminal

    if number >= functions:
        raise InputError(f"function {number} of {functions}: they count from 0; ask for more with --functions")
    corpus = synthetic_corpus(seed, functions)
    problems = corpus.problems(number)
    if language:
        problems = problems.only([by_name(name).name for name in language])
    console = terminal.console_for()
    console.print(f"function {number}: {corpus.functions[number].composition}", style="bold", highlight=False)
    for problem in problems.problems.values():
        console.print(f"--- {problem.language}", style="bold")
        text = generation_prompt(problem) + problem.solution
        console.print(Syntax(text.strip("\n"), problem.language, background_color="default", word_wrap=True))


@app.command()
def check(
    source: Annotated[Path, typer.Argument(help="File of documents, from `synthesize`, with its manifest.")],
    documents: Annotated[int, typer.Option(min=1, help="The first so many of the file.")] = 3_000,
    workers: Annotated[int | None, typer.Option(min=1, help="Slots. [default: number of CPUs]")] = None,
    json: Json = False,
) -> None:
    """Make documents anew and execute them; exit 1 if the file has others, or one disagrees with the interpreter.

    What made the file stands in the manifest beside it. Twenty functions share a program, so compilers start seldom;
    where one of them fails, they are judged one by one. Exit 3 if some could not be judged here.
    """
    import msgspec

    from passatk.corpus.checking import check_documents, first_difference, made_anew
    from passatk.corpus.files import manifest_path, read_manifest, sha256_of
    from passatk.errors import EnvironmentFault, InputError
    from passatk.report import terminal

    manifest, found = read_manifest(source), sha256_of(source)
    if manifest is None:
        raise InputError(f"{source} has no {manifest_path(source).name} that says what made it; synthesize it again")
    corpus, made = made_anew(manifest, source)
    count = min(documents, made.documents)
    line = first_difference(source, corpus, made, count, workers or os.cpu_count() or 1)
    if line is not None or found != manifest.sha256:
        if json:
            print(msgspec.json.encode({"as_its_manifest_says": False, "first_difference": line}).decode())
        elif line is not None:
            print(f"{source}:{line} is not what its manifest makes here (it was made by passatk {manifest.passatk})")
        else:
            print(f"{source} was changed: its SHA-256 is {found}, and its manifest says {manifest.sha256}")
        raise typer.Exit(1)
    with terminal.progress(terminal.console_for("stderr"), "checking", "solutions") as progress:
        done = check_documents(corpus, count, made.mix, workers, progress)
    if json:
        print(msgspec.json.encode({"as_its_manifest_says": True, **msgspec.to_builtins(done)}).decode())
    else:
        for wrong in done.disagreements:
            print(f"{wrong.language}: {wrong.verdict.status}: {wrong.verdict.reason}")
            print(f"{wrong.specification.description}\n{wrong.specification.solution[wrong.language]}\n")
        total = sum(done.renderings.values())
        listed = ", ".join(f"{number:,} {language}" for language, number in done.renderings.items())
        print(f"{source} is what its manifest says")
        print(f"{total:,} solutions executed in {done.programs:,} programs: {listed}")
        print(f"{counted(len(done.disagreements), 'disagrees', 'disagree')} with the interpreter")
        for reason, number in done.not_judged.items():
            print(f"{number:,} could not be judged: {reason}")
    if done.disagreements:
        raise typer.Exit(1)
    if done.not_judged:
        raise EnvironmentFault(
            f"{counted(sum(done.not_judged.values()), 'solution')} could not be judged; make what is needed available"
            " (`passatk doctor` says what is here) and check again"
        )


@app.command()
def gather(
    folder: Annotated[Path, typer.Argument(help="Searched for source files of the six languages.")],
    out: Annotated[Path, typer.Option(help="File of JSON lines to write.")],
    json: Json = False,
) -> None:
    """Write documents of real code, through CodeGeeX's filters, without duplicates."""
    from collections import Counter

    import msgspec

    from passatk.corpus.files import DocumentWriter, Gathered
    from passatk.corpus.filters import Reason, code_documents
    from passatk.errors import InputError

    dropped: Counter[Reason] = Counter()
    kept: Counter[str] = Counter()
    with DocumentWriter(out) as writer:
        for document in code_documents(folder, dropped):
            writer.write([document])
            kept[document.language] += 1
        if not kept:
            said = ", ".join(f"{count} {reason}" for reason, count in dropped.most_common()) or "no source files"
            raise InputError(f"nothing in {folder} is worth learning from: {said}")
        writer.finish(Gathered(folder=str(folder), dropped={str(reason): count for reason, count in dropped.items()}))
    if json:
        print(msgspec.json.encode({"kept": kept, "dropped": dropped}).decode())
        return
    for language, count in kept.most_common():
        print(f"{count:>7}  {language}")
    for reason, count in dropped.most_common():
        print(f"{count:>7}  left out: {reason}")


@app.command()
def pack(
    sources: _Sources,
    out: Annotated[Path, typer.Option(help="Folder to write, for `passatk train`.")],
    context: Annotated[int, typer.Option(min=16, max=1 << 16, help="Tokens a model reads at once.")] = 320,
    vocabulary: Annotated[int, typer.Option(min=1, help="Tokens of the tokenizer that is learnt.")] = 1_536,
    tokenizer: Annotated[
        Path | None,
        typer.Option(help="Folder of a tokenizer to use, or `embedded`. [default: learn one from the documents]"),
    ] = None,
) -> None:
    """Turn documents into windows of tokens; prompts do not count in the loss, real code does."""
    from passatk.corpus.packing import LEFT_OUT, learn_tokenizer
    from passatk.corpus.packing import pack as pack_documents
    from passatk.models.embedded import folder_named
    from passatk.report import terminal
    from passatk.tokenizer import CodeGeeXTokenizer

    console = terminal.console_for("stderr")
    if tokenizer is None:
        console.print(f"learning a tokenizer of {vocabulary:,} tokens", highlight=False)
    ours = CodeGeeXTokenizer.load(folder_named(tokenizer)) if tokenizer else learn_tokenizer(sources, vocabulary)
    with terminal.progress(console, "packing", "documents") as progress:
        packed = pack_documents(sources, ours, context, out, progress)
    for field in ("documents", LEFT_OUT, "filled", "vocabulary"):
        if field in packed.manifest:
            print(f"{packed.manifest[field]:>12,}  {field}")
    for part in ("train", "valid"):
        tokens, counted = packed.manifest["tokens"][part], packed.manifest["counted_tokens"][part]
        print(f"{tokens:>12,}  tokens for {part}, {counted:,} of them count")


@app.command()
def retrieve(
    sources: _Sources,
    out: Annotated[Path, typer.Option(help="File of samples to write, for `passatk evaluate`.")],
    problems: Annotated[str, typer.Option(help="The problems to answer: a name, a file or a folder.")] = "basics",
    language: _Language = None,
    source_language: Annotated[str | None, typer.Option(help="Translate: from this language.")] = None,
    target_language: Annotated[str | None, typer.Option(help="Translate: to this language.")] = None,
    samples: Annotated[int, typer.Option("-n", "--samples", min=1, help="Nearest documents a problem.")] = 20,
) -> None:
    """Answer problems with the completions of the documents nearest to them: what a model must beat.

    Translations are looked up among translations of the same two languages, and filed under the source's task ids, as
    `passatk generate --task translate` does: `passatk evaluate OUT --target-language ...` judges them.
    """
    import msgspec

    from passatk.corpus.files import read_documents
    from passatk.corpus.retrieval import questions, translations
    from passatk.corpus.retrieval import retrieve as look_up
    from passatk.errors import InputError
    from passatk.languages import by_name
    from passatk.problems import load
    from passatk.report import terminal
    from passatk.runs.locked import storage, write_lines

    if (source_language is None) != (target_language is None):
        raise InputError("a translation needs both --source-language and --target-language")
    known = load(problems)
    if source_language is not None and target_language is not None:
        if language:
            raise InputError("--source-language takes the place of --language")
        asked = translations(known, by_name(source_language).name, by_name(target_language).name)
    else:
        asked = questions(known.only([by_name(name).name for name in language]) if language else known)
    with terminal.progress(terminal.console_for("stderr"), "reading", "documents") as progress:
        found = look_up(asked, read_documents(sources, progress), samples)
        lines = [msgspec.json.encode({"task_id": s.task_id, "generation": s.text}).decode() for s in found]
    with storage(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        write_lines(out, lines)
    print(f"{counted(len(lines), 'sample')}: {out}")

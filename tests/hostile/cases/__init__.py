"""Every hostile program, with the status it must get: everywhere, for everybody, with any number of workers."""

from hostile.cases import compilation, encoding, escape, resources, survival
from hostile.cases.case import Case

CATEGORIES: dict[str, tuple[Case, ...]] = {
    module.__name__.rpartition(".")[2]: tuple(case for row in module.ROWS for case in row)
    for module in (resources, survival, escape, compilation, encoding)
}

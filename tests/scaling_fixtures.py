"""The published runs and their fit, read and computed once."""

from pathlib import Path

import pytest
from scaling_cases import CODE_LIKE, isoflop_runs, noisy

from passatk.scaling import Fit, Runs, Study, fit, read_runs, study


@pytest.fixture(scope="session")
def published_runs(data: Path) -> Runs:
    """The 234 runs read off the Chinchilla paper's figure."""
    path = data / "chinchilla" / "training_runs.csv"
    if not path.is_file():
        pytest.skip(f"the published training runs are absent: no {path}")
    return read_runs(path)


@pytest.fixture(scope="session")
def published_fit(published_runs: Runs) -> Fit:
    """Approach 3 from the whole grid of starts."""
    return fit(published_runs)


@pytest.fixture(scope="session")
def small_study() -> Study:
    """All approaches on 40 synthetic runs with noise."""
    return study(noisy(isoflop_runs(CODE_LIKE), CODE_LIKE), name="synthetic", resamples=50)

"""Models and engines compute here."""

import one_thread  # noqa: F401 - for its effect

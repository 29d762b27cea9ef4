"""What generated samples look like as a whole: how they ended, and what makes them doubtful."""

from collections import Counter
from collections.abc import Iterable
from hashlib import blake2b

from passatk.decoding import DecodingSettings
from passatk.runs.generations import Generated
from passatk.wording import counted

_BROKEN_OFF = ("abort", "content_filter")


class Seen:
    """A summary of samples, drawn in one pass."""

    def __init__(self, settings: DecodingSettings, samples: Iterable[Generated]):
        """`settings`: what the samples were asked for with."""
        reasons, counts = Counter[str](), Counter[str]()
        first: dict[str, bytes] = {}
        differing = False
        for one in samples:
            reasons[one.finish_reason] += 1
            if one.finish_reason == "context_length":  # the model was not asked
                continue
            counts[one.task_id] += 1
            said = blake2b(f"{one.text}\0{one.thinking}".encode("utf-8", "surrogatepass")).digest()
            differing = differing or first.setdefault(one.task_id, said) != said
        self.samples = reasons.total()
        self.finish_reasons = dict(reasons.most_common())
        """Why samples ended -> how many, the most first."""
        self.warnings = tuple(self._warnings(settings, reasons, counts, differing))

    def _warnings(
        self, settings: DecodingSettings, reasons: Counter[str], counts: Counter[str], differing: bool
    ) -> Iterable[str]:
        random = settings.method == "sample" and settings.temperature != 0
        if random and not differing and counts and min(counts.values()) > 1:
            yield (
                "all samples of each task are the same text, although they were asked for at random: a server probably"
                " ignores seed and temperature, or top_k or top_p leaves one token to choose; pass@k for k > 1 means"
                " nothing here"
            )
        samples = counted(self.samples, "sample")
        if too_long := reasons["context_length"]:
            yield (
                f"{counted(too_long, f'of {samples} has', f'of {samples} have')} no text because the request does not"
                " fit the server's context; ask for fewer tokens, or serve the model with a longer context"
            )
        if broken := sum(reasons[reason] for reason in _BROKEN_OFF):
            was = counted(broken, f"of {samples} was", f"of {samples} were")
            yield f"{was} broken off by the server ({' or '.join(_BROKEN_OFF)})"

"""Whether this machine gives the tokens that the embedded model was shipped with."""

from passatk.errors import EnvironmentFault
from passatk.models import ModelSpec, open_backend
from passatk.models.embedded import Reference, read_reference, reference_tokens
from passatk.records import Record


class TokenCheck(Record, frozen=True, kw_only=True):
    """The embedded model's tokens here, beside those it was shipped with."""

    holds: bool
    """Every token is the same."""
    digest: str
    """SHA-256 of the tokens here."""
    digest_shipped: str
    samples: int
    """Of each method."""
    differing: dict[str, int]
    """Method -> samples with other tokens."""
    origin: dict[str, str]
    """What computed here."""
    origin_shipped: dict[str, str]
    """What computed the tokens it was shipped with."""


def check_tokens() -> TokenCheck:
    """Generate the reference samples again and compare.

    Raises:
        EnvironmentFault: a library is missing, or the model is not the one that was shipped.
    """
    shipped = read_reference()
    here = compute_reference(shipped.prompts)
    if here.fingerprint != shipped.fingerprint:
        raise EnvironmentFault(
            f"the embedded model's files are not those that were shipped (SHA-256 {here.fingerprint[:12]}, not"
            f" {shipped.fingerprint[:12]}); install passatk again"
        )
    return TokenCheck(
        holds=here.digest == shipped.digest,
        digest=here.digest,
        digest_shipped=shipped.digest,
        samples=len(next(iter(shipped.tokens.values()))),
        differing={
            method: sum(one != other for one, other in zip(tokens, here.tokens[method], strict=True))
            for method, tokens in shipped.tokens.items()
        },
        origin=here.origin,
        origin_shipped=shipped.origin,
    )


def compute_reference(prompts: tuple[str, ...]) -> Reference:
    """What the embedded model gives here."""
    backend = open_backend(ModelSpec())
    try:
        origin = {"device": backend.origin.device, **backend.origin.versions}
        return Reference(
            fingerprint=backend.origin.fingerprint,
            origin=origin,
            prompts=prompts,
            tokens=reference_tokens(backend, prompts),
        )
    finally:
        backend.close()

"""Requests to an endpoint: retries what may be retried, waits as asked, never for ever."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from aimux_tui import __version__
from aimux_tui.export.otlp.troubles import SendError, refusal, transport_trouble
from aimux_tui.export.progress import ExportCancelledError

if TYPE_CHECKING:
    import httpx

    from aimux_tui.export.otlp.target import OtlpTarget

RETRYABLE = frozenset({429, 502, 503, 504})
"""The only answers after which OTLP allows to send again."""
_NAP = 0.2
"""Seconds between looks at whether the user wants to stop, while waiting."""


class Patience(Struct, frozen=True):
    """How long an endpoint is put up with."""

    attempts: int = 5
    """Of one request that is answered with "later"."""
    connects: int = 3
    """Of one request that is not answered at all."""
    first_wait: float = 0.5
    """Seconds; each further wait is up to twice as long."""
    longest_wait: float = 30.0
    """Seconds between two attempts, also when the server asks for more."""
    sleep: Callable[[float], None] = time.sleep


class Answer(Struct, frozen=True):
    """What a server said."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes

    def json(self) -> Any:
        """The body as JSON; None if it is none."""
        with suppress(msgspec.MsgspecError, UnicodeDecodeError):
            return msgspec.json.decode(self.body)
        return None

    @property
    def is_fine(self) -> bool:
        """Whether what was asked was done."""
        return 200 <= self.status < 300


class Link:
    """One endpoint, with connections that are kept. For one thread."""

    def __init__(
        self,
        target: OtlpTarget,
        should_stop: Callable[[], bool] = lambda: False,
        patience: Patience | None = None,
    ) -> None:
        """Opens nothing yet. Raises SendError if headers or certificates are unusable."""
        self.target = target
        self._should_stop = should_stop
        self._patience = patience or Patience()
        self._client = _client(target)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def request(
        self,
        method: str,
        path: str,
        *,
        content: bytes | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
        limit: int = 32 << 20,
    ) -> Answer:
        """Send a request until it is answered for good; `path` is added to the target's base.

        Answers of more than `limit` bytes are cut. Raises SendError, ExportCancelledError.
        """
        sent = dict(headers or {})
        if json is not None:
            content = msgspec.json.encode(json)
            sent["content-type"] = "application/json"
        attempt = 0
        while True:
            attempt += 1
            if self._should_stop():
                raise ExportCancelledError
            trouble: SendError
            try:
                answer = self._once(method, self.target.base + path, content, sent, limit)
            except SendError as error:
                if not error.may_retry or attempt >= self._patience.connects:
                    raise
                trouble, wait = error, None
            else:
                if answer.status not in RETRYABLE:
                    return answer
                trouble, wait = refusal(self.target, answer), _retry_after(answer)
            if attempt >= self._patience.attempts:
                raise trouble
            self._wait(attempt, wait, trouble)

    def ask(self, method: str, path: str, **options: Any) -> Answer:
        """As `request`, for what must succeed. Raises SendError for any other answer."""
        answer = self.request(method, path, **options)
        if not answer.is_fine:
            raise refusal(self.target, answer)
        return answer

    def pause(self, seconds: float) -> None:
        """Wait, unless the user wants to stop. Raises ExportCancelledError."""
        while seconds > 0:
            if self._should_stop():
                raise ExportCancelledError
            nap = min(seconds, _NAP)
            self._patience.sleep(nap)
            seconds -= nap

    def _once(
        self, method: str, url: str, content: bytes | None, headers: dict[str, str], limit: int
    ) -> Answer:
        import httpx

        deadline = time.monotonic() + 2 * self.target.timeout
        try:
            with self._client.stream(method, url, content=content, headers=headers) as response:
                body = bytearray()
                for chunk in response.iter_bytes(65_536):
                    body += chunk
                    if len(body) > limit:
                        break
                    if time.monotonic() > deadline:
                        raise httpx.ReadTimeout("the answer never ends")
                found = {name.lower(): value for name, value in response.headers.items()}
                return Answer(response.status_code, found, bytes(body[:limit]))
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, UnicodeError) as error:
            raise transport_trouble(self.target, error) from error

    def _wait(self, attempt: int, asked: float | None, trouble: SendError) -> None:
        patience = self._patience
        if asked is not None and asked > patience.longest_wait:
            trouble.hint = f"the server asks to wait {asked:.0f} s; {trouble.hint}"
            raise trouble
        most = min(patience.first_wait * 2 ** (attempt - 1), patience.longest_wait)
        # Jitter: many clients that were turned away together do not come back together.
        left = asked if asked is not None else random.uniform(most / 2, most)  # noqa: S311
        self.pause(left)


def _client(target: OtlpTarget) -> httpx.Client:
    import ssl

    import httpx

    try:
        if target.certificate:
            trust = ssl.create_default_context(cafile=target.certificate)
        else:
            # Beside the well-known authorities, those that a company has put on its machines.
            trust = httpx.create_ssl_context()
            trust.load_default_certs()
        return httpx.Client(
            headers={"user-agent": f"aimux/{__version__}", **target.headers},
            timeout=httpx.Timeout(target.timeout, connect=min(target.timeout, 10.0)),
            verify=trust,
            # A proxy of the surroundings knows nothing of this machine.
            trust_env=not target.is_local,
        )
    except (OSError, ssl.SSLError) as error:
        hint = "export.certificate must name a file of certificates in PEM format"
        raise SendError(f"{target.certificate} cannot be used: {error}", hint) from error
    except (UnicodeError, ValueError, TypeError) as error:
        hint = "see export.headers and the proxies in the environment"
        raise SendError(f"the connection cannot be set up: {error}", hint) from error


def _retry_after(answer: Answer) -> float | None:
    """Seconds that the server asks to wait: given as a number or a date."""
    given = answer.headers.get("retry-after", "").strip()
    if not given:
        return None
    with suppress(ValueError):
        return max(float(given), 0.0) if given.isdigit() else _seconds_until(given)
    return None


def _seconds_until(date: str) -> float:
    at = parsedate_to_datetime(date)
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max((at - datetime.now(UTC)).total_seconds(), 0.0)

"""Where an OTLP export goes."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from msgspec import Struct, field

from aimux_tui.config.schema import ExportBackend, TracePer
from aimux_tui.errors import ExportError

if TYPE_CHECKING:
    from aimux_tui.config.schema import ExportSettings

TRACES_PATH = "/v1/traces"
_HINT = "set export.endpoint to host:port or a URL, such as http://localhost:5000"


class OtlpTarget(Struct, frozen=True, kw_only=True):
    """An endpoint and how to speak to it."""

    base: str
    """URL up to where `/v1/traces` begins, without a slash at its end."""
    backend: ExportBackend = ExportBackend.AUTO
    trace_per: TracePer = TracePer.SESSION
    headers: Mapping[str, str] = field(default_factory=dict)
    timeout: float = 30.0
    """Seconds to wait for an answer."""
    certificate: str = ""
    """File with the certificates that the endpoint is known by; empty: the system's."""
    project: str = "aimux"
    """The project in Phoenix."""
    experiment_id: str = ""
    experiment: str = "aimux"
    """The experiment in MLflow by its name, where its id is not given."""
    user: str = ""
    """Sent as `user.id`; empty sends none."""

    @property
    def traces_url(self) -> str:
        """Where spans are posted."""
        return self.base + TRACES_PATH

    @property
    def is_local(self) -> bool:
        """Whether the endpoint is on this machine."""
        return _is_this_machine(urlsplit(self.base).hostname or "")

    @property
    def place(self) -> str:
        """The endpoint and what is distinguished in it: what is remembered hangs on this."""
        where = self.experiment_id or self.experiment
        return f"{self.base} {self.project} {where}"


def target_of(settings: ExportSettings, endpoint: str = "") -> OtlpTarget:
    """The target that the settings name; `endpoint` comes before theirs. Raises ExportError."""
    given = endpoint or settings.endpoint
    if not given:
        raise ExportError("no endpoint to export to", hint=_HINT)
    return OtlpTarget(
        base=_base_url(given, is_insecure=settings.insecure),
        backend=settings.backend,
        trace_per=settings.trace_per,
        headers=dict(settings.headers),
        timeout=settings.timeout or 30.0,
        certificate=str(Path(settings.certificate).expanduser()) if settings.certificate else "",
        project=settings.project or "aimux",
        experiment_id=settings.mlflow.experiment_id,
        experiment=settings.mlflow.experiment or settings.project or "aimux",
        user=settings.user,
    )


def _base_url(given: str, *, is_insecure: bool) -> str:
    """The URL of an endpoint, whose scheme and `/v1/traces` may be missing."""
    text = given.strip()
    has_scheme = "://" in text
    try:
        parts = urlsplit(text if has_scheme else f"//{text}")
        host, port = parts.hostname, parts.port
    except ValueError as error:
        message = f"{given!r} is no endpoint: its host or port cannot be read"
        raise ExportError(message, hint=_HINT) from error
    if not host or any(sign.isspace() for sign in text):
        raise ExportError(f"{given!r} is no endpoint: it names no host", hint=_HINT)
    if has_scheme and parts.scheme not in {"http", "https"}:
        hint = "only OTLP over HTTP is spoken; gRPC endpoints have a second port for it"
        raise ExportError(f"{given!r} is no HTTP endpoint", hint=hint)
    if parts.username or parts.password:
        hint = "put it into export.headers, as Authorization"
        raise ExportError("the endpoint holds a password", hint=hint)
    scheme = parts.scheme or ("http" if is_insecure or _is_this_machine(host) else "https")
    shown = f"[{host}]" if ":" in host else host
    path = parts.path.rstrip("/").removesuffix(TRACES_PATH).rstrip("/")
    return f"{scheme}://{shown}{f':{port}' if port else ''}{path}"


def _is_this_machine(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False

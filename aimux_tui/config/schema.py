"""Every setting: its name, type, default and meaning.

A setting is a field; its dotted name is the path to it. Docstrings below fields are the
documentation that users read (`docs/config.md` is made from them).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct, field


class CostDisplay(StrEnum):
    """Whether money is shown."""

    ESTIMATE = "estimate"
    HIDE = "hide"


class TimeMode(StrEnum):
    """How times are shown."""

    CLOCK = "clock"
    RELATIVE = "relative"
    ELAPSED = "elapsed"


class SessionSort(StrEnum):
    """What the session list is sorted by; the greatest or newest comes first."""

    UPDATED = "updated"
    STARTED = "started"
    COST = "cost"
    TURNS = "turns"
    PROJECT = "project"


class ExportBackend(StrEnum):
    """What kind of server takes spans."""

    AUTO = "auto"
    GENERIC = "generic"
    MLFLOW = "mlflow"
    PHOENIX = "phoenix"


class TracePer(StrEnum):
    """What one trace is made of."""

    SESSION = "session"
    TURN = "turn"


class RedactionProfile(StrEnum):
    """How much of a session leaves aimux in an export."""

    FULL = "full"
    """Everything, as the agent logged it."""
    BOUNDED = "bounded"
    """Secrets masked, very long values cut."""
    REDACTED = "redacted"
    """What happened and what it cost, without the words of it."""


class ProviderSettings(Struct, frozen=True, kw_only=True):
    """One agent whose sessions are read."""

    enabled: bool = True
    """Whether this agent's sessions are looked for."""
    paths: tuple[str, ...] = ()
    """Further homes of the agent, beside its usual one (`~` is understood)."""


class ProvidersSettings(Struct, frozen=True, kw_only=True):
    """The agents whose sessions are read."""

    claude: ProviderSettings = field(default_factory=ProviderSettings)
    codex: ProviderSettings = field(default_factory=ProviderSettings)
    gemini: ProviderSettings = field(default_factory=ProviderSettings)


class PriceOverride(Struct, frozen=True, kw_only=True):
    """Your own prices of a model, in USD per million tokens."""

    input: float
    """Prompt tokens that came from no cache."""
    output: float
    """Generated tokens, reasoning included."""
    cache_read: float | None = None
    """Prompt tokens read from a cache (as `input` unless given)."""
    cache_write_5m: float | None = None
    """Prompt tokens written to a cache (as `input` unless given)."""
    cache_write_1h: float | None = None
    """Prompt tokens written to a cache for an hour (as `cache_write_5m` unless given)."""


class CostSettings(Struct, frozen=True, kw_only=True):
    """Money."""

    display: CostDisplay = CostDisplay.ESTIMATE
    """`estimate` shows what the tokens cost at list price, `hide` shows no money at all."""
    prices: Mapping[str, PriceOverride] = field(default_factory=dict)
    """Your own prices: a model's name, or a pattern with `*`, and its prices in USD per million
    tokens (`input` and `output`; `cache_read`, `cache_write_5m`, `cache_write_1h` if they differ).
    They come before the built-in ones; of several patterns the first that fits is used."""


class UiSettings(Struct, frozen=True, kw_only=True):
    """The screen."""

    follow: bool = True
    """Whether a session opens at its newest turn and stays there while you do not move up."""
    time: TimeMode = TimeMode.CLOCK
    """How times are shown: `clock` (10:47), `relative` (3m ago) or `elapsed` (since the start)."""
    bell: bool = True
    """Whether the terminal bell rings when a session begins to need your attention."""
    ascii: bool = False
    """Whether only ASCII characters are drawn."""
    mouse: bool = True
    """Whether the mouse is used (off: the terminal's own selection works without a modifier)."""


class IndexSettings(Struct, frozen=True, kw_only=True):
    """The index of session summaries."""

    enabled: bool = True
    """Whether summaries are kept in the cache folder, so that the next start is quick."""


class LabelsSettings(Struct, frozen=True, kw_only=True):
    """Labels and notes."""

    author: str = ""
    """Who signs your labels (empty: your user name at this machine)."""
    advance: bool = False
    """Whether the cursor goes on to the next unlabelled turn when a turn was labelled."""
    archive: bool = True
    """Whether the logs of labelled sessions are copied into aimux's archive: agents delete their
    own after some weeks, and a label without its turn is worth nothing."""
    archive_limit_mb: float = 1000
    """Megabytes that the copies may take together (they are compressed)."""


class SessionsSettings(Struct, frozen=True, kw_only=True):
    """The session list."""

    show_hidden: bool = False
    """Whether sessions that only machines took part in are listed."""
    sort: SessionSort = SessionSort.UPDATED
    """What the list is sorted by: `updated`, `started`, `cost`, `turns` or `project`."""


class MlflowSettings(Struct, frozen=True, kw_only=True):
    """Where in MLflow traces go."""

    experiment_id: str = ""
    """The experiment that traces go to, by its number (in quotes)."""
    experiment: str = ""
    """The experiment by its name instead; it is made if it does not exist."""


class ExportSettings(Struct, frozen=True, kw_only=True):
    """Exports."""

    folder: str = ""
    """Where files go unless told otherwise (`~` is understood); if it is empty, to `exports` in
    aimux's own folder."""
    redact: RedactionProfile = RedactionProfile.BOUNDED
    """What leaves in an export unless told otherwise: `full` (everything as logged), `bounded`
    (secrets masked, very long values cut) or `redacted` (what happened and what it cost, without
    prompts, answers, inputs and outputs)."""
    endpoint: str = ""
    """Where OTLP goes: `host:port`, or a URL up to where `/v1/traces` begins."""
    insecure: bool = False
    """Whether a `host:port` is spoken to without TLS. This machine itself always is."""
    certificate: str = ""
    """A file of certificates (PEM) by which the endpoint is known, where the system's do not."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Headers of every request, such as `Authorization`."""
    timeout: float = 30.0
    """Seconds to wait for an answer."""
    backend: ExportBackend = ExportBackend.AUTO
    """What stands at the endpoint: `mlflow`, `phoenix` or `generic`; `auto` asks it."""
    trace_per: TracePer = TracePer.SESSION
    """Whether a trace is a `session` or a `turn` of one."""
    user: str = ""
    """Who the sessions are said to be of, where several people share a server."""
    project: str = "aimux"
    """The project in Phoenix that traces go to, and the experiment in MLflow if none is set."""
    mlflow: MlflowSettings = field(default_factory=MlflowSettings)


class OtelSettings(Struct, frozen=True, kw_only=True):
    """Receiving the agents' own telemetry."""

    enabled: bool = False
    """Whether aimux receives OpenTelemetry (OTLP over HTTP) while it runs. `aimux receive` does so
    by itself."""
    host: str = "127.0.0.1"
    """The address that it listens at. Other machines reach any but this machine's own; for that
    `otel.allow_remote` must be set too."""
    port: int = 4318
    """The port that it listens at."""
    allow_remote: bool = False
    """Whether `otel.host` may be an address that other machines reach. Whoever does may write
    telemetry here, and nothing asks them who they are."""
    max_body_mb: float = 64.0
    """The largest request that is taken, in MiB, before and after it is decompressed."""
    keep_days: float = 30.0
    """How many days telemetry is kept."""
    keep_mb: float = 500.0
    """How much disk it may take, in MiB; the oldest goes first."""
    fold: bool = True
    """Whether the internal spans of Codex and OpenCode are counted instead of kept: thousands for
    each prompt."""
    forward: bool = False
    """Whether what is received is passed on to `export.endpoint`, as it came and unredacted; while
    the endpoint is down it waits here."""


class Settings(Struct, frozen=True, kw_only=True):
    """All settings, and where each came from."""

    providers: ProvidersSettings = field(default_factory=ProvidersSettings)
    cost: CostSettings = field(default_factory=CostSettings)
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Your own keys: a command's id and its key, a list of keys, or nothing (`[]`) for none.
    Two keys with a space between them are pressed one after the other (`y c`)."""
    theme: str = "textual-dark"
    """The colour theme."""
    ui: UiSettings = field(default_factory=UiSettings)
    index: IndexSettings = field(default_factory=IndexSettings)
    sessions: SessionsSettings = field(default_factory=SessionsSettings)
    labels: LabelsSettings = field(default_factory=LabelsSettings)
    export: ExportSettings = field(default_factory=ExportSettings)
    otel: OtelSettings = field(default_factory=OtelSettings)
    origins: Mapping[str, str] = field(default_factory=dict)
    """Dotted name → where its value was set; names that have their default are missing. An entry
    of a mapping has a name of its own: `keys.app.quit`, `cost.prices.my-model`."""

"""Write aimux's price table from the genai-prices package: run it when a new version is out.

    python scripts/refresh_prices.py            # refresh, dated today
    python scripts/refresh_prices.py --check    # exit 1 if the file is not what would be written

What is taken over, and what is decided here:

- The providers in `PROVIDERS`, in the order of the package, because a model's name is claimed by
  the first provider whose rule matches it. Of Google's models those of Anthropic are left out:
  Vertex names are turned into Anthropic's own, so that a model has one price.
- Every model keeps its place, because the first rule that matches a name decides. A model that is
  not paid by the token (speech, pictures by the page) keeps no price and so stays unknown.
- A token kind without a price of its own is billed as the kind it is a part of: cache reads and
  writes as input, one-hour writes as writes. That is what the package computes, done once here.
- Standard prices keep the package's order: of the periods that are active at a time, the last
  wins, and the first one holds where none is active.
- Fast, flex, priority and batch prices are resolved by the package itself at every date at which
  something changes, so that each period in the file is complete. Before the first date the package
  knows no such price; the file then says nothing, and the reader marks what it assumes.
- Long-context prices apply to the whole of a request whose prompt is larger than the threshold.
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, date, datetime, time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import genai_prices
import msgspec
from genai_prices import types as source
from genai_prices.data_snapshot import get_snapshot

PRICE_FILE = Path(__file__).parents[1] / "aimux_tui" / "pricing" / "prices.json"
PROVIDERS = frozenset(
    {
        "anthropic",
        "deepseek",
        "google",
        "minimax",
        "mistral",
        "moonshotai",
        "openai",
        "x-ai",
        "zhipuai",
    }
)
TIERS: dict[str, tuple[dict[str, str], ...]] = {
    "fast": ({"speed": "fast"}, {"service_tier": "fast"}),
    "flex": ({"service_tier": "flex"},),
    "priority": ({"service_tier": "priority"},),
    "batch": ({"processing": "batch"},),
}
"""Service tier as aimux names it → the contexts that select its prices in the package."""

FALLBACKS = (
    ("input_mtok",),
    ("cache_read_mtok", "input_mtok"),
    ("cache_write_5m_mtok", "cache_write_mtok", "input_mtok"),
    ("cache_write_1h_mtok", "cache_write_mtok", "input_mtok"),
    ("output_mtok",),
)
"""The columns of a rate row: the price of each kind, else of what it is a part of."""

REGEX_SYNTAX = frozenset(r"\.^$*+?{}[]|()")

Row = dict[str, Any]


def number(value: Any) -> float | int:
    """A price as JSON writes it shortest: 5, 0.25."""
    as_float = float(value)
    return int(as_float) if as_float.is_integer() else as_float


def rate_row(prices: source.ModelPrice, prompt: int) -> list[float | int]:
    """USD per million tokens for a request of `prompt` tokens: one column per `FALLBACKS`."""
    row: list[float | int] = []
    for keys in FALLBACKS:
        price = next(p for key in keys if (p := getattr(prices, key)) is not None)
        if isinstance(price, source.TieredPrices):
            reached = [tier.price for tier in price.tiers if prompt > tier.start]
            price = reached[-1] if reached else price.base
        row.append(number(price))
    return row


def price_period(prices: source.ModelPrice) -> Row:
    """Rates, long-context rates and the price of a web search."""
    tiered = [p for p in prices.__dict__.values() if isinstance(p, source.TieredPrices)]
    thresholds = sorted({tier.start for price in tiered for tier in price.tiers})
    period: Row = {"rates": rate_row(prices, 0)}
    above = [[start, *rate_row(prices, start + 1)] for start in thresholds]
    if above:
        period["above"] = above
    search = getattr(prices, "web_searches_kcount", None)
    if search is not None:
        period["search"] = number(search)
    return period


def is_paid_by_token(prices: source.ModelPrice) -> bool:
    """Whether both directions of a request have a price."""
    return prices.input_mtok is not None and prices.output_mtok is not None


def constraint_fields(constraint: Any) -> Row:
    """When a period holds: from a day on, or daily between two times of day (UTC)."""
    match constraint:
        case None:
            return {}
        case source.StartDateConstraint():
            return {"from": constraint.start_date.isoformat()}
        case source.TimeOfDateConstraint():
            return {"daily": [minute(constraint.start_time), minute(constraint.end_time)]}
    raise SystemExit(f"unknown constraint {constraint!r}")


def minute(at: time) -> int:
    """The minute of the day in UTC."""
    if at.utcoffset() or at.second or at.microsecond:
        raise SystemExit(f"not a whole minute of UTC: {at!r}")
    return at.hour * 60 + at.minute


def standard_periods(model: source.ModelInfo) -> list[Row]:
    """The standard prices in the package's order, oldest first."""
    prices = model.prices
    listed = prices if isinstance(prices, list) else [source.ConditionalPrice(prices=prices)]
    if not all(is_paid_by_token(conditional.prices) for conditional in listed):
        return []
    return [
        {**constraint_fields(conditional.constraint), **price_period(conditional.prices)}
        for conditional in listed
    ]


def tier_periods(model: source.ModelInfo, contexts: tuple[dict[str, str], ...]) -> list[Row]:
    """Prices of one service tier, resolved at each date at which the model's prices change."""
    variants = [v for v in model.price_variants or () if v.when in contexts]
    if not variants:
        return []
    listed = model.prices if isinstance(model.prices, list) else []
    constraints = [price.constraint for price in listed] + [v.constraint for v in variants]
    if any(isinstance(constraint, source.TimeOfDateConstraint) for constraint in constraints):
        raise SystemExit(f"{model.id}: a tier beside prices by the time of day")
    days = sorted({c.start_date for c in constraints if isinstance(c, source.StartDateConstraint)})
    periods: list[Row] = []
    for day in (date.min, *days):
        at = datetime.combine(day, time(), UTC)
        active = [v for v in variants if v.constraint is None or v.constraint.active(at)]
        if not active:
            continue
        period = price_period(model.get_prices(at, active[0].when))
        if periods and {k: v for k, v in periods[-1].items() if k != "from"} == period:
            continue
        start = {} if day == date.min else {"from": day.isoformat()}
        periods.append({**start, **period})
    return periods


def literal_prefix(pattern: str) -> str:
    """The characters every match of an anchored regular expression begins with."""
    prefix = ""
    rest = pattern.removeprefix("^")
    if rest == pattern or "|" in pattern:
        return ""
    while rest:
        if rest[0] == "\\" and len(rest) > 1 and not rest[1].isalnum():
            character, rest = rest[1], rest[2:]
        elif rest[0] not in REGEX_SYNTAX:
            character, rest = rest[0], rest[1:]
        else:
            break
        if rest[:1] in {"*", "?", "{"}:
            break
        prefix += character
    return prefix


def add_rule(rule: Row, clause: Any) -> None:
    """Add one alternative to a rule; all of ours fit one of five forms, checked here."""
    match clause:
        case source.ClauseOr():
            for alternative in clause.or_:
                add_rule(rule, alternative)
        case source.ClauseEquals():
            rule.setdefault("equals", []).append(clause.equals.lower())
        case source.ClauseStartsWith():
            rule.setdefault("starts", []).append(clause.starts_with.lower())
        case source.ClauseEndsWith():
            rule.setdefault("ends", []).append(clause.ends_with.lower())
        case source.ClauseContains():
            rule.setdefault("contains", []).append(clause.contains.lower())
        case source.ClauseRegex():
            pattern = [literal_prefix(clause.regex), clause.regex]
            rule.setdefault("patterns", []).append(pattern)
        case source.ClauseAnd(
            and_=[source.ClauseStartsWith(starts_with=start), source.ClauseRegex(regex=regex)]
        ):
            rule.setdefault("patterns", []).append([start.lower(), regex])
        case _:
            raise SystemExit(f"a rule of a new form: {clause!r}")


def match_rule(clause: Any) -> Row:
    """A matching rule as alternatives by kind; names are compared in lower case."""
    rule: Row = {}
    add_rule(rule, clause)
    return {kind: list(dict.fromkeys(map(tuple_or_text, rule[kind]))) for kind in rule}


def tuple_or_text(item: Any) -> Any:
    """Make an alternative hashable."""
    return tuple(item) if isinstance(item, list) else item


def model_row(model: source.ModelInfo) -> Row:
    """One model of the file."""
    row: Row = {"id": model.id, "match": match_rule(model.match)}
    if model.context_window:
        row["context_window"] = model.context_window
    periods = standard_periods(model)
    if periods:
        row["prices"] = periods
        tiers = {tier: tier_periods(model, contexts) for tier, contexts in TIERS.items()}
        if any(tiers.values()):
            row["tiers"] = {tier: rows for tier, rows in tiers.items() if rows}
    return row


def provider_row(provider: source.Provider) -> Row:
    """One provider of the file: which names it claims, and its models."""
    models = [
        model_row(model)
        for model in provider.models
        if not (provider.id == "google" and model.id.startswith("claude"))
    ]
    return {"id": provider.id, "claims": match_rule(provider.model_match), "models": models}


def price_document(refreshed: str) -> bytes:
    """The file, one model a line so that a refresh reads well as a diff."""
    providers = [provider_row(p) for p in get_snapshot().providers if p.id in PROVIDERS]
    if {provider["id"] for provider in providers} != PROVIDERS:
        raise SystemExit("genai-prices has lost a provider")
    head = {
        "source": "genai-prices",
        "version": genai_prices.__version__,
        "licence": "MIT, see NOTICE",
        "refreshed": refreshed,
    }
    encode = msgspec.json.encode
    lines = [encode(head)[:-1] + b',"providers":[']
    for index, provider in enumerate(providers):
        models = provider.pop("models")
        lines.append(encode(provider)[:-1] + b',"models":[')
        lines.extend(encode(model) + b"," for model in models[:-1])
        lines.append(encode(models[-1]))
        lines.append(b"]}" if index == len(providers) - 1 else b"]},")
    lines.append(b"]}\n")
    return b"\n".join(lines)


def refreshed_before() -> str:
    """The day of the file's last refresh if it was made from the installed version, else today."""
    if PRICE_FILE.exists():
        current = msgspec.json.decode(PRICE_FILE.read_bytes())
        if current["version"] == version("genai-prices"):
            return str(current["refreshed"])
    return datetime.now(UTC).date().isoformat()


def main() -> int:
    """Write the file, or check it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--date", help="day of the refresh, YYYY-MM-DD (default: today)")
    parser.add_argument("--check", action="store_true", help="only compare")
    options = parser.parse_args()
    today = datetime.now(UTC).date().isoformat()
    day = options.date or (refreshed_before() if options.check else today)
    document = price_document(day)
    if options.check:
        return 0 if PRICE_FILE.read_bytes() == document else 1
    PRICE_FILE.write_bytes(document)
    print(f"{PRICE_FILE.name}: {len(document):,} bytes, genai-prices {genai_prices.__version__}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

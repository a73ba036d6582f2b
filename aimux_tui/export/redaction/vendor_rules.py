"""Secrets that show what they are by their shape: the keys and tokens of the known services.

Every match begins with one of its rule's triggers. Looking for literals is an order of magnitude
quicker than matching patterns, and most texts contain none.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Rule(NamedTuple):
    """One kind of secret."""

    kind: str
    """For people: "GitHub token"."""
    triggers: tuple[str, ...]
    """Literals, one of which stands where a match begins."""
    pattern: re.Pattern[str]
    """The secret is its group "secret", else all of the match."""
    back: int = 0
    """How many characters before the trigger the match begins instead."""
    is_token: bool = False
    """It stands by itself and begins with a trigger."""


_BEFORE = r"(?<![A-Za-z0-9_])"
_AFTER = r"(?![A-Za-z0-9_])"


def _token(kind: str, triggers: str, pattern: str, back: int = 0) -> Rule:
    """A token that stands by itself; `triggers` are separated by spaces."""
    compiled = re.compile(f"{_BEFORE}(?:{pattern}){_AFTER}")
    return Rule(kind, tuple(triggers.split()), compiled, back, is_token=not back)


def _within(kind: str, trigger: str, pattern: str) -> Rule:
    """A secret that is told by what stands before it."""
    return Rule(kind, (trigger,), re.compile(pattern))


_MODELS = (
    _token("Anthropic key", "sk-ant-", r"sk-ant-[A-Za-z0-9]+-[\w-]{20,}"),
    _token(
        "OpenAI key",
        "sk-",
        r"sk-(?:proj|svcacct|admin)-[\w-]{20,}|sk-[A-Za-z0-9]{20,}T3BlbkFJ[A-Za-z0-9]{20,}",
    ),
    _token("OpenRouter key", "sk-or-", r"sk-or-v\d-[0-9a-f]{40,}"),
    _token("Langfuse key", "sk-lf-", r"sk-lf-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    # DeepSeek and many others that copied OpenAI's first form.
    _token("API key", "sk-", r"sk-(?=[A-Za-z0-9]*\d)[A-Za-z0-9]{32,}"),
    _token("Google API key", "AIza", r"AIza[\w-]{35}"),
    _token("Hugging Face token", "hf_ api_org_", r"(?:hf|api_org)_[A-Za-z0-9]{34}"),
    _token("Groq key", "gsk_", r"gsk_[A-Za-z0-9]{40,}"),
    _token("xAI key", "xai-", r"xai-[A-Za-z0-9]{60,}"),
    _token("Perplexity key", "pplx-", r"pplx-[A-Za-z0-9]{40,}"),
    _token("Cerebras key", "csk-", r"csk-[a-z0-9]{40,}"),
    _token("Fireworks key", "fw_", r"fw_[A-Za-z0-9]{22,24}"),
    _token("NVIDIA key", "nvapi-", r"nvapi-[\w-]{50,}"),
    _token("Replicate token", "r8_", r"r8_[A-Za-z0-9]{37}"),
    _token("LangSmith key", "lsv2_", r"lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}"),
    _token("Pinecone key", "pcsk_", r"pcsk_[A-Za-z0-9]{5,6}_[A-Za-z0-9]{50,}"),
    _token("Tavily key", "tvly-", r"tvly-(?:dev-|prod-)?[A-Za-z0-9]{20,}"),
    _token("Firecrawl key", "fc-", r"fc-[0-9a-f]{32}"),
    _token("ElevenLabs key", "sk_", r"sk_[0-9a-f]{48}"),
)
_CLOUDS = (
    _token("AWS access key", "AKIA ASIA ABIA ACCA", r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}"),
    _token("AWS Bedrock key", "ABSK", r"ABSK[A-Za-z0-9+/]{80,}={0,2}"),
    _token("Google OAuth secret", "GOCSPX-", r"GOCSPX-[\w-]{24,}"),
    _token("Google OAuth token", "ya29.", r"ya29\.[\w-]{30,}"),
    _token("Google refresh token", "1//0", r"1//0[\w-]{30,}"),
    _within("Azure storage key", "AccountKey=", r"AccountKey=(?P<secret>[A-Za-z0-9+/]{40,}={0,2})"),
    _within(
        "Azure shared key",
        "SharedAccessKey=",
        r"SharedAccessKey=(?P<secret>[A-Za-z0-9+/]{30,}={0,2})",
    ),
    _within("signature in a URL", "sig=", r"(?<=[?&;])sig=(?P<secret>[\w%+/=-]{30,})"),
    _within("signature in a URL", "Signature=", r"(?<=[?&;-])Signature=(?P<secret>[\w%+/=-]{30,})"),
    _token("Azure client secret", "Q~", r"[\w~.]{3}[78]Q~[\w~.-]{31,34}", back=4),
    _token("DigitalOcean token", "dop_v1_ doo_v1_ dor_v1_", r"do[opr]_v1_[0-9a-f]{64}"),
    _token("Heroku key", "HRKU-", r"HRKU-[\w-]{36,}"),
    _token("Fly token", "fm1_ fm2_ fo1_", r"fm[12]_[A-Za-z0-9+/=_-]{40,}|fo1_[\w-]{40,}"),
    _token("Vercel token", "vcp_ vck_ vca_ vcr_", r"vc[pkar]_[A-Za-z0-9]{50,}"),
    _token("Netlify token", "nfp_", r"nfp_[A-Za-z0-9]{36}"),
    _token("Supabase key", "sbp_ sb_secret_", r"sbp_(?:v0_)?[0-9a-f]{40}|sb_secret_[\w-]{20,}"),
    _token("PlanetScale secret", "pscale_", r"pscale_(?:tkn|pw|oauth)_[\w.-]{32,}"),
    _token("Databricks token", "dapi", r"dapi[0-9a-f]{32}(?:-\d)?"),
    _token("Vault token", "hvs. hvb. hvr.", r"hv[sbr]\.[\w-]{24,}"),
    _token("Terraform token", ".atlasv1.", r"[A-Za-z0-9]{14}\.atlasv1\.[\w-]{60,}", back=14),
    _token("Pulumi token", "pul-", r"pul-[0-9a-f]{40}"),
    _token(
        "Doppler token",
        "dp.",
        r"dp\.(?:pt|st|ct|sa|scim|audit)\.(?:[a-z0-9_-]+\.)?[A-Za-z0-9]{40,}",
    ),
)
_CODE = (
    _token(
        "GitHub token",
        "ghp_ gho_ ghu_ ghs_ ghr_ github_pat_",
        r"gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{50,}",
    ),
    _token(
        "GitLab token",
        "glpat- gldt- glrt- glcbt- glptt- glft- glimt- glagent- gloas- glsoat- glffct-",
        r"gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|oas|soat|ffct)-[\w.-]{20,}",
    ),
    _token("Bitbucket password", "ATBB", r"ATBB[A-Za-z0-9]{28,}"),
    _token("Atlassian token", "ATATT3 ATCTT3", r"AT[AC]TT3[\w=-]{60,}"),
    _token("npm token", "npm_", r"npm_[A-Za-z0-9]{36}"),
    _token("PyPI token", "pypi-Ag", r"pypi-Ag(?:EIcHlwaS5vcmc|ENdGVzdC5weXBpLm9yZw)[\w-]{40,}"),
    _token("RubyGems key", "rubygems_", r"rubygems_[0-9a-f]{48}"),
    _token("crates.io token", "cio", r"cio[A-Za-z0-9]{32}"),
    _token("Docker token", "dckr_", r"dckr_(?:pat|oat)_[\w-]{27,}"),
    _token("Postman key", "PMAK-", r"PMAK-[0-9a-f]{24}-[0-9a-f]{34}"),
    _token("Sentry token", "sntrys_ sntryu_", r"sntrys_eyJ[\w+/=-]{60,}|sntryu_[0-9a-f]{64}"),
    _token(
        "Grafana token", "glc_ glsa_", r"glc_[A-Za-z0-9+/=]{32,}|glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}"
    ),
    _token("New Relic key", "NRAK- NRII-", r"NRAK-[A-Z0-9]{27}|NRII-[\w-]{32}"),
    _token("Dynatrace token", "dt0c01. dt0s", r"dt0[cs]\d\d\.[A-Z0-9]{24}\.[A-Z0-9]{64}"),
    _token(
        "1Password secret",
        "ops_eyJ A3-",
        r"ops_eyJ[\w+/=-]{100,}|A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}",
    ),
    _token("age secret key", "AGE-SECRET-KEY-", r"AGE-SECRET-KEY-(?:PQ-)?1[0-9A-Z]{50,}"),
)
_SERVICES = (
    _token(
        "Slack token",
        "xox xapp- xwfp-",
        r"xox[a-z](?:\.xox[a-z])?-[A-Za-z0-9-]{10,}|xapp-\d-[A-Za-z0-9-]{20,}|xwfp-[\w-]{20,}",
    ),
    _within(
        "Slack webhook",
        "hooks.slack.com",
        r"hooks\.slack\.com/(?:services|workflows|triggers)/(?P<secret>[\w/+]{30,})",
    ),
    _within(
        "Discord webhook",
        "/api/webhooks/",
        r"/api/webhooks/(?P<secret>\d{15,}/[\w-]{50,})",
    ),
    _within(
        "Teams webhook", "webhook.office.com", r"webhook\.office\.com/(?P<secret>[\w@/-]{60,})"
    ),
    _within("Telegram token", ":AA", r"(?<=\d{8}):(?P<secret>AA[\w-]{33})(?![\w-])"),
    _token(
        "Stripe key", "sk_live_ sk_test_ rk_live_ rk_test_", r"[sr]k_(?:live|test)_[A-Za-z0-9]{16,}"
    ),
    _token("webhook secret", "whsec_", r"whsec_[A-Za-z0-9+/=]{24,}"),
    _token("Shopify token", "shp", r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}"),
    _token("Square token", "sq0", r"sq0[a-z]{3}-[\w-]{22,43}"),
    _token("SendGrid key", "SG.", r"SG\.[\w-]{16,32}\.[\w-]{16,64}"),
    _token("Mailgun key", "key-", r"key-[0-9a-f]{32}"),
    _token("Mailchimp key", "-us", r"[0-9a-f]{32}-us\d{1,2}", back=32),
    _token("Resend key", "re_", r"re_[A-Za-z0-9]{8}_[A-Za-z0-9]{24}"),
    _token("Twilio key", "SK", r"SK[0-9a-f]{32}"),
    _token("Linear key", "lin_", r"lin_(?:api|oauth)_[A-Za-z0-9]{40,}"),
    _token("Notion token", "ntn_", r"ntn_[A-Za-z0-9]{40,}"),
    _token("Airtable token", "pat", r"pat[A-Za-z0-9]{14}\.[0-9a-f]{64}"),
    _token("Figma token", "figd_ figu_", r"fig[du]_[\w-]{40,}"),
    _token("Contentful token", "CFPAT-", r"CFPAT-[\w-]{43}"),
    _token("Typeform token", "tfp_", r"tfp_[\w-]{44,}"),
    _token("Facebook token", "EAA", r"EAA[A-Za-z0-9]{90,}"),
)
# One beginning each, and the same behind it: what chance made, in one piece at first.
_BEGINNINGS = (
    "AIK_CI_ AIK_SECRET_ AKCp BBDC- CCDB1_ CCIPAT_ CLOJARS_ EZAK EZTK FLWSECK_TEST- GR1348941 LTAI"
    " SWMKEY-1- SWMTKN-1- apify_api_ bkua_ cfat_ cfut_ cmVmd cnvca cog_ csa_ ddp_ duffel_live_"
    " duffel_test_ essu_ ico- ion_ llx- mdb_sa_sk_ mergify_application_key_ mlsn_ napi_ nyk_"
    " os_v2_app_ os_v2_org_ pdl_live_apikey_ phx_ pina_ pnu_ polar_at_ polar_oat_ polar_pat_"
    " prf_cli_ ramp_sec_ rdme_ rnd_ rootly_ rpa_ rzp_live_ samsara_api_ sgp_ shippo_live_"
    " shippo_test_ sm_aat_ sm_pat_ sm_sat_ tgp_v1_ tskey-api- tskey-auth- ucat_ unkey_ vci_ vtwn_"
    " waka_ wandb_v1_ xkeysib- xnd_production_ zpka_"
)
_OTHERS = (
    _token(
        "service token",
        _BEGINNINGS,
        rf"(?:{_BEGINNINGS.replace(' ', '|')})(?=[\w-]*\d)[A-Za-z0-9]{{16,}}(?:[_-][A-Za-z0-9]+)*",
    ),
    _token("Google API key", "AQ.Ab", r"AQ\.Ab[\w-]{40,}"),
    _token("Cloudflare key", "v1.0-", r"v1\.0-[0-9a-f]{24}-[0-9a-f]{100,}"),
    _token("DataStax token", "AstraCS:", r"AstraCS:[A-Za-z0-9]{20,}(?::[0-9a-f]+)?"),
)
_ANYWHERE = (
    _token("JSON web token", "eyJ", r"eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}"),
    _token("encrypted web token", "eyJ", r"eyJ[\w-]{10,}(?:\.[\w-]*){3}\.[\w-]{10,}"),
    _within(
        "password in a URL",
        "://",
        r"://[^\s:/?#@\"'<>\[\](){}$]{0,100}:(?P<secret>[^\s/?#@\"'<>\[\]{}$*%]{3,200})@(?=[A-Za-z0-9\[])",
    ),
    _within(
        "authorization header",
        "uthorization",
        r"(?i)uthorization[\"'\\]*\s*[:=,]\s*[\"'\\]*(?:bearer|basic|token|bot|apikey|digest)\s+(?P<secret>[A-Za-z0-9+/=._~-]{16,})",
    ),
    _within(
        "authorization header",
        "earer ",
        r"earer (?P<secret>(?=[^\s\"']*\d)[A-Za-z0-9+/=._~-]{24,})",
    ),
    _within("cookie", "ookie:", r"ookie:\s*[\w.-]+=(?P<secret>[A-Za-z0-9%+/=._~-]{20,})"),
    _token(
        "password hash",
        "$1$ $2a$ $2b$ $2y$ $5$ $6$ $y$ $argon2",
        r"\$(?:1|2[aby]|5|6|y|argon2(?:id?|d))\$[./A-Za-z0-9$=,+]{21,}[./A-Za-z0-9=]",
    ),
    _within("password of a machine", "login ", r"\blogin\s+\S+\s+password\s+(?P<secret>\S{4,})"),
    _within(
        "password of a request",
        "curl",
        r"\bcurl\b[^\n]{0,300}?\s(?:-u|--user)[ =]?[\"']?[\w.@+-]+:(?P<secret>[^\s\"'$@]{4,})",
    ),
    _within(
        "registry password", '"auth"', r"\"auth\"\s*:\s*\"(?P<secret>[A-Za-z0-9+/]{16,}={0,2})\""
    ),
)
_BASE64_LINES = r"(?:(?:\\+n|\r?\n)[ \t>+|-]*(?:\d+[→|:\t ]+)?[A-Za-z0-9+/=]{16,})+"
_KEY_HEAD = r"-----BEGIN[A-Z0-9 ]{0,30} PRIVATE KEY(?: BLOCK)?-----"
_KEY_TEXT = r"(?:(?!-----BEGIN)[\s\S])"
_PRIVATE_KEYS = (
    _within(
        "private key",
        "-----BEGIN",
        rf"{_KEY_HEAD}{_KEY_TEXT}{{0,400}}?[A-Za-z0-9+/=]{{32}}{_KEY_TEXT}{{0,32768}}?"
        r"-----END[A-Z0-9 ]{0,30} PRIVATE KEY(?: BLOCK)?-----",
    ),
    # Cut off before its end.
    _within("private key", "-----BEGIN", _KEY_HEAD + _BASE64_LINES),
    _within("private key", "Private-Lines:", r"Private-Lines: \d+" + _BASE64_LINES),
)

RULES = _PRIVATE_KEYS + _MODELS + _CLOUDS + _CODE + _SERVICES + _OTHERS + _ANYWHERE

"""Which texts are secrets. The secrets here are made up when the test runs."""

from __future__ import annotations

import random
import string

import pytest

from aimux_tui.export.redaction.secrets import find_cut_secret, find_secrets

_RANDOM = random.Random(7)
_UPPER = string.ascii_uppercase + string.digits
_ALNUM = string.ascii_letters + string.digits
_HEX = "0123456789abcdef"
_LINE = _ALNUM + "+/"


def some(length: int, alphabet: str = _ALNUM) -> str:
    """Random characters, a digit and a letter among them."""
    return "a1" + "".join(_RANDOM.choices(alphabet, k=length - 2))


def pick(length: int, alphabet: str) -> str:
    return "".join(_RANDOM.choices(alphabet, k=length))


TOKENS = [
    ("Anthropic key", "sk-ant-api03-" + some(93)),
    ("OpenAI key", "sk-proj-" + some(120)),
    ("OpenAI key", "sk-" + some(20) + "T3Blbk" + "FJ" + some(20)),
    ("OpenRouter key", "sk-or-v1-" + pick(64, _HEX)),
    ("API key", "sk-" + some(32, _HEX)),
    ("Google API key", "AIza" + some(35)),
    ("Hugging Face token", "hf_" + some(34)),
    ("Groq key", "gsk_" + some(52)),
    ("xAI key", "xai-" + some(80)),
    ("AWS access key", "AKIA" + pick(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")),
    ("Google OAuth secret", "GOCSPX-" + some(28)),
    ("Google OAuth token", "ya29." + some(60)),
    ("GitHub token", "ghp_" + some(36)),
    ("GitHub token", "github_pat_" + some(22) + "_" + some(59)),
    ("GitLab token", "glpat-" + some(20)),
    ("npm token", "npm_" + some(36)),
    ("PyPI token", "pypi-AgEIcHlwaS5vcmc" + some(60)),
    ("Docker token", "dckr_pat_" + some(27)),
    ("Slack token", "xoxb-" + "123456789012-" + some(24)),
    ("Stripe key", "sk_live_" + some(24)),
    ("Stripe key", "rk_test_" + some(24)),
    ("Shopify token", "shpat_" + pick(32, _HEX)),
    ("SendGrid key", "SG." + some(22) + "." + some(43)),
    ("Linear key", "lin_api_" + some(40)),
    ("Airtable token", "pat" + some(14) + "." + pick(64, _HEX)),
    ("Databricks token", "dapi" + pick(32, _HEX)),
    ("DigitalOcean token", "dop_v1_" + pick(64, _HEX)),
    ("Vault token", "hvs." + some(24)),
    ("Sentry token", "sntryu_" + pick(64, _HEX)),
    ("service token", "tskey-auth-" + some(17) + "-" + some(32)),
    ("service token", "wandb_v1_" + some(77)),
    ("service token", "napi_" + some(64)),
    ("Google API key", "AQ.Ab8" + some(46)),
    ("age secret key", "AGE-SECRET-KEY-1" + pick(58, _UPPER)),
    ("Mailchimp key", some(32, _HEX) + "-us12"),
    ("Terraform token", some(14) + ".atlasv1." + some(64)),
    ("Azure client secret", "abc8Q~" + some(34)),
    ("JSON web token", "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiIxMjM0In0." + some(43)),
    ("password hash", "$2b$" + "12$" + some(53)),
]
IN_TEXT = [
    ("password in a URL", "postgres://app:{}@db.internal:5432/shop", some(12)),
    ("password in a URL", "git clone https://oauth2:{}@git.example.org/a.git", some(12)),
    ("Slack webhook", "https://hooks.slack.com/services/{}", "T0AB/B0CD/" + some(24)),
    ("Discord webhook", "https://discord.com/api/webhooks/{}", "123456789012345678/" + some(60)),
    ("Telegram token", "https://api.telegram.org/bot123456789:{}/getMe", "AA" + some(33)),
    ("authorization header", "Authorization: Bearer {}", some(30)),
    ("authorization header", '\\"authorization\\": \\"Basic {}\\"', some(24)),
    ("signature in a URL", "https://x.blob.core.windows.net/a?se=1&sig={}", some(43)),
    ("Azure storage key", "AccountName=a;AccountKey={};", some(86) + "=="),
    ("cookie", "Set-Cookie: session={}; Path=/", some(40)),
    ("password of a request", "curl -s -u admin:{} http://localhost/", some(10)),
    ("password of a machine", "machine h login me password {}", some(10)),
    ("password", "export DB_PASSWORD={}", "tr0ub4dor&3"),
    ("password", '"password": "{}"', "tr0ub4dor&3"),
    ("password", "password = '{}'", "Winter2026!"),
    ("password", "mysql --password={} -h db", "hunter42x"),
    ("password", "spring.datasource.password: {}", "hunter42x"),
    ("secret", "API_KEY={}", some(32)),
    ("secret", "FAL_KEY={}", some(32)),
    ("secret", "aws_secret_access_key = {}", some(40)),
    ("secret", 'apiKey: "{}"', some(24)),
    ("secret", '{{\\"client_secret\\":\\"{}\\"}}', some(32)),
    ("secret", "//npm.example.com/:_authToken={}", some(36)),
    ("secret", "cli --token {} deploy", some(32)),
    ("secret", "SESSION_SECRET: {}", some(44)),
    ("secret", "    client-key-data: {}", some(200)),
]  # fmt: skip
HARMLESS = [
    "max_tokens=4096 total_tokens: 123456 input_token: 4235",
    'const token = await getToken("https://api.example.com/v1/token")',
    "token = os.environ['GITHUB_TOKEN']",
    "password: string; passwordHash: string",
    'password = getpass.getpass("Password: ")',
    "DB_PASSWORD=${DB_PASSWORD}",
    "API_KEY=your-api-key-here-1234567890",
    "api_key: sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "GITHUB_TOKEN=ghp_<your token>",
    "Authorization: Bearer <token>",
    "Authorization: Bearer $TOKEN",
    "primary_key=True, foreign_key='users.id', cache_key=f'user:{id}'",
    "commit 3f786850e387550fdab836ed7e6dc881de23001b",
    "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "id: 550e8400-e29b-41d4-a716-446655440000",
    "https://user@example.com/path and http://localhost:8080/x@y",
    "https://example.com:443/@scope/package",
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC7 me@laptop",
    "-----BEGIN PRIVATE KEY-----",
    '"-----BEGIN RSA PRIVATE KEY-----\\n...\\n-----END RSA PRIVATE KEY-----"',
    "if (key === 'Enter') { token: 'string' }",
    "next_page_token: CAUQAA1234567890abcdefghij",
    "secret santa, token ring, key lime pie: 1",
    "rnd_state_for_the_generator_2026 ion_channel_density_per_area_2 unkey_table_row_2 sgp_x",
    "STRIPE_PUBLISHABLE_KEY=pk_live_Zq8fK2mN4pR6tV9w1 sort_key=Zq8fK2mN4pR6tV9w1",
    "toolu_01A2b3C4d5E6f7G8h9J0k1L2 msg_01A2b3C4d5E6f7G8h9J0k1L2",
    "SECRET_KEY_BASE is missing; set JWT_SECRET",
    "sk-learn, sk-SK, sketch-1234",
    "the basic authorization header, Bearer authentication is required here",
    "src/components/TokenList/index.tsx:42",
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ",
    "curl -u $USER:$PASSWORD http://localhost",
    "Cookie: consent=yes",
    "token: ${{ secrets.GITHUB_TOKEN }}",
    "password: ********",
    "[masked: GitHub token] token=[masked: GitHub token]",
]


def found(text: str) -> list[tuple[str, str]]:
    return [(secret.kind, text[secret.start : secret.end]) for secret in find_secrets(text)]


@pytest.mark.parametrize(("kind", "token"), TOKENS)
@pytest.mark.parametrize("around", ["{}", "key is {}, ok?", '{{"a":"{}"}}', "x={}\n", "({})"])
def test_a_token_is_known_by_its_shape(kind: str, token: str, around: str) -> None:
    text = around.format(token)
    assert found(text) == [(kind, token)] or (kind != "secret" and found(text)[0][1] == token)


@pytest.mark.parametrize(("kind", "around", "secret"), IN_TEXT)
def test_a_secret_is_known_by_what_stands_before_it(kind: str, around: str, secret: str) -> None:
    assert found(around.format(secret)) == [(kind, secret)]


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_text_stays(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "line", ["{}\n", "{}\\n", "    {}\n", "+{}\n", "  12→{}\n", "> {}\r\n"], ids=repr
)
@pytest.mark.parametrize("has_end", [True, False])
def test_private_keys_are_known_in_every_listing(line: str, *, has_end: bool) -> None:
    body = [pick(64, _LINE) for _ in range(12)]
    lines = ["-----BEGIN OPENSSH PRIVATE KEY-----", *body]
    if has_end:
        lines.append("-----END OPENSSH PRIVATE KEY-----")
    text = "cat id\n" + "".join(line.format(part) for part in lines) + "\nnext: prose goes on"
    (secret,) = find_secrets(text)
    assert secret.kind == "private key"
    masked = text[: secret.start] + text[secret.end :]
    assert all(part not in masked for part in body)
    assert "prose goes on" in masked


def test_several_are_found_in_order_and_none_overlaps() -> None:
    first, second = "ghp_" + some(36), "AKIA" + pick(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    text = f"GITHUB_TOKEN={first} AWS_ACCESS_KEY={second} postgres://u:{first}@h/d"
    assert [secret for _, secret in found(text)] == [first, second, first]


@pytest.mark.parametrize(
    "text",
    [
        "export KEY=sk-ant-api03-a1",
        "use ghp_a1b2…",
        "use ghp_",
        "DB_PASSWORD=tr0",
        'the "client_secret": "a1b',
    ],
)
def test_the_beginning_of_a_secret_at_the_end_of_a_text(text: str) -> None:
    assert find_cut_secret(text) is not None


@pytest.mark.parametrize("text", ["fix the path", "a sk", "", "use the pattern of keys", "is it?"])
def test_the_end_of_most_texts_is_none(text: str) -> None:
    assert find_cut_secret(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "password=" * 30_000,
        "eyJ" + "a" * 200_000,
        "eyJ" * 60_000,
        "://" * 80_000,
        "://a:" + "b" * 200_000,
        "curl " * 40_000,
        "-----BEGIN PRIVATE KEY-----" * 8_000,
        "-----BEGIN PRIVATE KEY-----\n" + ("A" * 64 + "\n") * 3_000,
        "sk-" + "a" * 200_000,
        "sk-" * 70_000,
        "a" * 200_000 + "@",
        "token: " + "\\" * 100_000,
        "login " * 30_000,
        "uthorization:" * 20_000,
        "İpassword = 'Winter2026!'" * 5_000,
        "-" * 200_000,
        "x_" * 100_000 + "key=" + "a1" * 100,
    ],
    ids=lambda text: text[:20],
)
def test_no_text_takes_for_ever(text: str) -> None:
    """What is quadratic in one of these takes minutes, what is not, a second."""
    end = 0
    for secret in find_secrets(text):
        assert end <= secret.start < secret.end <= len(text)
        end = secret.end
    find_cut_secret(text)


def test_positions_hold_where_lower_case_is_longer() -> None:
    assert found("İİİ password = 'Winter2026!'") == [("password", "Winter2026!")]

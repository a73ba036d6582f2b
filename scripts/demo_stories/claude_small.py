"""Three small stories: one that is replayed live, one that waits for an answer, one that fails."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from scripts.demo_stories.stage import Stage, Story
from tests.e2e.script import Script, Step, act, call, failing, say, script, think

if TYPE_CHECKING:
    from pathlib import Path

WHERE = "Where do the orders come from, and can I export them somehow?"
EXPORT = "Add GET /api/orders.csv, same filters as the list, and have somebody check the quoting"
QUOTING_TASK = (
    "Check how src/csv.js quotes fields: commas, quotes, line breaks, and values that a "
    "spreadsheet would run as a formula. Try each of them and report what comes out. Change "
    "nothing."
)

WHERE_ANSWER = """\
They are a constant in `src/orders.js`; `listOrders` filters them by `state` and `email`, and \
`GET /api/orders` returns them as JSON. There is no export yet. The shortest way to one would be \
a CSV twin of that route.
"""

CSV = """\
/** Rows of objects as CSV with a header line; fields are quoted where they need it. */
export function toCsv(rows, columns) {
  const lines = [columns, ...rows.map((row) => columns.map((column) => row[column]))];
  return lines.map((fields) => fields.map(quote).join(',')).join('\\r\\n') + '\\r\\n';
}

function quote(value) {
  const text = String(value ?? '');
  return /[",\\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
"""

CSV_TEST = '''\
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { handle } from '../src/api.js';
import { toCsv } from '../src/csv.js';

test('fields are quoted where they need it', () => {
  const csv = toCsv([{ name: 'Bell, "brass"', note: 'two\\nlines' }], ['name', 'note']);
  assert.equal(csv, 'name,note\\r\\n"Bell, ""brass""","two\\nlines"\\r\\n');
});

test('a spreadsheet finds no formula', () => {
  assert.equal(toCsv([{ name: '=1+1' }], ['name']), "name\\r\\n'=1+1\\r\\n");
});

test('the export has the filters of the list', () => {
  const query = { state: 'placed' };
  const { status, headers, body } = handle({ method: 'GET', path: '/api/orders.csv', query });
  assert.equal(status, 200);
  assert.equal(headers['content-type'], 'text/csv; charset=utf-8');
  assert.equal(body.split('\\r\\n').length, 3);
});
'''

TRY = """\
node --input-type=module -e "
import { toCsv } from './src/csv.js';
const values = ['plain', 'a,b', 'say \\"hi\\"', 'two\\\\nlines', 'cr\\\\rhere', '=1+1', '@cmd'];
for (const value of values)
  console.log(JSON.stringify(value).padEnd(16), JSON.stringify(toCsv([{ v: value }], ['v'])));
" """

QUOTING_REPORT = """\
| value | result |
|---|---|
| commas, quotes, `\\n` | quoted, correct |
| a lone `\\r` | **not quoted**: some readers take it for the end of the line |
| `=1+1`, `@cmd` | **not defused**: a spreadsheet runs them |

Both are one-line fixes in `quote`.
"""

EXPORT_ANSWER = """\
`GET /api/orders.csv` is there, with the filters of the list:

```
$ curl 'localhost:3000/api/orders.csv?state=placed'
id,email,total,placedAt,state
102,grace@example.com,12.5,2026-01-13,placed
```

The check found two gaps in my first version, a lone carriage return and **formulas in \
spreadsheets**. Both are fixed and tested.
"""


def export_scripts(work: Path) -> list[Script]:
    """What the model answers about the export."""
    api, csv, server = (f"{work}/src/{name}.js" for name in ("api", "csv", "server"))
    where = script(
        WHERE,
        act(call("Bash", command="grep -rn 'orders' src --include=*.js", description="Find orders"),
            call("Read", file_path=f"{work}/src/orders.js")),
        say(WHERE_ANSWER),
    )  # fmt: skip
    route = "  'GET /api/orders': (request) =>"
    export = script(
        EXPORT,
        think("", call("Read", file_path=api), call("Read", file_path=server),
              thinking_tokens=180, text="A small CSV module, then the route."),
        think(
            "Keep the writer apart from the route, so that it can be tested alone.",
            call("Write", file_path=csv, content=CSV),
            call("Edit", file_path=api, old_string="import { findOrder",
                 new_string="import { toCsv } from './csv.js';\nimport { findOrder"),
            call("Edit", file_path=api, old_string=route,
                 new_string="  'GET /api/orders.csv': exportOrders,\n" + route),
            call("Edit", file_path=server,
                 old_string="response.end(body === undefined ? '' : JSON.stringify(body));",
                 new_string="response.end(typeof body === 'string' ? body : "
                            "JSON.stringify(body ?? ''));"),
            call("Edit", file_path=api, old_string="export function handle",
                 new_string="function exportOrders(request) {\n"
                            "  const columns = ['id', 'email', 'total', 'placedAt', 'state'];\n"
                            "  return {\n    status: 200,\n"
                            "    headers: { 'content-type': 'text/csv; charset=utf-8' },\n"
                            "    body: toCsv(listOrders(request.query), columns),\n  };\n}\n\n"
                            "export function handle"),
            thinking_tokens=350,
        ),
        say("Now a second pair of eyes for the quoting.",
            call("Agent", description="Check the quoting", subagent_type="general-purpose",
                 model="haiku", prompt=QUOTING_TASK)),
        think("", call("Edit", file_path=csv,
                       old_string="  const text = String(value ?? '');\n  return /[\",\\n]/",
                       new_string="  const plain = String(value ?? '');\n"
                                  "  // A spreadsheet takes these for the beginning of a formula.\n"
                                  "  const text = /^[=+\\-@]/.test(plain) ? `'${plain}` : plain;\n"
                                  "  return /[\",\\r\\n]/"),
              call("Write", file_path=f"{work}/test/csv.test.js", content=CSV_TEST),
              text="Good that we asked. Two gaps to close.", thinking_tokens=210),
        act(call("Bash", command="npm test", description="Run all tests")),
        say(EXPORT_ANSWER),
    )  # fmt: skip
    quoting = script(
        QUOTING_TASK,
        act(call("Read", file_path=csv)),
        say("Trying every kind of value.",
            call("Bash", command=TRY.strip(), description="Try values that need quoting")),
        say(QUOTING_REPORT),
    )  # fmt: skip
    return [where, export, quoting]


def play_export(stage: Stage) -> None:
    """A question, then the work that is replayed live."""
    stage.ask(WHERE)
    stage.ask(EXPORT, after=35)


CLEAN = "The uploads folder is full of old test pictures, make room"


def clean_scripts(work: Path) -> list[Script]:
    """What the model answers about the uploads."""
    return [
        script(
            CLEAN,
            act(call("Bash", command="du -sh uploads; ls uploads | wc -l; ls uploads | head -5",
                     description="Look at the uploads")),
            say("All 24 files match `test-*.png`, and nothing in `src` or `public` names them.",
                call("Bash", command="grep -rn 'uploads' src public test || echo 'not used'",
                     description="Check that nothing uses them")),
            say("Then they can go.",
                call("Bash", command=f"rm -r {work}/uploads/test-*.png",
                     description="Delete the old test pictures")),
        )
    ]  # fmt: skip


def play_clean(stage: Stage) -> None:
    """The agent asks for permission and nobody answers."""
    stage.type(CLEAN)
    stage.terminal.wait_shown("Do you want to proceed?")
    stage.wait_quiet()


SERVERS = "Which node version does the production image use?"
UPGRADE = "Then upgrade it to the current LTS"
BALANCE = "Your credit balance is too low to access the API. Please go to Plans & Billing."


def upgrade_scripts(work: Path) -> list[Script]:
    """What the model answers about the image, until the money is gone."""
    return [
        script(
            SERVERS,
            act(call("Read", file_path=f"{work}/Dockerfile"),
                call("Bash", command="node --version", description="The version here")),
            say("`node:18-alpine`, from the Dockerfile. Node 18 gets no security fixes any more."),
        ),
        script(
            UPGRADE,
            failing(Step(), 400, "invalid_request_error", BALANCE, is_final=True),
        ),
    ]  # fmt: skip


def play_upgrade(stage: Stage) -> None:
    """The second request is refused."""
    stage.ask(SERVERS)
    stage.type(UPGRADE, after=25)
    stage.terminal.wait_shown("balance too low")
    stage.wait_quiet()


DOCKERFILE = """\
FROM node:18-alpine
WORKDIR /shop
COPY . .
USER node
CMD ["npm", "start"]
"""
PICTURES = {f"uploads/test-{number:03d}.png": "not a picture\n" * 40 for number in range(24)}

EXPORT_STORY = Story(
    name="orders-export",
    agent="claude",
    model="claude-opus-5-5",
    branch="feature/orders-csv",
    scripts=export_scripts,
    play=play_export,
    ended=timedelta(),
    tokens=2.2,
    live_prompt=EXPORT,
)
CLEAN_STORY = Story(
    name="old-uploads",
    agent="claude",
    model="claude-haiku-5-5",
    branch="main",
    scripts=clean_scripts,
    play=play_clean,
    ended=timedelta(minutes=4),
    tokens=2.0,
    files=PICTURES,
    keeps_live_state=True,
)
UPGRADE_STORY = Story(
    name="node-upgrade",
    agent="claude",
    model="claude-sonnet-5-5",
    branch="chore/node",
    scripts=upgrade_scripts,
    play=play_upgrade,
    ended=timedelta(hours=5, minutes=12),
    tokens=2.0,
    files={"Dockerfile": DOCKERFILE},
)

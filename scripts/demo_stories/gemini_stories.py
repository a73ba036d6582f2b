"""Two stories for Gemini CLI: documentation for the API, and style rules that nobody uses."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from scripts.demo_stories.stage import Stage, Story
from tests.e2e.script import Call, Script, act, call, say, script, think

if TYPE_CHECKING:
    from pathlib import Path

DOCUMENT = "Write docs/api.md: every route with parameters, an example and the errors"
ROUTES_TASK = (
    "List every route of the shop: method, path, query parameters, the shape of the answer, and "
    "every error status with its body. Read src/api.js and whatever it calls. Name file and line "
    "for each claim. Do not change anything."
)
EXAMPLES = "The examples should use curl and really run. Check them against a running server"
LINK = "Link it from the README"

ROUTES_REPORT = """\
| route | parameters | errors |
|---|---|---|
| GET /login | `returnTo` | none |
| POST /login | body: `email`, `password` | 401 `Wrong email or password` (src/auth/login.js:12) |
| POST /logout | none | none |
| GET /api/products | none | none |
| GET /api/orders | `state`, `email` (src/orders.js:7) | none |
| GET /api/orders/:id | none | 404 `No such order` (src/api.js:17) |

Everything else answers 404 `Not found` (src/api.js:20).
"""

API_DOC = """\
# HTTP API

All answers are JSON. Errors look like `{"error": "…"}`.

## Products

`GET /api/products` lists the catalogue.

    curl localhost:3000/api/products

## Orders

`GET /api/orders` lists orders. Parameters, both optional:

| name | meaning |
|---|---|
| `state` | `placed`, `shipped` or `refunded` |
| `email` | orders of one customer |

    curl 'localhost:3000/api/orders?state=placed'

`GET /api/orders/:id` is one order, or `404` with `No such order`.

## Login

`POST /login` with `email` and `password` answers `303` and sets the cookie `sid`, or `401`.

    curl -i -d email=ada@example.com -d password=… localhost:3000/login
"""

DOCUMENT_ANSWER = """\
`docs/api.md` describes the six routes, their parameters and their errors. The investigator \
confirmed each claim with file and line. Two things it turned up on the way:

* `POST /logout` needs **no** session, it redirects either way
* unknown states are not an error, they give an empty list
"""

EXAMPLES_ANSWER = """\
I started the server and ran every example:

* **products** and **orders** answer as described
* **login fails**: `POST /login` crashes with `Cannot destructure property 'email'`, because \
`src/server.js` never reads the body of a request. The documentation is right, the server is not.

I left the example in and marked it. Shall I fix the server?
"""

LINK_ANSWER = "Done, under a heading of its own in `README.md`."

UNUSED = "Find the rules in public/styles.css that are used nowhere, and remove them"

UNUSED_ANSWER = """\
Three rules had no match in `public/` or `src/`, and are gone:

* `.product--sale`
* `.banner-xmas`
* `.btn-legacy`

`.btn` is still used by the product page. The stylesheet shrank from 9 rules to 6.
"""
KEEP = "Put the sale one back, marketing needs it in March"


def todos(*states: str) -> Call:
    """The list of things to do, as it stands."""
    steps = ("Find every route and its errors", "Write docs/api.md", "Check it against the code")
    listed = zip(steps, states, strict=True)
    return call(
        "write_todos", todos=[{"description": step, "status": state} for step, state in listed]
    )


def docs_scripts(work: Path) -> list[Script]:
    """What the model answers about the documentation."""
    api, docs = f"{work}/src/api.js", f"{work}/docs/api.md"
    document = script(
        DOCUMENT,
        think("**Planning the document**\n\nI need every route before I write a word. An "
              "investigator can collect them with references.",
              todos("in_progress", "pending", "pending"),
              call("read_file", file_path=api),
              call("glob", pattern="docs/**/*"),
              thinking_tokens=380),
        say("I'll have the routes collected with references, so that the document is right.",
            call("invoke_agent", agent_name="codebase_investigator", prompt=ROUTES_TASK)),
        think("**Writing**\n\nOne section for each resource, the errors once.",
              call("write_file", file_path=docs, content=API_DOC),
              todos("completed", "completed", "in_progress"),
              thinking_tokens=240),
        act(call("grep_search", pattern="status: [45][0-9][0-9]", dir_path=f"{work}/src"),
            call("read_file", file_path=f"{work}/docs/errors.md")),
        act(todos("completed", "completed", "completed")),
        say(DOCUMENT_ANSWER),
    )  # fmt: skip
    report = {
        "SummaryOfFindings": ROUTES_REPORT,
        "ExplorationTrace": ["Read src/api.js", "Read src/auth/login.js", "Read src/orders.js"],
        "RelevantLocations": [],
    }
    routes = script(
        ROUTES_TASK,
        think("**Following the routes**\n\nFrom the table in api.js to each handler.",
              call("read_file", file_path=api),
              call("read_file", file_path=f"{work}/src/auth/login.js"),
              call("read_file", file_path=f"{work}/src/orders.js"),
              thinking_tokens=160),
        act(call("grep_search", pattern="error:", dir_path=f"{work}/src")),
        act(call("complete_task", report=report)),
    )  # fmt: skip
    serve = (
        "PORT=34567 node src/server.js & server=$!; sleep 1; "
        "curl -sS localhost:34567/api/products | head -c 90; echo; "
        "curl -sS 'localhost:34567/api/orders?state=placed'; echo; "
        "curl -sS -i -d email=ada@example.com localhost:34567/login | head -3; kill $server"
    )
    examples = script(
        EXAMPLES,
        act(call("run_shell_command", command=serve,
                 description="Run the examples against a server")),
        act(call("read_file", file_path=f"{work}/src/server.js"),
            call("replace", file_path=docs, instruction="Mark the example that does not work yet",
                 old_string="    curl -i -d email", allow_multiple=False,
                 new_string="    # does not work yet: the server never reads the body\n"
                            "    curl -i -d email")),
        say(EXAMPLES_ANSWER),
    )  # fmt: skip
    link = script(
        LINK,
        act(call("replace", file_path=f"{work}/README.md", allow_multiple=False,
                 instruction="Link the documentation of the API",
                 old_string="No dependencies, no build step.\n",
                 new_string="No dependencies, no build step.\n\n## API\n\n"
                            "See [docs/api.md](docs/api.md).\n")),
        say(LINK_ANSWER),
    )  # fmt: skip
    return [document, routes, examples, link]


def play_docs(stage: Stage) -> None:
    """Who types what, and when."""
    stage.ask(DOCUMENT)
    stage.ask(EXAMPLES, after=130)
    stage.ask(LINK, after=40)


def css_scripts(work: Path) -> list[Script]:
    """What the model answers about the style sheet."""
    css = f"{work}/public/styles.css"

    def remove(rule: str, name: str) -> Call:
        return call("replace", file_path=css, instruction=f"Remove {name}", old_string=rule + "\n",
                    new_string="", allow_multiple=False)  # fmt: skip

    sale = ".product--sale { background: #fff6e0; }"
    unused = script(
        UNUSED,
        act(call("read_file", file_path=css),
            call("run_shell_command", description="Find the pages that use each class",
                 command="grep -rEn 'product--sale|banner-xmas|cart-badge|btn|product-price' "
                         "public src --include=*.html --include=*.js")),
        think("**Removing three rules**\n\nOnly those without a single match.",
              remove(sale, "the sale background"),
              remove(".banner-xmas { background: url(/img/snow.png); color: #fff; }",
                     "the christmas banner"),
              remove(".btn-legacy { border: 1px solid #999; }", "the old button"),
              thinking_tokens=96),
        say("The last one is written differently.",
            remove(".btn-legacy { border: 1px outset #999; }", "the old button")),
        say(UNUSED_ANSWER),
    )  # fmt: skip
    keep = script(
        KEEP,
        act(call("replace", file_path=css, instruction="Bring the sale background back",
                 old_string=".cart-badge", new_string=sale + "\n.cart-badge",
                 allow_multiple=False)),
        say("It is back, before `.cart-badge`."),
    )  # fmt: skip
    return [unused, keep]


def play_css(stage: Stage) -> None:
    """Who types what, and when."""
    stage.ask(UNUSED)
    stage.ask(KEEP, after=200)


DOCS_STORY = Story(
    name="api-docs",
    agent="gemini",
    model="gemini-2.5-pro",
    branch="docs/api",
    scripts=docs_scripts,
    play=play_docs,
    ended=timedelta(hours=2, minutes=17),
    tokens=2.0,
)
CSS_STORY = Story(
    name="unused-css",
    agent="gemini",
    model="gemini-2.5-flash",
    branch="main",
    scripts=css_scripts,
    play=play_css,
    ended=timedelta(days=3, hours=4),
    tokens=2.0,
)

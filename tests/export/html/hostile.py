"""A session in which every field tries to get out of its place."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from aimux_tui.model.annotation import Label, SessionAnnotation, TurnAnnotation, Verdict
from aimux_tui.model.body import Body
from aimux_tui.model.tools import FileEdit, Hunk, ToolKind, ToolStatus
from aimux_tui.model.turn import Image, Notice, NoticeKind, Text, Thinking, Turn, Unknown
from tests.export.html.materials import FakeMaterial
from tests.tui.fake_sessions import make_session
from tests.tui.fake_turns import make_turn, tool

CONTROLS = "".join(map(chr, (*range(0x20), *range(0x7F, 0xA0))))
TRICKS = (
    "\u202egnp.exe\u202c \u2066iso\u2069 \u2028line\u2029 \ufeff \ud800 \udfff \ufffe \x1b[31mred"
)


def attacks(url: str) -> str:
    """Each way that is known to make a page run or load something; `url` is where it would ask."""
    run = f"document.documentElement.setAttribute('data-owned','1');fetch('{url}/fetch');alert(1)"
    return "\n".join(
        (
            f"<script>{run}</script>",
            f"</script><script>{run}</script>",
            f"</style><style>@import url({url}/css);</style><script>{run}</script>",
            f"</title></head><body onload=\"{run}\">",
            f"--><!--><script>{run}</script><!--",
            f'"><img src={url}/img onerror="{run}">',
            f"'><svg onload='{run}'>",
            f"</pre></code></details></div><iframe src={url}/frame></iframe>",
            f"<svg><foreignObject><script>{run}</script></foreignObject></svg>",
            f"<math><mtext></mtext><script>{run}</script></math>",
            f'<link rel="stylesheet" href="{url}/link"><base href="{url}/">',
            f'<meta http-equiv="refresh" content="0;url={url}/refresh">',
            f"<form action={url}/form><button autofocus onfocus=\"{run}\">x</button></form>",
            f"<video src={url}/video></video><object data={url}/object></object>",
            "<plaintext>", "<textarea>", "<![CDATA[", "&lt;script&gt; &#60;b&#62; &amp;amp;",
            f"` onmouseover={run} x=`",
        )
    )  # fmt: skip


def markdown_attacks(url: str) -> str:
    """The same in the words of Markdown."""
    run = "document.documentElement.setAttribute('data-owned','1')"
    return "\n\n".join(
        (
            f"[click](javascript:{run})",
            f"[click](JaVaScRiPt:{run})",
            f"[click](java\tscript:{run})",
            f"[click](&#106;avascript:{run})",
            f"[click](data:text/html,<script>{run}</script>)",
            f"[click](vbscript:{run}) [click](file:///etc/passwd) [click](//evil.example/x)",
            f"<javascript:{run}>",
            f'[title]({url}/ok "\\" onmouseover=\\"{run}")',
            f"[ref]\n\n[ref]: javascript:{run}",
            f"![picture]({url}/picture.png)",
            f'<img src="{url}/raw.png" onerror="{run}">',
            f'<a href="{url}/raw" onclick="{run}">raw</a>',
            f"```html\n</code></pre><script>{run}</script>\n```",
            f'```"><script>{run}</script>\ncode\n```',
            f"| a | b |\n|:-:|---|\n| <script>{run}</script> | `</td>` |",
            f"> # </blockquote><script>{run}</script>",
            "[a](http://example.org/?q=%22%3E%3Cscript%3E) [b](https://example.org/path)",
        )
    )


def hostile_material(url: str) -> FakeMaterial:
    """Every field of the model holds all of it, after its own name."""

    def bad(name: str) -> str:
        return f"{name}: {attacks(url)} {TRICKS} {CONTROLS} :{name}"

    child = FakeMaterial(
        [make_turn(1, bad("child title"))],
        session=make_session("claude:child", bad("child session"), agent_name=bad("agent")),
    )
    return FakeMaterial(
        _turns(bad, url),
        session=make_session(
            "claude:hostile",
            bad("session"),
            cwd=bad("cwd"),
            git_branch=bad("branch"),
            agent_version=bad("version"),
            agent_name=bad("name"),
            models=(bad("model"), bad("other model")),
            provider=bad("provider"),
        ),
        labels={"turn-1": TurnAnnotation("turn-1", 1, Label.BAD, bad("note"), author=bad("me"))},
        verdict=SessionAnnotation(Verdict.FAILED, (bad("tag"),), bad("session note"), bad("you")),
        children={"child": child},
    )


def _turns(bad: Callable[[str], str], url: str) -> list[Turn]:
    edit = FileEdit(
        bad("path"),
        "update",
        (
            Hunk((" " + bad("same"), "-x = 1 " + bad("old"), "+x = 2 " + bad("new")), 1, 1),
            Hunk(("-" + bad("gone"), "\\ No newline"), 9, 9),
        ),
        1,
        2,
        new_path=bad("new path"),
    )
    calls = [
        tool(bad("Tool"), ToolKind.MCP, bad("snippet"), input={bad("key"): {"deep": [bad("in")]}},
             status=ToolStatus.FAILED, exit_code=1, error=bad("error"),
             output=Body.of(bad("output") * 20)),
        tool("Edit", ToolKind.EDIT, bad("file"), edits=(edit,), output=Body.of(bad("edited"))),
        tool("Agent", ToolKind.AGENT, bad("task"), child_key="child"),
    ]  # fmt: skip
    steps = [
        Thinking(Body.of(bad("thought"))),
        Text(Body.of(bad("answer"))),
        Text(Body.of(markdown_attacks(url))),
        *calls,
        Notice(NoticeKind.ERROR, bad("notice"), Body.of(bad("notice body"))),
        Image(bad("image/png"), 12),
        Unknown(bad("type"), Body.of(bad("unknown"))),
    ]
    first = make_turn(1, bad("title"), steps, prompt=markdown_attacks(url))
    summary = replace(first.summary, key="turn-1", models=(bad("turn model"),))
    return [replace(first, summary=summary), make_turn(2, bad("second"))]

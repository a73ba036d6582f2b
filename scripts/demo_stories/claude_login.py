"""The longest story: a login that forgets where people came from."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from scripts.demo_stories.stage import Stage, Story
from tests.e2e.script import Script, act, call, say, script, think

if TYPE_CHECKING:
    from pathlib import Path

WHY = "After the login everybody lands on the home page instead of the page they came from. Why?"
FIX = "Fix it, but don't open us up to redirects to other sites"
DIFF = "git diff --stat"
EVIL = "Add tests for //evil.example and for backslashes, please"
EXPLAIN = "How is the session cookie protected? Explain it in detail"
SHORT = "Shorter: is the cookie signed, and what happens when somebody changes it?"
LOGOUT = "The logout should lead back as well, same rules"
STEER = "keep the parameter name returnTo, the mobile app sends it"
COMMIT = "Commit this and push the branch"
NO_PUSH = "No push from here, CI does that. Write me the text of the pull request"
REVIEWERS = "Which of the files needs the most careful review?"

WHY_ANSWER = """\
Found it. The form knows where to go back to, but the handler never looks:

1. `loginPage` passes `returnTo` into the form (`src/auth/login.js:5`).
2. `login` answers with a fixed `location: '/'` (line 17) and ignores what the form sent.

No test covers it: `test/login.test.js` only checks the status and the cookie. The fix is small, \
but `returnTo` comes from the client, so it must not become an **open redirect**.
"""

FIX_ANSWER = """\
Logins now lead back to where people came from.

| file | change |
|---|---|
| `src/auth/redirect.js` | new: `safeReturn` lets only paths of this site through |
| `src/auth/login.js` | uses it for the `location` header |
| `test/login.test.js` | two tests, one of them for a foreign site |

The first version let `javascript:` addresses through; the new test caught that.
"""

EVIL_ANSWER = (
    "Both are covered. Browsers read `/\\evil.example` as `//evil.example`, so backslashes \
are refused altogether. All 12 tests pass."
)

LONG_ANSWER = """\
The session cookie has two parts, the id of the session and a signature over it. Let me go through \
the whole life of a session, from the login to the logout.

## Creation

`createSession` draws a random UUID and stores the session in a map that lives in the process. The \
signature is an HMAC with SHA-256 over the id, keyed with `SESSION_SECRET`, and written as \
base64url so that it needs no escaping in a header. The cookie itself is set with `HttpOnly`, \
which keeps it away from scripts, and with `SameSite=Lax`, which keeps it out of most requests \
that other sites start. It has no `Max-Age`, so it lives as long as the browser does.

## Reading

`readSession` splits the cookie at the dot, signs the id again and compares both signatures in \
constant time. Only then does it look into the map.

## What is missing

There is no rotation of the secret, and sessions never expire on the server.
"""

SHORT_ANSWER = """\
Yes, with HMAC-SHA256:

```js
const expected = Buffer.from(sign(id));
if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
```

A changed id or signature makes `readSession` return `null`: the visitor is simply logged out. \
The one gap is the fallback `'only-for-development'`: in production a missing `SESSION_SECRET` \
should stop the server.
"""

SUMMARY = """\
The login ignored `returnTo`. `src/auth/redirect.js` with `safeReturn` now decides which targets \
are allowed (paths of this site, no `//`, no backslash), `login` uses it, and two tests in \
`test/login.test.js` cover it. The cookie is signed with HMAC-SHA256; a missing SESSION_SECRET \
should stop the server in production (not done). Next: the logout.
"""

PULL_REQUEST = """\
## Lead people back to where they came from

The login and the logout ended on the home page, whatever `returnTo` said.

- `safeReturn` accepts paths of this site only: no other hosts, no `//`, no backslashes
- login and logout use it; the parameter keeps its name for the mobile app
- three new tests

**Try it:** open `/orders` while logged out, log in, and you are back on `/orders`.
"""

REVIEW_ANSWER = """\
`src/auth/redirect.js`, and there the one regular expression:

> everything that starts with a single slash, and whose second character is neither a slash nor a \
backslash

The rest is plumbing. I would spend the remaining minutes on the test list: if you can think of a \
spelling of a foreign address that is not in it, it belongs there.
"""

REDIRECT_FIRST = """\
/** Where to send somebody after a login: `target` if it is one of our pages, else the home page. */
export function safeReturn(target) {
  if (typeof target !== 'string' || target.includes('//')) return '/';
  return target;
}
"""

TESTS = """\
test('a login leads back to where it came from', () => {
  const body = { ...ada, returnTo: '/orders?state=placed' };
  assert.equal(login({ body }).headers.location, '/orders?state=placed');
});

test('a login never leads to another site', () => {
  for (const returnTo of ['https://evil.example', 'javascript:alert(1)', undefined]) {
    assert.equal(login({ body: { ...ada, returnTo } }).headers.location, '/');
  }
});
"""


def scripts(work: Path) -> list[Script]:
    """What the model answers."""
    login, tests = f"{work}/src/auth/login.js", f"{work}/test/login.test.js"
    redirect = f"{work}/src/auth/redirect.js"

    test_login = call(
        "Bash", command="npm test -- test/login.test.js", description="Run the login tests"
    )
    test_all = call("Bash", command="npm test", description="Run all tests")
    why = script(
        WHY,
        think(
            "",
            call("Bash", command="grep -rn 'returnTo\\|location' src test",
                 description="Find redirects"),
            call("Read", file_path=login),
            call("Read", file_path=tests),
            text="I'll look for every place that redirects, and at the login itself.",
            thinking_tokens=310,
        ),
        think("", text=WHY_ANSWER, thinking_tokens=420),
    )  # fmt: skip
    fix = script(
        FIX,
        say(
            "Three steps, then.",
            call("TaskCreate", subject="Decide which targets are safe",
                 description="A function of its own, with tests", activeForm="Deciding targets"),
            call("TaskCreate", subject="Use it in the login",
                 description="Replace the fixed location", activeForm="Changing the login"),
            call("TaskCreate", subject="Test foreign targets",
                 description="Open redirects must fail", activeForm="Writing tests"),
        ),
        think(
            "A helper in its own file; refuse everything with //.",
            call("TaskUpdate", taskId="1", status="in_progress"),
            call("Write", file_path=redirect, content=REDIRECT_FIRST),
            call("Edit", file_path=login,
                 old_string="import { findUser, verifyPassword } from './users.js';",
                 new_string="import { safeReturn } from './redirect.js';\n"
                            "import { findUser, verifyPassword } from './users.js';"),
            call("Edit", file_path=login,
                 old_string="  const { email, password } = request.body;",
                 new_string="  const { email, password, returnTo } = request.body;"),
            call("Edit", file_path=login,
                 old_string="    headers: { location: '/', 'set-cookie': cookieFor(session) },",
                 new_string="    headers: { location: safeReturn(returnTo), "
                            "'set-cookie': cookieFor(session) },"),
            thinking_tokens=640,
        ),
        act(
            call("Edit", file_path=tests,
                 old_string="test('a logout leads to the home page', () => {",
                 new_string=TESTS + "\ntest('a logout leads to the home page', () => {"),
            call("TaskUpdate", taskId="1", status="completed"),
            call("TaskUpdate", taskId="2", status="completed"),
            call("TaskUpdate", taskId="3", status="in_progress"),
        ),
        act(test_login),
        think(
            "javascript:alert(1) has no // and passes. Allow instead of forbid.",
            call("Edit", file_path=redirect,
                 old_string="  if (typeof target !== 'string' || target.includes('//')) "
                            "return '/';\n  return target;",
                 new_string="  return typeof target === 'string' && /^\\/(?![/\\\\])/.test(target) "
                            "? target : '/';"),
            text="`javascript:` slipped through. Listing what is forbidden was the wrong way "
                 "round: I'll say what is **allowed** instead.",
            thinking_tokens=380,
        ),
        act(test_login),
        act(call("TaskUpdate", taskId="3", status="completed"), test_all),
        say(FIX_ANSWER),
    )  # fmt: skip
    evil = script(
        EVIL,
        act(
            call("Edit", file_path=tests,
                 old_string="  for (const returnTo of ['https://evil.example', "
                            "'javascript:alert(1)', undefined]) {",
                 new_string="  const foreign = ['https://evil.example', '//evil.example', "
                            "'/\\\\evil.example', '\\\\\\\\evil.example'];\n"
                            "  for (const returnTo of [...foreign, 'javascript:alert(1)', "
                            "undefined]) {"),
            text="One list for all of them.",
        ),
        act(test_all),
        say(EVIL_ANSWER),
    )  # fmt: skip
    logout = script(
        LOGOUT,
        act(call("Bash", command="sleep 2; grep -rn 'logout' src test",
                 description="Find the logout"),
            call("Read", file_path=login)),
    )  # fmt: skip
    steer = script(
        STEER,
        say(
            "Right, `returnTo` stays.",
            call("Edit", file_path=login,
                 old_string="  destroySession(request.session);\n"
                            "  return { status: 303, headers: { location: '/' } };",
                 new_string="  destroySession(request.session);\n"
                            "  const { returnTo } = request.query;\n"
                            "  return { status: 303, headers: "
                            "{ location: safeReturn(returnTo) } };"),
            call("Read", file_path=tests),
        ),
        act(call("Edit", file_path=tests,
                 old_string="test('a logout leads to the home page', () => {",
                 new_string="test('a logout leads back, too', () => {\n"
                            "  const request = "
                            "{ session: null, query: { returnTo: '/products' } };\n"
                            "  assert.equal(logout(request).headers.location, '/products');\n"
                            "});\n\ntest('a logout leads to the home page', () => {")),
        act(test_all),
        say("The logout follows the same rules; the parameter is still called `returnTo`."),
    )  # fmt: skip
    commit = script(
        COMMIT,
        act(call("Bash", command="git add -A && git commit -qm 'Lead people back after login and "
                 "logout' && git log --oneline -2", description="Commit")),
        say("Committed. Now the push.",
            call("Bash", command="git push -u origin fix/login-redirect",
                 description="Push the branch")),
    )  # fmt: skip
    return [
        why,
        fix,
        script("<bash-input>" + DIFF, say("Two files changed, one is new and not yet tracked.")),
        evil,
        script(EXPLAIN, say(LONG_ANSWER, stream_delay=0.12, thinking_tokens=90, seconds=9)),
        script(SHORT, think("", text=SHORT_ANSWER, thinking_tokens=150)),
        logout,
        steer,
        commit,
        script(NO_PUSH, think("", text=PULL_REQUEST, thinking_tokens=220)),
        script(REVIEWERS, say(REVIEW_ANSWER)),
    ]


def play(stage: Stage) -> None:
    """Who types what, and when."""
    stage.ask(WHY)
    stage.ask(FIX, after=70)
    stage.type("!" + DIFF, after=30)
    stage.wait_answered("<bash-input>" + DIFF)
    stage.ask(EVIL)
    stage.interrupt(EXPLAIN, "which keeps it")
    stage.ask(SHORT, after=12)
    stage.type("/compact", after=180)
    stage.terminal.wait_shown("Compacted", 30)
    stage.wait_quiet()
    stage.steer(LOGOUT, 0, STEER)
    stage.type(COMMIT, after=95)
    stage.decide("Do you want to proceed?", "escape")
    stage.wait_quiet()
    stage.ask(NO_PUSH, after=15)
    stage.type("/model claude-sonnet-5-5", after=60)
    stage.decide("Switch model?", "enter", after=2)
    stage.wait_quiet()
    stage.ask(REVIEWERS, after=20)


STORY = Story(
    name="login-redirect",
    agent="claude",
    model="claude-opus-5-5",
    branch="fix/login-redirect",
    scripts=scripts,
    play=play,
    ended=timedelta(minutes=24),
    tokens=3.0,
    summary=SUMMARY,
)

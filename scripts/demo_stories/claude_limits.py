"""A rate limit for the API: an overloaded model, a to-do list, a review by command."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from scripts.demo_stories.stage import Stage, Story
from tests.e2e.script import Script, act, call, failing, say, script, think

if TYPE_CHECKING:
    from pathlib import Path

ADD = "Add rate limiting to the API: 60 requests per minute and address, 429 with Retry-After"
REVIEW = "Review src/middleware for mistakes"
MEMORY = "Good catch, fix the memory one"

LIMITER = """\
const WINDOW_MS = 60_000;
const LIMIT = 60;
const windows = new Map();

/** Counts a request of `ip`; tells how many seconds to wait once there were too many. */
export function checkLimit(ip, now = Date.now()) {
  const window = windows.get(ip);
  if (!window || now - window.startedAt >= WINDOW_MS) {
    windows.set(ip, { startedAt: now, count: 1 });
    return { allowed: true };
  }
  window.count += 1;
  if (window.count <= LIMIT) return { allowed: true };
  return { allowed: false, retryAfter: Math.ceil((window.startedAt + WINDOW_MS - now) / 1000) };
}
"""

TEST = """\
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { handle } from '../src/api.js';
import { checkLimit } from '../src/middleware/rate_limit.js';

test('the 61st request within a minute has to wait', () => {
  for (let count = 0; count < 60; count += 1) assert.ok(checkLimit('a', 1000).allowed);
  assert.deepEqual(checkLimit('a', 31_000), { allowed: false, retryAfter: 30 });
});

test('a new minute begins with a clean slate', () => {
  for (let count = 0; count < 61; count += 1) checkLimit('b', 1000);
  assert.ok(checkLimit('b', 61_000).allowed);
});

test('addresses do not share a limit', () => {
  for (let count = 0; count < 61; count += 1) checkLimit('c', 1000);
  assert.ok(checkLimit('d', 1000).allowed);
});

test('the API answers 429 and says when to come back', () => {
  const request = { method: 'GET', path: '/api/products', query: {}, ip: '10.0.0.99' };
  for (let count = 0; count < 60; count += 1) handle(request);
  const { status, headers } = handle(request);
  assert.equal(status, 429);
  assert.match(headers['retry-after'], /^[0-9]+$/);
});
"""

ADD_ANSWER = """\
The API is limited to 60 requests per minute and address.

- `src/middleware/rate_limit.js` counts requests in fixed windows of one minute
- `handle` asks it for every path under `/api/` and answers `429` with `Retry-After`
- four tests; the one for the header failed first, because headers have to be **strings**

Limits live in the process. With more than one server they belong into a shared store.
"""

REVIEW_ANSWER = """\
1. **Memory** (`rate_limit.js:3`): windows are never removed. A crawler that changes its address \
fills the map until the server dies. Sweep old windows now and then.
2. **Fixed windows**: 120 requests fit around the turn of a minute. Fine for protection, not for \
billing; worth a comment.
3. **Proxies**: behind a load balancer every request has the same `ip`. Decide which header to \
trust before this goes live.
4. **Names**: `windows` shadows nothing, but reads like the global. `windowsByAddress`?

Nothing else. The tests cover the edges.
"""

SWEEP = """\
let sweptAt = 0;

/** Forgets windows that are over, at most once a minute, so that the map cannot grow for ever. */
function sweep(now) {
  if (now - sweptAt < WINDOW_MS) return;
  sweptAt = now;
  for (const [ip, window] of windows) {
    if (now - window.startedAt >= WINDOW_MS) windows.delete(ip);
  }
}

"""


def scripts(work: Path) -> list[Script]:
    """What the model answers."""
    api, server = f"{work}/src/api.js", f"{work}/src/server.js"
    limiter, tests = f"{work}/src/middleware/rate_limit.js", f"{work}/test/rate_limit.test.js"
    old = "  const order = /^\\/api"
    guard = (
        "  if (request.path.startsWith('/api/')) {\n"
        "    const { allowed, retryAfter } = checkLimit(request.ip);\n"
        "    if (!allowed) {\n"
        "      const headers = { 'retry-after': retryAfter };\n"
        "      return { status: 429, headers, body: { error: 'Too many requests' } };\n"
        "    }\n"
        "  }\n"
    )
    steps = [
        ("Write the limiter", "Fixed windows, the clock as an argument", "Writing the limiter"),
        ("Ask it in handle", "Only for paths under /api/", "Wiring it up"),
        ("Test limits and headers", "Also that addresses do not share", "Writing tests"),
    ]
    add = script(
        ADD,
        think("", call("Read", file_path=api), call("Read", file_path=server),
              call("Bash", command="ls -R src test", description="See what there is"),
              thinking_tokens=240, text="First a look at how requests come in."),
        failing(
            act(*(call("TaskCreate", subject=subject, description=description, activeForm=form)
                  for subject, description, form in steps)),
            529, "overloaded_error", "Overloaded",
        ),
        think(
            "A fixed window per address is enough here. A sliding log would be fairer around the "
            "turn of a minute, but costs a list per address. Pass the clock in so that the tests "
            "need not wait.",
            call("TaskUpdate", taskId="1", status="in_progress"),
            call("Write", file_path=limiter, content=LIMITER),
            call("Edit", file_path=api, old_string="import { findOrder",
                 new_string="import { checkLimit } from './middleware/rate_limit.js';\n"
                            "import { findOrder"),
            call("Edit", file_path=api, old_string=old, new_string=guard + old),
            thinking_tokens=480,
        ),
        act(
            call("TaskUpdate", taskId="1", status="completed"),
            call("TaskUpdate", taskId="2", status="completed"),
            call("TaskUpdate", taskId="3", status="in_progress"),
            call("Write", file_path=tests, content=TEST),
        ),
        act(call("Bash", command="npm test", description="Run all tests")),
        say("Header values should be strings, the test is right.",
            call("Edit", file_path=api, old_string="{ 'retry-after': retryAfter }",
                 new_string="{ 'retry-after': String(retryAfter) }")),
        act(call("Bash", command="npm test", description="Run all tests again"),
            call("TaskUpdate", taskId="3", status="completed")),
        say(ADD_ANSWER),
    )  # fmt: skip
    review = script(
        REVIEW,
        act(call("Read", file_path=limiter), call("Read", file_path=tests),
            call("Bash", command="node -e \"import('./src/middleware/rate_limit.js').then(({ "
                 "checkLimit }) => { for (let i = 0; i < 1e6; i++) checkLimit('10.0.' + i); "
                 "console.log(Math.round(process.memoryUsage().heapUsed / 1e6) + ' MB after a "
                 "million addresses') })\"", description="Measure the memory of many addresses")),
        think("", text=REVIEW_ANSWER, thinking_tokens=690),
    )  # fmt: skip
    memory = script(
        MEMORY,
        act(
            call("Edit", file_path=limiter, old_string="/** Counts a request",
                 new_string=SWEEP + "/** Counts a request"),
            call("Edit", file_path=limiter, old_string="  const window = windows.get(ip);",
                 new_string="  sweep(now);\n  const window = windows.get(ip);"),
        ),
        act(call("Bash", command="npm test -- test/rate_limit.test.js",
                 description="Run the tests of the limit")),
        say("Old windows are swept once a minute. I left the proxy question open, it is yours to "
            "decide: trust `X-Forwarded-For` only from the load balancer's own address."),
    )  # fmt: skip
    return [add, review, memory]


def play(stage: Stage) -> None:
    """Who types what, and when."""
    stage.ask(ADD)
    stage.type("/review src/middleware", after=240)
    stage.wait_answered(REVIEW)
    stage.ask(MEMORY, after=55)


STORY = Story(
    name="rate-limit",
    agent="claude",
    model="claude-sonnet-5-5",
    branch="feature/rate-limit",
    scripts=scripts,
    play=play,
    ended=timedelta(days=2, hours=1, minutes=32),
    tokens=2.2,
)

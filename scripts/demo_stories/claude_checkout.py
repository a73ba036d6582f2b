"""A test that fails now and then, and two sub-agents that look for the reason side by side."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from scripts.demo_stories import shop
from scripts.demo_stories.stage import Stage, Story
from tests.e2e.script import Script, act, call, say, script, think

if TYPE_CHECKING:
    from pathlib import Path

WHY = "test/checkout.test.js is red in CI about every third run. Why is it flaky?"
READ_TASK = (
    "Read src/checkout.js, src/cart.js and test/checkout.test.js. List everything that depends on "
    "the clock or on chance, with line numbers. Change nothing."
)
RUN_TASK = (
    "Run test/checkout.test.js twenty times. Report how often each test fails and with which "
    "message. Change nothing."
)
FIX = "Makes sense. Fix both, without sleeps in the test"
AGAIN = "Run it fifty times to be sure"

FLAKY_TEST = shop.CHECKOUT_TEST.replace(
    "import { placeOrder",
    "import { setTimeout as sleep } from 'node:timers/promises';\nimport { placeOrder",
).replace(
    """within the reservation', () => {
  const orders = [];
  placeOrder(cart, reserve(cart), orders);
""",
    """within the reservation', async () => {
  const orders = [];
  const reservation = reserve(cart);
  await sleep(15 + Math.random() * 8); // the customer types the card number
  placeOrder(cart, reservation, orders);
""",
)
FLAKY_CHECKOUT = shop.CHECKOUT.replace("15 * 60 * 1000", "20").replace(
    """let lastId = 103;

function nextId() {
  lastId += 1;
  return lastId;
}
""",
    """function nextId() {
  return Math.floor(Math.random() * 1000);
}
""",
)

READ_REPORT = """\
Two places depend on the clock or on chance:

- **Clock**: `reserve` gives a reservation of 20 ms (`src/checkout.js:3`), and `placeOrder` \
compares it with `Date.now()` (line 10). The first test sleeps 15 to 23 ms in between.
- **Chance**: `nextId` draws from 1000 numbers (line 19). Twenty draws collide with a probability \
of about 17 %.

`src/cart.js` is free of both.
"""

RUN_REPORT = """\
Both tests fail on their own, never with the same cause:

| test | message |
|---|---|
| an order is placed within the reservation | `The reservation has expired` |
| orders get different numbers | `Expected values to be strictly equal: 19 !== 20` |

The counts are in the output above; no other test in the file was affected.
"""

WHY_ANSWER = """\
There are **two** independent reasons, which is why it looked so random:

1. **A race with the clock.** A reservation lives 20 ms, the test waits 15 to 23 ms. That is a \
test of the machine's timer, not of the shop.
2. **Colliding order numbers.** `nextId` draws from 1000 numbers; with 20 orders the birthday \
paradox gives 17 % collisions. This one is a *real bug*: two customers can get the same number.

I'd pass the clock in as an argument, and count order numbers up. Shall I?
"""

FIX_ANSWER = """\
Done. `placeOrder` takes `now` like `reserve` does, so the test moves the clock instead of \
waiting, and there is a new test for an expired reservation. \
Order numbers count up from the newest one.

The reservation now lives **15 minutes**; the 20 ms were a leftover of an experiment.
"""

NEW_TEST = """\
test('an order is placed within the reservation', () => {
  const orders = [];
  placeOrder(cart, reserve(cart, 0), orders, 14 * MINUTE);
  assert.equal(orders.length, 1);
});

test('an expired reservation places nothing', () => {
  const orders = [];
  assert.throws(() => placeOrder(cart, reserve(cart, 0), orders, 16 * MINUTE), /expired/);
  assert.deepEqual(orders, []);
});
"""
LOOP = (
    "for run in $(seq {count}); do node --test --test-reporter=spec test/checkout.test.js; done "
    "| grep -E '^(✔|✖) (an|orders)' | sed 's/ (.*//' | sort | uniq -c"
)


def scripts(work: Path) -> list[Script]:
    """What the model answers."""
    checkout, tests = f"{work}/src/checkout.js", f"{work}/test/checkout.test.js"
    agents = [
        call("Agent", description="Find clock and chance", subagent_type="Explore",
             model="haiku", prompt=READ_TASK),
        call("Agent", description="Run the test often", subagent_type="general-purpose",
             prompt=RUN_TASK),
    ]  # fmt: skip
    why = script(
        WHY,
        think("", *agents, thinking_tokens=260,
              text="Two questions at once: what in the code could be random, and what really "
                   "fails. I'll send an agent after each."),
        think("", text=WHY_ANSWER, thinking_tokens=510),
    )  # fmt: skip
    read = script(
        READ_TASK,
        act(call("Read", file_path=checkout), call("Read", file_path=tests),
            call("Read", file_path=f"{work}/src/cart.js")),
        act(call("Bash", command="grep -n 'Date.now\\|Math.random\\|sleep' -r src test",
                 description="Find clocks and dice")),
        say(READ_REPORT),
    )  # fmt: skip
    run = script(
        RUN_TASK,
        act(call("Bash", command="node --test --test-reporter=spec test/checkout.test.js",
                 description="Run it once")),
        say("Now twenty times, counted.",
            call("Bash", command=LOOP.format(count=20), description="Run it twenty times")),
        say(RUN_REPORT),
    )  # fmt: skip
    start = FLAKY_TEST.index("test('an order is placed")
    end = FLAKY_TEST.index("test('orders get different")
    fix = script(
        FIX,
        act(call("Read", file_path=checkout), call("Read", file_path=tests)),
        think(
            "",
            call("Edit", file_path=checkout, old_string="const RESERVATION_MS = 20;",
                 new_string="const RESERVATION_MS = 15 * 60 * 1000;"),
            call("Edit", file_path=checkout,
                 old_string="export function placeOrder(cart, reservation, orders) {\n"
                            "  if (Date.now() > reservation.expiresAt) {",
                 new_string="export function placeOrder(cart, reservation, orders, "
                            "now = Date.now()) {\n  if (now > reservation.expiresAt) {"),
            call("Edit", file_path=checkout,
                 old_string="  const order = { id: nextId(), lines",
                 new_string="  const order = { id: nextId(orders), lines"),
            call("Edit", file_path=checkout,
                 old_string="function nextId() {\n  return Math.floor(Math.random() * 1000);",
                 new_string="function nextId(orders) {\n  return Math.max(100, "
                            "...orders.map((order) => order.id)) + 1;"),
            thinking_tokens=720,
        ),
        act(
            call("Edit", file_path=tests, old_string=FLAKY_TEST[start:end],
                 new_string=NEW_TEST + "\n"),
            call("Edit", file_path=tests,
                 old_string="import { setTimeout as sleep } from 'node:timers/promises';\n",
                 new_string=""),
            call("Edit", file_path=tests, old_string="const cart =",
                 new_string="const MINUTE = 60_000;\nconst cart ="),
        ),
        act(call("Bash", command="npm test", description="Run all tests")),
        say(FIX_ANSWER),
    )  # fmt: skip
    again = script(
        AGAIN,
        act(call("Bash", command=LOOP.format(count=50), description="Run it fifty times")),
        say("150 of 150 green, 50 for each of the three tests. It is not flaky any more."),
    )
    return [why, read, run, fix, again]


def play(stage: Stage) -> None:
    """Who types what, and when."""
    stage.ask(WHY)
    stage.ask(FIX, after=150)
    stage.ask(AGAIN, after=40)


STORY = Story(
    name="flaky-checkout",
    agent="claude",
    model="claude-sonnet-5-5",
    branch="fix/flaky-checkout",
    scripts=scripts,
    play=play,
    ended=timedelta(days=1, hours=3, minutes=10),
    tokens=2.4,
    files={"src/checkout.js": FLAKY_CHECKOUT, "test/checkout.test.js": FLAKY_TEST},
)

"""Two stories for Codex: money in cents (code mode), and a slow page (plain tools, a sub-agent)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from scripts.demo_stories.stage import Stage, Story
from tests.e2e.script import Call, Script, act, call, custom, say, script, think

if TYPE_CHECKING:
    from pathlib import Path

FLOATS = "The cart shows 20.700000000000003 for three inner tubes. Where does that come from?"
CENTS = "Switch all of it to integer cents, formatting only at the edge"
ROUND = "VAT rounds per line, not on the sum"
NAMES = "Go through every function name in src and tell me what you would rename, one by one"
ENOUGH = "Never mind the names. Is there anything left that still uses floats?"

FLOATS_ANSWER = """\
From binary floats. `6.9` has no exact binary form, and `subtotal` (`src/cart.js:11`) multiplies it:

```
> 6.9 * 3
20.700000000000003
```

`total` multiplies once more for the VAT, and `src/checkout.js` stores the result in the order. \
Amounts of money should be **integer cents** everywhere, with one function that writes them for \
people.
"""

MONEY = """\
/** Cents of a share, half cents rounded up: 20 % of 1250 is 250. */
export function share(cents, rate) {
  return Math.round(cents * rate);
}

/** An amount for people: 1250 becomes "12.50 €". */
export function format(cents) {
  const sign = cents < 0 ? '-' : '';
  const absolute = Math.abs(cents);
  return `${sign}${Math.floor(absolute / 100)}.${String(absolute % 100).padStart(2, '0')} €`;
}
"""

CART_PATCH = """\
*** Begin Patch
*** Add File: src/money.js
{money}
*** Update File: src/cart.js
@@
+import {{ share }} from './money.js';
+
 const VAT = 0.2;
@@
-export function total(cart) {{
-  return subtotal(cart) * (1 + VAT);
+export function total(cart) {{
+  return subtotal(cart) + share(subtotal(cart), VAT);
 }}
*** Update File: src/products.js
@@
-  {{ sku: 'bell-01', name: 'Brass bell', price: 12.5 }},
-  {{ sku: 'tube-28', name: 'Inner tube 28"', price: 6.9 }},
-  {{ sku: 'lamp-07', name: 'Dynamo lamp', price: 59.9 }},
-  {{ sku: 'seat-03', name: 'Leather saddle', price: 89.95 }},
+  {{ sku: 'bell-01', name: 'Brass bell', price: 1250 }},
+  {{ sku: 'tube-28', name: 'Inner tube 28"', price: 690 }},
+  {{ sku: 'lamp-07', name: 'Dynamo lamp', price: 5990 }},
+  {{ sku: 'seat-03', name: 'Leather saddle', price: 8995 }},
*** End Patch
""".format(money="\n".join("+" + line for line in MONEY.splitlines()))

ROUND_PATCH = """\
*** Begin Patch
*** Update File: src/cart.js
@@
 export function total(cart) {
-  return subtotal(cart) + share(subtotal(cart), VAT);
+  return cart.lines.reduce((sum, line) => {
+    const net = line.price * line.quantity;
+    return sum + net + share(net, VAT);
+  }, 0);
 }
*** Add File: test/money.test.js
+import assert from 'node:assert/strict';
+import { test } from 'node:test';
+import { total } from '../src/cart.js';
+import { format } from '../src/money.js';
+
+test('three inner tubes cost what they should', () => {
+  const cart = { lines: [{ sku: 'tube-28', price: 690, quantity: 3 }] };
+  assert.equal(format(total(cart)), '24.84 €');
+});
+
+test('every line is rounded on its own', () => {
+  const line = { price: 333, quantity: 1 };
+  assert.equal(total({ lines: [line, line, line] }), 3 * 400);
+});
+
+test('amounts below one euro keep their zero', () => {
+  assert.equal(format(5), '0.05 €');
+});
*** End Patch
"""

BROKEN_PATCH = """\
*** Begin Patch
*** Update File: src/checkout.js
@@
-  const order = { id: nextId(), total: total(cart) };
+  const order = { id: nextId(), lines: cart.lines, total: total(cart), currency: 'EUR' };
*** End Patch
"""

CENTS_ANSWER = """\
Prices and totals are integer cents now.

- `src/money.js`: `share` for the VAT, `format` for people
- `src/cart.js`: VAT is rounded **per line**, as you said
- `src/products.js`: prices in cents
- `test/money.test.js`: three tests, among them your inner tubes (24.84 € with VAT)

One patch to `src/checkout.js` did not apply because I had the line wrong; it turned out not to be \
needed. All 13 tests pass.
"""

NAMES_ANSWER = """\
Going file by file. In src/auth/login.js the function loginPage returns a description of a \
form, so renderLogin would mislead as well; describeLogin says what it does. In \
src/auth/session.js the function readSession not only reads but verifies the signature of the \
cookie, so verifySession is closer to the truth. In src/checkout.js the function reserve makes a \
reservation but keeps nothing aside, and placeOrder both checks and stores. In src/api.js the \
name handle is fine for the one entry point there is.
"""

LEFT_ANSWER = """\
Two places:

1. `src/orders.js`: the sample orders still hold `total: 59.9`. They are read, never computed \
with, so nothing breaks, but the API now mixes euros and cents.
2. `test/cart.test.js`: prices like `12.5`. Harmless, but a bad example.

I'd change the first before anybody reads that API. Say the word.
"""


def run(*commands: str) -> Call:
    """Commands side by side, from JavaScript."""
    calls = ",\n  ".join(f"tools.exec_command({{ cmd: {json.dumps(it)} }})" for it in commands)
    return custom(
        "exec",
        f"const results = await Promise.all([\n  {calls},\n]);\n"
        "for (const { exit_code, output } of results) text(`exit ${exit_code}\\n${output}`);",
    )


def patch(text: str) -> Call:
    """A patch, from JavaScript."""
    quoted = text.replace("\\", "\\\\").replace("`", "\\`").replace("${", "\\${")
    return custom("exec", f"text(await tools.apply_patch(`{quoted}`));")


def cents_scripts(_work: Path) -> list[Script]:
    """What the model answers about money."""
    floats = script(
        FLOATS,
        think("**Looking for arithmetic on prices**",
              run("grep -rn 'price\\|total' src", "cat src/cart.js",
                  "node -e 'console.log(6.9 * 3)'"),
              text="I'll look at every place that computes with prices.", thinking_tokens=192),
        think("**Explaining the rounding**", text=FLOATS_ANSWER, thinking_tokens=128),
    )  # fmt: skip
    cents = script(
        CENTS,
        think("**Planning the switch to cents**",
              run("cat src/products.js src/checkout.js", "sleep 2; npm test 2>&1 | tail -12"),
              text="First the rest of the code and the state of the tests.",
              thinking_tokens=256),
    )  # fmt: skip
    per_line = script(
        ROUND,
        think("**Rounding per line**", patch(CART_PATCH), thinking_tokens=320,
              text="Per line, then. I start with the amounts themselves."),
        act(patch(BROKEN_PATCH)),
        act(patch(ROUND_PATCH)),
        act(run("npm test 2>&1", "git diff --stat")),
        say(CENTS_ANSWER),
    )  # fmt: skip
    return [
        floats,
        cents,
        per_line,
        script(NAMES, say(NAMES_ANSWER, stream_delay=0.12, seconds=8)),
        script(
            ENOUGH,
            act(run("grep -rnE '[0-9]+\\.[0-9]+' src test --include=*.js | grep -v 10.0.0")),
            think("**Checking what is left**", text=LEFT_ANSWER, thinking_tokens=64),
        ),
    ]


def play_cents(stage: Stage) -> None:
    """Who types what, and when."""
    stage.ask(FLOATS)
    stage.steer(CENTS, 0, ROUND)
    stage.wait_quiet()
    stage.interrupt(NAMES, "closer to")
    stage.type("/compact", after=20)
    stage.wait_quiet()
    stage.ask(ENOUGH, after=60)


SLOW = "GET /api/orders is slow with many orders. Measure it and make it faster"
MEASURE_TASK = (
    "Measure listOrders in src/orders.js with 1,000, 10,000 and 100,000 orders, with and without "
    "a filter. Report milliseconds per call. Change nothing but files under /tmp."
)
WORTH = "Is the index worth its memory?"

BENCH = """\
cat > /tmp/bench.mjs <<'END'
const states = ['placed', 'shipped', 'refunded'];
for (const count of [1000, 10000, 100000]) {
  const orders = Array.from({ length: count }, (_, id) => ({ id, state: states[id % 3] }));
  const start = performance.now();
  for (let run = 0; run < 20; run += 1) orders.filter((order) => order.state === 'placed');
  console.log(String(count).padStart(7), ((performance.now() - start) / 20).toFixed(3), 'ms');
}
END
node /tmp/bench.mjs"""

MEASURE_REPORT = """\
`filter` walks the whole list for every request: ten times the orders take about ten times as \
long, and with 100,000 orders that is several milliseconds of a busy server. What is filtered \
for hardly matters.
"""

INDEX_PATCH = """\
*** Begin Patch
*** Update File: src/orders.js
@@
+const byState = Map.groupBy(orders, (order) => order.state);
+
 export function listOrders({ state, email } = {}) {
-  return orders.filter(
-    (order) => (!state || order.state === state) && (!email || order.email === email),
-  );
+  const candidates = state ? (byState.get(state) ?? []) : orders;
+  return email ? candidates.filter((order) => order.email === email) : candidates;
 }
*** End Patch
"""

FIXED_PATCH = """\
*** Begin Patch
*** Update File: src/orders.js
@@
-const byState = Map.groupBy(orders, (order) => order.state);
+const byState = new Map();
+for (const order of orders) {
+  byState.set(order.state, [...(byState.get(order.state) ?? []), order]);
+}
*** End Patch
"""

SLOW_ANSWER = """\
Lists by state no longer walk all orders: `src/orders.js` keeps an index by state.

| request | before | after |
|---|---|---|
| `?state=placed` | every order | one look-up |
| `?state=placed&email=…` | every order | the orders in that state |
| `?email=…` | every order | every order |

My first version used `Map.groupBy`, which this Node does not have; the tests caught it. If lists \
by customer matter as well, a second index would do the same for `email`.
"""

WORTH_ANSWER = (
    "Yes: it holds references, not copies, about 8 bytes an order. With a million orders \
that is 8 MB. What it does cost is care: whoever changes an order's `state` has to move it."
)


def slow_scripts(_work: Path) -> list[Script]:
    """What the model answers about the slow page."""

    slow = script(
        SLOW,
        think("**Reading the orders**", call("exec_command", cmd="cat src/orders.js"),
              thinking_tokens=128),
        say("Somebody else can measure while I look at who calls it.",
            call("spawn_agent", task_name="measure_orders", message=MEASURE_TASK)),
        act(call("exec_command", cmd="grep -rn listOrders src test"),
            call("exec_command", cmd="node --version")),
        act(call("wait_agent", timeout_ms=60_000)),
        think("**Indexing by state**", custom("apply_patch", INDEX_PATCH),
              thinking_tokens=256,
              text="Linear, as expected. An index by state takes the walk away."),
        act(call("exec_command", cmd="npm test")),
        say("`Map.groupBy` is too new for this Node.", custom("apply_patch", FIXED_PATCH)),
        act(call("exec_command", cmd="npm test")),
        say(SLOW_ANSWER),
    )  # fmt: skip
    measure = script(
        MEASURE_TASK,
        think("**Writing a benchmark**", call("exec_command", cmd=BENCH), thinking_tokens=192),
        say(MEASURE_REPORT),
    )
    return [slow, measure, script(WORTH, think("**Counting bytes**", text=WORTH_ANSWER,
                                               thinking_tokens=64))]  # fmt: skip


def play_slow(stage: Stage) -> None:
    """Who types what, and when."""
    stage.ask(SLOW)
    stage.ask(WORTH, after=80)


CENTS_STORY = Story(
    name="integer-cents",
    agent="codex",
    model="gpt-6-sol",
    branch="fix/integer-cents",
    scripts=cents_scripts,
    play=play_cents,
    ended=timedelta(minutes=52),
    tokens=1.9,
    summary="Prices and totals were switched from floats to integer cents (src/money.js, "
    "src/cart.js, src/products.js), VAT is rounded per line, all tests pass. Next: what is left.",
)
SLOW_STORY = Story(
    name="slow-orders",
    agent="codex",
    model="gpt-5.5",
    branch="perf/orders",
    scripts=slow_scripts,
    play=play_slow,
    ended=timedelta(days=1, hours=6, minutes=44),
    tokens=2.2,
)

"""A growing log is billed as if it were read at once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from aimux_tui.model.usage import Cost, Request
from aimux_tui.store.bill import Bill, total_cost
from tests.store.build import FlatPricer, request

REQUESTS = st.builds(
    request, st.integers(1, 99), st.integers(0, 9), st.sampled_from(["m", "unknown"])
)


class CountingPricer(FlatPricer):
    def __init__(self) -> None:
        self.asked = 0

    def cost(self, request: Request) -> Cost:
        self.asked += 1
        return super().cost(request)


@given(st.lists(st.tuples(st.integers(0, 40), st.lists(REQUESTS, max_size=40)), max_size=8))
def test_however_it_grows_and_changes(steps: list[tuple[int, list[Request]]]) -> None:
    bill, now = Bill(FlatPricer()), list[Request]()
    for kept, new in steps:
        now = now[:kept] + new
        bill.take(now)
        expected = [FlatPricer().cost(one) for one in now]
        assert bill.costs == expected
        assert bill.total() == total_cost(expected)


def test_what_is_known_is_not_priced_again() -> None:
    pricer = CountingPricer()
    bill = Bill(pricer)
    requests = [request(number) for number in range(1000)]
    bill.take(requests)
    bill.take([*requests, request(1000)])
    assert pricer.asked == 1001
    assert bill.total().usd == 1001

"""Throughput, pair rate, portfolio limit, management budget, upgrade."""

from devstack.simulator_control import SimulatorControl
from tests.simulator.graph import Graph, code_of, wamid_of
from tests.support.receiver import Receiver

_TEMPLATE = {"name": "plain", "components": [{"type": "BODY", "text": "Hello"}]}


def test_throughput_counts_messages_out_and_in(graph: Graph, control: SimulatorControl) -> None:
    number = graph.business.phone_number_id
    control.change_number(number, throughput_mps=4)
    inbound = {"phone_number_id": number, "from": "+16505550000", "text": "hi"}
    control.inbound(inbound, inbound)
    answers = [graph.send(to=f"+1650555100{n}") for n in range(3)]
    assert [r.status_code for r in answers[:2]] == [200, 200]
    assert code_of(answers[2]) == 130429
    control.advance_clock(1)
    wamid_of(graph.send())


def test_pair_rate_stops_the_46th_message_in_a_row(graph: Graph, control: SimulatorControl) -> None:
    codes = [graph.send().status_code for _ in range(45)]
    assert codes == [200] * 45
    assert code_of(graph.send()) == 131056
    wamid_of(graph.send(to="+16505559999"))
    control.advance_clock(6.5)
    wamid_of(graph.send())


def test_portfolio_limit_fails_by_callback_and_moves_on(
    graph: Graph, control: SimulatorControl, server: Receiver
) -> None:
    control.add_templates(graph.business.waba_id, _TEMPLATE)
    control.set_messaging_limit(graph.business.app_id, "TIER_50")
    for n in range(51):
        wamid_of(graph.send_template("plain", to=f"+16505552{n:03}"))
    wamid_of(graph.send_template("plain", to="+16505552000"))
    destinies = [row["destiny"] for row in control.ledger()]
    assert destinies == ["read"] * 50 + ["failed", "read"]
    server.wait(lambda: any(s["status"] == "failed" for s in server.items("statuses")))
    control.advance_clock(24 * 3600 + 1)
    wamid_of(graph.send_template("plain", to="+16505552050"))
    assert control.ledger()[-1]["destiny"] == "read"


def test_people_with_an_open_window_dont_count(graph: Graph, control: SimulatorControl) -> None:
    control.add_templates(graph.business.waba_id, _TEMPLATE)
    control.set_messaging_limit(graph.business.app_id, "TIER_50")
    inbound = {"phone_number_id": graph.business.phone_number_id, "text": "hi"}
    control.inbound(*({**inbound, "from": f"+16505553{n:03}"} for n in range(60)))
    control.advance_clock(60)
    for n in range(60):
        wamid_of(graph.send_template("plain", to=f"+16505553{n:03}"))
    assert {row["destiny"] for row in control.ledger()} == {"read"}


def test_management_calls_have_an_hourly_budget(graph: Graph, control: SimulatorControl) -> None:
    control.set_knobs(limits={"management_calls_per_hour": 2})
    path = f"{graph.business.waba_id}/phone_numbers"
    assert [graph.call("GET", path).status_code for _ in range(2)] == [200, 200]
    assert code_of(graph.call("GET", path)) == 80007
    wamid_of(graph.send())


def test_upgrade_is_an_outage_then_more_throughput(
    graph: Graph, control: SimulatorControl, server: Receiver
) -> None:
    number = graph.business.phone_number_id
    control.change_number(number, throughput_mps=1000, event="THROUGHPUT_UPGRADE", outage_s=30)
    assert code_of(graph.send()) == 131057
    control.advance_clock(31)
    wamid_of(graph.send())
    server.wait(lambda: bool(server.bodies))
    change = server.changes()[0]
    assert change["field"] == "phone_number_quality_update"
    assert change["value"]["event"] == "THROUGHPUT_UPGRADE"
    fields = {"fields": "throughput,whatsapp_business_manager_messaging_limit"}
    node = graph.call("GET", number, params=fields).json()
    assert node["throughput"] == {"level": "HIGH"}

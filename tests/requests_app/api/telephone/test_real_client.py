"""A client of Zammad's generic CTI that others wrote, as it is: bin/test --all, or by name with -m slow."""

import json
import subprocess

import pytest

from requests_app.actions.setup import telephone_links
from requests_app.models import CallBack, PhoneCall
from tests import factories
from tests.live import Site
from tests.packages import python_with
from tests.telephone import Seat

pytestmark = pytest.mark.slow
CLIENT = ("py-zammad-cti==0.0.2",)
RUN_S = 120

# It posts forms, with one field `user` for each.
PROGRAM = """
import json, sys
from zammad_cti import CTIClient
client = CTIClient(url=sys.argv[1])
call = {"_from": "16175550142", "to": "311", "direction": "in"}
told = [client.new_call(**call, call_id="7", user=["Cal", "nobody"], queue="311")]
told += [client.new_call(**call, call_id="8", user="Cal"), client.new_call(**call, call_id="9")]
told.append(client.answer(**call, call_id="8", answering_number="Cal", user="Cal"))
told.append(client.hangup(**call, call_id="8", cause="normalClearing", answering_number="Cal"))
told.append(client.hangup(**call, call_id="9", cause="cancel"))
told.append(client.new_call(_from="311", to="16175550142", direction="out", call_id="10", user="Cal"))
try:
    CTIClient(url=sys.argv[1] + "x").new_call(**call, call_id="11")
except Exception as error:
    told.append(error.response.status_code)
print(json.dumps(told))
"""


def test_calls_that_py_zammad_cti_pushes_ring_are_answered_and_are_missed(live_site: Site) -> None:
    python = python_with(*CLIENT)
    cast = factories.rivermark()
    token = telephone_links.replace(cast.city, actor=cast.ada)[1]
    done = subprocess.run(
        [python, "-c", PROGRAM, f"{live_site.url}/api/v1/cti/{token}"],
        capture_output=True,
        text=True,
        timeout=RUN_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == [*[{}] * 7, 404]
    calls = {call.call_id: call for call in PhoneCall.objects.all()}
    assert calls.keys() == {"7", "8", "9"}
    assert calls["7"].rings_at == [cast.cal.pk]
    assert calls["8"].answered_at
    assert calls["8"].ended_at
    assert calls["8"].cause == "normalClearing"
    assert (calls["9"].answered_at, calls["9"].cause) == (None, "cancel")
    # Only the first one still rings.
    assert [call["id"] for call in Seat(cast.cal, cast.city).ringing()] == ["7"]
    # Who hung up waits for a call a little later, unless an answer comes after all.
    factories.run_worker()
    assert CallBack.objects.get().normalized_phone == "+16175550142"

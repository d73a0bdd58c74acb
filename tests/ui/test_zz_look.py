import pytest
from tests.ui.conftest import Visit, languages
def test_look(desk: Visit) -> None:
    for width in (1280, 360):
        desk.page.set_viewport_size({"width": width, "height": 900})
        for name, path in (("plan", "/campaigns/{unsent}/test"), ("unsent", "/campaigns/{unsent}"), ("tested", "/campaigns/{tested}"), ("again", "/campaigns/runs/{tested_run}/again")):
            desk.open(path)
            desk.page.screenshot(path=f"/tmp/experiments/shots/{name}-{width}.png", full_page=True)

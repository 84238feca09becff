"""What is made new while the cursor is on something that the whole cluster has goes into the namespace in view."""

from __future__ import annotations

from driving import Console, names, table, until
from test_models_together import with_aim

from modeltui.ui.screens.actions import ActionsScreen
from modeltui.ui.screens.merged import MergedScreen
from modeltui.ui.wizards.source import SourceWizard


async def test_a_source_made_beside_a_model_of_the_cluster(console: Console) -> None:
    app = console(with_aim())
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, MergedScreen) and len(names(table(app))) == 6)
        assert table(app).table.cursor_key == ("", "llama-3-3-70b", "aimclustermodels.aim.eai.amd.com")
        await pilot.press("a")
        await until(pilot, lambda: isinstance(app.screen, ActionsScreen))
        assert isinstance(app.screen, ActionsScreen)
        (offer,) = [offer for offer in app.screen._offers if offer.title == "New ModelSource"]
        await offer.begin()
        await until(pilot, lambda: isinstance(app.screen, SourceWizard))
        assert isinstance(app.screen, SourceWizard)
        assert app.screen.answers.answer("basics", "namespace") == "team-a"

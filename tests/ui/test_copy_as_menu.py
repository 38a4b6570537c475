"""Messages are copied for other tools from the composer, the log and the exchanges; no token goes along."""

import json

import pytest
from PySide6.QtGui import QGuiApplication

from optave_inspector.errors import InspectorError
from optave_inspector.repro.reading import read_recipe
from optave_inspector.ui.copy_as_menu import CopyAsMenu
from tests.ui.composer_desk import hint, new_composer
from tests.ui.wire import new_session


@pytest.fixture
def session(aio):
    made = new_session()
    yield made
    aio(made.aclose())
    made.store.close()


@pytest.fixture
def composer(qtbot, aio, session):
    made = new_composer(qtbot, session)
    yield made
    aio(made.bridge.stop())


def press(menu, name):
    action = next(action for action in menu.actions() if action.objectName().endswith(f"{name}Action"))
    action.trigger()
    return QGuiApplication.clipboard().text()


def test_a_draft_is_copied_as_it_would_be_sent(composer):
    composer.variables.set_environment({"who": "Anna"})
    composer.set_text(composer.text().replace('"orders"', '"{{who}}"'))
    copied = json.loads(press(composer.copy_as, "Json"))
    assert copied["payload"]["session"]["channel"]["section"] == "Anna"
    assert copied["headers"]["correlationId"] == composer.variables.generated.correlation_id
    assert "No token is in it" in hint(composer)
    for name, sign in (
        ("Python", "import asyncio"),
        ("Curl", "curl -sS"),
        ("Websocat", "websocat"),
        ("Javascript", "client."),
    ):
        text = press(composer.copy_as, name)
        assert sign in text
        assert "OPTAVE_TOKEN" in text


def test_a_step_of_a_recipe_can_be_read_back(composer):
    composer.set_text('{"session": {}, "request": {"braces": "{{!name}}"}}')
    step = press(composer.copy_as, "Recipe")
    top = 'version = 1\ntitle = "x"\nconnection = "local tenant"\n\n[[step]]\nconnect = "fresh"\n\n'
    recipe = f'{top}{step}\n[ending]\nexpect = "open"\n'
    _connect, read = read_recipe(recipe).steps
    assert '"braces": "{{name}}"' in read.doing.text
    assert read.doing.verbatim


def test_what_can_not_be_copied_is_said_and_the_clipboard_stays(composer):
    QGuiApplication.clipboard().setText("before")
    composer.set_text('{"session": "{{nobody}}"}')
    assert press(composer.copy_as, "Json") == "before"
    assert "Nothing was copied. There is no variable nobody" in hint(composer)
    composer.set_whole(whole=True)
    composer.set_text("no JSON")
    assert press(composer.copy_as, "Curl") == "before"
    assert "no envelope of a known action" in hint(composer)


def test_where_nothing_is_selected_nothing_is_copied(composer, qtbot):
    told = []

    def nothing() -> str:
        raise InspectorError("No row is selected.")

    menu = CopyAsMenu("testCopyAs", composer.bridge, nothing, lambda *news: told.append(news))
    qtbot.addWidget(menu)
    press(menu, "Json")
    assert told == [("error", "Nothing was copied. No row is selected.")]

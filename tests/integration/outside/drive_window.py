"""Drives the running window as a program from outside does: over AT-SPI, by object names, nothing of ours imported.

Run by the system's Python, which has pyatspi, under a screen and an accessibility bus. Prints one JSON object with
what it saw; exits with 1 and a sentence when something did not come in time.
"""

from __future__ import annotations

import json
import sys
import time

import pyatspi

PATIENCE_S = 30
POLL_S = 0.1
SAID = "Said from outside"


def wait_for(what, look):
    """What ``look`` returns once it is something; ends the program when that takes too long."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        try:
            found = look()
        except (LookupError, NotImplementedError, RuntimeError):
            found = None
        if found:
            return found
        time.sleep(POLL_S)
    sys.exit(f"{what} did not come within {PATIENCE_S} s")


def find_app():
    """The app on the accessibility bus."""
    desktop = pyatspi.Registry.getDesktop(0)
    return next((app for app in desktop if app and app.name in ("optave-inspector", "Optave Inspector")), None)


def by_name(node, object_name, depth=0):
    """The widget with this object name, the last part of its accessible ID; tables are not walked."""
    for child in node:
        if child is None:
            continue
        if child.get_accessible_id().split(".")[-1] == object_name:
            return child
        if depth < 25 and child.getRole() not in (pyatspi.ROLE_TABLE, pyatspi.ROLE_TREE_TABLE):
            found = by_name(child, object_name, depth + 1)
            if found is not None:
                return found
    return None


def press(node):
    """A real click on a button."""
    node.queryAction().doAction(0)


def rows(table_node):
    """The texts of a table's cells, row by row."""
    table = table_node.queryTable()
    return [
        [table.getAccessibleAt(row, column).name or "" for column in range(table.nColumns)]
        for row in range(table.nRows)
    ]


def compose(editor):
    """Put words of our own into the request that the composer offers."""
    text = editor.queryText().getText(0, -1)
    payload = json.loads(text)
    payload["request"]["scope"]["conversations"][-1]["messages"][-1]["content"] = SAID
    payload["request"]["attributes"] = {}
    editor.queryEditableText().setTextContents(json.dumps(payload, indent=2))


def main():
    """Wait for the connection, compose a request, send it, read the answer and the log, disconnect."""
    app = wait_for("the window", find_app)

    def widget(object_name):
        return wait_for(object_name, lambda: by_name(app, object_name))

    state = widget("topBarState")
    wait_for("the open connection", lambda: "OPEN 1" in state.name)
    seen = {"open": state.name}
    compose(widget("composerEditor"))
    send = widget("composerSendButton")
    wait_for("the send button", lambda: send.getState().contains(pyatspi.STATE_ENABLED))
    press(send)
    exchanges = widget("exchangesTable")
    seen["exchange"] = wait_for(
        "the answer", lambda: next((row for row in rows(exchanges) if "completed" in " ".join(row)), None)
    )
    seen["frames"] = rows(widget("framesTable"))
    press(widget("connectionDisconnectButton"))
    wait_for("the end of the connection", lambda: "CLOSED 3" in state.name)
    seen["closed"] = state.name
    print(json.dumps(seen))


if __name__ == "__main__":
    main()

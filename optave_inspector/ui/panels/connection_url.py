"""Where to connect: the URL template, a field for each of its placeholders, and the URL that comes out."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ...client.config import AuthTransport
from ...protocol.url_template import (
    DEFAULT_TEMPLATE,
    HTTP_SCHEMES,
    UrlTemplate,
    UrlTemplateError,
    add_query,
    mask_url,
)
from ..widgets.form import Field
from ..widgets.url_text import UrlText

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...profiles.profile import Profile
    from ..current_profile import CurrentProfile

_HIDDEN = "••••"
_LABEL_WIDTH = 58


class UrlSection(QWidget):
    """Fields appear and go as the template changes; a wrong value is refused at its field."""

    def __init__(self, current: CurrentProfile) -> None:
        super().__init__()
        self._current = current
        self._fields: dict[str, Field] = {}
        self._profile_id = ""
        self._template = Field(
            "URL template",
            "connectionUrlTemplateEdit",
            "URL template",
            above=True,
            url=True,
            placeholder=DEFAULT_TEMPLATE,
            tip="A WebSocket URL; {{tenant}} and {tenant} stand for a value that is asked for below",
        )
        self._template.edited.connect(lambda text: current.edit(url_template=text))
        self._rows = QVBoxLayout()
        self._rows.setSpacing(6)
        self._effective = UrlText("connectionEffectiveUrl", "Effective URL")
        self._effective.setToolTip("Where the connection goes; the token is masked")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self._template)
        layout.addLayout(self._rows)
        layout.addWidget(self._effective)

    def show_profile(self, profile: Profile) -> None:
        """Show the values of ``profile``."""
        self._template.set_text(profile.url_template)
        self._show_fields(profile)
        self._effective.set_text(effective_url(profile))

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """Mark the fields that are wrong."""
        self._template.set_problem(problems.get("url_template", ""))
        for name, field in self._fields.items():
            field.set_problem(problems.get(f"fields.{name}", ""))

    def widget_of(self, field: str) -> QWidget | None:
        """The line to type in for the profile's ``field``."""
        if field == "url_template":
            return self._template.edit
        row = self._fields.get(field.removeprefix("fields."))
        return row.edit if row is not None else None

    def _show_fields(self, profile: Profile) -> None:
        names = placeholders(profile)
        if names is None:
            names = list(self._fields) if profile.id == self._profile_id else []
        self._profile_id = profile.id
        for name in [name for name in self._fields if name not in names]:
            row = self._fields.pop(name)
            self._rows.removeWidget(row)
            # Gone at once for whoever looks for it by name, not only when Qt deletes it.
            row.setParent(None)
            row.deleteLater()
        for index, name in enumerate(names):
            if name not in self._fields:
                self._fields[name] = self._make_field(name)
            self._rows.insertWidget(index, self._fields[name])
            self._fields[name].setVisible(True)
            self._fields[name].set_text(profile.fields.get(name, ""))
        before = self._template.edit
        for name in names:
            QWidget.setTabOrder(before, self._fields[name].edit)
            before = self._fields[name].edit

    def _make_field(self, name: str) -> Field:
        field = Field(name, f"connectionField{_pascal(name)}Edit", f"Value of {name}", label_width=_LABEL_WIDTH)
        field.edit.setToolTip(f"Stands in the URL templates for {{{{{name}}}}}")
        field.edited.connect(partial(self._field_edited, name))
        return field

    def _field_edited(self, name: str, text: str) -> None:
        self._current.edit(fields={**self._current.profile.fields, name: text})


def placeholders(profile: Profile) -> list[str] | None:
    """The placeholders of both templates, each once; None while one cannot be read, as in the middle of typing."""
    names: dict[str, None] = {}
    templates = [(profile.url_template, None)]
    if profile.token_url_field:
        templates.append((getattr(profile, profile.token_url_field), HTTP_SCHEMES))
    for text, schemes in templates:
        try:
            template = UrlTemplate.parse(text) if schemes is None else UrlTemplate.parse(text, schemes)
        except UrlTemplateError:
            return None
        names.update(dict.fromkeys(template.fields))
    return list(names)


def effective_url(profile: Profile) -> str:
    """The URL as it will be asked for, the token masked; empty while the template and its values make none."""
    try:
        url = UrlTemplate.parse(profile.url_template).expand(profile.fields)
    except UrlTemplateError:
        return ""
    if profile.chat_session_id:
        url = add_query(url, [("OptaveTraceChatSessionId", profile.chat_session_id)])
    if profile.auth_transport is AuthTransport.QUERY and profile.sends_token:
        return f"{mask_url(url)}{'&' if '?' in url else '?'}Authorization={_HIDDEN}"
    return mask_url(url)


def effective_auth_url(profile: Profile) -> str:
    """The token endpoint before ``/token`` is added; empty while the template and its values make none."""
    try:
        return UrlTemplate.parse(profile.auth_url, HTTP_SCHEMES).expand(profile.fields)
    except UrlTemplateError:
        return ""


def _pascal(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", name))

"""Defaults for all profiles: an own value wins, everything else follows them, and two windows never undo each other."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from optave_inspector.errors import InspectorError
from optave_inspector.profiles.defaults import BUILT_IN, INHERITABLE, Origin, inherit, origin, own, reset, unset
from optave_inspector.profiles.defaults_file import decode_defaults, encode_defaults
from optave_inspector.profiles.profile import Profile, ProfileError, local_tenant_profile
from optave_inspector.profiles.profile_file import BrokenFile, NewerFile
from optave_inspector.profiles.store import ProfileStore

for_all = st.fixed_dictionaries(
    {},
    optional={
        "ca_file": st.sampled_from(["", "/company.pem"]),
        "compression": st.booleans(),
        "open_timeout_s": st.floats(0.1, 100),
        "ping_interval_s": st.none() | st.floats(1, 100),
    },
)


@given(for_all, for_all, st.sets(st.sampled_from(INHERITABLE)))
def test_an_own_value_wins_and_every_other_one_follows_the_defaults(
    first: dict[str, Any], later: dict[str, Any], owned: set[str]
) -> None:
    profile = inherit(unset(Profile(id="x", name="x")), first)
    for field in owned:
        profile = own(profile, field)
    profile = inherit(profile, later)
    for field in INHERITABLE:
        expected = first if field in owned else later
        assert getattr(profile, field) == expected.get(field, BUILT_IN[field])
        assert (origin(profile, field, later) is Origin.OWN) == (field in owned)


def test_typing_a_value_makes_it_the_profile_s_own_and_resetting_inherits_again() -> None:
    company = {"ca_file": "/company.pem"}
    profile = inherit(unset(Profile(id="x", name="x")), company)
    assert origin(profile, "ca_file", company) is Origin.FOR_ALL
    assert origin(profile, "retry", company) is Origin.BUILT_IN
    typed = replace(profile, ca_file="/mine.pem")
    assert origin(typed, "ca_file", company) is Origin.OWN
    assert inherit(typed, {"ca_file": "/other.pem"}).ca_file == "/mine.pem"
    assert reset(typed, "ca_file", {"ca_file": "/other.pem"}).ca_file == "/other.pem"
    assert reset(typed, "ca_file", {}) == unset(Profile(id="x", name="x"))


def test_the_local_tenant_inherits_nothing() -> None:
    saved = inherit(unset(Profile(id="local-tenant", name="Local tenant", retry_attempts=2)), {"ca_file": "/c.pem"})
    profile = local_tenant_profile("ws://127.0.0.1:1", "http://127.0.0.1:2", "c", saved=replace(saved, retry=True))
    assert (profile.inherits, profile.ca_file, profile.retry, profile.retry_attempts) == (set(), "", True, 2)
    assert inherit(profile, {"compression": False}).compression


def test_profiles_from_the_store_have_what_is_set_for_all(store: ProfileStore, acme: Profile) -> None:
    store.save(acme)  # all its values are its own
    made = store.new("New")
    store.set_default("open_timeout_s", 5.0)
    store.set_default("compression", False)
    found = {profile.name: profile for profile in store.list()}
    assert (found["New"].open_timeout_s, found["New"].compression) == (5.0, False)
    assert (found["Acme"].open_timeout_s, found["Acme"].compression) == (30.0, True)
    assert store.load(made.id) == found["New"]
    assert store.copy(made.id).open_timeout_s == 5.0
    store.save(replace(found["New"], client_id="c"))
    store.remove_default("open_timeout_s")
    store.remove_default("open_timeout_s")
    assert store.load(made.id).open_timeout_s == 30.0
    assert store.new("Later").compression is False


def test_two_windows_that_set_defaults_keep_each_other_s(store: ProfileStore) -> None:
    other = ProfileStore(store.folder)
    store.set_default("ca_file", "/company.pem")
    other.set_default("compression", False)
    store.set_default("retry", True)
    assert other.defaults() == {"ca_file": "/company.pem", "compression": False, "retry": True}
    assert store.defaults_path.stat().st_mode & 0o077 == 0


def test_a_default_that_no_profile_could_have_is_refused(store: ProfileStore) -> None:
    with pytest.raises(ProfileError, match="time limit for connecting"):
        store.set_default("open_timeout_s", float("nan"))
    assert store.defaults() == {}


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"version": 1, "values": []}', '{"version": 1, "values": {"retry": "perhaps"}}']
)
def test_a_broken_file_is_told_not_used_and_set_aside_by_the_next_change(text: str, store: ProfileStore) -> None:
    made = store.new("Acme")
    store.defaults_path.write_text(text, encoding="utf-8")
    assert store.list() == (made,)
    assert "not used" in store.notices[0]
    store.set_default("retry", True)
    (aside,) = store.defaults_path.parent.glob("profile-defaults.json.broken-*")
    assert aside.read_text(encoding="utf-8") == text
    assert store.defaults() == {"retry": True}


def test_a_newer_file_is_left_alone(store: ProfileStore) -> None:
    store.folder.mkdir()
    text = '{"version": 2, "values": {"retry": "sometimes"}}'
    store.defaults_path.write_text(text, encoding="utf-8")
    assert store.new("Acme").retry is False
    assert "left alone" in store.notices[0]
    with pytest.raises(InspectorError, match="newer"):
        store.set_default("retry", True)
    assert store.defaults_path.read_text(encoding="utf-8") == text


def test_values_of_a_later_release_survive_a_change(store: ProfileStore) -> None:
    store.folder.mkdir()
    store.defaults_path.write_text('{"version": 1, "values": {"mood": "good"}}', encoding="utf-8")
    store.set_default("retry", True)
    assert json.loads(store.defaults_path.read_bytes())["values"] == {"mood": "good", "retry": True}


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(
    st.binary()
    | st.fixed_dictionaries(
        {"version": st.just(1), "values": st.dictionaries(st.sampled_from([*INHERITABLE, "x"]), values) | values}
    ).map(lambda each: json.dumps(each).encode())
)
def test_no_file_raises_anything_but_its_own_errors(data: bytes) -> None:
    try:
        known, unknown = decode_defaults(data)
    except (BrokenFile, NewerFile):
        return
    assert decode_defaults(encode_defaults(known, unknown)) == (known, unknown)

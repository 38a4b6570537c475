"""Reading a profile's file gives a profile or says what is wrong with it, whatever the file holds."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from optave_inspector.profiles.defaults import INHERITABLE, own, unset
from optave_inspector.profiles.profile import Profile
from optave_inspector.profiles.profile_file import (
    MAX_BYTES,
    BrokenFile,
    NewerFile,
    decode,
    encode,
    holds_secret,
    stamp,
)

plain = st.text(st.characters(exclude_categories=["Cs"]))
seconds = st.floats(0.001, 86_400)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
names = st.sampled_from(
    [
        "version",
        "name",
        "fields",
        "auth_transport",
        "open_timeout_s",
        "secret_in_body",
        "credentials_in",
        "ticket_headers",
        "extra",
    ]
)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no JSON"),
        (b"{", "no JSON"),
        (b"\xff\xfe", "no JSON"),
        (b"[" * 5_000, "no JSON"),
        (b"{}" + b" " * MAX_BYTES, "larger than"),
        (b"[]", "no JSON object"),
        (b"{}", "no version number"),
        (b'{"version": "1"}', "no version number"),
        (b'{"version": true}', "no version number"),
        (b'{"version": 0}', "no version number"),
        (b'{"version": 1}', "`name`"),
        (b'{"version": 1, "name": 7}', "wrong kind"),
        (b'{"version": 1, "name": " "}', "name is empty"),
        (b'{"version": 1, "name": "a", "fields": []}', "wrong kind"),
        (b'{"version": 1, "name": "a", "auth_transport": "pigeon"}', "wrong kind"),
        (b'{"version": 1, "name": "a", "open_timeout_s": null}', "wrong kind"),
    ],
)
def test_a_broken_file_says_why(data: bytes, why: str) -> None:
    with pytest.raises(BrokenFile, match=why):
        decode(data, "x")


def test_a_newer_version_is_told_from_a_broken_file() -> None:
    with pytest.raises(NewerFile, match="it has version 4, and this release reads up to version 3"):
        decode(b'{"version": 4, "name": ["another", "shape"]}', "x")


@pytest.mark.parametrize(("before", "after"), [(b"true", "body"), (b"false", "query"), (b'"odd"', "query")])
def test_a_file_of_version_1_keeps_where_its_credentials_travel(before: bytes, after: str) -> None:
    profile = decode(b'{"version": 1, "name": "old", "client_id": "c", "secret_in_body": ' + before + b"}", "x")
    assert (profile.credentials_in.value, profile.client_id, profile.unknown) == (after, "c", {})
    assert b'"version": 3' in encode(profile)


@given(st.binary() | st.dictionaries(names | st.text(), values).map(lambda each: json.dumps(each).encode()))
def test_nothing_but_its_own_errors_comes_out_of_any_file(data: bytes) -> None:
    try:
        profile = decode(data, "x")
    except (BrokenFile, NewerFile):
        return
    assert isinstance(profile, Profile)
    assert isinstance(holds_secret(data), bool)


@given(
    st.builds(
        Profile,
        id=st.just("x"),
        name=plain.filter(str.strip),
        url_template=plain,
        fields=st.dictionaries(plain, plain),
        client_id=plain,
        open_timeout_s=seconds,
        ping_interval_s=st.none() | seconds,
        retry=st.booleans(),
        retry_attempts=st.integers(1, 1_000),
        retry_longest_wait_s=seconds,
        ca_file=plain,
        unknown=st.dictionaries(st.sampled_from(["mood", "weather"]), st.integers(0, 9) | plain),
        stamp=st.just(""),
    )
)
def test_what_was_written_is_read_again(profile: Profile) -> None:
    data = encode(profile)
    assert decode(data, "x") == replace(profile, stamp=stamp(data))


@given(st.sets(st.sampled_from(INHERITABLE)))
def test_only_a_profile_s_own_values_are_written_and_the_rest_is_inherited_again(owned: set[str]) -> None:
    profile = unset(Profile(id="x", name="x"))
    for field in owned:
        profile = own(profile, field)
    data = encode(profile)
    assert set(json.loads(data)) & set(INHERITABLE) == owned
    assert decode(data, "x") == replace(profile, stamp=stamp(data))


def test_what_nobody_chose_in_a_file_of_version_2_is_inherited_and_what_was_chosen_stays() -> None:
    content = json.loads(encode(Profile(id="x", name="old", ca_file="/own.pem", compression=False)))
    assert set(INHERITABLE) <= set(content)
    profile = decode(json.dumps({**content, "version": 2}).encode(), "x")
    assert profile.inherits == set(INHERITABLE) - {"ca_file", "compression"}
    assert (profile.ca_file, profile.compression) == ("/own.pem", False)
    chosen = decode(json.dumps({**content, "version": 3}).encode(), "x")
    assert chosen.inherits == set()


def test_the_file_is_made_for_reading_by_hand(acme: Profile) -> None:
    text = encode(replace(acme, name="Äcme ✓", stamp="s", unknown={"mood": "red"})).decode("utf-8")
    assert text.startswith('{\n  "version": 3,\n  "name": "Äcme ✓",\n')
    assert text.endswith('"mood": "red"\n}\n')
    assert '"id"' not in text
    assert '"stamp"' not in text


def test_missing_fields_take_their_defaults() -> None:
    assert replace(decode(b'{"version": 1, "name": "a"}', "x"), stamp="") == unset(Profile(id="x", name="a"))


def test_a_file_of_an_earlier_release_has_retries_off_and_keeps_all_else(acme: Profile) -> None:
    content = json.loads(encode(acme))
    for name in ("retry", "retry_attempts", "retry_longest_wait_s"):
        del content[name]
    assert replace(decode(json.dumps(content).encode(), acme.id), stamp=acme.stamp, inherited={}) == acme


def test_unknown_fields_cannot_take_the_place_of_known_ones(acme: Profile) -> None:
    data = encode(replace(acme, unknown={"name": "other", "version": 9, "id": "y", "stamp": "z"}))
    content = json.loads(data)
    assert (content["name"], content["version"]) == ("Acme", 3)
    again = decode(data, "acme")
    assert again.unknown == {"id": "y", "stamp": "z"}
    assert again.id == "acme"


def test_a_secret_written_by_hand_is_noticed_not_read_and_not_written_again(acme: Profile) -> None:
    content = json.loads(encode(acme))
    content |= {"client_secret": "c4nary", "extra": [{"Access-Token": "c4nary", "token": 5, "kept": "yes"}]}
    data = json.dumps(content).encode()
    assert holds_secret(data)
    assert not holds_secret(encode(acme))
    profile = decode(data, "acme")
    assert profile.unknown == {"extra": [{"token": 5, "kept": "yes"}]}
    assert b"c4nary" not in encode(profile)

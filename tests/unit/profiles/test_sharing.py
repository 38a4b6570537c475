"""Profiles as files for others: no secret goes out, and what comes in is taken with care and in nobody's place."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from optave_inspector.errors import InspectorError
from optave_inspector.profiles.defaults import unset
from optave_inspector.profiles.profile import Profile, ProfileError, TokenSourceKind
from optave_inspector.profiles.profile_file import encode
from optave_inspector.profiles.sharing import MAX_BYTES, MAX_PROFILES, decode_shared, encode_shared
from optave_inspector.profiles.store import ProfileStore

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJlLWNhbmFyeQ"


def shared(**content: Any) -> bytes:
    return json.dumps({"format": "optave-inspector-profiles", "version": 3, "profiles": [content]}).encode()


def test_what_was_exported_comes_back_as_new_profiles(store: ProfileStore, acme: Profile) -> None:
    store.save(replace(unset(acme), open_timeout_s=5.0, production=True, colour="red"))
    kept = store.load(acme.id)
    beta = replace(unset(Profile(id="b", name="Beta")), chat_session_id="c")
    found, refused = decode_shared(encode_shared([kept, beta]))
    assert refused == ()
    assert [each.left_out for each in found] == [(), ()]
    again = [store.add(each.profile) for each in found]
    assert [each.name for each in again] == ["Acme 2", "Beta"]
    assert replace(again[0], id=kept.id, name=kept.name, stamp=kept.stamp) == kept
    assert store.load(kept.id) == kept


def test_what_is_inherited_here_is_inherited_there_as_well(store: ProfileStore, acme: Profile) -> None:
    store.set_default("retry_attempts", 9)
    made = store.add(unset(acme))
    ((found,), _) = decode_shared(encode_shared([made]))
    assert "retry_attempts" in found.profile.inherits


def test_a_profile_with_a_secret_in_its_settings_is_not_exported(acme: Profile) -> None:
    with pytest.raises(ProfileError, match="token or a password"):
        encode_shared([replace(acme, chat_session_id=JWT)])


@pytest.mark.parametrize(
    ("content", "field", "words"),
    [
        ({"ca_file": "//evil.example/share/ca.pem"}, "ca_file", "The CA file: set it yourself"),
        ({"allow_plaintext": True}, "allow_plaintext", "other hosts: set it yourself"),
        ({"token_variable": "AWS_SECRET_ACCESS_KEY"}, "token_variable", "with the token: set it yourself"),
        ({"chat_session_id": JWT}, "chat_session_id", "token or a password"),
        ({"url_template": f"wss://evil.example/?Authorization={JWT}"}, "url_template", "token or a password"),
        ({"ticket_headers": {"Authorization": "Basic abc"}}, "ticket_headers", "holds a secret"),
        ({"client_secret": "c4nary"}, "unknown", "A secret that was written into the file"),
        ({"mood": "c4nary"}, "unknown", "does not know: 'mood'"),
        ({"fields": {"tenant": JWT}}, "fields", "token or a password"),
    ],
)
def test_what_decides_whom_to_trust_or_holds_a_secret_is_left_out_and_named(
    content: dict[str, Any], field: str, words: str
) -> None:
    ((found,), _) = decode_shared(shared(name="Theirs", **content))
    assert getattr(found.profile, field) == getattr(Profile(id="", name=""), field)
    told = " ".join(found.left_out)
    assert words in told
    assert JWT not in told
    assert "c4nary" not in told


def test_a_token_command_from_a_file_is_kept_and_waits_for_leave() -> None:
    ((found,), _) = decode_shared(shared(name="Theirs", token_source_kind="command", token_command="get-token"))
    assert found.profile.token_source_kind is TokenSourceKind.COMMAND
    assert found.profile.token_command == "get-token"
    assert "waits for your leave" in found.left_out[0]


def test_a_name_that_no_profile_may_have_is_replaced(store: ProfileStore) -> None:
    ((found,), _) = decode_shared(shared(name="two\nlines"))
    assert store.add(found.profile).name == "Imported profile"


def test_a_file_of_the_profiles_own_folder_will_do_of_every_version(acme: Profile) -> None:
    ((found,), _) = decode_shared(encode(acme))
    assert found.profile.client_id == acme.client_id
    ((old,), _) = decode_shared(b'{"version": 1, "name": "Old", "secret_in_body": true}')
    assert old.profile.credentials_in == "body"


def test_one_broken_profile_does_not_keep_the_others_out() -> None:
    whole = {"format": "optave-inspector-profiles", "version": 3, "profiles": [{"name": 7}, {"name": "Good"}, []]}
    found, refused = decode_shared(json.dumps(whole).encode())
    assert [each.profile.name for each in found] == ["Good"]
    assert [sentence[:30] for sentence in refused] == [
        "Profile 1 of the file cannot b",
        "Profile 3 of the file cannot b",
    ]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no JSON"),
        (b"[" * 5_000, "no JSON"),
        (b"\xff\xfe", "no JSON"),
        (b"[]", "holds no profiles"),
        (b"{}", "holds no profiles"),
        (b'{"version": 99}', "version 99"),
        (b'{"version": 3, "format": "optave-inspector-profiles"}', "no list of profiles"),
        (b'{"version": 3, "format": "optave-inspector-profiles", "profiles": []}', "holds no profile"),
        (b'{"version": 3}', "cannot be read"),
        (b" " * (MAX_BYTES + 1), "larger than"),
        (
            b'{"version": 3, "format": "optave-inspector-profiles", "profiles": ['
            + b",".join([b"1"] * (MAX_PROFILES + 1))
            + b"]}",
            "more than 1,000",
        ),
    ],
)
def test_a_file_without_profiles_says_so(data: bytes, words: str) -> None:
    with pytest.raises(InspectorError, match=words):
        decode_shared(data)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=6,
)
contents = st.fixed_dictionaries(
    {"name": st.text() | values},
    optional=dict.fromkeys(("fields", "ticket_headers"), st.dictionaries(st.text(), st.text()))
    | dict.fromkeys(("url_template", "token_command", "ca_file", "chat_session_id"), st.text())
    | dict.fromkeys(("retry", "open_timeout_s", "token_source_kind", "unheard"), values),
)
wholes = st.fixed_dictionaries(
    {"format": st.just("optave-inspector-profiles"), "version": st.integers(1, 3), "profiles": st.lists(contents)}
)


@given(st.binary() | values.map(lambda each: json.dumps(each).encode()) | wholes.map(lambda e: json.dumps(e).encode()))
def test_any_file_gives_profiles_that_can_be_saved_or_an_error_of_ours(data: bytes) -> None:
    try:
        found, _ = decode_shared(data)
    except InspectorError:
        return
    for each in found:
        encode(each.profile)
        assert encode_shared([each.profile])


def test_importing_never_looks_at_paths_from_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    monkeypatch.setattr(Path, "is_file", lambda self: looked.append(str(self)))
    ((found,), _) = decode_shared(shared(name="Theirs", ca_file="//evil.example/share/ca.pem"))
    found.profile.problems()
    assert looked == []

"""Profiles from environment variables and .env files, in every spelling that Optave's pages use."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optave_inspector.errors import InspectorError
from optave_inspector.profiles.env_import import MAX_BYTES, import_environment, parse_env_file
from optave_inspector.profiles.profile import Profile


@pytest.mark.parametrize("prefix", ["", "VITE_", "REACT_APP_", "NEXT_PUBLIC_", "NUXT_PUBLIC_"])
@pytest.mark.parametrize("separator", ["__", "_"])
def test_each_spelling_makes_the_profile(prefix: str, separator: str) -> None:
    start = f"{prefix}OPTAVE{separator}"
    found = import_environment(
        {
            f"{start}WEBSOCKET_URL": "wss://ws-acme.oco.optave.tech",
            f"{start}AUTHENTICATION_URL": "https://acme.oco.optave.tech/auth/oauth2/token",
            f"{start}CLIENT_ID": " me ",
            f"{start}CLIENT_SECRET": "s3cret",
            "PATH": "/bin",
        },
        "Acme",
    )
    assert (found.profile.name, found.profile.client_id, found.secret) == ("Acme", "me", "s3cret")
    assert found.profile.problems() == []
    assert len(found.used) == 4
    assert [f"{prefix}OPTAVE" in each and "every visitor" in each for each in found.left_out] == [True] * bool(prefix)
    assert "s3cret" not in repr(found)


def test_of_two_that_disagree_the_documented_first_is_taken_and_the_other_named() -> None:
    found = import_environment(
        {"OPTAVE_CLIENT_ID": "b", "OPTAVE__CLIENT_ID": "a", "VITE_OPTAVE_CLIENT_ID": "a", "OPTAVE__X": "1"}, "Acme"
    )
    assert found.profile.client_id == "a"
    assert found.used == ("OPTAVE__CLIENT_ID",)
    assert found.left_out == (
        "OPTAVE_CLIENT_ID says otherwise than OPTAVE__CLIENT_ID, which was taken.",
        "OPTAVE__X has no place in a profile.",
    )


def test_a_url_with_a_secret_in_it_is_left_out_without_being_repeated() -> None:
    found = import_environment(
        {"OPTAVE_AUTHENTICATION_URL": "https://a.example/?client_secret=c4nary", "OPTAVE_CLIENT_ID": "me"}, "Acme"
    )
    assert found.profile.auth_url == Profile(id="", name="").auth_url
    assert found.used == ("OPTAVE_CLIENT_ID",)
    assert "OPTAVE_AUTHENTICATION_URL" in found.left_out[0]
    assert "c4nary" not in repr(found)


def test_an_environment_without_optave_is_refused() -> None:
    with pytest.raises(InspectorError, match="No variable of Optave"):
        import_environment({"PATH": "/bin", "OPTAVE_INSPECTOR_HOME": "/x", "OPTAVE_CLIENT_ID": " "}, "Acme")


def test_a_dot_env_file_is_read_and_nothing_in_it_expanded_or_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/somewhere")
    text = """\ufeff# comment
export OPTAVE__CLIENT_ID="me # not a comment"
OPTAVE__CLIENT_SECRET='$HOME `id` $(id) ${HOME}'
EMPTY
this line is no assignment =
"""
    assert parse_env_file(text.encode()) == {
        "OPTAVE__CLIENT_ID": "me # not a comment",
        "OPTAVE__CLIENT_SECRET": "$HOME `id` $(id) ${HOME}",
    }


@pytest.mark.parametrize(("data", "words"), [(b"\xff", "UTF-8"), (b"#" * (MAX_BYTES + 1), "larger than")])
def test_a_file_that_is_no_text_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(InspectorError, match=words):
        parse_env_file(data)


lines = st.lists(
    st.tuples(st.sampled_from(["", "VITE_", "export "]), st.sampled_from(["OPTAVE__", "OPTAVE_"]), st.text()).map(
        "".join
    )
    | st.tuples(
        st.sampled_from(["OPTAVE_WEBSOCKET_URL=", "OPTAVE__CLIENT_ID=", "OPTAVE_CLIENT_SECRET="]), st.text()
    ).map("".join)
)


@given(st.binary() | lines.map(lambda each: "\n".join(each).encode("utf-8", "surrogatepass")))
def test_any_file_gives_a_profile_or_an_error_of_ours(data: bytes) -> None:
    try:
        found = import_environment(parse_env_file(data), "Acme")
    except InspectorError:
        return
    assert found.used

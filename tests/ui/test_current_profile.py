"""The chosen profile: edits are saved by themselves, conflicts are told, nothing is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from optave_inspector.profiles.profile import LOCAL_TENANT_ID
from optave_inspector.profiles.secrets import CLIENT_SECRET
from optave_inspector.profiles.store import ProfileStore

if TYPE_CHECKING:
    from pathlib import Path


class Address:
    """Where a local tenant would be."""

    websocket_url = "ws://127.0.0.1:4000/"
    auth_url = "http://127.0.0.1:4001/auth/oauth2/token"
    client_id = "local-1"
    client_secret = "s3cret"
    ca_file = ""


def test_before_anything_is_saved_there_is_a_profile_to_edit_and_no_file(aio, workspace, home: Path) -> None:
    async def run() -> None:
        async with workspace() as w:
            await w.load()
            assert w.current.profile.name == "My tenant"
            assert w.current.save_state.words == "not saved yet"
            assert [name for _, name in w.current.names()] == ["My tenant"]
        assert not list((home / "config").rglob("*.json"))

    aio(run())


def test_edits_are_saved_after_a_pause(aio, workspace, wait_until) -> None:
    async def run() -> None:
        async with workspace() as w:
            w.current.edit(client_id="a")
            w.current.edit(client_id="acme")
            assert w.current.save_state.words == "unsaved changes"
            await wait_until(lambda: w.current.save_state.words == "saved")
            (saved,) = w.profiles.list()
            assert saved.client_id == "acme"

    aio(run())


def test_what_is_typed_while_it_is_saved_is_saved_too(aio, workspace, wait_until) -> None:
    async def run() -> None:
        async with workspace() as w:
            w.current.edit(client_id="a")
            w.bridge.start(w.current.book.save_now(), "save")
            w.current.edit(client_id="ab")
            await wait_until(lambda: [each.client_id for each in w.profiles.list()] == ["ab"])
            await wait_until(lambda: w.current.save_state.words == "saved")

    aio(run())


def test_the_same_value_again_is_no_edit(aio, workspace) -> None:
    async def run() -> None:
        async with workspace() as w:
            w.current.edit(client_id="")
            assert w.current.save_state.words == "not saved yet"

    aio(run())


def test_choosing_another_profile_saves_the_former_one(aio, workspace, wait_until) -> None:
    async def run() -> None:
        async with workspace() as w:
            first, second = w.profiles.new("first"), w.profiles.new("second")
            await w.load(first.id)
            w.current.edit(tenant_id="t-1")
            w.current.choose(second.id)
            assert w.current.profile.name == "second"
            await wait_until(lambda: w.profiles.load(first.id).tenant_id == "t-1")

    aio(run())


def test_a_change_by_another_program_is_a_conflict_and_can_be_loaded(aio, workspace) -> None:
    async def run() -> None:
        async with workspace() as w:
            mine = w.profiles.new("shared")
            await w.load(mine.id)
            other = ProfileStore(w.profiles.folder)
            other.save(replace(other.load(mine.id), client_id="theirs"))
            w.current.edit(client_id="mine")
            await w.current.book.save_now()
            assert w.current.save_state.conflict
            assert "changed elsewhere" in w.current.save_state.trouble
            w.current.edit(tenant_id="more")
            await w.current.book.save_now()
            assert w.profiles.load(mine.id).client_id == "theirs"
            await w.current.reload()
            assert w.current.profile.client_id == "theirs"
            assert w.current.save_state.words == "saved"

    aio(run())


def test_a_conflict_can_be_overwritten(aio, workspace) -> None:
    async def run() -> None:
        async with workspace() as w:
            mine = w.profiles.new("shared")
            await w.load(mine.id)
            w.profiles.save(replace(w.profiles.load(mine.id), client_id="theirs"))
            w.current.edit(client_id="mine")
            await w.current.book.save_now()
            await w.current.overwrite()
            assert w.profiles.load(mine.id).client_id == "mine"
            assert not w.current.save_state.trouble

    aio(run())


def test_a_conflict_over_a_deleted_file_stays_until_it_is_overwritten(aio, workspace) -> None:
    async def run() -> None:
        async with workspace() as w:
            mine = w.profiles.new("gone")
            await w.load(mine.id)
            w.profiles.delete(mine.id)
            w.current.edit(client_id="mine")
            await w.current.book.save_now()
            assert w.current.save_state.conflict
            await w.current.reload()
            assert "no longer there" in w.current.save_state.trouble
            await w.current.overwrite()
            assert w.profiles.load(mine.id).client_id == "mine"

    aio(run())


def test_a_token_in_the_url_is_not_saved_and_said_so(aio, workspace) -> None:
    async def run() -> None:
        async with workspace() as w:
            w.current.edit(url_template="wss://x.example/?Authorization=abc")
            await w.current.book.save_now()
            assert "token" in w.current.save_state.trouble
            assert not w.current.save_state.conflict
            assert w.profiles.list() == ()
            w.current.edit(url_template="wss://x.example/")
            await w.current.book.save_now()
            assert w.current.save_state.words == "saved"

    aio(run())


def test_new_copy_rename_and_delete(aio, workspace) -> None:
    async def run() -> None:
        async with workspace() as w:
            await w.current.new("one")
            w.current.edit(client_id="acme")
            await w.current.copy("two")
            assert (w.current.profile.name, w.current.profile.client_id) == ("two", "acme")
            await w.current.rename("three")
            assert "three" in [name for _, name in w.current.names()]
            assert sorted(each.name for each in w.profiles.list()) == ["one", "three"]
            await w.current.delete()
            assert [each.name for each in w.profiles.list()] == ["one"]

    aio(run())


def test_deleting_the_last_profile_leaves_an_empty_one(aio, workspace) -> None:
    async def run() -> None:
        async with workspace() as w:
            only = w.profiles.new("only")
            await w.load()
            await w.secrets.set(only.id, CLIENT_SECRET, "s", remember=False)
            await w.current.delete()
            assert w.current.profile.id != only.id
            assert await w.secrets.get(only.id, CLIENT_SECRET) is None

    aio(run())


def test_a_name_that_is_taken_is_refused_and_the_old_one_stays(aio, workspace) -> None:
    async def run() -> None:
        async with workspace() as w:
            w.profiles.new("one")
            two = w.profiles.new("two")
            await w.load(two.id)
            told: list[str] = []
            w.current.book.warned.connect(lambda _kind, sentence: told.append(sentence))
            await w.current.rename("one")
            assert w.current.profile.name == "two"
            assert "already" in told[0]

    aio(run())


def test_a_broken_profile_is_told_when_the_profiles_are_read(aio, workspace) -> None:
    async def run() -> None:
        async with workspace() as w:
            w.profiles.folder.mkdir(parents=True)
            (w.profiles.folder / "bad.json").write_text("{")
            told: list[str] = []
            w.current.book.warned.connect(lambda _kind, sentence: told.append(sentence))
            await w.load()
            assert "set aside" in told[0]

    aio(run())


def test_the_local_tenant_is_a_profile_that_keeps_the_users_choices(aio, workspace) -> None:
    async def run() -> None:
        async with workspace() as w:
            w.current.adopt_local(Address())
            w.current.edit(auth_transport="query")
            await w.current.book.save_now()
            Address.websocket_url = "ws://127.0.0.1:5000/"
            w.current.adopt_local(Address())
            assert w.current.profile.id == LOCAL_TENANT_ID
            assert w.current.profile.url_template == "ws://127.0.0.1:5000/"
            assert w.current.profile.auth_transport == "query"

    aio(run())


def test_edits_in_conflict_are_kept_as_a_copy_when_the_app_ends(aio, workspace) -> None:
    async def run() -> None:
        async with workspace() as w:
            mine = w.profiles.new("shared")
            await w.load(mine.id)
            w.profiles.save(replace(w.profiles.load(mine.id), client_id="theirs"))
            w.current.edit(client_id="mine")
            await w.current.book.save_all()
            kept = {each.name: each.client_id for each in w.profiles.list()}
            assert kept == {"shared": "theirs", "shared (not saved)": "mine"}

    aio(run())


def test_two_running_apps_do_not_quarrel_over_the_local_tenant(aio, workspace) -> None:
    async def run() -> None:
        async with workspace() as w:
            w.current.adopt_local(Address())
            await w.current.book.save_now()
            w.profiles.save(replace(w.profiles.load(LOCAL_TENANT_ID), client_id="of the other app"))
            w.current.adopt_local(Address())
            await w.current.book.save_now()
            assert not w.current.save_state.trouble
            assert w.profiles.load(LOCAL_TENANT_ID).client_id == "local-1"

    aio(run())


def told_by(w) -> list[str]:
    """The sentences that are told from now on."""
    told: list[str] = []
    w.current.book.warned.connect(lambda _kind, sentence: told.append(sentence))
    return told


def test_a_folder_that_cannot_be_read_is_told_and_there_is_still_a_profile(aio, workspace) -> None:
    async def run() -> None:
        async with workspace() as w:
            w.profiles.folder.parent.mkdir(parents=True, exist_ok=True)
            w.profiles.folder.write_text("a file where the folder should be")
            told = told_by(w)
            await w.load()
            assert "cannot be read" in told[0]
            assert w.current.profile.name == "My tenant"
            w.profiles.folder.unlink()

    aio(run())


def test_a_profile_that_was_never_saved_can_be_copied(aio, workspace) -> None:
    async def run() -> None:
        async with workspace() as w:
            await w.current.copy("a copy")
            assert sorted(each.name for each in w.profiles.list()) == ["My tenant", "a copy"]
            assert w.current.profile.name == "a copy"

    aio(run())


def test_a_new_profile_with_an_impossible_name_is_refused_in_words(aio, workspace) -> None:
    async def run() -> None:
        async with workspace() as w:
            told = told_by(w)
            await w.current.new("x" * 200)
            assert "longer" in told[0]
            assert w.current.profile.name == "My tenant"

    aio(run())


def test_a_profile_that_cannot_be_deleted_stays(aio, workspace) -> None:
    async def run() -> None:
        async with workspace() as w:
            mine = w.profiles.new("mine")
            await w.load(mine.id)
            file = w.profiles.folder / f"{mine.id}.json"
            file.unlink()
            file.mkdir()
            told = told_by(w)
            await w.current.delete()
            assert "cannot be deleted" in told[0]
            assert w.current.profile.name == "mine"

    aio(run())


def test_renaming_in_a_conflict_leaves_the_conflict_to_be_settled(aio, workspace) -> None:
    async def run() -> None:
        async with workspace() as w:
            mine = w.profiles.new("mine")
            await w.load(mine.id)
            w.profiles.save(replace(w.profiles.load(mine.id), client_id="theirs"))
            await w.current.rename("ours")
            assert w.current.save_state.conflict
            assert w.current.profile.name == "mine"
            await w.current.reload()
            assert w.current.profile.client_id == "theirs"

    aio(run())


def test_choosing_in_the_middle_of_typing_loses_nothing(aio, workspace, wait_until) -> None:
    async def run() -> None:
        async with workspace() as w:
            one, two = w.profiles.new("one"), w.profiles.new("two")
            await w.load(one.id)
            w.current.edit(client_id="half")
            w.current.choose(two.id)
            w.current.choose(one.id)
            w.current.edit(client_id="whole")
            await wait_until(lambda: w.profiles.load(one.id).client_id == "whole")
            w.current.choose("no such profile")
            assert w.current.profile.id == one.id

    aio(run())


def test_what_is_set_for_all_profiles_reaches_each_that_has_no_own_value_and_is_given_up_again(aio, workspace) -> None:
    async def run() -> None:
        async with workspace() as w:
            book = w.current.book
            await w.current.new("One")
            one = w.current.profile.id
            await w.current.new("Two")
            two = w.current.profile.id
            shown: list[float] = []
            w.current.chosen.connect(lambda: shown.append(w.current.profile.open_timeout_s))
            book.edit(one, open_timeout_s=5.0)
            assert book.origin(one, "open_timeout_s") == "own"
            await book.set_for_all(one, "open_timeout_s")
            assert [book.origin(each, "open_timeout_s") for each in (one, two)] == ["for all", "for all"]
            assert shown[-1] == 5.0
            w.current.edit(open_timeout_s=7.0)
            await book.save_now()
            await book.clear_for_all("open_timeout_s")
            assert [book[each].open_timeout_s for each in (one, two)] == [30.0, 7.0]
            book.reset(two, "open_timeout_s")
            await book.save_now()
            assert {each.open_timeout_s for each in w.profiles.list()} == {30.0}
            assert all(each.inherits >= {"open_timeout_s"} for each in w.profiles.list())

    aio(run())


def test_defaults_that_cannot_be_saved_are_told_and_the_value_stays_the_profile_s_own(aio, workspace) -> None:
    async def run() -> None:
        async with workspace() as w:
            await w.current.new("One")
            told: list[str] = []
            w.current.book.warned.connect(lambda _kind, sentence: told.append(sentence))
            w.profiles.defaults_path.write_text('{"version": 99}', encoding="utf-8")
            w.current.edit(open_timeout_s=5.0)
            await w.current.book.set_for_all(w.current.profile.id, "open_timeout_s")
            assert "newer" in told[-1]
            assert w.current.book.origin(w.current.profile.id, "open_timeout_s") == "own"

    aio(run())

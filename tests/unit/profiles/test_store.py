"""Profiles on disk: nothing that was saved is lost, undone or overwritten without somebody saying so."""

import json
import os
import stat
from pathlib import Path

import pytest
from msgspec.structs import replace

from optave_inspector.errors import InspectorError
from optave_inspector.profiles.defaults import unset
from optave_inspector.profiles.profile import Profile, ProfileError
from optave_inspector.profiles.profile_file import encode
from optave_inspector.profiles.store import ProfileChanged, ProfileStore, labels


def files(store: ProfileStore) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in store.folder.iterdir() if each.name != ".lock"}


def put(store: ProfileStore, name: str, text: str | bytes) -> Path:
    store.folder.mkdir(exist_ok=True)
    path = store.folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b"[]", b'{"version": 1}', b"{}" + b" " * 1_000_001])
def test_a_broken_file_is_set_aside_whole_and_named(data: bytes, store: ProfileStore, acme: Profile) -> None:
    store.save(acme)
    path = put(store, "broken.json", data)
    assert [profile.name for profile in store.list()] == ["Acme"]
    assert not path.exists()
    (aside,) = store.folder.glob("broken.json.broken-*")
    assert aside.read_bytes() == data
    (notice,) = store.notices
    assert str(path) in notice
    assert aside.name in notice
    store.list()
    assert store.notices == (notice,)


def test_loading_a_broken_file_sets_it_aside_and_says_so(store: ProfileStore) -> None:
    put(store, "broken.json", "{")
    with pytest.raises(InspectorError, match=r"broken \(it is no JSON.*set aside as broken\.json\.broken-"):
        store.load("broken")


def test_a_newer_file_is_left_alone_and_this_is_said(store: ProfileStore) -> None:
    path = put(store, "newer.json", '{"version": 7, "name": "Later"}')
    assert store.list() == ()
    assert "left alone: it has version 7" in store.notices[0]
    with pytest.raises(InspectorError, match="version 7"):
        store.load("newer")
    for overwrite in (False, True):
        with pytest.raises(ProfileChanged, match="newer release"):
            store.save(Profile(id="newer", name="Mine"), overwrite=overwrite)
    assert path.read_bytes() == b'{"version": 7, "name": "Later"}'


def test_a_notice_about_a_newer_file_goes_with_the_file(store: ProfileStore) -> None:
    path = put(store, "newer.json", '{"version": 7, "name": "Later"}')
    store.list()
    path.unlink()
    store.list()
    assert store.notices == ()


def test_a_later_save_does_not_undo_an_earlier_one(store: ProfileStore, acme: Profile) -> None:
    mine = store.save(acme)
    other_window = ProfileStore(store.folder)
    other_window.save(replace(other_window.load("acme"), client_id="theirs"))
    with pytest.raises(ProfileChanged, match="was changed elsewhere") as caught:
        store.save(replace(mine, client_id="mine"))
    assert "overwrite" in caught.value.hint
    assert store.load("acme").client_id == "theirs"
    store.save(replace(mine, client_id="mine"), overwrite=True)
    assert store.load("acme").client_id == "mine"


def test_a_profile_deleted_elsewhere_does_not_come_back_by_itself(store: ProfileStore, acme: Profile) -> None:
    mine = store.save(acme)
    ProfileStore(store.folder).delete("acme")
    with pytest.raises(ProfileChanged, match="was deleted elsewhere"):
        store.save(replace(mine, client_id="mine"))
    assert files(store) == {}
    assert store.save(mine, overwrite=True) == mine


def test_a_file_made_elsewhere_under_the_same_id_is_not_overwritten(store: ProfileStore, acme: Profile) -> None:
    store.save(acme)
    with pytest.raises(ProfileChanged, match="was made elsewhere"):
        store.save(replace(acme, client_id="mine"))


def test_the_same_change_made_twice_is_no_conflict(store: ProfileStore, acme: Profile) -> None:
    first = store.save(acme)
    changed = replace(first, client_id="new")
    assert ProfileStore(store.folder).save(changed) == store.save(changed)


def test_saving_over_a_file_that_broke_meanwhile_keeps_the_broken_one(store: ProfileStore, acme: Profile) -> None:
    mine = store.save(acme)
    put(store, "acme.json", "half a fi")
    store.save(replace(mine, client_id="mine"))
    assert store.load("acme").client_id == "mine"
    (aside,) = store.folder.glob("*.broken-*")
    assert aside.read_bytes() == b"half a fi"
    assert aside.name in store.notices[0]


@pytest.mark.parametrize("name", ["acme", " ACME ", "Ａcme"])
def test_a_name_that_is_taken_is_refused_at_its_field(name: str, store: ProfileStore, acme: Profile) -> None:
    store.save(acme)
    with pytest.raises(ProfileError, match="already") as caught:
        store.save(Profile(id="other", name=name))
    assert caught.value.field == "name"
    assert list(files(store)) == ["acme.json"]


def test_two_files_with_one_name_are_told_apart_and_can_still_be_saved(store: ProfileStore, acme: Profile) -> None:
    put(store, "one.json", encode(acme))
    put(store, "two.json", encode(acme))
    profiles = store.list()
    assert labels(profiles) == {"one": "Acme (one.json)", "two": "Acme (two.json)"}
    assert len(store.notices) == 2
    assert "Acme (one.json)" in store.notices[0]
    store.save(replace(profiles[0], client_id="changed"))
    store.rename("two", "Beta")
    store.list()
    assert store.notices == ()


def test_labels_are_names_where_these_differ(acme: Profile) -> None:
    assert labels([acme, replace(acme, id="b", name="Beta")]) == {"acme": "Acme", "b": "Beta"}


@pytest.mark.parametrize(
    "change",
    [
        {"url_template": "wss://acme.example/?Authorization=c4nary-token"},
        {"auth_url": "https://acme.example/token?client_secret=c4nary-token"},
        {"url_template": "wss://c4nary-token:x@acme.example"},
        {"client_id": "eyJhbGciOiJIUzI1NiJ9.e30.c4nary-token"},
        {"fields": {"tenant": "eyJhbGciOiJIUzI1NiJ9.e30.c4nary-token"}},
    ],
)
def test_no_secret_reaches_a_file(change: dict[str, object], store: ProfileStore, acme: Profile) -> None:
    with pytest.raises(ProfileError, match=r"token or a password"):
        store.save(replace(acme, **change))
    assert not store.folder.exists() or b"c4nary" not in b"".join(files(store).values())


def test_a_secret_written_by_hand_leaves_the_file_with_the_next_save(store: ProfileStore, acme: Profile) -> None:
    content = json.loads(encode(acme)) | {"client_secret": "c4nary", "mood": "red"}
    put(store, "acme.json", json.dumps(content))
    (profile,) = store.list()
    store.load("acme")
    (notice,) = store.notices
    assert "secret" in notice
    assert "c4nary" not in notice
    store.save(profile)
    assert json.loads(files(store)["acme.json"]) == json.loads(encode(acme)) | {"mood": "red"}


@pytest.mark.parametrize(
    "change", [{"client_id": "\ud800"}, {"fields": {"\ud800": "x"}}, {"open_timeout_s": float("nan")}]
)
def test_what_a_file_cannot_hold_is_refused(change: dict[str, object], store: ProfileStore, acme: Profile) -> None:
    with pytest.raises(ProfileError):
        store.save(replace(acme, **change))
    with pytest.raises(InspectorError, match="cannot be saved"):
        store.save(replace(acme, unknown={"x": "\ud800"}))


def test_a_half_typed_profile_can_be_saved(store: ProfileStore) -> None:
    draft = Profile(id="d", name="Draft", url_template="wss://{{ten", open_timeout_s=0, ca_file="/no/such")
    assert replace(store.save(draft), stamp="") == draft


@pytest.mark.parametrize("profile_id", ["", ".", "..", ".hidden", "../outside", "a/b", "a\0b"])
def test_an_id_cannot_lead_out_of_the_folder(profile_id: str, store: ProfileStore) -> None:
    for use in (store.load, store.delete, lambda each: store.save(Profile(id=each, name="x"))):
        with pytest.raises(InspectorError, match="cannot be the ID"):
            use(profile_id)


@pytest.mark.skipif(os.name != "posix", reason="POSIX rights")
def test_files_are_their_owner_s_alone_whatever_the_umask(store: ProfileStore, acme: Profile) -> None:
    before = os.umask(0)
    try:
        store.save(acme)
    finally:
        os.umask(before)
    modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in store.folder.iterdir()}
    assert modes == {"acme.json": 0o600, ".lock": 0o600}
    assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700


def test_unknown_fields_of_the_same_version_survive_a_save(store: ProfileStore, acme: Profile) -> None:
    later = {"mood": "red", "proxy": {"url": "x", "list": [1]}}
    put(store, "acme.json", json.dumps(json.loads(encode(acme)) | later))
    store.rename("acme", "Beta")
    content = json.loads(files(store)["acme.json"])
    assert content["name"] == "Beta"
    assert content | later == content


def test_a_new_profile_has_the_defaults_and_a_name_of_its_own(store: ProfileStore) -> None:
    made = [store.new(), store.new(), store.new("new profile")]
    assert [profile.name for profile in made] == ["New profile", "New profile 2", "new profile 3"]
    assert replace(made[0], id="x", stamp="") == unset(Profile(id="x", name="New profile"))
    assert store.list() == tuple(made)


def test_renaming_changes_the_name_alone_and_the_file_stays(store: ProfileStore, acme: Profile) -> None:
    saved = store.save(acme)
    renamed = store.rename("acme", "Über/ACME: ✓?*")
    assert replace(renamed, name="Acme", stamp=saved.stamp) == saved
    assert list(files(store)) == ["acme.json"]
    assert store.load("acme") == renamed
    with pytest.raises(ProfileError, match="empty"):
        store.rename("acme", " ")


def test_a_copy_is_another_profile(store: ProfileStore, acme: Profile) -> None:
    original = store.save(replace(acme, name="A" * 100, unknown={"mood": "red"}))
    copies = [store.copy("acme"), store.copy("acme"), store.copy("acme", "Beta")]
    assert [each.name for each in copies] == ["A" * 88 + " copy", "A" * 88 + " copy 2", "Beta"]
    assert len({each.id for each in (original, *copies)}) == 4
    assert replace(copies[0], id="acme", name=original.name, stamp=original.stamp) == original
    with pytest.raises(ProfileError, match="already"):
        store.copy("acme", "Beta")


def test_deleting_removes_one_file_and_nothing_else(store: ProfileStore, acme: Profile) -> None:
    store.save(acme)
    other = store.new("Other")
    store.delete("acme")
    store.delete("acme")
    assert store.list() == (other,)
    with pytest.raises(InspectorError, match="no longer there"):
        store.load("acme")


def test_a_folder_that_does_not_exist_yet_has_no_profiles(store: ProfileStore) -> None:
    assert store.list() == ()
    assert not store.folder.exists()


def test_other_things_in_the_folder_are_left_alone(store: ProfileStore, acme: Profile) -> None:
    saved = store.save(acme)
    put(store, "notes.txt", "mine")
    put(store, ".acme.json.x.tmp", "{")
    put(store, ".hidden.json", "{")
    (store.folder / "folder.json").mkdir()
    (store.folder / "nowhere.json").symlink_to("no-such-file")
    if hasattr(os, "mkfifo"):
        os.mkfifo(store.folder / "pipe.json")
    before = sorted(store.folder.iterdir())
    assert store.list() == (saved,)
    assert store.notices == ()
    assert sorted(store.folder.iterdir()) == before


def test_profiles_come_by_name(store: ProfileStore) -> None:
    for name in ("beta", "Alpha", "Émile", "alpha 2"):
        store.new(name)
    assert [profile.name for profile in store.list()] == ["Alpha", "alpha 2", "beta", "Émile"]

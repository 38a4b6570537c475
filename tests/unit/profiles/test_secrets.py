"""Secrets stay in the keyring or in memory, whatever the keyring does, and the user is told which."""

import asyncio
import gc
import logging
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import keyring.core
import keyring.errors
import pytest

from optave_inspector.profiles.keyring_access import KeyringError, NoKeyringError
from optave_inspector.profiles.secret_names import SecretNames
from optave_inspector.profiles.secrets import CLIENT_SECRET, TOKEN, SecretStore

HERE = Path(__file__).parent
CANARY = "c4n4ry-s3cret"
Use = Callable[[str], type]
NO_BUS = {name: value for name, value in os.environ.items() if name != "DBUS_SESSION_BUS_ADDRESS"}


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Iterator[Use]:
    """Choose a back end by the environment, as a user would."""
    monkeypatch.syspath_prepend(str(HERE))
    import keyring_backends

    classes = keyring_backends.Memory, keyring_backends.Hanging

    def choose(name: str) -> type:
        path = name if "." in name else f"keyring_backends.{name}"
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", path)
        monkeypatch.setattr(keyring.core, "_keyring_backend", None)
        return getattr(keyring_backends, name, type(None))

    for each in classes:
        each.kept.clear()
        each.trouble, each.calls = None, 0
    keyring_backends.Hanging.unlocked.clear()
    yield choose
    keyring_backends.Hanging.unlocked.set()
    for each in classes:
        each.trouble = None
    registered = keyring_backends.KeyringBackend._classes
    registered -= {each for each in registered if each.__module__ == "keyring_backends"}
    sys.modules.pop("keyring_backends", None)


@pytest.mark.parametrize(
    ("name", "words", "way_out"),
    [
        ("keyring.backends.fail.Keyring", "no keyring service", "install gnome-keyring"),
        ("keyring.backends.null.Keyring", "keyring.backends.null does not keep secrets safely", "install"),
        ("PlainText", "keyring_backends does not keep secrets safely", "install"),
        ("Forgetful", "takes secrets but does not keep them", "install"),
        ("no.such.Backend", r"cannot be loaded \(ModuleNotFoundError\)", "install"),
        ("keyring.backends.fail.NoSuchClass", r"cannot be loaded \(AttributeError\)", "install"),
        ("Telling", r"failed \(RuntimeError\)", "unlock"),
    ],
)
def test_without_a_keyring_that_keeps_secrets_they_live_until_the_app_is_closed(
    name: str, words: str, way_out: str, use: Use, caplog: pytest.LogCaptureFixture
) -> None:
    use(name)
    secrets = SecretStore()

    async def run() -> None:
        await secrets.set("p1", CLIENT_SECRET, CANARY)
        assert await secrets.get("p1", CLIENT_SECRET) == CANARY
        assert await secrets.get("p1", TOKEN) is None
        await secrets.forget("p1", CLIENT_SECRET)

        await secrets.set("p1", CLIENT_SECRET, CANARY)

    with caplog.at_level(logging.DEBUG):
        asyncio.run(run())
    assert secrets.session_only
    assert re.search(words, secrets.notice)
    assert "until the app is closed" in secrets.notice
    assert way_out in secrets.notice
    assert asyncio.run(SecretStore().get("p1", CLIENT_SECRET)) is None
    for text in (repr(secrets), secrets.notice, caplog.text):
        assert CANARY not in text


@pytest.mark.parametrize(
    "error", [keyring.errors.KeyringLocked("x"), keyring.errors.InitError("x"), "LockedException"], ids=str
)
def test_a_locked_keyring_is_called_locked_and_gets_the_secret_once_it_is_open(
    error: Exception | str, use: Use
) -> None:
    memory = use("Memory")
    secrets = SecretStore()

    async def run() -> None:
        memory.trouble = error if isinstance(error, Exception) else sys.modules["keyring_backends"].LockedException()
        await secrets.set("p1", CLIENT_SECRET, CANARY)
        await secrets.set("p2", CLIENT_SECRET, CANARY)
        assert secrets.notice.startswith("The keyring is locked.")
        assert "unlock the keyring" in secrets.notice
        assert memory.kept == {}
        memory.trouble = None
        assert await secrets.get("p3", CLIENT_SECRET) is None
        assert secrets.notice == ""
        assert not secrets.session_only

    asyncio.run(run())
    assert memory.kept == {("optave-inspector", f"{each}/client_secret"): CANARY for each in ("p1", "p2")}
    assert repr(secrets) == "SecretStore(held=0, session_only=False)"


def test_a_keyring_that_takes_one_secret_but_not_another_still_gives_what_it_has(use: Use) -> None:
    memory = use("Memory")
    memory.kept["optave-inspector", "p1/token"] = "kept"
    use("Telling")
    secrets = SecretStore()

    async def run() -> None:
        await secrets.set("p2", CLIENT_SECRET, CANARY)
        assert await secrets.get("p1", TOKEN) == "kept"
        assert secrets.session_only

    asyncio.run(run())


def test_a_keyring_that_does_not_answer_is_waited_for_once_and_blocks_nothing(use: Use) -> None:
    hanging = use("Hanging")
    secrets = SecretStore(timeout_s=0.05)

    async def run() -> None:
        await secrets.set("p1", CLIENT_SECRET, CANARY)
        assert "does not answer" in secrets.notice
        assert hanging.calls == 1
        assert await secrets.get("p1", TOKEN) is None
        with pytest.raises(KeyringError, match="may still be in the keyring"):
            await secrets.forget("p1", TOKEN)
        assert hanging.calls == 1
        assert await secrets.get("p1", CLIENT_SECRET) == CANARY

    started = time.monotonic()
    asyncio.run(run())
    assert time.monotonic() - started < 10

    async def unlock() -> None:
        hanging.unlocked.set()
        async with asyncio.timeout(20):
            while secrets.session_only:
                await secrets.set("p1", CLIENT_SECRET, CANARY)
                await asyncio.sleep(0)

    asyncio.run(unlock())
    assert hanging.kept == {("optave-inspector", "p1/client_secret"): CANARY}


def test_an_answer_that_comes_after_its_loop_was_closed_harms_nobody(use: Use) -> None:
    hanging = use("Hanging")
    secrets = SecretStore(timeout_s=0.05)
    asyncio.run(secrets.get("p1", TOKEN))
    thread = secrets._keyring._stuck
    assert thread is not None
    assert thread.daemon
    hanging.unlocked.set()
    thread.join(10)
    gc.collect()
    assert asyncio.run(secrets.get("p1", TOKEN)) is None
    assert not secrets.session_only


def test_a_secret_that_could_not_be_removed_is_told(use: Use) -> None:
    refusing = use("Refusing")
    secrets = SecretStore()

    async def run() -> None:
        await secrets.set("p1", TOKEN, CANARY)
        with pytest.raises(KeyringError, match="may still be in the keyring") as caught:
            await secrets.forget_profile("p1")
        assert CANARY not in str(caught.value)
        assert "entry optave-inspector" in caught.value.hint

    asyncio.run(run())
    assert refusing.kept


def test_forgetting_without_a_keyring_is_fine(use: Use) -> None:
    use("keyring.backends.fail.Keyring")
    asyncio.run(SecretStore().forget_profile("p1"))


def test_secrets_are_kept_by_profile_and_field(use: Use) -> None:
    memory = use("Memory")
    secrets = SecretStore()

    async def run() -> None:
        await secrets.set("p1", CLIENT_SECRET, "one")
        await secrets.set("p1", TOKEN, "two")
        await secrets.set("p2", CLIENT_SECRET, "three")
        assert await SecretStore().get("p1", TOKEN) == "two"
        await secrets.set("p1", TOKEN, "")
        assert await secrets.get("p1", TOKEN) is None
        await secrets.forget_profile("p1")
        await secrets.forget_profile("p1")

    asyncio.run(run())
    assert memory.kept == {("optave-inspector", "p2/client_secret"): "three"}


def test_what_is_not_to_be_remembered_never_reaches_the_keyring(use: Use) -> None:
    memory = use("Memory")
    secrets = SecretStore()

    async def run() -> None:
        await secrets.set("local-tenant", CLIENT_SECRET, CANARY, remember=False)
        await secrets.set("p1", CLIENT_SECRET, "other")
        assert await secrets.get("local-tenant", CLIENT_SECRET) == CANARY

    asyncio.run(run())
    assert list(memory.kept) == [("optave-inspector", "p1/client_secret")]
    assert not secrets.session_only


def test_many_callers_at_once_are_served_one_after_the_other(use: Use) -> None:
    use("Memory")
    secrets = SecretStore()

    async def run() -> list[str | None]:
        await asyncio.gather(*(secrets.set("p", f"f{number}", str(number)) for number in range(20)))
        return await asyncio.gather(*(secrets.get("p", f"f{number}") for number in range(20)))

    assert asyncio.run(run()) == [str(number) for number in range(20)]


CHAIN = """
import asyncio, sys
from keyring.backend import KeyringBackend
from optave_inspector.profiles.secrets import SecretStore

class Plain(KeyringBackend):
    priority = 0.5
    def get_password(self, service, username):
        return "from a plain file"
    def set_password(self, service, username, password):
        sys.exit("written to a plain file")

class OtherPlain(Plain):
    priority = 0.6

if sys.argv[1] == "good":
    class Good(KeyringBackend):
        priority = 2
        kept = {}
        def get_password(self, service, username):
            return self.kept.get(username)
        def set_password(self, service, username, password):
            self.kept[username] = password

async def run():
    secrets = SecretStore()
    await secrets.set("p", "token", "c4nary")
    print(await SecretStore().get("p", "token"), secrets.notice)

asyncio.run(run())
"""


@pytest.mark.parametrize(
    ("chain", "outcome"),
    [("good", "c4nary"), ("plain", "None The keyring back end __main__ does not keep secrets safely.")],
)
def test_of_a_chain_of_back_ends_the_best_is_used_and_plain_files_never(chain: str, outcome: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CHAIN, chain],
        env={**NO_BUS, "PYTHON_KEYRING_BACKEND": "keyring.backends.chainer.ChainerBackend"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout.startswith(outcome)


def test_keyring_is_imported_when_it_is_first_needed_only() -> None:
    program = "import sys, optave_inspector.profiles.secrets as s; s.SecretStore(); sys.exit('keyring' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], timeout=30, check=False).returncode == 0


def test_having_no_keyring_is_a_kind_of_keyring_error() -> None:
    assert issubclass(NoKeyringError, KeyringError)


def test_forgetting_all_finds_those_of_deleted_profiles_by_what_was_noted(use: Use, tmp_path: Path) -> None:
    memory = use("Memory")
    memory.kept["optave-inspector", "known/token"] = "from a former release"
    memory.kept["another-app", "deleted/client_secret"] = "not ours"
    names = SecretNames(tmp_path / "config" / "names.json")

    async def run() -> int:
        await SecretStore(names).set("deleted", CLIENT_SECRET, CANARY)
        await SecretStore(names).set("gone", CLIENT_SECRET, CANARY)
        await SecretStore(names).forget("gone", CLIENT_SECRET)
        assert names.all() == {"deleted/client_secret"}
        store = SecretStore(names)
        await store.set("here", TOKEN, CANARY, remember=False)
        count = await store.forget_all(["known"])
        assert await store.get("here", TOKEN) is None
        return count

    assert asyncio.run(run()) == 3
    assert memory.kept == {("another-app", "deleted/client_secret"): "not ours"}
    assert names.all() == set()
    assert CANARY.encode() not in (tmp_path / "config" / "names.json").read_bytes()
    assert (tmp_path / "config" / "names.json").stat().st_mode & 0o077 == 0


def test_forgetting_all_that_fails_is_told_and_can_be_tried_again(use: Use, tmp_path: Path) -> None:
    use("Refusing")
    names = SecretNames(tmp_path / "names.json")
    secrets = SecretStore(names)

    async def run() -> None:
        await secrets.set("p1", TOKEN, CANARY)
        with pytest.raises(KeyringError, match="may still be in the keyring") as caught:
            await secrets.forget_all([])
        assert CANARY not in str(caught.value)

    asyncio.run(run())
    assert names.all() == {"p1/token"}


@pytest.mark.parametrize("text", ["", "[]", '{"names": 7}', "\udcff"])
def test_a_broken_file_of_names_keeps_no_secret_from_being_kept(text: str, use: Use, tmp_path: Path) -> None:
    memory = use("Memory")
    path = tmp_path / "names.json"
    path.write_text(text, encoding="utf-8", errors="surrogateescape")
    asyncio.run(SecretStore(SecretNames(path)).set("p1", TOKEN, CANARY))
    assert list(memory.kept) == [("optave-inspector", "p1/token")]
    assert SecretNames(path).all() == {"p1/token"}

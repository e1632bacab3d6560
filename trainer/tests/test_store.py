"""Folder and S3 keep the same promises, on real servers; what goes wrong names store, key and what to mend."""

import hashlib
import os
import resource
import signal
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from context_edge_trainer.errors import TrainerError
from context_edge_trainer.store.folder_store import FolderStore
from context_edge_trainer.store.s3_store import S3Store
from context_edge_trainer.store.store import Store, is_key, open_store

from .s3_servers import BUCKET, SERVERS, Server, Start, free_port, use, versitygw


@pytest.fixture(params=["folder", *SERVERS])
def store(request: pytest.FixtureRequest, start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    if request.param == "folder":
        return open_store(tmp_path / "store")
    running = use(start(request.param), monkeypatch)
    return open_store(f"{running.url}/{hashlib.sha256(str(tmp_path).encode()).hexdigest()[:12]}")


def test_what_is_put_is_got_and_listed(store: Store) -> None:
    for key in ("a/b.json", "a-b/c", "a/b/c", "b/d=1/e_f"):
        store.put(key, key.encode())
    assert store.get("a/b/c") == b"a/b/c"
    assert store.tail("a/b/c", 2) == b"/c"
    assert store.tail("a/b/c", 100) == b"a/b/c"
    assert [(entry.key, entry.size) for entry in store.list("a")] == [("a-b/c", 5), ("a/b.json", 8), ("a/b/c", 5)]
    assert [entry.key for entry in store.list("a/b")] == ["a/b.json", "a/b/c"]
    store.put("a/b/c", b"new")
    assert store.get("a/b/c") == b"new"
    store.delete("a/b/c")
    store.delete("a/b/c")
    assert store.get("a/b/c") is None
    assert store.tail("a/b/c", 5) is None


def test_of_those_who_put_something_new_one_is_told_that_it_is_stored(store: Store) -> None:
    bodies = [f"writer {number}".encode() for number in range(12)]
    with ThreadPoolExecutor(12) as pool:
        placed = list(pool.map(lambda body: store.put_new("race/one", body), bodies))
    assert sorted(placed) == ["other"] * 11 + ["stored"]
    assert store.get("race/one") == bodies[placed.index("stored")]
    assert store.put_new("race/one", bodies[placed.index("stored")]) == "same"


def test_what_is_there_is_told_by_its_bytes_where_nobody_wrote_its_digest(server: Server) -> None:
    store = S3Store(BUCKET)
    store._client.put_object(Bucket=BUCKET, Key="foreign/one", Body=b"theirs")
    assert store.put_new("foreign/one", b"theirs") == "same"
    assert store.put_new("foreign/one", b"ours") == "other"


def test_a_large_body_that_is_refused_may_come_back_as_a_reset(server: Server) -> None:
    store = S3Store(BUCKET)
    body = os.urandom(6_000_000)
    assert store.put_new("large/one", body) == "stored"
    assert store.put_new("large/one", os.urandom(6_000_000)) == "other"
    assert store.put_new("large/one", body) == "same"
    assert store.get("large/one") == body


@pytest.mark.parametrize("server", ["versitygw"], indirect=True)
def test_more_keys_than_a_page_holds_come_in_order(server: Server) -> None:
    store = S3Store(BUCKET, "pages/")
    keys = [f"many/{number:04d}" for number in range(1_100)]
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda key: store.put(key, b"x"), keys))
    assert [entry.key for entry in store.list("many/")] == keys


def test_an_object_beyond_the_limit_is_not_read(store: Store) -> None:
    store.put("large/a", bytes(2_000))
    with pytest.raises(TrainerError, match=r"large/a.* has 2,000 bytes, limit 1,999"):
        store.get("large/a", 1_999)


@pytest.mark.parametrize("key", ["../a", "a/../b", "/a", "a//b", "", ".hidden", "a b", "ä", "a" * 600, "a/"])
def test_a_key_that_could_leave_its_place_never_gets_there(tmp_path: Path, key: str) -> None:
    assert not is_key(key)
    with pytest.raises(TrainerError, match="cannot be an object's key"):
        FolderStore(tmp_path).put_new(key, b"")


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"AWS_ACCESS_KEY_ID": None}, "only half of the credentials|no credentials"),
        ({"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}, "no credentials; set AWS_ACCESS_KEY_ID"),
        ({"AWS_ACCESS_KEY_ID": "somebody"}, "correct AWS_ACCESS_KEY_ID"),
        ({"AWS_SECRET_ACCESS_KEY": "wrong"}, "correct AWS_SECRET_ACCESS_KEY"),
        ({"AWS_PROFILE": "nobody"}, "nobody.* set AWS_ACCESS_KEY_ID"),
        ({"AWS_ENDPOINT_URL_S3": "no url"}, "Invalid endpoint"),
    ],
)
def test_credentials_that_do_not_fit_say_which_variable_to_mend(
    server: Server, monkeypatch: pytest.MonkeyPatch, changes: dict[str, str | None], complaint: str
) -> None:
    for name, value in changes.items():
        if value is None:
            monkeypatch.delenv(name)
        else:
            monkeypatch.setenv(name, value)
    with pytest.raises(TrainerError, match=complaint) as caught:
        open_store(f"s3://{BUCKET}").list("ldo/v1/")
    assert f"bucket {BUCKET}" in str(caught.value)


def test_a_bucket_that_is_not_there_is_named(server: Server) -> None:
    store = open_store("s3://nowhere")
    puts = [lambda: store.put_new("snapshots/a", b"x"), lambda: store.put("snapshots/a", b"x")]
    # SeaweedFS makes the bucket of a put.
    for ask in [lambda: store.list("ldo/v1/"), *(puts if server.name == "versitygw" else [])]:
        with pytest.raises(TrainerError, match=r"in bucket nowhere at .*create the bucket, or correct its name"):
            ask()


def test_a_clock_that_is_off_is_said(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    yesterday = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=1)
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: yesterday)
    with pytest.raises(TrainerError, match=r"set the time \(NTP\)"):
        open_store(f"s3://{BUCKET}").list("ldo/v1/")


def test_nobody_there_is_said_after_a_bounded_time(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{free_port()}")
    paused: list[float] = []
    store = S3Store(BUCKET, pauses=(0.1, 0.2), sleep=paused.append)
    with pytest.raises(TrainerError, match=r"cannot get a/b in bucket plant at .* \(tried 3 times\): .*can be reached"):
        store.get("a/b")
    assert paused == [0.1, 0.2]


def test_a_server_that_says_nothing_is_given_up(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", free_port())) as silent:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{silent.getsockname()[1]}")
        store = S3Store(BUCKET, read_timeout=0.3, pauses=(0.01,))
        started = time.monotonic()
        with pytest.raises(TrainerError, match="did not answer in time"):
            store.list("ldo/v1/")
        assert time.monotonic() - started < 10


def test_an_answer_that_breaks_off_is_asked_for_again(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    body = os.urandom(300_000)
    S3Store(BUCKET).put("broken/one", body)
    with Cutter(server.port, cuts=2) as cutter:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{cutter.port}")
        assert S3Store(BUCKET, pauses=(0.01, 0.01, 0.01)).get("broken/one") == body
        assert cutter.cuts == 0
        cutter.cuts = 99
        with pytest.raises(TrainerError, match=r"cannot get broken/one .*tried 3 times.*the connection failed"):
            S3Store(BUCKET, pauses=(0.01, 0.01)).get("broken/one")


def test_a_put_whose_answer_is_lost_is_settled_by_looking(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    with Cutter(server.port, cuts=1, after=LINE) as cutter:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{cutter.port}")
        assert S3Store(BUCKET, pauses=(0.01,)).put_new("lost/answer", b"mine") == "same"
        cutter.cuts = 1
        assert S3Store(BUCKET, pauses=(0.01,)).put_new("lost/answer", b"another's") == "other"


# Longer than "HTTP/1.1 100 Continue", which is only the leave to send the body.
LINE = 30


class Cutter:
    """Passes connections on to a server, and cuts the first `cuts` of its answers after so many bytes."""

    def __init__(self, port: int, cuts: int, after: int = 20_000) -> None:
        self._behind = port
        self.cuts = cuts
        self._after = after
        self._listener = socket.create_server(("127.0.0.1", free_port()))
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> "Cutter":
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                front, _ = self._listener.accept()
            except OSError:
                return
            back = socket.create_connection(("127.0.0.1", self._behind))
            threading.Thread(target=self._pass, args=(front, back, None), daemon=True).start()
            threading.Thread(target=self._pass, args=(back, front, self._after), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, limit: int | None) -> None:
        passed = 0
        # Either side may hang up first.
        with suppress(OSError):
            while chunk := source.recv(16_384):
                if limit is not None and self.cuts > 0 and passed + len(chunk) > limit:
                    self.cuts -= 1
                    break
                passed += len(chunk)
                target.sendall(chunk)
        for side in (source, target):
            with suppress(OSError):
                side.shutdown(socket.SHUT_RDWR)


def test_a_server_that_is_killed_in_the_middle_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with versitygw(tmp_path / "data") as running:
        use(running, monkeypatch)
        store = S3Store(BUCKET, pauses=(0.01, 0.01))
        assert store.put_new("a/b", b"x") == "stored"
        running.process.send_signal(signal.SIGKILL)
        running.process.wait()
        with pytest.raises(TrainerError, match="look whether it runs"):
            store.put_new("a/c", b"x")


def test_a_disk_that_is_full_is_said_with_what_to_do(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    store.put("a/kept", b"x")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        for put in (store.put, store.put_new):
            with pytest.raises(TrainerError, match=r"a/new cannot be written: File too large"):
                put("a/new", bytes(8192))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert [entry.key for entry in store.list("")] == ["a/kept"]
    assert not list((tmp_path / ".context-edge").iterdir())


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("s3://", "cannot be a bucket's name"),
        ("s3://Plant", "cannot be a bucket's name"),
        ("s3://plant/../other", "cannot be an object's key"),
        ("gs://plant", r"a store is a folder or s3://bucket\[/prefix\]"),
    ],
)
def test_what_is_no_store_is_said(url: str, complaint: str) -> None:
    with pytest.raises(TrainerError, match=complaint):
        open_store(url)

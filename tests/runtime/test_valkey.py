"""The embedded Valkey keeps what it was told, answers only to its password, and comes back after a sudden death."""

import os
import signal
import time
from pathlib import Path

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from core.runtime.processes import processes_in
from core.runtime.valkey import EmbeddedValkey


def test_it_resumes_what_it_was_told_before_a_sudden_death(data: Path) -> None:
    with EmbeddedValkey(data) as valkey:
        client = redis.Redis.from_url(valkey.url)
        client.rpush("queue", "job")
        time.sleep(1.2)  # it syncs each second
        assert valkey.pid is not None
        os.kill(valkey.pid, signal.SIGKILL)
        while processes_in(valkey.home, "valkey-server"):
            time.sleep(0.02)
        assert valkey.ensure() is True
        assert client.lrange("queue", 0, -1) == [b"job"]
        assert valkey.ensure() is False
        client.close()
    assert not processes_in(valkey.home, "valkey-server")
    with EmbeddedValkey(data) as again:
        assert redis.Redis.from_url(again.url).lrange("queue", 0, -1) == [b"job"]


def test_it_is_reached_by_its_socket_alone_with_a_password_and_never_forgets_for_want_of_memory(data: Path) -> None:
    with EmbeddedValkey(data) as valkey:
        client = redis.Redis.from_url(valkey.url)
        assert client.config_get("port") == {"port": "0"}
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        socket = valkey.url.split("@")[1].split("?")[0]
        with pytest.raises(redis.AuthenticationError):
            redis.Redis(unix_socket_path=socket, retry=Retry(NoBackoff(), 0)).ping()
        assert Path(socket).parent.stat().st_mode & 0o777 == 0o700


def test_the_last_one_to_leave_stops_it(data: Path) -> None:
    first, second = EmbeddedValkey(data), EmbeddedValkey(data)
    first.start()
    pid = first.pid
    second.start()
    assert second.pid == pid
    first.stop()
    assert second.pid == pid
    second.stop()
    assert second.pid is None

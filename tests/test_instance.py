"""The instance folder: private, used by one process, and with keys that are never made anew over existing data."""

import multiprocessing
import os
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from app import instance


def settings(folder: Path, address: str = "") -> dict[str, Any]:
    return {"INSTANCE": folder, "SQLALCHEMY_DATABASE_URI": address or f"sqlite:///{folder}/sidan.db"}


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def keys_of(config: dict[str, Any]) -> tuple[str, str]:
    return config["SECRET_KEY"], config["DATA_KEY"]


def completed(folder: Path, address: str = "", **given: str) -> tuple[str, str]:
    config = settings(folder, address) | given
    instance.complete(config)
    return keys_of(config)


def test_a_new_instance_gets_two_keys_only_its_owner_can_read(tmp_path):
    folder = tmp_path / "instance"
    secret, data = completed(folder)
    assert len(secret) == len(data) == 64
    assert secret != data
    if sys.platform != "win32":
        assert mode(folder) == mode(folder / "keys") == 0o700
        assert mode(folder / "keys" / "secret.key") == mode(folder / "keys" / "data.key") == 0o600


def test_the_second_start_finds_the_keys_of_the_first(tmp_path):
    first = completed(tmp_path)
    (tmp_path / "sidan.db").write_bytes(b"rows")
    assert completed(tmp_path) == first


@pytest.mark.parametrize("name", ["secret.key", "data.key"])
def test_an_admin_who_lost_a_key_is_told_to_restore_it_and_none_is_made(tmp_path, name):
    completed(tmp_path)
    (tmp_path / "sidan.db").write_bytes(b"rows")
    (tmp_path / "keys" / name).unlink()
    with pytest.raises(instance.KeyMissing, match="请从密钥备份恢复"):
        completed(tmp_path)
    assert not (tmp_path / "keys" / name).exists()


def test_a_data_key_that_was_written_with_is_not_replaced_by_another(tmp_path):
    completed(tmp_path)
    (ring,) = instance.ring_files(tmp_path / "keys")
    if sys.platform != "win32":
        assert mode(ring) == 0o600
    ring.unlink()
    with pytest.raises(instance.KeyMissing, match=ring.name):
        completed(tmp_path)
    assert instance.ring_files(tmp_path / "keys") == []


def test_before_there_are_data_the_keys_of_a_backup_may_take_the_place_of_new_ones(tmp_path):
    completed(tmp_path)
    (ring,) = instance.ring_files(tmp_path / "keys")
    other = ring.rename(ring.with_name("data-0007.key"))
    completed(tmp_path)
    assert (tmp_path / instance.INSTALLED).read_text() == other.name
    (tmp_path / "sidan.db").write_bytes(b"rows")
    other.rename(ring)
    with pytest.raises(instance.KeyMissing, match=other.name):
        completed(tmp_path)


def test_an_instance_from_before_the_ring_gets_its_first_data_key(tmp_path):
    first = completed(tmp_path)
    (tmp_path / "keys" / "data-0001.key").unlink()
    (tmp_path / instance.INSTALLED).write_text("")
    (tmp_path / "sidan.db").write_bytes(b"rows")
    assert completed(tmp_path) == first
    assert [file.name for file in instance.ring_files(tmp_path / "keys")] == ["data-0001.key"]


def test_several_keys_from_the_environment_are_the_ring_and_the_last_is_the_root(tmp_path):
    config = settings(tmp_path) | {"SECRET_KEY": "s" * 64, "DATA_KEY": ",".join(("e" * 64, "d" * 64))}
    instance.complete(config)
    assert config["DATA_KEY"] == "d" * 64
    assert config["DATA_KEYS"] == ("e" * 64, "d" * 64)
    assert not (tmp_path / "keys").exists()


def test_an_emptied_key_file_counts_as_lost(tmp_path):
    completed(tmp_path)
    (tmp_path / "sidan.db").write_bytes(b"rows")
    (tmp_path / "keys" / "data.key").write_text("")
    with pytest.raises(instance.KeyMissing):
        completed(tmp_path)


def test_a_postgresql_instance_remembers_that_it_was_installed(tmp_path):
    address = "postgresql://sidan@db/sidan"
    first = completed(tmp_path, address)
    assert completed(tmp_path, address) == first
    (tmp_path / "keys" / "secret.key").unlink()
    with pytest.raises(instance.KeyMissing):
        completed(tmp_path, address)


def test_keys_from_the_environment_are_not_written_down(tmp_path):
    assert completed(tmp_path, SECRET_KEY="s" * 64, DATA_KEY="d" * 64) == ("s" * 64, "d" * 64)
    assert not (tmp_path / "keys").exists()


@pytest.mark.parametrize(
    ("address", "found"),
    [("sqlite://", False), ("sqlite:///:memory:", False), ("sqlite:///{}/none.db", False), ("sqlite:///{}/a.db", True)],
)
def test_a_database_is_there_when_its_file_is(tmp_path, address, found):
    (tmp_path / "a.db").write_bytes(b"rows")
    assert instance.has_database(tmp_path, address.format(tmp_path)) is found


def test_an_admin_without_write_permission_is_told_which_folder(tmp_path):
    (tmp_path / "file").touch()
    folder = tmp_path / "file" / "instance"
    with pytest.raises(instance.InstanceError, match="不能写入文件夹") as refused:
        instance.make_folder(folder)
    assert str(folder) in str(refused.value)


def take_lock(folder: Path, answers: Any) -> None:
    try:
        instance.Lock(folder).take("http://second")
    except instance.AlreadyRunning as refusal:
        answers.put(str(refusal))
    else:
        answers.put("taken")


def second_process_says(folder: Path) -> str:
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    process = context.Process(target=take_lock, args=(folder, answers))
    process.start()
    answer = answers.get(timeout=30)
    process.join()
    answers.close()
    return str(answer)


def test_the_second_process_is_told_where_the_first_one_runs(tmp_path):
    lock = instance.Lock(tmp_path)
    lock.take("http://127.0.0.1:8080")
    said = second_process_says(tmp_path)
    assert "门户已经在运行" in said
    assert "http://127.0.0.1:8080" in said
    assert str(os.getpid()) in said
    lock.close()
    assert second_process_says(tmp_path) == "taken"


def test_emptying_the_demo_folder_keeps_only_the_lock(tmp_path):
    completed(tmp_path)
    lock = instance.Lock(tmp_path)
    lock.take("http://127.0.0.1:8080")
    instance.empty(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [instance.LOCK]
    lock.close()

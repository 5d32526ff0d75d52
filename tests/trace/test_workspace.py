"""The object that runtimes ask about their debug configuration."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from namel3ss_dbg.events import SettingsError, TraceFilter
from namel3ss_dbg.trace.settings import DebugConfiguration
from namel3ss_dbg.trace.workspace import DebugConfigManager, get_debug_config_manager
from tests.support.old_traces import old_trace


def workspace(folder: Path, **said: object) -> Path:
    """A folder whose `.namel3ss/debug.json` says this."""
    path = folder / ".namel3ss" / "debug.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(said))
    return folder


def test_the_environment_counts_more_than_the_file(tmp_path, monkeypatch):
    """The runtime configuration is environment over file over defaults; the workspace configuration is the file's."""
    workspace(tmp_path, enabled=True, buffer_size=5)
    monkeypatch.setenv("NAMEL3SS_DEBUG_BUFFER_SIZE", "7")
    manager = get_debug_config_manager()

    assert manager.get_runtime_config() == DebugConfiguration(enabled=True, buffer_size=7)
    assert manager.get_workspace_config() == DebugConfiguration(enabled=True, buffer_size=5)
    assert manager.is_debug_enabled() is True


@pytest.mark.parametrize("kind", [str, Path])
def test_a_workspace_can_be_named(tmp_path, kind):
    """A runtime that starts somewhere else names its folder; looking goes upwards from there."""
    (tmp_path / "app" / "deep").mkdir(parents=True)
    workspace(tmp_path / "app", trace_output_dir="traces")
    manager = get_debug_config_manager(kind(tmp_path / "app" / "deep"))

    assert manager.workspace_root == tmp_path / "app"
    assert manager.get_trace_output_dir() == tmp_path / "app" / "traces"
    assert get_debug_config_manager().get_trace_output_dir() == Path("debug/traces")


def test_without_a_file_the_folder_itself_is_the_workspace(tmp_path):
    """The root is always a folder, also before anybody wrote a configuration."""
    assert get_debug_config_manager().workspace_root == Path.cwd() == tmp_path
    assert get_debug_config_manager(tmp_path / "x").workspace_root == tmp_path / "x"


def test_what_changed_meanwhile_counts(tmp_path):
    """A manager that a runtime keeps does not answer with yesterday's file."""
    manager = get_debug_config_manager()
    assert not manager.is_debug_enabled()

    workspace(tmp_path, enabled=True)

    assert manager.is_debug_enabled()


def test_overrides_count_most(monkeypatch):
    """What a runtime's own command line asks for wins, and None asks for nothing; texts are read as variables are."""
    monkeypatch.setenv("NAMEL3SS_DEBUG_ENABLED", "false")
    monkeypatch.setenv("NAMEL3SS_DEBUG_BUFFER_SIZE", "5")
    chosen = TraceFilter(components={"llm"})

    config = get_debug_config_manager().get_runtime_config(
        cli_overrides={"enabled": "yes", "buffer_size": None, "trace_output_dir": "x", "trace_filter": chosen}
    )

    assert config == DebugConfiguration(enabled=True, buffer_size=5, trace_output_dir=Path("x"), trace_filter=chosen)


@pytest.mark.parametrize(
    ("overrides", "sentence"),
    [
        ({"enabeld": True}, "'enabeld' is not a debug setting. Did you mean 'enabled'?"),
        ({"recorded": None}, "'recorded' is not a debug setting."),
        ({"buffer_size": 0}, "The debug setting buffer_size cannot be '0': expected a whole number between 1 and"),
    ],
)
def test_a_wrong_override_is_an_error(overrides, sentence):
    """An override comes from a program, whose mistake is not for somebody else's log."""
    with pytest.raises(SettingsError) as caught:
        get_debug_config_manager().get_runtime_config(cli_overrides=overrides)

    assert str(caught.value).startswith(sentence)


def test_a_good_configuration_has_no_issues(tmp_path):
    """Nothing to say, and nothing is created to find that out."""
    workspace(tmp_path, enabled=True, default_components=["agent", "my_kind", "memory"])

    assert get_debug_config_manager().validate_config() == []
    assert [path.name for path in tmp_path.iterdir()] == [".namel3ss"]


def test_every_issue_is_a_sentence(tmp_path, monkeypatch):
    """Wrong values, keys that nobody reads, words that are probably misspelt, and a folder that is none."""
    (tmp_path / "file").write_text("")
    workspace(tmp_path, buffer_size="many", retention=3, default_components=["agnet"])
    monkeypatch.setenv("NAMEL3SS_DEBUG_OUTPUT_DIR", "file/traces")
    path = tmp_path / ".namel3ss" / "debug.json"

    assert DebugConfigManager().validate_config() == [
        f"{path}: buffer_size is 'many': expected a whole number. It is not used.",
        f"{path}: 'retention' is not a key.",
        f"NAMEL3SS_DEBUG_OUTPUT_DIR: no trace can be written to 'file/traces': '{tmp_path / 'file'}' is no folder.",
        f"{path}: nothing that is recorded by itself is a 'agnet'. Did you mean 'agent'?",
    ]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_to_is_an_issue(tmp_path):
    """Before a run finds out."""
    (tmp_path / "closed").mkdir(mode=0o500)
    workspace(tmp_path, trace_output_dir="closed/traces")

    (said,) = get_debug_config_manager().validate_config()

    assert said.endswith(f"'{tmp_path / 'closed'}' may not be written to.")


def test_old_traces_are_cleaned_up_as_configured(tmp_path):
    """The directory and the days are those of the configuration; a caller may name other days."""
    workspace(tmp_path, trace_output_dir="traces", trace_retention_days=50)
    sixty, forty, ten = (old_trace(tmp_path / "traces", days) for days in (60, 40, 10))
    manager = get_debug_config_manager()

    assert [removed.path for removed in manager.cleanup_old_traces(dry_run=True).removed] == [sixty]
    assert [removed.path for removed in manager.cleanup_old_traces().removed] == [sixty]
    assert manager.cleanup_old_traces(days=0).removed == ()
    assert [removed.path for removed in manager.cleanup_old_traces(days=20).removed] == [forty]
    assert ten.exists()


def test_cleaning_up_before_the_first_trace(tmp_path):
    """Nothing is there, nothing is done, nothing is created."""
    done = get_debug_config_manager().cleanup_old_traces()

    assert (done.days, done.removed, done.problems) == (30, (), ())
    assert list(tmp_path.iterdir()) == []

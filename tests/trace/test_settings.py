"""What a person decided about tracing: where each value comes from, and what is said of wrong ones."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from namel3ss_dbg.events import SettingsError, TraceFilter
from namel3ss_dbg.trace.settings import KEYS, DebugConfiguration, find_workspace, read_settings, require_settings


def workspace(folder: Path, content: object) -> Path:
    """A folder with `.namel3ss/debug.json`, and that file."""
    path = folder / ".namel3ss" / "debug.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_the_defaults_are_those_of_the_guide():
    """Without any setting everything is as the guide's table says."""
    settings = read_settings({})

    assert settings.configuration == DebugConfiguration()
    assert (settings.configuration.enabled, settings.configuration.buffer_size) == (False, 1000)
    assert settings.configuration.max_payload_size == 16_384
    assert set(settings.origins.values()) == {"default"}
    assert (settings.problems, settings.workspace) == ((), None)


def test_every_key_can_be_set_in_both_places(tmp_path):
    """All keys of the guide's file and all variables of its table are read."""
    said = {
        "enabled": True,
        "auto_trace": True,
        "trace_output_dir": "/elsewhere",
        "trace_retention_days": 7,
        "default_components": ["agent", "llm"],
        "buffer_size": 5,
        "capture_memory": False,
        "capture_performance": False,
        "max_payload_size": 1024,
        "flush_interval": 0.5,
        "mask_secrets": False,
        "redact_keys": ["pin", "iban"],
        "redact_patterns": ["ACME-[0-9]{8}", "id=([a-z,]+)"],
        "redact_environment": ["ACME_*"],
    }
    assert set(said) == {key.name for key in KEYS}
    path = workspace(tmp_path, said)
    as_text = {name: ",".join(value) if isinstance(value, list) else str(value) for name, value in said.items()}
    as_text["redact_patterns"] = "\n".join(["ACME-[0-9]{4,8}", "PIN (\\d+)"])
    as_text["redact_patterns"] = "\n".join(said["redact_patterns"])  # a comma may be part of one
    environment = {f"NAMEL3SS_DEBUG_{key.variable}": as_text[key.name] for key in KEYS}

    by_file = read_settings({}, start=tmp_path)
    path.unlink()
    by_variable = read_settings(environment, start=tmp_path)

    assert by_file.problems == by_variable.problems == ()
    assert by_file.configuration == by_variable.configuration
    assert by_file.configuration.default_components == ("agent", "llm")
    assert set(by_file.origins.values()) == {str(path)}
    assert set(by_variable.origins.values()) == set(environment)


def test_a_variable_counts_more_than_the_file(tmp_path):
    """The nearer word counts, and each value says where it came from."""
    path = workspace(tmp_path, {"buffer_size": 5, "capture_memory": False})

    settings = read_settings({"NAMEL3SS_DEBUG_BUFFER_SIZE": "7"}, start=tmp_path)

    assert (settings.configuration.buffer_size, settings.configuration.capture_memory) == (7, False)
    assert settings.origins["buffer_size"] == "NAMEL3SS_DEBUG_BUFFER_SIZE"
    assert settings.origins["capture_memory"] == str(path)
    assert settings.origins["enabled"] == "default"


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("ENABLED", "maybe", "expected true or false"),
        ("BUFFER_SIZE", "many", "expected a whole number"),
        ("BUFFER_SIZE", "1.5", "expected a whole number"),
        ("BUFFER_SIZE", "9" * 5_000, "expected a whole number"),
        ("BUFFER_SIZE", "0", "expected a whole number between 1 and 1,000,000"),
        ("BUFFER_SIZE", "-3", "expected a whole number between 1 and 1,000,000"),
        ("RETENTION_DAYS", "-1", "expected a whole number between 0 and 36,500"),
        ("MAX_PAYLOAD_SIZE", "10", "expected a whole number between 256 and 1,073,741,824"),
        ("FLUSH_INTERVAL", "nan", "expected a number between 0.001 and 60"),
        ("FLUSH_INTERVAL", "inf", "expected a number between 0.001 and 60"),
        ("FLUSH_INTERVAL", "0", "expected a number between 0.001 and 60"),
        ("OUTPUT_DIR", " ", "expected a folder"),
        ("OUTPUT_DIR", "~nobody-is-called-so/x", "expected a folder, and nobody's home is called so"),
    ],
)
def test_a_wrong_value_is_named_and_the_rest_counts(variable, value, sentence):
    """A typing error in one variable is told with its value, and does not switch off what the others say."""
    name = f"NAMEL3SS_DEBUG_{variable}"

    settings = read_settings({"NAMEL3SS_DEBUG_AUTO_TRACE": "yes", name: value})

    assert settings.problems == (f"{name} is '{value[:60]}': {sentence}. It is not used.",)
    assert settings.configuration == DebugConfiguration(auto_trace=True)
    assert settings.origins["auto_trace"] == "NAMEL3SS_DEBUG_AUTO_TRACE"


def test_a_wrong_pattern_is_named_and_the_others_count(tmp_path):
    """One mistake in a list of patterns does not let through what the others mask."""
    path = workspace(tmp_path, {"redact_patterns": ["ACME-[0-9]+", "(", "x*"], "buffer_size": 5})

    by_file = read_settings({}, start=tmp_path)
    path.unlink()
    by_variable = read_settings({"NAMEL3SS_DEBUG_REDACT_PATTERNS": "[\nACME-[0-9]+\n"}, start=tmp_path)

    assert by_file.configuration == DebugConfiguration(redact_patterns=("ACME-[0-9]+",), buffer_size=5)
    assert by_file.problems == (
        f"{path}: redact_patterns has '(': it is not a regular expression, missing ): (. It is not used.",
        f"{path}: redact_patterns has 'x*': it is found in every text. It is not used.",
    )
    assert by_variable.configuration.redact_patterns == ("ACME-[0-9]+",)
    assert by_variable.problems == (
        "NAMEL3SS_DEBUG_REDACT_PATTERNS has '[': it is not a regular expression, missing ]: [. It is not used.",
    )
    assert by_variable.origins["redact_patterns"] == "NAMEL3SS_DEBUG_REDACT_PATTERNS"


def test_all_wrong_values_of_a_file_are_named(tmp_path):
    """Every mistake of a file is told at once; its other values count."""
    path = workspace(
        tmp_path, {"enabled": "perhaps", "buffer_sise": 5, "default_components": 3, "trace_retention_days": True,
                   "nonsense": 1, "$schema": "x", "max_payload_size": 2048.0, "flush_interval": None}
    )  # fmt: skip

    settings = read_settings({}, start=tmp_path)

    assert settings.problems == (
        f"{path}: enabled is 'perhaps': expected true or false. It is not used.",
        f"{path}: 'buffer_sise' is not a key. Did you mean 'buffer_size'?",
        f"{path}: default_components is '3': expected a list of words. It is not used.",
        f"{path}: trace_retention_days is 'true': expected a whole number. It is not used.",
        f"{path}: 'nonsense' is not a key.",
        f"{path}: flush_interval is 'null': expected a number. It is not used.",
    )
    assert settings.configuration == DebugConfiguration(max_payload_size=2048)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("{", ":1:2: not JSON: "),
        ('{\n "enabled": yes}', ":2:"),
        ("[]", ': expected an object, such as {"enabled": true}. The defaults count.'),
    ],
)
def test_a_file_that_is_none(tmp_path, content, problem):
    """A file that cannot be understood is told with the place where reading stopped."""
    path = workspace(tmp_path, content)

    (said,) = read_settings({}, start=tmp_path).problems

    assert said.startswith(f"{path}{problem}")
    assert said.endswith("The defaults count.")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path):
    """A file without permission is told; the defaults count."""
    workspace(tmp_path, {}).chmod(0)

    (said,) = read_settings({}, start=tmp_path).problems

    assert said.endswith("cannot be read: Permission denied. The defaults count.")


def test_the_nearest_workspace_counts(tmp_path):
    """The file is looked for in the working folder and then upwards; folders in it stand beside it."""
    outer, inner = tmp_path / "a", tmp_path / "a" / "b"
    (inner / "c").mkdir(parents=True)
    workspace(outer, {"trace_output_dir": "traces"})

    assert find_workspace(inner / "c") == outer
    assert read_settings({}, start=inner / "c").configuration.trace_output_dir == outer / "traces"
    workspace(inner, {})
    assert find_workspace(inner / "c") == inner


def test_a_working_folder_that_is_gone(tmp_path, monkeypatch):
    """A program whose folder was removed has no workspace, instead of an error."""
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()

    assert read_settings({}).configuration == DebugConfiguration()


def test_whoever_wants_to_know_gets_an_error(tmp_path):
    """`require_settings` says all mistakes in one sentence, and gives the settings when there are none."""
    assert require_settings({}).configuration == DebugConfiguration()
    with pytest.raises(SettingsError) as caught:
        require_settings({"NAMEL3SS_DEBUG_ENABLED": "x", "NAMEL3SS_DEBUG_BUFFER_SIZE": "y"})
    assert str(caught.value).startswith("The debug configuration is wrong: NAMEL3SS_DEBUG_ENABLED is 'x'")
    assert "NAMEL3SS_DEBUG_BUFFER_SIZE is 'y'" in str(caught.value)


@given(st.dictionaries(st.sampled_from([f"NAMEL3SS_DEBUG_{key.variable}" for key in KEYS]), st.text()))
def test_no_environment_is_too_much(environment):
    """Whatever the variables say, there is a configuration, and each variable counts or is told."""
    settings = read_settings(environment)

    said = {problem.split(" ", 1)[0].rstrip(":") for problem in settings.problems}
    assert said | set(settings.origins.values()) - {"default"} == set(environment)


def test_an_explicit_filter_counts_more_than_components():
    """`trace_filter` wins over `default_components`; neither records everything."""
    explicit = TraceFilter(event_types={"llm_call"})

    assert DebugConfiguration(default_components=("agent",), trace_filter=explicit).recorded is explicit
    assert DebugConfiguration(default_components=("agent",)).recorded == TraceFilter(components={"agent"})
    assert DebugConfiguration().recorded.keeps_all


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("ENABLD", " Did you mean 'NAMEL3SS_DEBUG_ENABLED'?"),
        ("BUFER_SIZE", " Did you mean 'NAMEL3SS_DEBUG_BUFFER_SIZE'?"),
        ("COLOUR_OF_THE_SKY", ""),
    ],
)
def test_a_misspelt_variable_is_named(name, sentence):
    """A variable of ours that nothing reads is told: nothing else would say why it does nothing."""
    settings = read_settings({f"NAMEL3SS_DEBUG_{name}": "true", "NAMEL3SS_HOME": "/", "DEBUG_ENABLED": "true"})

    assert settings.problems == (f"NAMEL3SS_DEBUG_{name} is not a variable.{sentence}",)
    assert settings.configuration == DebugConfiguration()


@pytest.mark.parametrize(
    ("file", "environment", "traced"),
    [
        ({}, {}, False),
        ({"auto_trace": True}, {}, True),
        ({"auto_trace": True, "enabled": False}, {}, True),
        ({"enabled": True}, {}, True),
        ({"enabled": True, "auto_trace": False}, {}, True),
        ({"auto_trace": True}, {"ENABLED": "false"}, False),
        ({"auto_trace": True}, {"ENABLED": "perhaps"}, True),
        ({"auto_trace": True}, {"AUTO_TRACE": "no"}, False),
        ({"enabled": False}, {"AUTO_TRACE": "yes"}, True),
        ({}, {"AUTO_TRACE": "yes", "ENABLED": "no"}, True),
        ({"enabled": True}, {"ENABLED": "0"}, False),
        ({"enabled": False, "auto_trace": False}, {"ENABLED": "on"}, True),
    ],
)
def test_auto_trace_counts_unless_a_nearer_word_says_no(tmp_path, file, environment, traced):
    """`auto_trace` alone is enough for `namel3ss run`; a variable that switches tracing off beats one in the file."""
    workspace(tmp_path, file)

    settings = read_settings({f"NAMEL3SS_DEBUG_{name}": text for name, text in environment.items()}, start=tmp_path)

    assert settings.traces_runs is traced


def test_texts_are_trimmed():
    """What a shell or an `.env` file leaves around a value does not change it."""
    settings = read_settings(
        {
            "NAMEL3SS_DEBUG_ENABLED": " true\r",
            "NAMEL3SS_DEBUG_BUFFER_SIZE": " 7 ",
            "NAMEL3SS_DEBUG_OUTPUT_DIR": " ./traces\n",
            "NAMEL3SS_DEBUG_COMPONENTS": " agent , ,llm,",
            "NAMEL3SS_DEBUG_FLUSH_INTERVAL": "\t0.5",
        }
    )

    assert settings.problems == ()
    assert settings.configuration == DebugConfiguration(
        enabled=True,
        buffer_size=7,
        trace_output_dir=Path("traces"),
        default_components=("agent", "llm"),
        flush_interval=0.5,
    )


@pytest.mark.parametrize("word", ["true", "TRUE", "1", "yes", "On"])
def test_the_words_for_true(word):
    """A boolean may be said in the usual words, in any case."""
    assert read_settings({"NAMEL3SS_DEBUG_ENABLED": word}).configuration.enabled is True


@pytest.mark.parametrize("word", ["false", "False", "0", "no", "OFF", ""])
def test_the_words_for_false(word):
    """Also an empty variable is false."""
    assert read_settings({"NAMEL3SS_DEBUG_CAPTURE_MEMORY": word}).configuration.capture_memory is False


@pytest.mark.parametrize("word", ["tru", "2", "enabled", "y", "null", "-1", "1.0"])
def test_no_other_word_is_a_boolean(word):
    """What is not clearly true or false is told, and the default counts."""
    settings = read_settings({"NAMEL3SS_DEBUG_ENABLED": word})

    assert settings.configuration.enabled is False
    assert settings.problems == (
        f"NAMEL3SS_DEBUG_ENABLED is '{word}': expected true or false. It is not used.",
    )  # fmt: skip


def test_a_file_with_a_byte_order_mark(tmp_path):
    """What some editors put before the first character is not in the way."""
    workspace(tmp_path, "").write_bytes(b'\xef\xbb\xbf{"enabled": true}')

    settings = read_settings({}, start=tmp_path)

    assert (settings.configuration, settings.problems) == (DebugConfiguration(enabled=True), ())


def test_attributes_may_be_changed_and_take_what_is_meant():
    """A runtime that changes a configuration may use lists, sets and texts; a misspelt attribute is refused."""
    config = DebugConfiguration()
    config.enabled = True
    config.trace_output_dir = "traces"  # type: ignore[assignment]
    config.default_components = ["agent", " llm "]  # type: ignore[assignment]
    assert config.recorded == TraceFilter(components={"agent", "llm"})
    config.default_components = "agent,llm"  # type: ignore[assignment]
    config.trace_filter = TraceFilter(components=["tool"])

    assert config == DebugConfiguration(
        enabled=True,
        trace_output_dir=Path("traces"),
        default_components=("agent", "llm"),
        trace_filter=TraceFilter(components={"tool"}),
    )
    with pytest.raises(AttributeError):
        config.enabeld = True  # type: ignore[attr-defined]


def test_a_program_is_told_what_is_wrong(monkeypatch, caplog):
    """`from_environment` has nobody to return mistakes to: it logs them, and takes the rest."""
    monkeypatch.setenv("NAMEL3SS_DEBUG_ENABLED", "maybe")
    monkeypatch.setenv("NAMEL3SS_DEBUG_BUFFER_SIZE", "7")

    assert DebugConfiguration.from_environment() == DebugConfiguration(buffer_size=7)
    assert caplog.messages == ["NAMEL3SS_DEBUG_ENABLED is 'maybe': expected true or false. It is not used."]


def test_the_environment_of_this_process(monkeypatch, tmp_path):
    """`from_environment` reads the real variables."""
    monkeypatch.setenv("NAMEL3SS_DEBUG_ENABLED", "true")
    monkeypatch.setenv("NAMEL3SS_DEBUG_OUTPUT_DIR", str(tmp_path))

    assert DebugConfiguration.from_environment() == DebugConfiguration(enabled=True, trace_output_dir=tmp_path)

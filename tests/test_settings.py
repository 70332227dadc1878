"""Settings from the file and the environment: what counts, and how a mistake is told."""

from pathlib import Path

import pytest

from bot.settings import DEFAULT_FILE, Settings, SettingsError, Shards, Switch, load, secret

ROOT = Path(__file__).parents[1]


def written(folder: Path, text: str) -> Path:
    path = folder / "bot.yaml"
    path.write_text(text, "utf-8")
    return path


def test_the_shipped_file_says_what_the_defaults_are() -> None:
    assert load(ROOT / DEFAULT_FILE, {}) == Settings()


@pytest.mark.parametrize(
    ("packs", "used"), [(["a"], "content/a"), (["a", "b"], "content"), ([], "content")], ids=["one", "two", "none"]
)
def test_the_only_pack_in_content_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, packs: list[str], used: str
) -> None:
    for name in packs:
        (tmp_path / "content" / name).mkdir(parents=True)
        (tmp_path / "content" / name / "pack.yaml").write_text("name: x\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    assert load(tmp_path / "none.yaml", {}).content == Path(used)


def test_no_file_and_an_empty_file_are_the_defaults(tmp_path: Path) -> None:
    assert load(tmp_path / "none.yaml", {}) == Settings()
    assert load(written(tmp_path, "# nothing yet\n"), {}) == Settings()


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = written(tmp_path, "sandbox:\n  port: 1111\n  host: 127.0.0.1\n")
    settings = load(file, {"BOT_SANDBOX__PORT": "9000", "BOT_SCREENING__NOTICE": "0.7"})
    assert (settings.sandbox.port, settings.screening.notice) == (9000, 0.7)


def test_the_servers_of_discord_can_be_replaced(tmp_path: Path) -> None:
    settings = load(tmp_path / "none", {"DISCORD_API_BASE": "http://127.0.0.1:1/api", "DISCORD_GATEWAY": "ws://x"})
    assert (settings.discord.api_base, settings.discord.gateway) == ("http://127.0.0.1:1/api", "ws://x")


@pytest.mark.parametrize(
    ("token", "enabled", "runs"),
    [("", "auto", True), ("t", "auto", False), ("t", "yes", True), ("", "no", False)],
)
def test_the_sandbox_runs_where_no_token_is_set(tmp_path: Path, token: str, enabled: str, runs: bool) -> None:
    settings = load(written(tmp_path, f"sandbox:\n  enabled: {enabled}\n"), {"DISCORD_TOKEN": token})
    assert settings.sandbox.enabled is Switch(enabled)
    assert settings.runs_sandbox is runs


@pytest.mark.parametrize(("mode", "needed"), [("socket", "SLACK_APP_TOKEN"), ("http", "SLACK_SIGNING_SECRET")])
def test_slack_runs_with_both_of_its_secrets_and_without_the_sandbox(tmp_path: Path, mode: str, needed: str) -> None:
    file, half = written(tmp_path, f"slack:\n  mode: {mode}\n"), {"SLACK_BOT_TOKEN": "xoxb-1"}
    with pytest.raises(SettingsError, match=f"slack.mode {mode} needs {needed} too"):
        load(file, half)
    settings = load(file, half | {needed: "s3cret", "SLACK_API_BASE": "http://127.0.0.1:1/api/"})
    assert (settings.runs_sandbox, settings.runs_health, settings.slack.api_base) == (
        False, True, "http://127.0.0.1:1/api/",
    )  # fmt: skip
    assert "s3cret" not in repr(settings)


def test_a_process_holds_each_of_its_shards_and_without_any_the_whole() -> None:
    assert Shards(ids=(3, 1), of=4).leases == ("discord shard 1 of 4", "discord shard 3 of 4")
    assert Shards().leases == ("discord",)


@pytest.mark.parametrize(
    ("written_so", "shards"),
    [
        ("auto", Shards()),
        ("0, 1 of 4", Shards(ids=(0, 1), of=4)),
        ("'[0, 1] of 4'", Shards(ids=(0, 1), of=4)),
        ("4-7 of 16", Shards(ids=(4, 5, 6, 7), of=16)),
        ("0 of 1", Shards(ids=(0,), of=1)),
    ],
)
def test_shards_are_written_as_people_say_them(tmp_path: Path, written_so: str, shards: Shards) -> None:
    assert load(written(tmp_path, f"discord:\n  shards: {written_so}\n"), {}).discord.shards == shards


def test_a_secret_may_stand_in_a_file_and_is_never_shown(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("s3cret\n", "utf-8")
    settings = load(tmp_path / "none", {"DISCORD_TOKEN_FILE": str(path)})
    assert settings.discord_token is not None
    assert settings.discord_token.get_secret_value() == "s3cret"
    assert "s3cret" not in repr(settings)


def test_the_shared_stores_url_comes_from_the_environment_and_its_password_is_never_shown(tmp_path: Path) -> None:
    url = "postgresql://bot:w0%21rd@db.example/bot"
    (tmp_path / "url").write_text(url, "utf-8")
    for environment in ({"BOT_STORE": url}, {"BOT_STORE_FILE": str(tmp_path / "url")}):
        settings = load(tmp_path / "none", environment)
        assert settings.store_url == url
        assert "rd@" not in repr(settings)
        assert {"w0%21rd", "w0!rd", url} <= set(settings.secrets)


def test_a_store_that_is_no_postgres_is_refused_without_repeating_it(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"bot.yaml:1: store: should be null or begin with postgresql://") as caught:
        load(written(tmp_path, "store: mysql://bot:s3cret@db.example/bot\n"), {})
    assert "s3cret" not in str(caught.value)


def test_a_secret_file_that_is_missing_is_named() -> None:
    with pytest.raises(SettingsError, match=r"DISCORD_TOKEN_FILE points to /nowhere, which can't be read"):
        secret("DISCORD_TOKEN", {"DISCORD_TOKEN_FILE": "/nowhere"})


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("content: [", 1, "Check indentation"),
        ("data: x\n\tport: 1\n", 2, "Check indentation"),
        ("- a\n- b\n", 1, "keys and values"),
        ("a string", 1, "keys and values"),
        ("datta: data\n", 1, "data"),
        ("sandbox:\n  prot: 1\n", 2, "port"),
        ("sandbox:\n  port: high\n", 2, "number"),
        ("sandbox:\n  port: 70000\n", 2, "65535"),
        ("sandbox: on\n", 1, "keys of its own"),
        ("screening:\n  notice: 2\n", 2, "1"),
        ("screening:\n  notice: 0.2\n  shadow: 0.4\n", 1, "shadow must not be above notice"),
        ("discord:\n  watch: general\n", 2, "a list"),
        ("discord:\n  watch: [general]\n", 2, "number"),
        ("discord:\n  questions: always\n", 2, "offer"),
        ("slack:\n  watch: [general]\n", 2, "such as C0123ABCD"),
        ("slack:\n  moderators: [ann]\n", 2, "a person or a user group"),
        ("slack:\n  mode: rtm\n", 2, "socket"),
        ("discord:\n  servers:\n    123:\n      wach: [1]\n", 4, "Did you mean watch?"),
        ("discord:\n  servers:\n    123:\n      direct_messages: true\n", 4, "there is no setting"),
        ("discord:\n  servers:\n    home:\n      watch: [1]\n", 3, "whole number"),
        ("discord:\n  questions_in:\n    5: always\n", 3, "offer"),
        ("discord:\n  shards: 4 of 4\n", 2, "ids begin with 0"),
        ("discord:\n  shards: all\n", 2, "should be auto"),
        ("discord:\n  shards: 1, 1 of 4\n", 2, "should be auto"),
        ("data: !!python/object/apply:os.system [ls]\n", 1, "plain keys and values"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load(written(tmp_path, text), {})
    message = str(caught.value)
    assert f"bot.yaml:{line}:" in message or (words == "plain keys and values" and "bot.yaml" in message)
    assert words in message


def test_a_mistake_in_the_environment_names_the_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_SANDBOX__PORT", "high")
    with pytest.raises(SettingsError, match="BOT_SANDBOX__PORT"):
        load(tmp_path / "none.yaml")


def test_every_problem_is_listed_at_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        load(written(tmp_path, "sandbox:\n  port: high\ndiscord:\n  watch: general\n"), {})
    assert len(str(caught.value).splitlines()) == 2


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "bot.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="can't be read"):
        load(tmp_path / "bot.yaml", {})


def test_servers_may_differ_and_off_is_a_word(tmp_path: Path) -> None:
    text = (
        "discord:\n  watch: [1]\n  servers:\n    7: {watch: [2], questions: off}\n  questions_in: {3: off, 4: thread}\n"
    )
    discord = load(written(tmp_path, text), {}).discord
    assert discord.servers[7].model_fields_set == {"watch", "questions"}
    assert (discord.servers[7].watch, discord.servers[7].questions) == ((2,), "off")
    assert discord.questions_in == {3: "off", 4: "thread"}

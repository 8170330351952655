"""A policy that follows its files."""

import os
import threading

import pytest

import kouling


def write(path, text):
    """Under another number on its disk: two files of one length in one tick of the clock look the same otherwise."""
    beside = path.with_suffix(".new")
    beside.write_text(text)
    beside.rename(path)


def short(least):
    return f"format = 1\n[rules.length]\nmin = {least}\n"


@pytest.fixture
def path(tmp_path):
    write(tmp_path / "policy.toml", short(5))
    return tmp_path / "policy.toml"


def test_it_is_the_same_policy_until_its_file_changes(path):
    followed = kouling.PolicyFile(path)
    first = followed.policy()
    assert first is followed.policy() and not first.changed()
    assert first.evaluate("heron")
    write(path, short(6))
    assert first.changed()
    assert followed.policy() is not first and not followed.policy().evaluate("heron")
    # A policy never changes: who holds the first asks the first.
    assert first.evaluate("heron")


@pytest.mark.parametrize("changed", ["layer.toml", "words.txt"])
def test_what_it_is_made_of_counts(path, changed):
    texts = {"layer.toml": '[rules.words]\nlists = ["./words.txt"]\n', "words.txt": "heron\n"}
    for name, text in texts.items():
        write(path.parent / name, f"format = 1\n{text}" if name.endswith("toml") else text)
    write(path, 'format = 1\nextends = ["./layer.toml"]\n')
    followed = kouling.PolicyFile(path)
    assert followed.policy().evaluate("heron").codes == ["words.listed"]
    write(path.parent / changed, {"layer.toml": short(12), "words.txt": "wader\n"}[changed])
    expected = {"layer.toml": ["length.too_short"], "words.txt": []}[changed]
    assert followed.policy().evaluate("heron").codes == expected


def test_one_that_went_wrong_is_none(path):
    followed = kouling.PolicyFile(path)
    followed.policy()
    write(path, "format = 1\n[rules.lenght]\n")
    for _ in range(2):
        with pytest.raises(kouling.PolicyError, match="lenght"):
            followed.policy()
    path.unlink()
    with pytest.raises(kouling.PolicyError):
        followed.policy()
    write(path, short(7))
    assert followed.policy().evaluate("kestrel")


def test_nothing_is_read_before_the_first_question(tmp_path):
    followed = kouling.PolicyFile(tmp_path / "later.toml")
    write(tmp_path / "later.toml", short(5))
    assert followed.policy().evaluate("heron")


def test_it_stays_where_it_is(path, tmp_path, monkeypatch):
    monkeypatch.chdir(path.parent)
    followed = kouling.PolicyFile("policy.toml")
    os.mkdir("elsewhere")
    monkeypatch.chdir("elsewhere")
    assert followed.policy().evaluate("heron") and not followed.policy().changed()
    assert repr(followed) == f"<PolicyFile {str(path)!r}>"


def test_rules_of_ones_own_follow(path):
    class Heron(kouling.Rule):
        kind = "heron"
        codes = ("heron.found",)

        def check(self, candidate):
            return "heron.found" if "heron" in candidate.folded else None

    text = 'format = 1\n[rules.heron]\nmessage.en = "no herons"\n'
    write(path, text)
    followed = kouling.PolicyFile(path, rules=iter([Heron]))
    for again in ("", "[rules.length]\nmin = 1\n"):
        write(path, text + again)
        assert followed.policy().evaluate("heron").codes == ["heron.found"]


def test_only_files_change():
    assert not kouling.Policy.preset("standard").changed()
    assert not kouling.Policy.parse(short(5)).changed()
    in_memory = kouling.Policy.load("policy.toml", files={"policy.toml": short(5)})
    assert not in_memory.changed()


def test_threads_may_ask_at_once(path):
    followed = kouling.PolicyFile(path)
    seen, wrong = set(), []
    stop = threading.Event()

    def ask():
        while not stop.is_set():
            try:
                seen.add(followed.policy().digest)
            except Exception as error:
                wrong.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for least in range(6, 30):
        write(path, short(least))
    while followed.policy().digest not in seen:
        pass
    stop.set()
    for thread in threads:
        thread.join()
    assert not wrong and followed.policy().digest == kouling.Policy.load(path).digest

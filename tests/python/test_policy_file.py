"""`PolicyFile` reloads a policy when its files change."""

import os
import threading

import pytest

import kouling


def write(path, text):
    """Replace the file, so that the inode changes: length and time stamp may be the same as before."""
    temporary = path.with_suffix(".new")
    temporary.write_text(text)
    temporary.rename(path)


def min_length(minimum):
    return f"format = 1\n[rules.length]\nmin = {minimum}\n"


@pytest.fixture
def path(tmp_path):
    write(tmp_path / "policy.toml", min_length(5))
    return tmp_path / "policy.toml"


def test_policy_is_same_object_until_file_changes(path):
    policy_file = kouling.PolicyFile(path)
    first = policy_file.policy()
    assert first is policy_file.policy() and not first.changed()
    assert first.evaluate("heron")
    write(path, min_length(6))
    assert first.changed()
    assert policy_file.policy() is not first and not policy_file.policy().evaluate("heron")
    # A policy that was loaded before does not change.
    assert first.evaluate("heron")


@pytest.mark.parametrize("changed", ["layer.toml", "words.txt"])
def test_change_of_layer_or_word_list_reloads(path, changed):
    texts = {"layer.toml": '[rules.words]\nlists = ["./words.txt"]\n', "words.txt": "heron\n"}
    for name, text in texts.items():
        write(path.parent / name, f"format = 1\n{text}" if name.endswith("toml") else text)
    write(path, 'format = 1\nextends = ["./layer.toml"]\n')
    policy_file = kouling.PolicyFile(path)
    assert policy_file.policy().evaluate("heron").codes == ["words.listed"]
    write(path.parent / changed, {"layer.toml": min_length(12), "words.txt": "wader\n"}[changed])
    expected = {"layer.toml": ["length.too_short"], "words.txt": []}[changed]
    assert policy_file.policy().evaluate("heron").codes == expected


def test_policy_error_after_change_is_raised_until_fixed(path):
    policy_file = kouling.PolicyFile(path)
    policy_file.policy()
    write(path, "format = 1\n[rules.lenght]\n")
    for _ in range(2):
        with pytest.raises(kouling.PolicyError, match="lenght"):
            policy_file.policy()
    path.unlink()
    with pytest.raises(kouling.PolicyError):
        policy_file.policy()
    write(path, min_length(7))
    assert policy_file.policy().evaluate("kestrel")


def test_file_is_read_by_first_call_of_policy(tmp_path):
    policy_file = kouling.PolicyFile(tmp_path / "later.toml")
    write(tmp_path / "later.toml", min_length(5))
    assert policy_file.policy().evaluate("heron")


def test_change_of_working_directory_has_no_effect(path, tmp_path, monkeypatch):
    monkeypatch.chdir(path.parent)
    policy_file = kouling.PolicyFile("policy.toml")
    os.mkdir("elsewhere")
    monkeypatch.chdir("elsewhere")
    assert policy_file.policy().evaluate("heron") and not policy_file.policy().changed()
    assert repr(policy_file) == f"<PolicyFile {str(path)!r}>"


def test_custom_rules_are_kept_after_reload(path):
    class Heron(kouling.Rule):
        kind = "heron"
        codes = ("heron.found",)

        def check(self, candidate):
            return "heron.found" if "heron" in candidate.folded else None

    text = 'format = 1\n[rules.heron]\nmessage.en = "no herons"\n'
    write(path, text)
    policy_file = kouling.PolicyFile(path, rules=iter([Heron]))
    for again in ("", "[rules.length]\nmin = 1\n"):
        write(path, text + again)
        assert policy_file.policy().evaluate("heron").codes == ["heron.found"]


def test_changed_is_false_without_files_on_disk():
    assert not kouling.Policy.preset("standard").changed()
    assert not kouling.Policy.parse(min_length(5)).changed()
    in_memory = kouling.Policy.load("policy.toml", files={"policy.toml": min_length(5)})
    assert not in_memory.changed()


def test_policy_is_thread_safe(path):
    policy_file = kouling.PolicyFile(path)
    digests, errors = set(), []
    stop = threading.Event()

    def load():
        while not stop.is_set():
            try:
                digests.add(policy_file.policy().digest)
            except Exception as error:
                errors.append(error)

    threads = [threading.Thread(target=load) for _ in range(4)]
    for thread in threads:
        thread.start()
    for minimum in range(6, 30):
        write(path, min_length(minimum))
    while policy_file.policy().digest not in digests:
        pass
    stop.set()
    for thread in threads:
        thread.join()
    assert not errors and policy_file.policy().digest == kouling.Policy.load(path).digest


SET = """format = 1
name = "bank"
[[population]]
name = "admins"
when = { role = "admin" }
policy = "./policy.toml"
[[population]]
name = "customers"
policy = "minimal"
"""


def test_set_selects_policy_of_user(path):
    write(path.parent / "set.toml", SET)
    policy_set = kouling.PolicySet.load(path.parent / "set.toml")
    assert policy_set.populations == {"admins": '{ role = "admin" }', "customers": None}
    assert policy_set.attributes == ["role"] and policy_set.name == "bank" and len(policy_set.digest) == 64
    assert repr(policy_set) == '<PolicySet "bank": admins, customers>'
    for nothing in ({"role": None}, {"role": []}, {"role": ""}):
        assert policy_set.select(nothing).population == ["customers"]
    admins = policy_set.select({"role": ["teller", "admin"]})
    assert admins.population == ["admins"] and not admins.evaluate("abcd")
    assert admins.comply("nist-800-63b-4") == policy_set.population("admins").comply("nist-800-63b-4")
    with pytest.raises(kouling.CannotJudge, match="`role`") as raised:
        policy_set.select({"username": "zhangsan"})
    assert raised.value.kind == "missing_fact"
    with pytest.raises(kouling.KoulingError, match="available: admins, customers"):
        policy_set.population("staff")
    with pytest.raises(kouling.PolicyError, match="policy set"):
        kouling.Policy.load(path.parent / "set.toml")


def test_combined_policy_names_its_populations(path):
    write(path.parent / "set.toml", SET.replace('name = "bank"', 'select = "strictest"'))
    policy_set = kouling.PolicySet.load(path.parent / "set.toml")
    combined = policy_set.select({"role": "admin"})
    assert combined.population == ["admins", "customers"]
    assert combined.comply("nist-800-63b-4")  # loads the document of the combination again
    write(path.parent / "set.toml", SET.replace('name = "bank"', 'select = "strictest"').replace("minimal", "./policy.toml"))
    same = kouling.PolicySet.load(path.parent / "set.toml").select({"role": "admin"})
    assert same.population == ["admins", "customers"] and same.comply("nist-800-63b-4")


def test_policy_file_may_be_set(path):
    write(path.parent / "set.toml", SET)
    policy_file = kouling.PolicyFile(path.parent / "set.toml")
    assert policy_file.policy({"role": "admin"}).population == ["admins"]
    assert not policy_file.policy({"role": "admin"}).evaluate("abcd")
    with pytest.raises(kouling.CannotJudge):
        policy_file.policy()
    write(path, min_length(3))
    assert policy_file.policy({"role": "admin"}).evaluate("abcd")
    # A policy is a set with one population, and needs no user.
    assert list(kouling.PolicyFile(path).policy_set().populations) == ["unnamed"]

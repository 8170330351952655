"""PAM: the module above one that stores passwords, called by a small program and by Debian's `passwd` and `chpasswd`."""

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from conftest import ACCEPTED, BROKEN_POLICY, POLICY, SECOND_ACCEPTED, STRICTER_POLICY, build, run, write_set

HERE = Path(__file__).parent
PERMITTED, DENIED, WRONG_OLD, REQUIRED, EXPIRED, REFUSED = 0, 6, 7, 12, 13, 20
UNREADABLE = "error: the password policy cannot be read; nothing was changed"


@pytest.fixture(scope="session")
def programs(installed, tmp_path_factory):
    """A folder with the module, a module that stores passwords, and a program that calls PAM."""
    assert Path("/usr/include/security/pam_modules.h").exists(), "missing: apt-get install libpam0g-dev"
    assert shutil.which("valgrind"), "missing: apt-get install valgrind"
    folder = tmp_path_factory.mktemp("pam")
    build("pam", folder, installed)
    flags = ["-O1", "-g", "-std=gnu99", "-Wall", "-Wextra", "-Werror", "-fPIC"]
    run("cc", *flags, "-shared", "-o", folder / "pam_store.so", HERE / "pam_store.c", "-lpam")
    run("cc", *flags, "-rdynamic", "-o", folder / "pam_driver", HERE / "pam_driver.c", "-lpam", "-pthread")
    return folder


class Stack:
    """A stack of two modules, and a program that calls it and runs as long as the test."""

    def __init__(self, programs, folder, arguments, control="requisite", under=()):
        self.store = folder / "store"
        self.store.mkdir(exist_ok=True)
        self.services = folder / "pam.d"
        self.services.mkdir(exist_ok=True)
        (self.services / "kouling").write_text(
            f"auth required {programs}/pam_store.so {self.store}\n"
            f"account required {programs}/pam_kouling.so {arguments}\n"
            f"password {control} {programs}/pam_kouling.so {arguments}\n"
            f"password required {programs}/pam_store.so {self.store}\n"
        )
        # PAM logs on every change that there is none.
        (self.services / "other").write_text("auth required pam_deny.so\naccount required pam_deny.so\npassword required pam_deny.so\n")
        self.command = [*under, programs / "pam_driver", self.services]
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def ask(self, *words):
        """Returns the code, and all shown and logged texts."""
        self.process.stdin.write(b"\t".join(w if isinstance(w, bytes) else w.encode() for w in words) + b"\n")
        self.process.stdin.flush()
        said = []
        for line in self.process.stdout:
            line = line.decode().rstrip("\n")
            if line.startswith("= "):
                return int(line[2:]), said
            said.append(line)
        raise AssertionError(f"the program ended: {self.process.stderr.read().decode()}")

    def change(self, user, old, new):
        return self.ask("change", user, old, new)

    def login(self, user, password):
        return self.ask("login", user, password)[0]

    def end(self):
        self.process.stdin.close()
        self.process.wait(30)
        said = self.process.stderr.read().decode()
        self.process.stdout.close()
        self.process.stderr.close()
        return self.process.returncode, said


@pytest.fixture
def stack(programs, tmp_path, policy):
    stacks = []

    def make(arguments=f"policy={policy}", **more):
        stacks.append(Stack(programs, tmp_path, arguments, **more))
        return stacks[-1]

    yield make
    for one in stacks:
        if one.process.poll() is None:
            one.end()


def test_refusal_shows_the_reason_and_changes_nothing(stack):
    pam = stack()
    assert pam.change("li", "", ACCEPTED) == (PERMITTED, [])
    code, said = pam.change("li", ACCEPTED, "short")
    assert code == REFUSED
    assert said == ["error: must have at least 10 characters [length.too_short]"]
    assert (pam.login("li", ACCEPTED), pam.login("li", "short")) == (PERMITTED, WRONG_OLD)


def test_all_violations_are_shown_in_chinese(stack, policy):
    pam = stack(f"policy={policy} language=zh")
    code, said = pam.change("nahsiL", "", "Lishan")
    assert code == REFUSED
    assert said == ["error: 长度不能少于10个字符 [length.too_short]", "error: 不能包含倒序的用户名 [reversed_username.contained]"]


def test_refused_password_is_deleted_for_modules_below(stack):
    # `optional` continues the stack after the refusal, which no stack should do: there must be nothing to store.
    pam = stack(control="optional")
    code, said = pam.change("li", "", "short")
    assert code != PERMITTED and said
    assert pam.login("li", "short") == WRONG_OLD


def test_first_round_only_runs_the_modules_below(stack):
    pam = stack()
    assert pam.change("li", "", ACCEPTED) == (PERMITTED, [])
    assert pam.change("li", "not-the-old-one", "short") == (WRONG_OLD, [])


def test_accepted_password_is_stored(stack):
    pam = stack()
    assert pam.change("li", "", ACCEPTED) == (PERMITTED, [])
    assert pam.change("li", ACCEPTED, SECOND_ACCEPTED) == (PERMITTED, [])
    assert (pam.login("li", ACCEPTED), pam.login("li", SECOND_ACCEPTED)) == (WRONG_OLD, PERMITTED)


def test_policy_receives_the_username(stack):
    pam = stack()
    assert pam.change("repoleved", "", "developer-Xy-1")[1] == [
        "error: must not contain the reversed username [reversed_username.contained]"
    ]
    assert pam.change("somebody", "", "developer-Xy-1") == (PERMITTED, [])


def test_policy_receives_the_current_password(stack, policy):
    policy.write_text(POLICY + "[rules.similarity]\n")
    pam = stack()
    assert pam.change("li", "", ACCEPTED) == (PERMITTED, [])
    code, said = pam.change("li", ACCEPTED, ACCEPTED + "4")
    assert code == REFUSED and "[similarity." in said[0]
    assert pam.change("li", ACCEPTED, SECOND_ACCEPTED) == (PERMITTED, [])


def test_policy_is_read_from_disk(stack, policy):
    pam = stack()
    assert pam.change("li", "", ACCEPTED) == (PERMITTED, [])
    policy.write_text(STRICTER_POLICY)
    assert pam.change("li", ACCEPTED, SECOND_ACCEPTED) == (
        REFUSED,
        ["error: must have at least 30 characters [length.too_short]"],
    )
    policy.write_text(POLICY)
    assert pam.change("li", ACCEPTED, SECOND_ACCEPTED) == (PERMITTED, [])


def test_missing_policy_refuses_every_password(stack, policy):
    pam = stack()
    policy.write_text(BROKEN_POLICY)
    code, said = pam.change("li", "", ACCEPTED)
    assert (code, said[0]) == (REFUSED, UNREADABLE)
    assert f"{policy}:4: " in said[1] and said[1].startswith("log: pam_kouling(kouling:chauthtok): ")
    policy.unlink()
    code, said = pam.change("li", "", ACCEPTED)
    assert (code, said[0]) == (REFUSED, UNREADABLE)
    assert said[1].startswith("log: ") and str(policy) in said[1]
    assert pam.login("li", ACCEPTED) == WRONG_OLD
    policy.write_text(POLICY)
    assert pam.change("li", "", ACCEPTED) == (PERMITTED, [])


@pytest.mark.parametrize(
    "arguments, reason",
    [
        ("", "missing argument policy=<absolute path>"),
        ("policy=policy.toml", "missing argument policy=<absolute path>"),
        ("policy={} minimum=8", "unknown argument: minimum=8"),
    ],
)
def test_invalid_arguments_refuse_every_password(stack, policy, monkeypatch, arguments, reason):
    monkeypatch.chdir(policy.parent)
    code, said = stack(arguments.format(policy)).change("li", "", ACCEPTED)
    assert (code, said[1]) == (REFUSED, UNREADABLE)
    assert said[0].startswith("log: ") and reason in said[0]


def test_invalid_text_is_refused(stack):
    pam = stack()
    code, said = pam.change("li", "", b"\xff" + ACCEPTED.encode())
    assert (code, said[0]) == (REFUSED, "error: the password cannot be evaluated; nothing was changed")
    assert said[1].startswith("log: ") and ACCEPTED not in said[1]
    code, said = pam.change(b"l\xff", "", ACCEPTED)
    assert code == REFUSED and said[0].startswith("log: ")


def test_silent_flag_suppresses_messages(stack, policy):
    pam = stack()
    assert pam.ask("silent", "li", "", "short") == (REFUSED, [])
    policy.unlink()
    code, said = pam.ask("silent", "li", "", ACCEPTED)
    assert code == REFUSED and all(line.startswith("log: ") for line in said)


def test_concurrent_changes(programs, stack):
    pam = stack()
    questions = [
        f"change\tuser{number}\t\t{ACCEPTED if number % 2 else 'short'}\n" for number in range(64)
    ]
    done = subprocess.run(
        [*pam.command, "together"], input="".join(questions), capture_output=True, text=True, timeout=60, check=True
    )
    lines = done.stdout.splitlines()
    assert (lines.count("= 0"), lines.count("= 20")) == (32, 32)
    assert sum("[length.too_short]" in line for line in lines) == 32
    stored = {path.name: path.read_text() for path in pam.store.iterdir()}
    assert stored == {f"user{number}": ACCEPTED for number in range(1, 64, 2)}


def test_valgrind_finds_no_errors(stack, policy):
    pam = stack(under=["valgrind", "-q", "--leak-check=full", "--show-leak-kinds=definite,indirect", "--error-exitcode=9"])
    for _ in range(3):
        assert pam.change("li", "", "short")[0] == REFUSED
    assert pam.change("li", "", ACCEPTED)[0] == PERMITTED
    assert pam.change("li", ACCEPTED, SECOND_ACCEPTED)[0] == PERMITTED
    assert pam.change(b"l\xff", "", ACCEPTED)[0] == REFUSED
    assert pam.change("wang", "", b"\xff")[0] == REFUSED
    policy.write_text(BROKEN_POLICY)
    assert pam.change("wang", "", ACCEPTED)[0] == REFUSED
    assert pam.end() == (0, "")


@pytest.fixture
def machine(programs, tmp_path, policy):
    """Runs a command as root with a copy of /etc, which has the user `xiaoming` and the module in its stack."""
    if os.geteuid() != 0:
        pytest.fail("`passwd` and `chpasswd` need root")
    etc = tmp_path / "etc"
    shutil.copytree("/etc", etc, symlinks=True, ignore_dangling_symlinks=True)
    with (etc / "passwd").open("a") as passwd:
        passwd.write("xiaoming:x:4711:4711:王小明,Lantern,,:/nonexistent:/bin/sh\n")
    with (etc / "shadow").open("a") as shadow:
        shadow.write("xiaoming:*:19000:0:99999:7:::\n")
    (etc / "pam.d/common-password").write_text(
        f"password requisite {programs}/pam_kouling.so policy={policy}\n"
        "password [success=1 default=ignore] pam_unix.so obscure yescrypt use_authtok\n"
        "password requisite pam_deny.so\npassword required pam_permit.so\n"
    )

    def command(*words, **more):
        return run("unshare", "-m", "bash", "-euc", 'mount --bind "$1" /etc; shift; exec "$@"', "-", etc, *words,
                   check=False, **more)

    def set_in_shadow(last_change, expires=""):
        path = etc / "shadow"
        lines = [line for line in path.read_text().splitlines() if not line.startswith("xiaoming:")]
        path.write_text("\n".join([*lines, f"xiaoming:*:{last_change}:0:99999:7::{expires}:", ""]))

    command.set_in_shadow = set_in_shadow
    command.stored = lambda: next(
        line.split(":")[1] for line in (etc / "shadow").read_text().splitlines() if line.startswith("xiaoming:")
    )
    return command


def test_chpasswd_stores_accepted_passwords(machine, policy):
    before = Path("/etc/shadow").read_bytes()
    refused = machine("chpasswd", input="xiaoming:short\n")
    assert refused.returncode == 1 and "[length.too_short]" in refused.stdout
    assert machine.stored() == "*"
    accepted = machine("chpasswd", input=f"xiaoming:{ACCEPTED}\n")
    assert accepted.returncode == 0, accepted.stdout
    assert machine.stored().startswith("$y$")
    assert Path("/etc/shadow").read_bytes() == before


def test_passwd_shows_the_reason_and_passes_the_name(machine, policy):
    policy.write_text(POLICY + "[rules.pinyin_name]\n[rules.personal]\n")
    # ACCEPTED contains the next GECOS part, which is not a name.
    name = "wangxiaoming-7-Rk\n"
    refused = machine("passwd", "xiaoming", input=name * 2)
    assert refused.returncode == 10 and "[pinyin_name.contained]" in refused.stdout
    assert machine.stored() == "*"
    accepted = machine("passwd", "xiaoming", input=f"{ACCEPTED}\n" * 2)
    assert accepted.returncode == 0, accepted.stdout
    assert machine.stored().startswith("$y$")


def test_policy_set_selects_by_group(machine, stack, policy, tmp_path):
    write_set(policy, '{ group = "operators" }')
    accepted = machine("chpasswd", input=f"xiaoming:{ACCEPTED}\n")
    assert accepted.returncode == 0, accepted.stdout
    before = machine.stored()
    with (tmp_path / "etc/group").open("a") as group:
        group.write("operators:x:4712:root,xiaoming\n")
    refused = machine("chpasswd", input=f"xiaoming:{ACCEPTED}\n")
    assert refused.returncode == 1 and "[length.too_short]" in refused.stdout
    assert machine.stored() == before
    # The groups of a user that no password file lists are unknown.
    code, said = stack().change("li", "", ACCEPTED)
    assert code == REFUSED and "error: the password cannot be evaluated; nothing was changed" in said


TODAY = int(time.time() // 86400)
EXPIRY = POLICY + '[expiry]\nmax_age = "90d"\nwarn_before = "7d"\n'


@pytest.mark.parametrize(
    ("last_change", "expires", "code", "said"),
    [
        (TODAY, "", PERMITTED, []),
        (TODAY - 85, "", PERMITTED, ["info: Your password expires in 5 days. Change it soon."]),
        (TODAY - 90, "", REQUIRED, ["error: Your password has expired. Choose a new one."]),
        ("", "", REQUIRED, ["error: Your password has expired. Choose a new one."]),
        (0, "", REQUIRED, ["error: Your administrator requires you to choose a new password."]),
        (TODAY, TODAY - 1, EXPIRED, ["error: Your account is disabled. Contact your administrator."]),
        (TODAY, TODAY + 1, PERMITTED, []),
    ],
)
def test_account_follows_the_shadow_file(machine, programs, stack, policy, last_change, expires, code, said):
    policy.write_text(EXPIRY)
    machine.set_in_shadow(last_change, expires)
    pam = stack()
    done = machine(programs / "pam_driver", pam.services, input="account\txiaoming\n")
    # Five days are left if less than a day has passed since midnight.
    assert done.stdout.splitlines() == [*said, f"= {code}"]


@pytest.mark.parametrize(
    ("section", "fact"), [("[expiry]\ngrace = 1\n", "grace_used"), ("[sign_in]\n", "known_network")]
)
def test_account_without_facts_that_the_policy_needs_is_refused(machine, programs, stack, policy, section, fact):
    policy.write_text(POLICY + section)
    machine.set_in_shadow(TODAY)
    pam = stack()
    done = machine(programs / "pam_driver", pam.services, input="account\txiaoming\n")
    *said, code = done.stdout.splitlines()
    assert code == f"= {DENIED}"
    assert any(line.startswith("log: ") and fact in line for line in said), said


def test_account_of_an_unknown_user_or_policy_is_refused(stack, policy):
    policy.write_text(EXPIRY)
    pam = stack()
    assert pam.ask("account", "li")[0] == DENIED
    policy.write_text(POLICY)
    assert pam.ask("account", "li") == (PERMITTED, [])
    policy.write_text(BROKEN_POLICY)
    code, said = pam.ask("account", "li")
    assert (code, said[0]) == (DENIED, "error: the password policy cannot be read; you cannot sign in")


def test_minimum_age_applies_to_users_and_not_to_root(machine, programs, stack, policy):
    policy.write_text(POLICY + '[reset]\nmin_password_age = "2d"\n')
    machine.set_in_shadow(TODAY)
    accepted = machine("chpasswd", input=f"xiaoming:{ACCEPTED}\n")
    assert accepted.returncode == 0, accepted.stdout
    refused = machine("setpriv", "--ruid", "4711", "passwd", input=f"{ACCEPTED}\n" + f"{SECOND_ACCEPTED}\n" * 2)
    assert refused.returncode != 0 and "[min_password_age.too_soon]" in refused.stdout

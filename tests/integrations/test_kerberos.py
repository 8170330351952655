"""MIT Kerberos: a realm with krb5kdc, kadmind and the module; kpasswd and kadmin.local change passwords."""

import os
import re
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import ACCEPTED, BROKEN_POLICY, POLICY, SECOND_ACCEPTED, STRICTER_POLICY, build, free_port, run, write_set

PACKAGES = {
    "krb5-kdc": "/usr/sbin/krb5kdc",
    "krb5-admin-server": "/usr/sbin/kadmind",
    "krb5-user": "/usr/bin/kpasswd",
    "libkrb5-dev": "/usr/include/mit-krb5/krb5/pwqual_plugin.h",
    "gcc": "/usr/bin/gcc",
    "pkg-config": "/usr/bin/pkg-config",
    "valgrind": "/usr/bin/valgrind",
}
OLD = "the-Old-one-of-all"
SHORT = "Sh0rt-q"
TOO_SHORT = "must have at least 10 characters [length.too_short]"
BACKWARDS = "must not contain the reversed username [reversed_username.contained]"
CANNOT = "the password policy cannot be read; nothing was changed"
GENERIC = "Unspecified password quality failure"
FEW = "Password does not contain enough character classes"
LISTED = "New password was found in a dictionary of possible passwords"
CROWD = [f"person{number}" for number in range(64)]

KRB5 = """
[libdefaults]
default_realm = T
dns_lookup_kdc = false
dns_lookup_realm = false
rdns = false
udp_preference_limit = 1
[realms]
T = {{
  kdc = 127.0.0.1:{kdc}
  admin_server = 127.0.0.1:{admin}
  kpasswd_server = 127.0.0.1:{kpasswd}
}}
[plugins]
pwqual = {{
  module = kouling:{module}
}}
[kouling]
{kouling}
"""
KDC = """
[kdcdefaults]
kdc_listen = 127.0.0.1:{kdc}
kdc_tcp_listen = 127.0.0.1:{kdc}
[realms]
T = {{
  database_name = {folder}/principals
  key_stash_file = {folder}/stash
  acl_file = {folder}/acl
  kadmind_listen = 127.0.0.1:{admin}
  kpasswd_listen = 127.0.0.1:{kpasswd}
  supported_enctypes = aes128-cts:normal
}}
[logging]
kdc = FILE:{folder}/kdc.log
admin_server = FILE:{folder}/kadmind.log
"""
# Calls the module of its first argument about the password of its second one: in English, in the configured language,
# which it is asked for in two ways, and without a password.
HOST = """
import sys
from ctypes import *

class Functions(Structure):
    _fields_ = [
        ("name", c_char_p),
        ("open", CFUNCTYPE(c_int, c_void_p, c_char_p, POINTER(c_void_p))),
        ("check", CFUNCTYPE(c_int, c_void_p, c_void_p, c_char_p, c_char_p, c_void_p, POINTER(c_char_p))),
        ("close", CFUNCTYPE(None, c_void_p, c_void_p)),
    ]

krb5, module = CDLL("libkrb5.so.3"), CDLL(sys.argv[1])
krb5.krb5_get_error_message.restype = c_char_p
context, principal, data, functions = c_void_p(), c_void_p(), c_void_p(), Functions()
assert krb5.krb5_init_context(byref(context)) == 0
assert krb5.krb5_parse_name(context, b"al", byref(principal)) == 0
print("2 is", "taken" if module.pwqual_kouling_initvt(context, 2, 1, byref(functions)) == 0 else "refused")
assert module.pwqual_kouling_initvt(context, 1, 1, byref(functions)) == 0
assert functions.open(context, None, byref(data)) == 0
several = (c_char_p * 3)(b"en-GB", b"zh", None)
short = sys.argv[2].encode()
for password, languages in [(short, several), (short, (c_char_p * 1)(None)), (short, None), (None, None)]:
    code = functions.check(context, data, password, None, principal, languages)
    assert code != 0
    print(krb5.krb5_get_error_message(context, code).decode(), flush=True)
functions.close(context, data)
functions.close(context, None)
"""


@pytest.fixture(scope="module")
def module(installed, tmp_path_factory):
    for package, file in PACKAGES.items():
        if not Path(file).exists():
            pytest.fail(f"{file} is missing: apt-get install {package}", pytrace=False)
    folder = tmp_path_factory.mktemp("kerberos")
    build("kerberos", folder, installed)
    return folder / "kouling_pwqual.so"


class Realm:
    """A database with its configuration; `start` starts the servers."""

    def __init__(self, folder, module):
        self.folder, self.module, self.processes = folder, module, []
        self.log = folder / "kadmind.log"
        self.environment = os.environ | {
            "KRB5_CONFIG": str(folder / "krb5.conf"),
            "KRB5_KDC_PROFILE": str(folder / "kdc.conf"),
            "KRB5CCNAME": f"FILE:{folder}/tickets",
            # The default is /var/tmp.
            "KRB5RCACHEDIR": str(folder),
        }
        (folder / "acl").write_text("boss@T *\n")
        self.configure(f"policy = {folder}/policy.toml")
        self.run("/usr/sbin/kdb5_util", "create", "-s", "-r", "T", "-P", "master")
        # Without the module, since these passwords are not under test.
        self.configure("", module="/nowhere.so")
        self.add("al", "shanglyan", "shanglyan/admin", "boss", "user7")
        self.configure(f"policy = {folder}/policy.toml")

    def add(self, *users):
        self.run("/usr/sbin/kadmin.local", input="".join(f"addprinc -pw {OLD} {user}\n" for user in users))

    def configure(self, kouling, module=None):
        ports = {name: free_port() for name in ("kdc", "admin", "kpasswd")} if not self.processes else self.ports
        self.ports = ports
        krb5 = KRB5.format(module=module or self.module, kouling=kouling, **ports)
        (self.folder / "krb5.conf").write_text(krb5)
        (self.folder / "kdc.conf").write_text(KDC.format(folder=self.folder, **ports))

    def run(self, *command, check=True, **more):
        return run(*command, check=check, env=self.environment, **more)

    def start(self):
        # Another process may take a port between the query and its use.
        for _ in range(5):
            with (self.folder / "servers.log").open("a") as log:
                for command in (["/usr/sbin/krb5kdc", "-n"], ["/usr/sbin/kadmind", "-nofork"]):
                    self.processes.append(
                        subprocess.Popen(command, env=self.environment, stdout=log, stderr=log, cwd=self.folder)
                    )
            if all(self.listens(port) for port in self.ports.values()):
                return
            self.stop()
            self.configure(f"policy = {self.folder}/policy.toml")
        pytest.fail((self.folder / "servers.log").read_text())

    def listens(self, port):
        for _ in range(300):
            if not self.live():
                return False
            with socket.socket() as client:
                if client.connect_ex(("127.0.0.1", port)) == 0:
                    return self.live()
            time.sleep(0.1)
        return False

    def live(self):
        return all(process.poll() is None for process in self.processes)

    def stop(self):
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait(20)
        self.processes = []

    def change(self, user, new, old=OLD):
        """Changes a user's password by kpasswd; returns the exit code and the output."""
        done = self.run("kpasswd", user, input=f"{old}\n{new}\n{new}\n", check=False)
        return done.returncode, done.stdout

    def set(self, user, new):
        """Sets a user's password on the server; returns the exit code and the output."""
        done = self.run("/usr/sbin/kadmin.local", "cpw", "-pw", new, user, check=False)
        return done.returncode, done.stdout

    def signs_in(self, user, password):
        cache = f"MEMORY:{user}"
        done = self.run("kinit", "-c", cache, user, input=password + "\n", check=False)
        assert done.returncode == 0 or "Password incorrect" in done.stdout, done.stdout
        return done.returncode == 0


@pytest.fixture
def realm(tmp_path, module, policy):
    realm = Realm(tmp_path, module)
    realm.start()
    yield realm
    lived = realm.live()
    realm.stop()
    logs = "".join(path.read_text() for path in tmp_path.glob("*.log"))
    assert lived, logs
    for password in (OLD, SHORT, ACCEPTED, SECOND_ACCEPTED):
        assert password not in logs


def test_weak_password_is_refused(realm):
    code, said = realm.change("al", SHORT)
    assert code == 2 and "Password change rejected: Password is too short" in said
    assert f"rejected password for al@T: {TOO_SHORT}" in realm.log.read_text()
    assert realm.signs_in("al", OLD) and not realm.signs_in("al", SHORT)
    assert realm.change("al", ACCEPTED)[0] == 0
    assert realm.signs_in("al", ACCEPTED) and not realm.signs_in("al", OLD)


def test_kadmin_local_shows_the_reason(realm):
    code, said = realm.set("al", SHORT)
    assert code == 1 and f"change_password: {TOO_SHORT} while changing password" in said
    assert realm.set("al", ACCEPTED)[0] == 0 and realm.signs_in("al", ACCEPTED)
    done = realm.run("/usr/sbin/kadmin.local", "addprinc", "-pw", SHORT, "new", check=False)
    assert done.returncode == 1 and TOO_SHORT in done.stdout
    assert realm.run("/usr/sbin/kadmin.local", "addprinc", "-pw", ACCEPTED, "new").returncode == 0
    assert realm.signs_in("new", ACCEPTED)


def test_remote_kadmin_receives_an_error_number(realm):
    command = ("kadmin", "-p", "boss", "cpw", "-pw")
    done = realm.run(*command, SHORT, "al", input=OLD + "\n", check=False)
    assert done.returncode == 1 and "Password is too short" in done.stdout and "[" not in done.stdout
    realm.run(*command, ACCEPTED, "al", input=OLD + "\n")
    assert realm.signs_in("al", ACCEPTED)


def test_username_is_the_first_component(realm):
    code, said = realm.change("shanglyan", "naylgnahs-1990")
    assert code == 2 and GENERIC in said
    for user in ("shanglyan", "shanglyan/admin"):
        code, said = realm.set(user, "naylgnahs-1990")
        assert code == 1 and BACKWARDS in said
    code, said = realm.set("user7", "7resu")
    assert code == 1 and f"{TOO_SHORT}; {BACKWARDS}" in said
    assert realm.change("user7", "naylgnahs-1990")[0] == 0, "that is somebody else's name"


def test_policy_set_selects_by_instance_and_kerberos_policy(realm, policy):
    write_set(policy, '{ any = [{ instance = "admin" }, { policy = "strict" }, { realm = "U" }] }')
    stricter = TOO_SHORT.replace("10", "30")
    assert realm.set("shanglyan", ACCEPTED)[0] == 0
    code, said = realm.set("shanglyan/admin", ACCEPTED)
    assert code == 1 and stricter in said
    realm.run("/usr/sbin/kadmin.local", "addpol", "strict")
    realm.run("/usr/sbin/kadmin.local", "modprinc", "-policy", "strict", "shanglyan")
    code, said = realm.set("shanglyan", SECOND_ACCEPTED)
    assert code == 1 and stricter in said
    write_set(policy, '{ group = "staff" }')
    code, said = realm.set("al", ACCEPTED)
    assert code == 1 and "needs the user attribute `group`" in said and "the password cannot be evaluated" in said


def test_kpasswd_shows_the_mapped_error(realm, policy):
    for rule, code, said in [
        ("[rules.length]\nmin = 99", "length.too_short", "Password is too short"),
        ("[rules.length]\nmax = 9", "length.too_long", GENERIC),
        ("[rules.characters]\nmin_classes = 4", "characters.too_few_classes", FEW),
        ("[rules.characters]\nmin_classes = 1\nrequire.upper = 1", "characters.missing_upper", FEW),
        ("[rules.characters]\nmin_classes = 1\nforbidden = ['p']", "characters.forbidden", GENERIC),
        ("[rules.variety]\nmin_distinct = 30", "variety.too_few_different", FEW),
        ("[rules.words]", "words.based_on", LISTED),
        ("[rules.strength]\nmin_score = 4", "strength.too_guessable", LISTED),
        ("[rules.sequence]", "sequence.run", GENERIC),
        ("[rules.length]\nmin = 99\n[rules.sequence]\n[rules.words]", "length.too_short", "Password is too short"),
        ("[rules.sequence]\n[rules.words]", "sequence.run", GENERIC),
    ]:
        policy.write_text(f'format = 1\nname = "one"\n{rule}\n')
        before = len(realm.log.read_text())
        status, answer = realm.change("al", "password1234567890")
        codes = re.findall(r"\[(\w+\.\w+)\]", realm.log.read_text()[before:])
        assert codes[:1] == [code], rule
        assert status == 2 and said in answer, rule


def test_changed_policy_applies_to_the_next_password(realm, policy):
    assert realm.change("al", ACCEPTED)[0] == 0
    policy.write_text(STRICTER_POLICY)
    code, said = realm.change("al", SECOND_ACCEPTED, old=ACCEPTED)
    assert code == 2 and "Password is too short" in said
    assert "must have at least 30 characters" in realm.log.read_text()
    policy.write_text(POLICY)
    assert realm.change("al", SECOND_ACCEPTED, old=ACCEPTED)[0] == 0


def test_missing_policy_refuses_every_password_and_is_logged(realm, policy):
    assert realm.change("al", ACCEPTED)[0] == 0
    for text, why in [(BROKEN_POLICY, f"{policy}:4:7: "), (None, f"the policy `{policy}` cannot be read: No such file")]:
        if text:
            policy.write_text(text)
        else:
            policy.unlink()
        code, said = realm.change("al", SECOND_ACCEPTED, old=ACCEPTED)
        assert code == 2 and GENERIC in said
        errors = [line for line in realm.log.read_text().splitlines() if "(Error)" in line]
        assert any(f"the Kouling policy {policy}: " in line and why in line for line in errors), errors
        assert any(line.endswith(CANNOT) for line in errors)
        code, said = realm.set("al", SECOND_ACCEPTED)
        assert code == 1 and CANNOT in said and why in said
    assert realm.signs_in("al", ACCEPTED)
    policy.write_text(POLICY)
    assert realm.change("al", SECOND_ACCEPTED, old=ACCEPTED)[0] == 0


def test_64_concurrent_changes(realm):
    realm.add(*CROWD)

    def one(number):
        return realm.change(CROWD[number], f"{ACCEPTED}-{number}" if number % 2 else SHORT)

    with ThreadPoolExecutor(len(CROWD)) as pool:
        answers = list(pool.map(one, range(len(CROWD))))
    assert sum(code == 0 and "Password changed." in said for code, said in answers[1::2]) == 32, answers
    assert sum(code == 2 and "Password is too short" in said for code, said in answers[0::2]) == 32, answers
    assert realm.live()
    for number, user in enumerate(CROWD):
        assert realm.signs_in(user, f"{ACCEPTED}-{number}" if number % 2 else OLD)


def test_random_keys_are_not_evaluated(realm, policy):
    policy.unlink()
    realm.run("/usr/sbin/kadmin.local", "cpw", "-randkey", "al")
    realm.run("/usr/sbin/kadmin.local", "ktadd", "-k", realm.folder / "keys", "al")
    policy.write_text(POLICY)
    done = realm.run("/usr/sbin/kadmin.local", "-q", f"cpw -pw {SHORT} shanglyan")
    assert TOO_SHORT in done.stdout, "it is refused, though the exit code is 0"
    assert realm.signs_in("shanglyan", OLD)


def test_kpasswd_shows_the_length_of_the_kerberos_policy(realm):
    realm.run("/usr/sbin/kadmin.local", "addpol", "-minlength", "3", "lax")
    realm.run("/usr/sbin/kadmin.local", "modprinc", "-policy", "lax", "al")
    code, said = realm.change("al", SHORT)
    assert code == 2 and "at least 3 characters" in said


def test_language_is_configured(tmp_path, module, policy):
    realm = Realm(tmp_path, module)
    realm.configure(f"policy = {policy}\nlanguage = zh")
    code, said = realm.set("al", SHORT)
    assert code == 1 and "长度不能少于10个字符 [length.too_short]" in said


@pytest.mark.parametrize("kouling", ["", "policy = policy.toml"])
def test_missing_policy_path_prevents_the_start(tmp_path, module, policy, kouling):
    realm = Realm(tmp_path, module)
    realm.configure(kouling)
    for command in (["/usr/sbin/kadmind", "-nofork"], ["/usr/sbin/kadmin.local", "cpw", "-pw", ACCEPTED, "al"]):
        done = realm.run(*command, check=False, cwd=tmp_path)
        assert done.returncode == 1
        assert "kouling: [kouling] policy must be the absolute path of a policy" in done.stdout


def test_missing_module_is_skipped(tmp_path, module, policy):
    """As documented in the README."""
    realm = Realm(tmp_path, module)
    assert realm.set("al", SHORT)[0] == 1
    realm.configure(f"policy = {policy}", module=tmp_path / "missing.so")
    assert realm.set("al", SHORT)[0] == 0


@pytest.mark.parametrize("password, text", [(SHORT, POLICY), (ACCEPTED, POLICY), (ACCEPTED, BROKEN_POLICY)])
def test_valgrind_finds_no_errors(tmp_path, module, policy, password, text):
    realm = Realm(tmp_path, module)
    policy.write_text(text)
    command = ["valgrind", "-q", "--leak-check=full", "/usr/sbin/kadmin.local", "cpw", "-pw", password, "al"]
    done = realm.run(*command, check=False)
    assert done.returncode == (0 if (password, text) == (ACCEPTED, POLICY) else 1)
    # kadmin.local itself leaks memory.
    report = "\n".join(line for line in done.stdout.splitlines() if line.startswith("=="))
    assert "kouling" not in report and "Invalid" not in report, report


def test_other_hosts_may_pass_languages_and_null(tmp_path, module, policy):
    """Kerberos 1.20 itself passes neither languages nor a NULL password."""
    realm = Realm(tmp_path, module)
    realm.configure(f"policy = {policy}\nlanguage = zh")
    said = realm.run(sys.executable, "-c", HOST, module, SHORT).stdout.splitlines()
    assert said[0] == "2 is refused"
    chinese = "长度不能少于10个字符 [length.too_short]"
    assert said[1:4] == [TOO_SHORT, chinese, chinese]
    assert said[-1] == "the password cannot be evaluated; nothing was changed"

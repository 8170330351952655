"""OpenLDAP: slapd, its overlay ppolicy and the module; ldappasswd and ldapmodify change passwords."""

import base64
import os
import signal
import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import ACCEPTED, BROKEN_POLICY, POLICY, SECOND_ACCEPTED, STRICTER_POLICY, build, free_port, run, write_set

PACKAGES = {
    "slapd": "/usr/sbin/slapd",
    "ldap-utils": "/usr/bin/ldappasswd",
    "libldap-dev": "/usr/include/ldap.h",
    "gcc": "/usr/bin/gcc",
    "pkg-config": "/usr/bin/pkg-config",
    "valgrind": "/usr/bin/valgrind",
}
OLD = "the-Old-one-of-all"
SHORT = "Sh0rt-q"
TOO_SHORT = "must have at least 10 characters [length.too_short]"
BACKWARDS = "must not contain the reversed username [reversed_username.contained]"
CANNOT = "the password policy cannot be read; nothing was changed"
CROWD = [f"user{number}" for number in range(64)]

CONFIGURATION = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
modulepath {modules}:/usr/lib/ldap
moduleload back_mdb
moduleload ppolicy
pidfile {folder}/slapd.pid
database mdb
suffix "dc=t"
rootdn "cn=root,dc=t"
rootpw {old}
directory {folder}/db
access to attrs=userPassword by dn.exact="uid=manager,dc=t" manage by dn.exact="uid=helper,dc=t" write \
  by self write by anonymous auth
access to * by * read
overlay ppolicy
ppolicy_default "cn=policy,dc=t"
ppolicy_hash_cleartext
"""
ENTRIES = """
dn: dc=t
objectClass: domain
dc: t

dn: cn=policy,dc=t
objectClass: device
objectClass: pwdPolicy
objectClass: pwdPolicyChecker
pwdAttribute: userPassword
pwdCheckQuality: 2
pwdCheckModule: kouling_check.so
pwdCheckModuleArg: {policy}
"""
USER = """
dn: {dn}
objectClass: account
objectClass: simpleSecurityObject
uid: {uid}
l: Nobody
userPassword: {old}
"""
# Called as slapd 2.6 calls it: with a buffer of 256 bytes for the message, which is freed when it is another one
# afterwards. `syslog` is replaced to see the messages. Checks that an unloaded module stays in memory, and adds a line
# to the policy at the password CHANGE.
CALLER = r"""
#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <lber.h>

struct description { void *next, *type; struct berval name; };
struct attribute {
    struct description *description;
    struct berval *values, *normalised;
    unsigned count, flags;
    struct attribute *next;
};
struct entry { unsigned long id; struct berval name, normalised; struct attribute *attributes; };

void syslog(int priority, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    printf("syslog %d: ", priority);
    vprintf(format, arguments);
    puts("");
    va_end(arguments);
}

int main(int count, char **words)
{
    for (int index = 4; index < count; index++) {
        if (strcmp(words[index], "CHANGE") == 0) {
            FILE *policy = fopen(words[2], "a");
            fputs("\n", policy);
            fclose(policy);
            continue;
        }
        void *module = dlopen(words[1], RTLD_NOW);
        if (!module)
            return puts(dlerror()), 2;
        int (*check)(char *, struct berval *, struct entry *, struct berval *);
        *(void **)&check = dlsym(module, "check_password");
        char buffer[256] = "";
        struct berval message = { sizeof buffer - 1, buffer };
        struct berval argument = { strlen(words[2]), words[2] };
        struct description kind = { NULL, NULL, { 12, "employeeType" } }, photo = { NULL, NULL, { 5, "photo" } };
        struct berval kinds[] = { { 5, "guest" }, { 5, "admin" }, { 0, NULL } }, photos[] = { { 2, "\xff\xd8" }, { 0, NULL } };
        struct attribute second = { &kind, kinds, kinds, 2, 0, NULL }, first = { &photo, photos, photos, 1, 0, &second };
        struct entry entry = { 1, { strlen(words[3]), words[3] }, { 0, NULL }, &first };
        char *password = strcmp(words[index], "NULL") ? words[index] : NULL;
        int answer = check(password, &message, &entry, &argument);
        printf("%d %s\n", answer, message.bv_val);
        if (message.bv_val != buffer) {
            if (strlen(message.bv_val) != message.bv_len)
                return puts("wrong length"), 2;
            free(message.bv_val);
        }
        if (check(password, NULL, NULL, NULL) == 0 || check(password, NULL, &entry, &argument) != answer)
            return puts("another answer"), 2;
        dlclose(module);
        printf("%s\n", dlopen(words[1], RTLD_NOW | RTLD_NOLOAD) ? "stays" : "is gone");
    }
}
"""


@pytest.fixture(scope="module")
def module(installed, tmp_path_factory):
    """The folder with the modules for 2.5 and 2.6, and the program that calls the latter."""
    for package, file in PACKAGES.items():
        if not Path(file).exists():
            pytest.fail(f"{file} is missing: apt-get install {package}", pytrace=False)
    folder = tmp_path_factory.mktemp("openldap")
    folder.chmod(0o755)
    build("openldap", folder, installed)
    (folder / "caller.c").write_text(CALLER)
    run("gcc", "-rdynamic", "-o", folder / "caller", folder / "caller.c", "-ldl")
    return folder


class Slapd:
    def __init__(self, folder, modules, policy, environment):
        self.folder, self.argument = folder, policy
        configuration, entries = folder / "slapd.conf", folder / "entries.ldif"
        (folder / "db").mkdir()
        configuration.write_text(CONFIGURATION.format(folder=folder, modules=modules, old=OLD))
        users = [(f"uid={uid},dc=t", uid) for uid in ["shanglyan", "manager", "helper", *CROWD]]
        users += [(r"uid=shang\2cly\C3\A4n,dc=t", "shang,lyän"), ("l=Nobody+uid=shanglyan,dc=t", "shanglyan")]
        users = [USER.format(dn=dn, uid=uid, old=OLD) for dn, uid in users]
        entries.write_text(ENTRIES.format(policy=policy) + "".join(users))
        run("/usr/sbin/slapadd", "-q", "-f", configuration, "-l", entries)
        self.log = folder / "slapd.log"
        # Another process may take the port between the query and its use.
        for _ in range(5):
            port = free_port()
            self.url = f"ldap://127.0.0.1:{port}"
            with self.log.open("w") as log:
                command = ["/usr/sbin/slapd", "-f", configuration, "-h", self.url, "-d", "stats"]
                self.process = subprocess.Popen(command, stdout=log, stderr=log, env=os.environ | environment)
            if self.listens(port):
                return
        pytest.fail(self.log.read_text())

    def listens(self, port):
        for _ in range(300):
            if self.process.poll() is not None:
                return False
            with socket.socket() as client:
                if client.connect_ex(("127.0.0.1", port)) == 0 and self.process.poll() is None:
                    return True
            time.sleep(0.1)
        self.stop()
        return False

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def change(self, user, new, *more, old=OLD):
        """Changes a user's password as the user; returns the exit code and the output."""
        user = user if "=" in user else f"uid={user},dc=t"
        done = run("ldappasswd", "-x", "-H", self.url, "-D", user, "-w", old, "-s", new, *more, check=False)
        return done.returncode, done.stdout

    def modify(self, who, what):
        """Applies LDIF; returns the exit code and the output."""
        command = ["ldapmodify", "-x", "-H", self.url, "-D", who, "-w", OLD]
        done = run(*command, input=what, check=False)
        return done.returncode, done.stdout

    def argue(self, argument):
        """Sets pwdCheckModuleArg."""
        what = f"dn: cn=policy,dc=t\nchangetype: modify\nreplace: pwdCheckModuleArg\npwdCheckModuleArg: {argument}\n"
        assert self.modify("cn=root,dc=t", what)[0] == 0

    def signs_in(self, user, password):
        user = user if "=" in user else f"uid={user},dc=t"
        done = run("ldapwhoami", "-x", "-H", self.url, "-D", user, "-w", password, check=False)
        assert done.returncode in (0, 49), done.stdout
        return done.returncode == 0


@pytest.fixture
def slapd(tmp_path, module, policy):
    server = Slapd(tmp_path, module, policy, {})
    yield server
    assert server.process.poll() is None, "slapd died:\n" + server.log.read_text()
    server.stop()
    log = server.log.read_text()
    for password in (OLD, SHORT, ACCEPTED, SECOND_ACCEPTED):
        assert password not in log


def refused(answer, text):
    return answer[0] == 1 and "Constraint violation (19)" in answer[1] and f"Additional info: {text}\n" in answer[1]


def test_weak_password_is_refused_with_reason(slapd):
    assert refused(slapd.change("shanglyan", SHORT), TOO_SHORT)
    assert slapd.signs_in("shanglyan", OLD) and not slapd.signs_in("shanglyan", SHORT)
    assert slapd.change("shanglyan", ACCEPTED) == (0, "")
    assert slapd.signs_in("shanglyan", ACCEPTED) and not slapd.signs_in("shanglyan", OLD)


def test_username_is_every_value_of_the_first_part_of_the_dn(slapd):
    assert refused(slapd.change("shanglyan", "naylgnahs-1990"), BACKWARDS)
    assert refused(slapd.change(r"uid=shang\2cly\C3\A4n,dc=t", "näyl,gnahs-1990"), BACKWARDS)
    assert refused(slapd.change("l=Nobody+uid=shanglyan,dc=t", "naylgnahs-1990"), BACKWARDS)
    assert refused(slapd.change("l=Nobody+uid=shanglyan,dc=t", "ydobon-1990"), BACKWARDS)
    assert refused(slapd.change("shanglyan", "naylgn"), TOO_SHORT)
    both = f"{TOO_SHORT}; {BACKWARDS}"
    assert refused(slapd.change("user7", "7resu"), both)
    assert slapd.change("user8", "naylgnahs-1990") == (0, ""), "that is somebody else's name"


def test_policy_set_selects_by_the_attributes_of_the_entry(slapd, policy):
    write_set(policy, '{ any = [{ l = "Nowhere" }, { objectClass = "extensibleObject" }, { dn = "uid=user9,dc=t" }] }')
    stricter = TOO_SHORT.replace("10", "30")
    assert slapd.change("user7", ACCEPTED) == (0, "")
    assert refused(slapd.change("user9", ACCEPTED), stricter)
    for number, change in enumerate(("replace: l\nl: Nowhere\n", "add: objectClass\nobjectClass: extensibleObject\n")):
        user = f"user1{number}"
        assert slapd.modify("cn=root,dc=t", f"dn: uid={user},dc=t\nchangetype: modify\n{change}")[0] == 0
        assert refused(slapd.change(user, ACCEPTED), stricter)
    assert slapd.modify("cn=root,dc=t", "dn: uid=user10,dc=t\nchangetype: modify\ndelete: l\n")[0] == 0
    assert slapd.change("user10", ACCEPTED) == (0, "")


def test_changed_policy_applies_to_the_next_password(slapd, policy):
    assert slapd.change("shanglyan", ACCEPTED)[0] == 0
    policy.write_text(STRICTER_POLICY)
    assert refused(slapd.change("shanglyan", SECOND_ACCEPTED, old=ACCEPTED), TOO_SHORT.replace("10", "30"))
    policy.write_text(POLICY)
    assert slapd.change("shanglyan", SECOND_ACCEPTED, old=ACCEPTED)[0] == 0


def test_missing_policy_refuses_every_password_and_is_logged(slapd, policy):
    assert slapd.change("shanglyan", ACCEPTED)[0] == 0
    policy.write_text(BROKEN_POLICY)
    assert refused(slapd.change("shanglyan", SECOND_ACCEPTED, old=ACCEPTED), CANNOT)
    assert f"kouling: {policy}: {policy}:4:7: " in slapd.log.read_text()
    policy.unlink()
    assert refused(slapd.change("shanglyan", SECOND_ACCEPTED, old=ACCEPTED), CANNOT)
    assert f"the policy `{policy}` cannot be read: No such file" in slapd.log.read_text()
    assert slapd.signs_in("shanglyan", ACCEPTED)
    policy.write_text(POLICY)
    assert slapd.change("shanglyan", SECOND_ACCEPTED, old=ACCEPTED)[0] == 0


@pytest.mark.parametrize("argument", ["policy.toml", "of{policy}", "{long} {policy}"])
def test_invalid_argument_refuses_every_password(slapd, policy, argument):
    argument = argument.format(policy=policy, long="x" * 40)
    slapd.argue(argument)
    assert refused(slapd.change("shanglyan", ACCEPTED), CANNOT)
    assert f"kouling: {argument}: pwdCheckModuleArg must be the absolute path" in slapd.log.read_text()


def test_policy_entry_sets_language_and_policy(slapd, policy):
    slapd.argue(f"zh {policy}")
    assert refused(slapd.change("shanglyan", SHORT), "长度不能少于10个字符 [length.too_short]")
    stricter = policy.with_name("stricter.toml")
    stricter.write_text(STRICTER_POLICY)
    slapd.argue(stricter)
    assert refused(slapd.change("shanglyan", ACCEPTED), TOO_SHORT.replace("10", "30"))
    slapd.argue(policy)
    assert slapd.change("shanglyan", ACCEPTED)[0] == 0


def test_64_concurrent_changes(slapd):
    def one(number):
        return slapd.change(CROWD[number], f"{ACCEPTED}-{number}" if number % 2 else SHORT)

    with ThreadPoolExecutor(len(CROWD)) as pool:
        answers = list(pool.map(one, range(len(CROWD))))
    assert sum(answer == (0, "") for answer in answers[1::2]) == 32, answers
    assert sum(refused(answer, TOO_SHORT) for answer in answers[0::2]) == 32, answers
    assert slapd.process.poll() is None
    for number, user in enumerate(CROWD):
        assert slapd.signs_in(user, f"{ACCEPTED}-{number}" if number % 2 else OLD)


def test_root_dn_and_hashes_are_not_evaluated(slapd):
    def replace(value, who="helper"):
        what = f"dn: uid=user1,dc=t\nchangetype: modify\nreplace: userPassword\nuserPassword{value}\n"
        return slapd.modify(f"uid={who},dc=t" if "=" not in who else who, what)

    assert slapd.change("cn=root,dc=t", SHORT, "uid=user0,dc=t")[0] == 0
    assert slapd.signs_in("user0", SHORT), "the root DN is not evaluated"
    assert replace(f": {SHORT}", "manager")[0] == 0, "nor is who manages passwords"
    assert replace(f": {SHORT}", "helper")[0] == 19, "but who may write them is"
    assert replace(": {SSHA}" + "A" * 32)[0] == 19, "a hash cannot be evaluated"
    cut = SHORT.encode() + b"\0" + ACCEPTED.encode()
    answer = replace(":: " + base64.b64encode(cut).decode())
    assert answer[0] == 19 and TOO_SHORT in answer[1], "the part before a NUL is evaluated"
    cut = ACCEPTED.encode() + b"\0" + SHORT.encode()
    assert replace(":: " + base64.b64encode(cut).decode())[0] == 0
    answer = replace(":: " + base64.b64encode(ACCEPTED.encode() + b"\xe4").decode())
    assert answer[0] == 19 and "the password is not UTF-8; nothing was changed" in answer[1]


def test_missing_module_refuses_every_password(tmp_path, policy):
    nothing = tmp_path / "nothing"
    nothing.mkdir()
    server = Slapd(tmp_path, nothing, policy, {})
    try:
        assert refused(server.change("shanglyan", ACCEPTED), "Password fails quality checking policy")
    finally:
        server.stop()


def test_slapd_runs_under_the_address_sanitizer(tmp_path, module, policy):
    """slapd frees the message that the module allocates."""
    library = run("gcc", "-print-file-name=libasan.so").stdout.strip()
    environment = {"LD_PRELOAD": library, "ASAN_OPTIONS": "detect_leaks=0"}
    server = Slapd(tmp_path, module, policy, environment)
    try:
        for _ in range(5):
            assert refused(server.change("shanglyan", SHORT), TOO_SHORT)
        policy.write_text(BROKEN_POLICY)
        assert refused(server.change("shanglyan", ACCEPTED), CANNOT)
        policy.write_text(POLICY)
        assert server.change("shanglyan", ACCEPTED)[0] == 0
        assert server.process.poll() is None
    finally:
        # Under the sanitizer it does not shut down.
        server.process.send_signal(signal.SIGKILL)
        server.process.wait()
    assert "AddressSanitizer" not in server.log.read_text()


def test_module_for_slapd_2_6(module, policy):
    def call(argument, name, *passwords):
        command = ["valgrind", "-q", "--error-exitcode=99", "--leak-check=full", "--errors-for-leak-kinds=definite"]
        return run(*command, module / "caller", module / "kouling_check_26.so", argument, name, *passwords).stdout

    lines = call(policy, "uid=shanglyan,dc=t", SHORT, ACCEPTED, "CHANGE", "naylgn", "NULL").splitlines()
    said = [line for line in lines if line[0] in "01"]
    assert said == [f"19 {TOO_SHORT}", "0 ", f"19 {TOO_SHORT}", "19 the password cannot be evaluated; nothing was changed"]
    assert lines.count("stays") == 4, "what is kept between two calls is lost when the module is closed"
    # Both logs of slapd. 3 is LOG_ERR of the facility that slapd chose when it opened its log.
    assert f"syslog 3: kouling: {policy}: a password could not be evaluated" in lines

    every = 'format = 1\nname = "every"\n' + "".join(
        f'[rules.no-{word}]\nkind = "pattern"\nforbid = "a"\nmessage = {{ en = "{word * 10}" }}\n'
        for word in ("alpha", "beta", "gamma", "delta", "epsilon", "zeta")
    )
    policy.write_text(every)
    lines = call(policy, "uid=shanglyan,dc=t", "banana").splitlines()
    long = "; ".join(f"{word * 10} [pattern.forbidden]" for word in ("alpha", "beta", "gamma", "delta", "epsilon", "zeta"))
    assert len(long) > 256 and f"19 {long}" in lines, "more than slapd has room for"

    policy.write_text(BROKEN_POLICY)
    lines = call(policy, "uid=shanglyan,dc=t", ACCEPTED).splitlines()
    assert f"19 {CANNOT}" in lines
    assert any(line.startswith(f"syslog 3: kouling: {policy}: {policy}:4:7: ") for line in lines)
    assert any(line.startswith(f"kouling: {policy}: {policy}:4:7: ") for line in lines), "stderr"

    for condition, said in [
        ('{ employeetype = "admin" }', f"19 {TOO_SHORT.replace('10', '30')}"),
        ('{ employeeType = "Admin" }', "0 "),
        ('{ employeeTyp = "admin" }', "0 "),
        ('{ dn = "uid=li,dc=t", username = "li" }', f"19 {TOO_SHORT.replace('10', '30')}"),
        ('{ photo = "x" }', "19 the password cannot be evaluated; nothing was changed"),
    ]:
        write_set(policy, condition)
        assert said in call(policy, "uid=li,dc=t", ACCEPTED).splitlines(), condition

    policy.write_text(POLICY)
    lines = call(policy, "no name at all", ACCEPTED).splitlines()
    assert "19 the password cannot be evaluated; nothing was changed" in lines
    # Of a long name, the beginning is compared.
    assert "0 " in call(policy, f"uid={'x' * 300},dc=t", ACCEPTED).splitlines()

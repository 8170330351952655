"""MariaDB 10.11: the plugin in a temporary server, called by the client `mariadb` over a socket."""

import re
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from conftest import ACCEPTED, BROKEN_POLICY, POLICY, SECOND_ACCEPTED, STRICTER_POLICY, build, run, write_set
from server_user import as_user, give, let_pass

MYSQL = as_user("mysql")
REFUSED = "ERROR 1819 (HY000) at line 1: password refused: must have at least 10 characters [length.too_short]\n"
STRICTER = REFUSED.replace("10", "30")
UNREADABLE = "ERROR 1819 (HY000) at line 1: the password policy cannot be read; nothing was changed\n"
# Refused, and in no log unless a test says so.
SHORT = "zq-9-Xw"


@pytest.fixture(scope="session")
def module(installed, tmp_path_factory):
    for package, file in {
        "mariadb-server": "/usr/sbin/mariadbd",
        "mariadb-client": "/usr/bin/mariadb",
        "libmariadbd-dev": "/usr/include/mariadb/server/mysql/plugin.h",
        "libmariadb-dev": "/usr/bin/mariadb_config",
    }.items():
        assert Path(file).exists(), f"missing: apt-get install {package}"
    folder = tmp_path_factory.mktemp("mariadb")
    build("mariadb", folder, installed)
    built = folder / "kouling_password_validation.so"
    let_pass(folder.parent.parent, "mysql", built, next(installed.glob("lib*/libkouling.so")))
    return built


@pytest.fixture(scope="session")
def template(module, tmp_path_factory):
    """An unused data folder."""
    parent = tmp_path_factory.mktemp("data")
    folder = give("mysql", parent / "template")
    # A starting server removes the files of others in the shared folder.
    temporary = give("mysql", parent / "tmp")
    let_pass(parent.parent.parent, "mysql", folder, temporary)
    run(*MYSQL, "mariadb-install-db", "--no-defaults", f"--datadir={folder}", "--skip-test-db",
        "--auth-root-authentication-method=normal", "--innodb-log-file-size=4M", f"--tmpdir={temporary}", cwd="/")
    return folder


class Server:
    def __init__(self, module, template, folder, policy):
        self.folder = give("mysql", folder / "server")
        self.data, self.socket, self.log = self.folder / "data", self.folder / "s", self.folder / "server.err"
        self.process = None
        let_pass(folder.parent.parent, "mysql", policy, self.folder)
        run(*MYSQL, "cp", "-a", template, self.data, cwd="/")
        self.options = {
            "datadir": self.data, "socket": self.socket, "log-error": self.log, "pid-file": self.folder / "pid",
            "tmpdir": self.folder, "plugin-dir": module.parent, "general-log-file": self.folder / "queries",
            "innodb-log-file-size": "4M", "innodb-buffer-pool-size": "8M",
            "plugin-load-add": module.stem, "kouling": "FORCE_PLUS_PERMANENT", "kouling-policy": policy,
        }

    def start(self, **options):
        """Returns True if it started."""
        options = self.options | {name.replace("_", "-"): value for name, value in options.items()}
        words = [f"--{name}={value}" for name, value in options.items() if value is not None]
        self.process = subprocess.Popen(
            [*MYSQL, "mariadbd", "--no-defaults", "--skip-networking", *words],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/",
        )
        for _ in range(600):
            if self.process.poll() is not None:
                return False
            if self.statement("SELECT 1") == "1\n":
                return True
            time.sleep(0.05)
        pytest.fail(f"it does not answer: {self.logged()}")

    def stop(self):
        if self.process and self.process.poll() is None:
            # A clean shutdown takes two seconds, and the data is not needed.
            self.process.kill()
            self.process.wait(60)

    def statement(self, *statements, user="root", password="", encoding="utf8mb4", options=()):
        """Returns the output of the client, which stops at the first error."""
        charset = "latin-1" if encoding == "latin1" else "utf-8"
        done = subprocess.run(
            ["mariadb", "--no-defaults", "-N", f"--default-character-set={encoding}", f"--socket={self.socket}",
             f"--user={user}", *options],
            input=";\n".join(statements) + ";\n", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            encoding=charset, timeout=60, env={"MYSQL_PWD": password},
        )
        # Before an error it repeats the statement between two lines.
        return re.sub(r"^-{14}\n.*?\n-{14}\n\n", "", done.stdout, flags=re.S | re.M)

    def set_password(self, password, user="li", **more):
        return self.statement(f"SET PASSWORD FOR {user} = PASSWORD('{password}')", **more)

    def login(self, password, user="li"):
        return self.statement("SELECT current_user()", user=user, password=password) == f"{user}@%\n"

    def logged(self):
        return self.log.read_text()


@pytest.fixture
def server(module, template, tmp_path, policy):
    one = Server(module, template, tmp_path, policy)
    try:
        assert one.start(), one.logged()
        assert one.statement(f"CREATE USER li IDENTIFIED BY '{SECOND_ACCEPTED}'") == ""
        yield one
    finally:
        one.stop()


def test_refusal_shows_the_reason_and_changes_nothing(server):
    assert server.set_password(SHORT) == REFUSED
    assert server.login(SECOND_ACCEPTED) and not server.login(SHORT)
    assert server.statement(f"CREATE USER wang IDENTIFIED BY '{SHORT}'") == REFUSED
    assert server.statement("SELECT count(*) FROM mysql.user WHERE user = 'wang'") == "0\n"
    assert server.statement(f"GRANT USAGE ON *.* TO li IDENTIFIED BY '{SHORT}'") == REFUSED
    assert server.login(SECOND_ACCEPTED)


def test_alter_user_shows_the_reason_as_warning(server):
    said = server.statement(f"ALTER USER li IDENTIFIED BY '{SHORT}'", options=["--show-warnings"])
    assert "ERROR 1396 (HY000) at line 1: Operation ALTER USER failed for 'li'@'%'\n" in said
    assert "Error (Code 1819): password refused: must have at least 10 characters [length.too_short]\n" in said
    assert server.login(SECOND_ACCEPTED) and not server.login(SHORT)


def test_all_violations_are_shown_in_chinese(server):
    server.stop()
    assert server.start(kouling_language="zh")
    assert server.statement("CREATE USER nahsil IDENTIFIED BY 'Lishan'") == (
        "ERROR 1819 (HY000) at line 1: password refused: 长度不能少于10个字符 [length.too_short]; "
        "不能包含倒序的用户名 [reversed_username.contained]\n"
    )


def test_violations_that_do_not_fit_are_omitted(server, policy):
    # Each has 180 bytes with its code, so two fit into 512 bytes.
    rules = [f'[rules.p{n}]\nkind = "pattern"\nforbid = "z"\nmessage = {{ en = "{str(n) * 160}" }}\n' for n in range(4)]
    policy.write_text(POLICY + "".join(rules))
    said = server.set_password("a-long-one-with-z")
    assert said == (
        "ERROR 1819 (HY000) at line 1: password refused: "
        + "; ".join(f"{str(n) * 160} [pattern.forbidden]" for n in range(2))
        + "\n"
    )


def test_accepted_password_is_stored(server):
    assert (server.set_password(ACCEPTED), server.login(ACCEPTED)) == ("", True)
    assert not server.login(SECOND_ACCEPTED)
    # Also the own password.
    own = {"user": "li", "password": ACCEPTED}
    assert server.statement(f"SET PASSWORD = PASSWORD('{SHORT}')", **own) == REFUSED
    assert server.statement(f"SET PASSWORD = PASSWORD('{SECOND_ACCEPTED}')", **own) == ""
    assert server.login(SECOND_ACCEPTED)
    assert server.statement(f"ALTER USER li IDENTIFIED BY '{ACCEPTED}'") == ""
    assert server.login(ACCEPTED)


def test_policy_receives_the_username(server):
    assert server.statement("CREATE USER repoleved IDENTIFIED BY 'developer-Xy-1'") == (
        "ERROR 1819 (HY000) at line 1: password refused: must not contain the reversed username "
        "[reversed_username.contained]\n"
    )
    assert server.set_password("developer-Xy-1") == ""


def test_policy_set_selects_by_username_and_host(server, policy):
    write_set(policy, '{ host = "localhost", username = "li" }')
    assert server.set_password(ACCEPTED) == ""
    assert server.statement(f"CREATE USER li@localhost IDENTIFIED BY '{ACCEPTED}'") == STRICTER
    assert server.statement(f"CREATE USER wang@localhost IDENTIFIED BY '{ACCEPTED}'") == ""
    write_set(policy, '{ group = "staff" }')
    assert server.set_password(SECOND_ACCEPTED) == UNREADABLE.replace("password policy cannot be read", "password cannot be evaluated")
    assert "needs the user attribute `group`" in server.logged()


def test_policy_is_read_from_disk(server, policy):
    assert server.set_password(ACCEPTED) == ""
    policy.write_text(STRICTER_POLICY)
    assert server.set_password(SECOND_ACCEPTED) == STRICTER
    policy.write_text(POLICY)
    assert server.set_password(SECOND_ACCEPTED) == ""


def test_missing_policy_refuses_every_password(server, policy):
    policy.write_text(BROKEN_POLICY)
    assert server.set_password(ACCEPTED) == UNREADABLE
    logged = server.logged()
    assert f"[ERROR] mariadbd: kouling: {policy}:4: " in logged
    policy.unlink()
    assert server.set_password(ACCEPTED) == UNREADABLE
    logged = server.logged()[len(logged) :]
    assert f"[ERROR] mariadbd: kouling: the policy `{policy}` cannot be read: No such file" in logged
    assert server.login(SECOND_ACCEPTED) and not server.login(ACCEPTED)
    # A server that starts with this policy refuses every password too.
    server.stop()
    assert server.start()
    assert server.set_password(ACCEPTED) == UNREADABLE
    server.stop()
    assert server.start(kouling_policy=None)
    assert server.set_password(ACCEPTED) == UNREADABLE


def test_missing_password_is_the_empty_one(server):
    for statement in (
        "CREATE USER none",
        "CREATE USER none IDENTIFIED VIA mysql_native_password",
        "SET PASSWORD FOR li = ''",
    ):
        assert server.statement(statement) == REFUSED
    assert server.statement("CREATE USER none IDENTIFIED VIA unix_socket") == ""
    assert server.login(SECOND_ACCEPTED)


def test_invalid_text_is_refused(server):
    unevaluated = "ERROR 1819 (HY000) at line 1: the password cannot be evaluated; nothing was changed\n"
    umlauts = "äöü-äöü-äöü-7"
    assert server.set_password(umlauts, encoding="latin1") == unevaluated
    assert server.logged().endswith("[ERROR] mariadbd: kouling: the password is not UTF-8\n")
    assert server.set_password(umlauts) == ""
    assert server.set_password(f"{SECOND_ACCEPTED}\\0") == unevaluated
    assert server.login(umlauts)


def test_hashed_password_is_refused(server):
    empty = "*" + "0" * 40
    strict = (
        "ERROR 1290 (HY000) at line 1: The MariaDB server is running with the --strict-password-validation option "
        "so it cannot execute this statement\n"
    )
    assert server.statement(f"SET PASSWORD FOR li = '{empty}'") == strict
    assert server.statement(f"CREATE USER wang IDENTIFIED BY PASSWORD '{empty}'") == strict
    assert server.login(SECOND_ACCEPTED)
    server.statement("SET GLOBAL strict_password_validation = OFF")
    assert server.statement(f"CREATE USER wang IDENTIFIED BY PASSWORD '{empty}'") == ""


def test_concurrent_changes(server):
    server.statement(*(f"CREATE USER user{number} IDENTIFIED BY '{SECOND_ACCEPTED}'" for number in range(64)))

    def change(number):
        return server.set_password(ACCEPTED if number % 2 else SHORT, user=f"user{number}")

    with ThreadPoolExecutor(64) as pool:
        said = list(pool.map(change, range(64)))
    assert (said[0::2], said[1::2]) == ([REFUSED] * 32, [""] * 32)
    kept = f"SELECT count(*) FROM mysql.user WHERE user LIKE 'user%' AND password = PASSWORD('{SECOND_ACCEPTED}')"
    assert server.statement(kept) == "32\n"
    assert server.login(ACCEPTED, user="user63") and server.login(SECOND_ACCEPTED, user="user62")


def test_server_log_has_no_refused_password(server):
    server.stop()
    assert server.start(general_log=1, log_bin=server.folder / "binary")
    assert server.set_password(SHORT) == REFUSED
    assert server.statement(f"ALTER USER li IDENTIFIED BY '{ACCEPTED}'") == ""
    assert SHORT not in server.logged() and ACCEPTED not in server.logged()
    # As documented in the README: the statement as typed.
    queries = (server.folder / "queries").read_text()
    assert SHORT in queries and ACCEPTED in queries
    binary = (server.folder / "binary.000001").read_bytes()
    assert ACCEPTED.encode() in binary and SHORT.encode() not in binary


def test_plugin_cannot_be_uninstalled(server):
    said = server.statement("UNINSTALL PLUGIN kouling")
    assert said == "ERROR 1702 (HY000) at line 1: Plugin 'kouling' is force_plus_permanent and can not be unloaded\n"
    assert "read only" in server.statement("SET GLOBAL kouling_policy = '/dev/null'")


def test_server_does_not_start_without_the_module(server, tmp_path):
    server.stop()
    empty = tmp_path / "empty"
    empty.mkdir(mode=0o755)
    assert not server.start(plugin_dir=empty)
    assert "kouling_password_validation" in server.logged() and "[ERROR] Aborting" in server.logged()
    # Without that option it starts and accepts everything, as documented in the README.
    assert server.start(plugin_dir=empty, kouling=None, kouling_policy=None)
    assert server.set_password(SHORT) == ""

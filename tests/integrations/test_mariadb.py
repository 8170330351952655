"""MariaDB 10.11: our plugin in a server of the test's own, asked by the client `mariadb` over a socket."""

import re
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from conftest import ACCEPTED, BROKEN_POLICY, POLICY, SECOND_ACCEPTED, STRICTER_POLICY, build, run
from server_user import as_user, give, let_pass

MYSQL = as_user("mysql")
REFUSED = "ERROR 1819 (HY000) at line 1: password refused: must have at least 10 characters [length.too_short]\n"
STRICTER = REFUSED.replace("10", "30")
UNREADABLE = "ERROR 1819 (HY000) at line 1: the password policy cannot be read; nothing was changed\n"
# Is refused, and is found in no log but where a test says so.
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
    """A data folder that no server has used."""
    parent = tmp_path_factory.mktemp("data")
    folder = give("mysql", parent / "template")
    # A server that starts removes what it finds of others in the common one.
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
        """Whether it started."""
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
            # A clean end takes two seconds, and nobody wants the data.
            self.process.kill()
            self.process.wait(60)

    def statement(self, *statements, user="root", password="", encoding="utf8mb4", options=()):
        """What the client shows, which ends at the first error."""
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


def test_a_refusal_says_why_and_changes_nothing(server):
    assert server.set_password(SHORT) == REFUSED
    assert server.login(SECOND_ACCEPTED) and not server.login(SHORT)
    assert server.statement(f"CREATE USER wang IDENTIFIED BY '{SHORT}'") == REFUSED
    assert server.statement("SELECT count(*) FROM mysql.user WHERE user = 'wang'") == "0\n"
    assert server.statement(f"GRANT USAGE ON *.* TO li IDENTIFIED BY '{SHORT}'") == REFUSED
    assert server.login(SECOND_ACCEPTED)


def test_alter_user_says_why_in_its_warnings(server):
    said = server.statement(f"ALTER USER li IDENTIFIED BY '{SHORT}'", options=["--show-warnings"])
    assert "ERROR 1396 (HY000) at line 1: Operation ALTER USER failed for 'li'@'%'\n" in said
    assert "Error (Code 1819): password refused: must have at least 10 characters [length.too_short]\n" in said
    assert server.login(SECOND_ACCEPTED) and not server.login(SHORT)


def test_every_violation_is_said_and_in_chinese(server):
    server.stop()
    assert server.start(kouling_language="zh")
    assert server.statement("CREATE USER nahsil IDENTIFIED BY 'Lishan'") == (
        "ERROR 1819 (HY000) at line 1: password refused: 长度不能少于10个字符 [length.too_short]; "
        "不能包含用户名的倒写 [reversed_username.contained]\n"
    )


def test_what_has_no_room_is_left_out_whole(server, policy):
    # Of 180 bytes each with their codes, of which 512 hold two.
    rules = [f'[rules.p{n}]\nkind = "pattern"\nforbid = "z"\nmessage = {{ en = "{str(n) * 160}" }}\n' for n in range(4)]
    policy.write_text(POLICY + "".join(rules))
    said = server.set_password("a-long-one-with-z")
    assert said == (
        "ERROR 1819 (HY000) at line 1: password refused: "
        + "; ".join(f"{str(n) * 160} [pattern.forbidden]" for n in range(2))
        + "\n"
    )


def test_an_accepted_password_is_the_password(server):
    assert (server.set_password(ACCEPTED), server.login(ACCEPTED)) == ("", True)
    assert not server.login(SECOND_ACCEPTED)
    # Their own, too.
    own = {"user": "li", "password": ACCEPTED}
    assert server.statement(f"SET PASSWORD = PASSWORD('{SHORT}')", **own) == REFUSED
    assert server.statement(f"SET PASSWORD = PASSWORD('{SECOND_ACCEPTED}')", **own) == ""
    assert server.login(SECOND_ACCEPTED)
    assert server.statement(f"ALTER USER li IDENTIFIED BY '{ACCEPTED}'") == ""
    assert server.login(ACCEPTED)


def test_the_username_reaches_the_policy(server):
    assert server.statement("CREATE USER repoleved IDENTIFIED BY 'developer-Xy-1'") == (
        "ERROR 1819 (HY000) at line 1: password refused: must not contain the username backwards "
        "[reversed_username.contained]\n"
    )
    assert server.set_password("developer-Xy-1") == ""


def test_the_policy_is_the_one_on_disk(server, policy):
    assert server.set_password(ACCEPTED) == ""
    policy.write_text(STRICTER_POLICY)
    assert server.set_password(SECOND_ACCEPTED) == STRICTER
    policy.write_text(POLICY)
    assert server.set_password(SECOND_ACCEPTED) == ""


def test_no_policy_no_change(server, policy):
    policy.write_text(BROKEN_POLICY)
    assert server.set_password(ACCEPTED) == UNREADABLE
    logged = server.logged()
    assert f"[ERROR] mariadbd: kouling: {policy}:4: " in logged
    policy.unlink()
    assert server.set_password(ACCEPTED) == UNREADABLE
    logged = server.logged()[len(logged) :]
    assert f"[ERROR] mariadbd: kouling: {policy}:1: " in logged and "No such file" in logged
    assert server.login(SECOND_ACCEPTED) and not server.login(ACCEPTED)
    # Nor does a server that starts with it let anything through.
    server.stop()
    assert server.start()
    assert server.set_password(ACCEPTED) == UNREADABLE
    server.stop()
    assert server.start(kouling_policy=None)
    assert server.set_password(ACCEPTED) == UNREADABLE


def test_no_password_is_an_empty_one(server):
    for statement in (
        "CREATE USER none",
        "CREATE USER none IDENTIFIED VIA mysql_native_password",
        "SET PASSWORD FOR li = ''",
    ):
        assert server.statement(statement) == REFUSED
    assert server.statement("CREATE USER none IDENTIFIED VIA unix_socket") == ""
    assert server.login(SECOND_ACCEPTED)


def test_what_is_no_text_is_refused(server):
    unjudged = "ERROR 1819 (HY000) at line 1: the password cannot be evaluated; nothing was changed\n"
    umlauts = "äöü-äöü-äöü-7"
    assert server.set_password(umlauts, encoding="latin1") == unjudged
    assert server.logged().endswith("[ERROR] mariadbd: kouling: the password is not UTF-8\n")
    assert server.set_password(umlauts) == ""
    assert server.set_password(f"{SECOND_ACCEPTED}\\0") == unjudged
    assert server.login(umlauts)


def test_what_is_hashed_cannot_be_judged(server):
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


def test_many_at_once(server):
    server.statement(*(f"CREATE USER user{number} IDENTIFIED BY '{SECOND_ACCEPTED}'" for number in range(64)))

    def change(number):
        return server.set_password(ACCEPTED if number % 2 else SHORT, user=f"user{number}")

    with ThreadPoolExecutor(64) as pool:
        said = list(pool.map(change, range(64)))
    assert (said[0::2], said[1::2]) == ([REFUSED] * 32, [""] * 32)
    kept = f"SELECT count(*) FROM mysql.user WHERE user LIKE 'user%' AND password = PASSWORD('{SECOND_ACCEPTED}')"
    assert server.statement(kept) == "32\n"
    assert server.login(ACCEPTED, user="user63") and server.login(SECOND_ACCEPTED, user="user62")


def test_what_the_server_logs(server):
    server.stop()
    assert server.start(general_log=1, log_bin=server.folder / "binary")
    assert server.set_password(SHORT) == REFUSED
    assert server.statement(f"ALTER USER li IDENTIFIED BY '{ACCEPTED}'") == ""
    assert SHORT not in server.logged() and ACCEPTED not in server.logged()
    # The README says so: the statement as it was typed.
    queries = (server.folder / "queries").read_text()
    assert SHORT in queries and ACCEPTED in queries
    binary = (server.folder / "binary.000001").read_bytes()
    assert ACCEPTED.encode() in binary and SHORT.encode() not in binary


def test_it_cannot_be_taken_out(server):
    said = server.statement("UNINSTALL PLUGIN kouling")
    assert said == "ERROR 1702 (HY000) at line 1: Plugin 'kouling' is force_plus_permanent and can not be unloaded\n"
    assert "read only" in server.statement("SET GLOBAL kouling_policy = '/dev/null'")


def test_it_does_not_start_without_us(server, tmp_path):
    server.stop()
    empty = tmp_path / "empty"
    empty.mkdir(mode=0o755)
    assert not server.start(plugin_dir=empty)
    assert "kouling_password_validation" in server.logged() and "[ERROR] Aborting" in server.logged()
    # Without that option it starts, and takes everything. The README says so.
    assert server.start(plugin_dir=empty, kouling=None, kouling_policy=None)
    assert server.set_password(SHORT) == ""

"""PostgreSQL 15: the library in a temporary server, called by psql over a socket."""

import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from conftest import ACCEPTED, BROKEN_POLICY, POLICY, SECOND_ACCEPTED, STRICTER_POLICY, build, run, write_set
from server_user import as_user, give, let_pass

PROGRAMS = Path("/usr/lib/postgresql/15/bin")
POSTGRES = as_user("postgres")
REFUSED = "ERROR:  28P01: password refused: must have at least 10 characters\nDETAIL:  length.too_short\n"
STRICTER = REFUSED.replace("10", "30")
UNREADABLE = "ERROR:  F0000: the password policy cannot be read; nothing was changed\n"
# Refused, and in no log.
SHORT = "zq-9-Xw"
# The `SCRAM-SHA-256$…` hash of a password.
HASHED = "SCRAM-SHA-256$4096:c2FsdHNhbHRzYWx0c2FsdA==$" + "A" * 43 + "=:" + "A" * 43 + "="


@pytest.fixture(scope="session")
def module(installed, tmp_path_factory):
    assert (PROGRAMS / "postgres").exists(), "missing: apt-get install postgresql-15"
    headers = Path("/usr/include/postgresql/15/server/postgres.h")
    assert headers.exists(), "missing: apt-get install postgresql-server-dev-15"
    folder = tmp_path_factory.mktemp("postgresql")
    build("postgresql", folder, installed)
    let_pass(folder.parent.parent, "postgres", folder / "kouling_password.so", next(installed.glob("lib*/libkouling.so")))
    return folder / "kouling_password.so"


@pytest.fixture(scope="session")
def template(module, tmp_path_factory):
    """An unused cluster."""
    folder = give("postgres", tmp_path_factory.mktemp("cluster") / "template")
    let_pass(folder.parent.parent.parent, "postgres", folder)
    run(*POSTGRES, PROGRAMS / "initdb", "-D", folder, "-U", "postgres", "--auth=trust", "--no-sync", "-E", "UTF8",
        "--locale=C", cwd="/")
    (folder / "pg_hba.conf").write_text("local all postgres trust\nlocal all all scram-sha-256\n")
    return folder


class Server:
    def __init__(self, module, template, folder, policy):
        self.folder = give("postgres", folder / "server")
        self.data, self.log = self.folder / "data", self.folder / "log"
        let_pass(folder.parent.parent, "postgres", policy, self.folder)
        run(*POSTGRES, "cp", "-a", template, self.data, cwd="/")
        self.configure(
            listen_addresses="", unix_socket_directories=self.folder, fsync="off",
            shared_preload_libraries=module, **{"kouling.policy": policy},
        )

    def start(self):
        run(*self.control, "-w", "-l", self.log, "start", cwd="/")
        assert self.statement("CREATE ROLE li LOGIN") == ""

    def stop(self):
        if (self.data / "postmaster.pid").exists():
            run(*self.control, "-m", "immediate", "stop", cwd="/")

    @property
    def control(self):
        return [*POSTGRES, PROGRAMS / "pg_ctl", "-s", "-D", self.data]

    def configure(self, **settings):
        with (self.data / "postgresql.conf").open("a") as configuration:
            configuration.writelines(f"{name} = '{value}'\n" for name, value in settings.items())

    def reload(self, name, value):
        self.configure(**{name: value})
        run(*self.control, "reload", cwd="/")
        for _ in range(200):
            if self.statement(f"SHOW {name}") == f"{value}\n":
                return
        pytest.fail(f"{name} did not change")

    def statement(self, *statements, user="postgres", password=""):
        """Returns the output of psql for one session, without line numbers of PostgreSQL's source."""
        done = subprocess.run(
            [PROGRAMS / "psql", "-X", "-q", "-t", "-A", "-v", "VERBOSITY=verbose", "-h", self.folder, "-U", user, "postgres"],
            input=";\n".join(statements) + ";\n", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            timeout=60, env={"PGPASSWORD": password, "PGCLIENTENCODING": "UTF8"},
        )
        return re.sub(r"LOCATION: .*\n", "", done.stdout)

    def set_password(self, password, user="li"):
        return self.statement(f"ALTER ROLE {user} PASSWORD '{password}'")

    def login(self, password, user="li"):
        return self.statement("SELECT 'it is ' || current_user", user=user, password=password) == f"it is {user}\n"

    def logged(self):
        return self.log.read_text()


@pytest.fixture
def server(module, template, tmp_path, policy):
    one = Server(module, template, tmp_path, policy)
    try:
        one.start()
        yield one
    finally:
        one.stop()


def test_refusal_shows_the_reason_and_changes_nothing(server):
    assert server.set_password(ACCEPTED) == ""
    assert server.set_password(SHORT) == REFUSED
    assert server.login(ACCEPTED) and not server.login(SHORT)
    assert server.statement(f"CREATE ROLE wang LOGIN PASSWORD '{SHORT}'") == REFUSED
    assert server.statement("SELECT count(*) FROM pg_roles WHERE rolname = 'wang'") == "0\n"


def test_all_violations_are_shown_in_chinese(server):
    said = server.statement("SET kouling.language = 'zh'", "CREATE ROLE nahsil PASSWORD 'Lishan'")
    assert said == (
        "ERROR:  28P01: password refused: 长度不能少于10个字符; 不能包含倒序的用户名\n"
        "DETAIL:  length.too_short, reversed_username.contained\n"
    )


def test_accepted_password_is_stored(server):
    assert (server.set_password(ACCEPTED), server.login(ACCEPTED)) == ("", True)
    assert (server.set_password(SECOND_ACCEPTED), server.login(SECOND_ACCEPTED)) == ("", True)
    assert not server.login(ACCEPTED)
    # Also the own password.
    assert server.statement(f"ALTER ROLE li PASSWORD '{ACCEPTED}'", user="li", password=SECOND_ACCEPTED) == ""
    assert server.statement(f"ALTER ROLE li PASSWORD '{SHORT}'", user="li", password=ACCEPTED) == REFUSED
    assert server.login(ACCEPTED)


def test_policy_receives_the_username(server):
    assert server.statement("CREATE ROLE repoleved PASSWORD 'developer-Xy-1'") == (
        "ERROR:  28P01: password refused: must not contain the reversed username\n"
        "DETAIL:  reversed_username.contained\n"
    )
    assert server.set_password("developer-Xy-1") == ""


def test_policy_set_selects_by_role(server, policy):
    write_set(policy, '{ any = [{ role = "dba" }, { superuser = "true" }] }')
    assert server.statement("CREATE ROLE dba", "CREATE ROLE leads IN ROLE dba") == ""
    assert server.set_password(ACCEPTED) == ""
    for granted, revoked in (("GRANT leads TO li", "REVOKE leads FROM li"), ("ALTER ROLE li SUPERUSER", "ALTER ROLE li NOSUPERUSER")):
        assert server.statement(granted) == ""
        assert server.set_password(SECOND_ACCEPTED) == STRICTER
        assert server.statement(revoked) == ""
        assert server.set_password(ACCEPTED) == ""
    assert server.login(ACCEPTED)
    assert server.set_password(ACCEPTED, user="dba") == STRICTER, "a role is a member of itself"


def test_memberships_of_a_new_role_are_unknown(server, policy):
    write_set(policy, '{ role = "dba" }')
    assert server.statement("CREATE ROLE dba") == ""
    assert server.statement(f"CREATE ROLE wang LOGIN IN ROLE dba PASSWORD '{ACCEPTED}'") == (
        "ERROR:  28P01: the password cannot be evaluated; nothing was changed\n"
        "HINT:  The memberships of a new role are not known yet. Create it without a password, then use ALTER ROLE.\n"
    )
    assert "needs the user attribute `role`" in server.logged()
    write_set(policy, '{ username = "wang" }')
    assert server.statement(f"CREATE ROLE wang LOGIN IN ROLE dba PASSWORD '{ACCEPTED}'") == STRICTER
    assert server.statement(f"CREATE ROLE zhao LOGIN IN ROLE dba PASSWORD '{ACCEPTED}'") == ""


def test_role_with_too_many_memberships_is_refused(server):
    grant = "DO $$ BEGIN FOR i IN {} LOOP EXECUTE format('CREATE ROLE r%s', i); EXECUTE format('GRANT r%s TO li', i); END LOOP; END $$"
    assert server.statement(grant.format("1..255")) == ""
    assert server.set_password(ACCEPTED) == ""
    assert server.statement(grant.format("256..256")) == ""
    assert server.set_password(ACCEPTED) == (
        "ERROR:  54000: the password cannot be evaluated; the role is a member of more than 256 roles\n"
    )


def test_policy_is_read_from_disk(server, policy, tmp_path):
    stricter, old = tmp_path / "stricter.toml", tmp_path / "old.toml"
    stricter.write_text(STRICTER_POLICY)
    old.write_text(POLICY)
    change = f"ALTER ROLE li PASSWORD '{ACCEPTED}'"
    # In one session, which used the old one before.
    said = server.statement(
        change,
        f"\\! cp {stricter} {policy}\n{change}",
        f"\\! cp {old} {policy}\n{change}",
        f"\\! rm {policy}\n{change}",
    )
    assert said == STRICTER + UNREADABLE
    policy.write_text(POLICY)
    assert server.set_password(ACCEPTED) == ""


def test_policy_path_can_change(server, tmp_path):
    other = tmp_path / "other.toml"
    other.write_text(STRICTER_POLICY)
    assert server.set_password(ACCEPTED) == ""
    server.reload("kouling.policy", other)
    assert server.set_password(ACCEPTED) == STRICTER
    server.reload("kouling.policy", "")
    assert server.set_password(ACCEPTED) == UNREADABLE


def test_session_uses_the_changed_path(server, tmp_path):
    other = tmp_path / "other.toml"
    other.write_text(STRICTER_POLICY)
    server.configure(**{"kouling.policy": tmp_path / "policy.toml"})
    change = f"ALTER ROLE li PASSWORD '{ACCEPTED}'"
    said = server.statement(
        change, f"ALTER SYSTEM SET kouling.policy = '{other}'", "SELECT pg_reload_conf()", "SELECT pg_sleep(1)", change
    )
    assert said == "t\n\n" + STRICTER


def test_missing_policy_refuses_every_password(server, policy):
    assert server.set_password(SECOND_ACCEPTED) == ""
    policy.write_text(BROKEN_POLICY)
    assert server.set_password(ACCEPTED) == UNREADABLE
    logged = server.logged()
    assert "LOG:  kouling cannot evaluate passwords: " in logged and f"{policy}:4:" in logged
    policy.unlink()
    assert server.set_password(ACCEPTED) == UNREADABLE
    logged = server.logged()[len(logged) :]
    assert "LOG:  kouling cannot evaluate passwords: " in logged and "No such file" in logged
    assert server.login(SECOND_ACCEPTED) and not server.login(ACCEPTED)
    assert ACCEPTED not in server.logged()


def test_invalid_text_is_refused(server):
    server.statement("CREATE DATABASE bytes ENCODING 'SQL_ASCII' TEMPLATE template0")
    said = server.statement(
        "\\c bytes\nSET client_encoding = 'SQL_ASCII'", f"ALTER ROLE li PASSWORD E'\\xff{ACCEPTED}'"
    )
    assert said.startswith("ERROR:  22021: invalid byte sequence")
    assert not server.login(ACCEPTED)


def test_password_in_another_encoding_is_converted(server):
    server.statement("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0")
    # Nine letters, which are 18 bytes in UTF-8, and ten.
    said = server.statement("\\c latin\nALTER ROLE li PASSWORD 'äöüäöüäöü'", "ALTER ROLE li PASSWORD 'äöüäöüäöüä'")
    assert said == REFUSED
    # The encoding cannot show the message, but the password is refused.
    said = server.statement("\\c latin\nSET kouling.language = 'zh'", f"ALTER ROLE li PASSWORD '{SHORT}'")
    assert said.startswith("ERROR:  22P05: character with byte sequence") and not server.login(SHORT)
    # The session continues.
    assert server.set_password(ACCEPTED) == ""


def test_hashed_password_is_refused(server):
    refused = server.set_password(HASHED)
    assert refused.startswith("ERROR:  28P01: the password was hashed by the client and cannot be evaluated\nHINT:")
    assert server.set_password("md5" + "0" * 32) == refused
    server.reload("kouling.accept_hashed", "on")
    assert server.set_password(HASHED) == ""
    assert server.set_password(SHORT) == REFUSED


def test_users_cannot_change_the_settings(server):
    for setting in ("kouling.policy = '/dev/null'", "kouling.accept_hashed = on"):
        assert "cannot be changed now" in server.statement(f"SET {setting}")


def test_concurrent_changes(server):
    server.statement(*(f"CREATE ROLE user{number} LOGIN" for number in range(64)))

    def change(number):
        return server.set_password(ACCEPTED if number % 2 else SHORT, user=f"user{number}")

    with ThreadPoolExecutor(64) as pool:
        said = list(pool.map(change, range(64)))
    assert (said[0::2], said[1::2]) == ([REFUSED] * 32, [""] * 32)
    none = "SELECT count(*) FROM pg_authid WHERE rolname LIKE 'user%' AND rolpassword IS NULL"
    assert server.statement(none) == "32\n"
    assert server.login(ACCEPTED, user="user63")


def test_server_log_has_no_refused_password(server):
    server.set_password(SHORT)
    # The context contains the statement too.
    assert "CONTEXT" in server.statement(f"DO $$ BEGIN EXECUTE 'ALTER ROLE li PASSWORD ''{SHORT}'' '; END $$")
    server.set_password(HASHED)
    logged = server.logged()
    assert logged.count("password refused: must have at least 10 characters") == 2
    assert SHORT not in logged and HASHED not in logged
    # Other failed statements are logged, as documented in the README.
    assert "does not exist" in server.set_password(ACCEPTED, user="nobody")
    assert ACCEPTED in server.logged()
    server.reload("log_min_error_statement", "fatal")
    assert "does not exist" in server.set_password(SECOND_ACCEPTED, user="nobody")
    assert SECOND_ACCEPTED not in server.logged()


def test_server_does_not_start_without_the_module(server, module):
    server.stop()
    server.configure(shared_preload_libraries=module.with_name("gone.so"))
    done = run(*server.control, "-w", "-l", server.log, "start", cwd="/", check=False)
    assert done.returncode == 1 and "gone.so" in server.logged()


def test_library_cannot_be_loaded_by_a_session(server, module):
    server.stop()
    server.configure(shared_preload_libraries="")
    run(*server.control, "-w", "-l", server.log, "start", cwd="/")
    said = server.statement(f"LOAD '{module}'")
    assert said == "ERROR:  55000: kouling_password must be loaded by shared_preload_libraries\n"

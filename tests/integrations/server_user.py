"""Servers that refuse to run as root run as the user that Debian's package made for them."""

import os
import shutil
import subprocess

import pytest


def as_user(name):
    """What to put before a command so that it runs as this user; nothing, where the tests are not run by root."""
    # It becomes the command, as `runuser` does not: a signal to it is one to the server.
    return ["setpriv", f"--reuid={name}", f"--regid={name}", "--init-groups", "--"] if os.geteuid() == 0 else []


def give(name, folder):
    """Makes a folder that is theirs."""
    folder.mkdir()
    if os.geteuid() == 0:
        shutil.chown(folder, name)
    return folder


def let_pass(temporary, name, *paths):
    """Lets everybody through the folders of the tests that lead to these paths. pytest keeps them to itself."""
    for path in paths:
        for folder in path.parents:
            if folder.is_relative_to(temporary):
                folder.chmod(folder.stat().st_mode | 0o011)
        if subprocess.run([*as_user(name), "test", "-r", path]).returncode:
            pytest.fail(f"{name} cannot read {path}: give --basetemp a folder that everybody may pass through")

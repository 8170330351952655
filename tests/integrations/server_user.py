"""Runs servers that refuse root as the user of their Debian package."""

import os
import shutil
import subprocess

import pytest


def as_user(name):
    """The command prefix that runs a command as this user; empty if the tests do not run as root."""
    # Unlike `runuser`, setpriv is replaced by the command, so that signals reach the server.
    return ["setpriv", f"--reuid={name}", f"--regid={name}", "--init-groups", "--"] if os.geteuid() == 0 else []


def give(name, folder):
    """Creates a folder that belongs to the user."""
    folder.mkdir()
    if os.geteuid() == 0:
        shutil.chown(folder, name)
    return folder


def let_pass(temporary, name, *paths):
    """Makes the parent folders of these paths searchable for all users; pytest creates private ones."""
    for path in paths:
        for folder in path.parents:
            if folder.is_relative_to(temporary):
                folder.chmod(folder.stat().st_mode | 0o011)
        if subprocess.run([*as_user(name), "test", "-r", path]).returncode:
            pytest.fail(f"{name} cannot read {path}: use --basetemp with a folder that every user can search")

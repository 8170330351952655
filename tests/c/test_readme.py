"""The C program of the main README: built with the installed library, and run."""

import re

from conftest import ROOT, WARNINGS, packaged, run


def test_main_readme_program_rejects_the_password(prefix, tmp_path):
    (block,) = re.findall(r"^```c\n(.*?)^```", (ROOT / "README.md").read_text("utf-8"), re.S | re.M)
    source, program = tmp_path / "readme.c", tmp_path / "readme"
    source.write_text(block)
    run("cc", "-std=gnu11", *WARNINGS, f"-Wl,-rpath,{prefix}/lib", source, "-o", program, *packaged(prefix, "--cflags", "--libs"))
    assert run(program, check=False).returncode == 1

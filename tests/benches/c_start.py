"""Measures a process that evaluates one password, including start and exit: some hosts load the library for each check.
Prints the median of 200 runs of an empty program and of one that loads a preset and evaluates once.

    cmake -S bindings/c -B build -DCMAKE_INSTALL_PREFIX=prefix && cmake --build build && cmake --install build
    python3 tests/benches/c_start.py prefix
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

STARTS = 200
CONSUMER = Path(__file__).resolve().parents[1] / "c/consumer/main.c"


def compiled(source, program, *flags):
    subprocess.run(["cc", "-O2", source, "-o", program, *flags], check=True)
    return str(program)


def milliseconds(command):
    """Measures one run. Uses `posix_spawn`, so that the size of this process does not matter."""
    with open(os.devnull, "w") as nothing:
        redirect = [(os.POSIX_SPAWN_DUP2, nothing.fileno(), 1)]
        begin = time.perf_counter()
        process = os.posix_spawn(command[0], command, os.environ, file_actions=redirect)
        _, status = os.waitpid(process, 0)
        taken = time.perf_counter() - begin
    assert os.waitstatus_to_exitcode(status) == 0, command
    return taken * 1000


def main():
    prefix = Path(sys.argv[1]).resolve()
    pkgconfig = next(prefix.glob("lib*/**/pkgconfig"))
    library = pkgconfig.parent
    shared = [f"-I{prefix}/include", f"-L{library}", f"-Wl,-rpath,{library}", "-lkouling"]
    answer = subprocess.run(
        ["pkg-config", "--cflags", "kouling"], env=os.environ | {"PKG_CONFIG_PATH": str(pkgconfig)},
        capture_output=True, text=True, check=True,
    )
    archive = subprocess.run(
        ["pkg-config", "--variable=static_libs", "kouling"], env=os.environ | {"PKG_CONFIG_PATH": str(pkgconfig)},
        capture_output=True, text=True, check=True,
    )
    with tempfile.TemporaryDirectory() as folder:
        empty = Path(folder) / "empty.c"
        empty.write_text("int main(void) { return 0; }\n")
        password = "veer-Lantern-oboe-73"
        against_shared = compiled(CONSUMER, Path(folder) / "shared", *shared)
        against_archive = compiled(CONSUMER, Path(folder) / "archive", *answer.stdout.split(), *archive.stdout.split())
        cases = {"empty": [compiled(empty, Path(folder) / "empty")]}
        for preset in ("minimal", "standard"):
            cases[f"{preset}, shared"] = [against_shared, preset, password]
            cases[f"{preset}, archive"] = [against_archive, preset, password]
        taken = {name: [] for name in cases}
        # Alternate, so that other load on the machine affects all cases.
        for _ in range(STARTS):
            for name, command in cases.items():
                taken[name].append(milliseconds(command))
    for name, times in taken.items():
        print(f"{name:20} {statistics.median(times):6.2f} ms")


main()

//! Builds programs against the header and the library as hosts do: the shared one by its name, or the static one.

use std::env::consts::DLL_SUFFIX;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// How a program gets the library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Link {
    /// The shared library, found by the name that stands in it.
    Shared,
    /// The static one becomes a part of the program.
    Static,
}

/// A compiler and what it is told.
pub(crate) struct Compiler {
    command: &'static str,
    /// The Debian package that has it.
    package: &'static str,
    flags: Vec<&'static str>,
}

/// What every program must stand.
const STRICT: [&str; 5] = ["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-g"];

/// Flags under which wrong memory and undefined behaviour end the program.
pub(crate) const SANITIZERS: [&str; 4] =
    ["-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-fno-omit-frame-pointer", "-O1"];

impl Compiler {
    pub(crate) fn gcc() -> Compiler {
        Compiler { command: "gcc", package: "gcc", flags: vec!["-std=c99"] }
    }

    pub(crate) fn clang() -> Compiler {
        Compiler { command: "clang", package: "clang", flags: vec!["-std=c99"] }
    }

    pub(crate) fn gpp() -> Compiler {
        Compiler { command: "g++", package: "g++", flags: vec!["-std=c++17"] }
    }

    pub(crate) fn clangpp() -> Compiler {
        Compiler { command: "clang++", package: "clang", flags: vec!["-std=c++17"] }
    }

    pub(crate) fn with(mut self, flags: &[&'static str]) -> Compiler {
        self.flags.extend(flags);
        self
    }

    fn run(&self, arguments: impl FnOnce(&mut Command)) {
        let mut command = installed(self.command, self.package);
        command.args(&self.flags).args(STRICT).arg("-I").arg(include());
        arguments(&mut command);
        let output = command.output().expect("the compiler starts");
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && told.is_empty(), "{command:?}\n{told}");
    }

    /// Sees that there is nothing to warn of.
    pub(crate) fn accepts(&self, sources: &[PathBuf]) {
        self.run(|command| {
            command.arg("-fsyntax-only").args(sources);
        });
    }

    /// Builds a program of this name, which no other test may use, in a folder of its own.
    pub(crate) fn build(&self, name: &str, sources: &[PathBuf], link: Link) -> PathBuf {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("programs").join(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder");
        let program = folder.join(name);
        self.run(|command| {
            command.args(sources).arg("-o").arg(&program);
            match link {
                Link::Shared => {
                    let library = library(&format!("libkouling_c{DLL_SUFFIX}"));
                    for known_as in ["libkouling.so", "libkouling.so.0"] {
                        std::os::unix::fs::symlink(&library, folder.join(known_as)).expect("a link");
                    }
                    command.arg("-L").arg(&folder).args(["-lkouling", "-Wl,-rpath,$ORIGIN"]);
                }
                Link::Static => {
                    command.arg(library("libkouling_c.a")).args(NATIVE.iter());
                }
            }
        });
        program
    }
}

/// What the static library needs of the system, as the compiler of the library says.
static NATIVE: LazyLock<Vec<String>> = LazyLock::new(|| {
    let source = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("native-{}.rs", std::process::id()));
    fs::write(&source, "").expect("a file");
    let output = Command::new(option_env!("RUSTC").unwrap_or("rustc"))
        .args(["--crate-type=staticlib", "--print=native-static-libs", "-o"])
        .arg(source.with_extension("a"))
        .arg(&source)
        .output()
        .expect("rustc");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    let _ = (fs::remove_file(source.with_extension("a")), fs::remove_file(&source));
    let list = told.lines().find_map(|line| line.split_once("native-static-libs: "));
    list.unwrap_or_else(|| panic!("{told}")).1.split_whitespace().map(str::to_owned).collect()
});

/// A command, or one line on where it comes from.
pub(crate) fn installed(command: &str, package: &str) -> Command {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let there = std::env::split_paths(&path).any(|folder| folder.join(command).is_file());
    assert!(there, "`{command}` is missing: apt-get install {package}");
    Command::new(command)
}

/// The folder of the headers.
pub(crate) fn include() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../include")
}

/// The source files of the driver in C.
pub(crate) fn c_driver() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/driver");
    sources(&folder, "c")
}

/// The files of a folder with an extension.
pub(crate) fn sources(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let mut sources: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|known| known == extension)).collect();
    sources.sort();
    assert!(!sources.is_empty(), "no sources in {}", folder.display());
    sources
}

/// A library of this package: cargo puts it beside the test that runs, and makes it before it makes the test.
pub(crate) fn library(file: &str) -> PathBuf {
    let test = std::env::current_exe().expect("the path of this test");
    let library = test.with_file_name(file);
    assert!(library.is_file(), "{} is missing", library.display());
    library
}

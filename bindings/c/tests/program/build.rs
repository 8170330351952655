//! Builds programs with the header and the shared or static library, as hosts do.

use std::env::consts::DLL_SUFFIX;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// How a program is linked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Link {
    /// With the shared library, found by its SONAME.
    Shared,
    /// With the static library.
    Static,
}

/// A compiler and its flags.
pub(crate) struct Compiler {
    command: &'static str,
    /// The Debian package that contains it.
    package: &'static str,
    flags: Vec<&'static str>,
}

/// Flags for every program.
const STRICT: [&str; 5] = ["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-g"];

/// Flags that end the program on memory errors and undefined behaviour.
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
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && errors.is_empty(), "{command:?}\n{errors}");
    }

    /// Checks that the sources compile without warnings.
    pub(crate) fn accepts(&self, sources: &[PathBuf]) {
        self.run(|command| {
            command.arg("-fsyntax-only").args(sources);
        });
    }

    /// Builds a program in a separate folder. No other test may use the same name.
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
                    for name in ["libkouling.so", "libkouling.so.0"] {
                        std::os::unix::fs::symlink(&library, folder.join(name)).expect("a link");
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

/// The system libraries that the static library needs, as rustc reports them.
static NATIVE: LazyLock<Vec<String>> = LazyLock::new(|| {
    let source = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("native-{}.rs", std::process::id()));
    fs::write(&source, "").expect("a file");
    let output = Command::new(option_env!("RUSTC").unwrap_or("rustc"))
        .args(["--crate-type=staticlib", "--print=native-static-libs", "-o"])
        .arg(source.with_extension("a"))
        .arg(&source)
        .output()
        .expect("rustc");
    let printed = String::from_utf8_lossy(&output.stderr).into_owned();
    let _ = (fs::remove_file(source.with_extension("a")), fs::remove_file(&source));
    let list = printed.lines().find_map(|line| line.split_once("native-static-libs: "));
    list.unwrap_or_else(|| panic!("{printed}")).1.split_whitespace().map(str::to_owned).collect()
});

/// A command. Panics with the package to install if it is missing.
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

/// A library of this package. Cargo builds it before the tests, in the same folder.
pub(crate) fn library(file: &str) -> PathBuf {
    let test = std::env::current_exe().expect("the path of this test");
    let library = test.with_file_name(file);
    assert!(library.is_file(), "{} is missing", library.display());
    library
}

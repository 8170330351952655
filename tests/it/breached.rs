//! Breach filter files that are replaced, truncated or overwritten while a policy uses them.
#![allow(clippy::panic, clippy::expect_used)]

use std::fs;
use std::path::PathBuf;

use kouling::policy::Memory;
use kouling::policy::document::Start;
use kouling::{Facts, Loader, Moment, Policy, User};
use kouling_vector_runner::vectors;

const POLICY: &str = "format = 1\n[rules.breached]\nfilter = \"./own.filter\"\n";

/// Creates a folder with a policy and a filter.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("policy.toml"), POLICY).expect("a file");
    fs::copy(vectors().join("files/leaked.filter"), folder.join("own.filter")).expect("a file");
    folder
}

fn load(folder: &std::path::Path) -> Policy {
    Policy::load(folder.join("policy.toml").to_str().expect("a path")).expect("a valid policy")
}

/// Returns whether the password is accepted, or the kind of the error.
fn accepts(policy: &Policy, password: &str) -> Result<bool, &'static str> {
    let outcome =
        policy.evaluate(password.as_bytes(), &Facts::new(&User::new(), Moment::from_unix(1_795_392_000)));
    outcome.map(|outcome| outcome.accepted()).map_err(|error| error.kind().name())
}

const LEAKED: &str = "correct horse battery staple";

#[test]
fn replaced_filter_file_keeps_working() {
    let folder = folder("replaced");
    let policy = load(&folder);
    fs::write(folder.join("next.filter"), b"something else").expect("a file");
    fs::rename(folder.join("next.filter"), folder.join("own.filter")).expect("a file");
    assert_eq!(accepts(&policy, LEAKED), Ok(false));
    assert_eq!(accepts(&policy, "a-blue-heron-wanders-7"), Ok(true));
    assert!(Policy::load(folder.join("policy.toml").to_str().expect("a path")).is_err());
    fs::remove_dir_all(folder).expect("the folder can be removed");
}

#[test]
fn damaged_filter_is_an_error_until_restored() {
    let folder = folder("cut");
    let path = folder.join("own.filter");
    let whole = fs::read(&path).expect("a file");
    for damaged in [whole[..whole.len() - 1].to_vec(), Vec::new(), vec![0; whole.len()]] {
        fs::write(&path, &whole).expect("a file");
        let policy = load(&folder);
        fs::write(&path, damaged).expect("a file"); // overwrites the same inode
        assert_eq!(accepts(&policy, LEAKED), Err("unavailable"));
        assert_eq!(accepts(&policy, "a-blue-heron-wanders-7"), Err("unavailable"));
        fs::write(&path, &whole).expect("a file");
        assert_eq!(accepts(&policy, LEAKED), Ok(false), "the next lookup reads the restored file");
    }
    fs::remove_dir_all(folder).expect("the folder can be removed");
}

/// The password is looked up before each change, so that its part of the filter was verified.
#[test]
fn change_after_a_lookup_is_an_error_until_restored() {
    let folder = folder("changed");
    let path = folder.join("own.filter");
    let whole = fs::read(&path).expect("a file");
    let policy = load(&folder);
    let flipped: Vec<u8> = whole.iter().map(|byte| byte ^ 1).collect();
    let next = fs::read(vectors().join("files/leaked-often.filter")).expect("a file");
    for changed in [flipped, whole[..whole.len() / 4].to_vec(), Vec::new(), vec![0; whole.len()], next] {
        assert_eq!(accepts(&policy, LEAKED), Ok(false));
        fs::write(&path, changed).expect("a file"); // overwrites the same inode
        assert_eq!(accepts(&policy, LEAKED), Err("unavailable"));
        fs::write(&path, &whole).expect("a file");
    }
    fs::remove_file(&path).expect("the file can be removed");
    assert_eq!(accepts(&policy, LEAKED), Ok(false), "a removed file remains open");
    assert_eq!(accepts(&policy, "a-blue-heron-wanders-7"), Ok(true));
    fs::remove_dir_all(folder).expect("the folder can be removed");
}

#[test]
fn policy_digest_covers_the_filter() {
    let digest = |file: &str| {
        let filter = fs::read(vectors().join("files").join(file)).expect("a file");
        let source = Memory::default().with("policy.toml", POLICY).with("own.filter", filter);
        let policy = Loader::new().with_source(source).load(Start::Named("policy.toml")).expect("a valid policy");
        *policy.digest()
    };
    assert_eq!(digest("leaked.filter"), digest("leaked.filter"));
    assert_ne!(digest("leaked.filter"), digest("leaked-often.filter"));
}

//! Objects shared between threads, and policy files that change while threads use them.
#![allow(unsafe_code)] // the tests call the C API
#![allow(clippy::panic, clippy::expect_used, missing_docs)]

mod c_api;

use std::fs;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use c_api::*;
use kouling_c::outcome::*;
use kouling_c::policy::*;
use kouling_c::policy_file::*;
use kouling_c::policy_set::*;
use kouling_c::report::*;
use kouling_c::status::*;

/// A handle that the header allows to share.
struct Shared<T>(*const T);

// SAFETY: the header promises it; these tests check it.
unsafe impl<T> Sync for Shared<T> {}

impl<T> Shared<T> {
    fn get(&self) -> Option<&T> {
        // SAFETY: it outlives the threads.
        unsafe { self.0.as_ref() }
    }
}

fn policy_of(least: usize) -> String {
    format!("format = 1\nname = \"least-{least}\"\n[rules.length]\nmin = {least}\n")
}

#[test]
fn policy_is_shared_by_sixteen_threads() {
    let policy = Policy::preset("standard");
    let (shared, known) = (Shared(policy.0), facts());
    let known = Shared(&raw const *known);
    let expected = |password: &str| password == "veer-lantern-oboe-73-Quartz";
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                for password in ["veer-lantern-oboe-73-Quartz", "password", "Qwerty123", ""].repeat(20) {
                    let outcome = handle(|out| {
                        kouling_policy_evaluate(shared.get(), text(password), known.get(), out, None)
                    });
                    let outcome = outcome.expect("an outcome");
                    assert_eq!(kouling_outcome_accepted(Some(&outcome)), expected(password), "{password}");
                }
                // Each retains it and releases it.
                // SAFETY: the policy is alive.
                unsafe { kouling_policy_retain(shared.0) };
                let (status, json) =
                    call(text("rubbish"), |out| kouling_policy_describe(shared.get(), text("zh"), out, None));
                assert!(status == KOULING_STATUS_OK && shown(json).contains("\"zh\""));
                // SAFETY: retained above.
                unsafe { kouling_policy_free(shared.0) };
            });
        }
    });
}

struct Watched {
    folder: std::path::PathBuf,
    file: Box<kouling_policy_file>,
}

impl Watched {
    fn new(name: &str) -> Watched {
        let folder = std::env::temp_dir().join(format!("kouling-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join("policy.toml");
        let file = handle(|out| kouling_policy_file_new(text(path.to_str().expect("UTF-8")), out, None));
        Watched { folder, file: file.expect("a policy file") }
    }

    /// Replaces the file by a rename, as editors do.
    fn write(&self, file: &str, contents: &str) {
        let temporary = self.folder.join("temporary");
        fs::write(&temporary, contents).expect("written");
        fs::rename(temporary, self.folder.join(file)).expect("renamed");
    }

    fn name(&self, report: Option<&mut kouling_report>) -> Result<String, kouling_status> {
        let policy = Policy::made(|out| kouling_policy_file_policy(Some(&self.file), out, report))?;
        Ok(shown(kouling_policy_name(policy.get())).to_owned())
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

#[test]
fn policy_file_reloads_its_policy_layers_and_lists() {
    let watched = Watched::new("follows");
    let mut report = report();
    assert_eq!(watched.name(Some(&mut report)), Err(KOULING_STATUS_UNAVAILABLE), "there is no file yet");
    watched.write("policy.toml", &policy_of(8));
    assert_eq!(watched.name(None).as_deref(), Ok("least-8"));
    watched.write("policy.toml", &policy_of(9));
    assert_eq!(watched.name(None).as_deref(), Ok("least-9"));
    watched.write("policy.toml", "format = 1\n[rules.length]\nmin = \"x\"\n");
    assert_eq!(
        watched.name(Some(&mut report)),
        Err(KOULING_STATUS_INVALID_POLICY),
        "the previous version is not returned"
    );
    assert!(shown(kouling_report_text(Some(&report))).contains("policy.toml:3:7: "));
    assert_eq!(watched.name(None), Err(KOULING_STATUS_INVALID_POLICY), "still");
    watched.write("policy.toml", "format = 1\nextends = \"./base.toml\"\n");
    assert!(watched.name(None).is_err());
    watched.write("base.toml", &policy_of(10));
    assert_eq!(watched.name(None).as_deref(), Ok("least-10"), "the missing layer exists now");
    watched.write("base.toml", &policy_of(11));
    assert_eq!(watched.name(None).as_deref(), Ok("least-11"));
    fs::remove_file(watched.folder.join("base.toml")).expect("removed");
    assert!(watched.name(None).is_err());
    watched.write("policy.toml", "format = 1\nname = \"listed\"\n[rules.words]\nlists = [\"./words.txt\"]\n");
    watched.write("words.txt", "purple\n");
    let digest = || {
        let policy = Policy::made(|out| kouling_policy_file_policy(Some(&watched.file), out, None));
        shown(kouling_policy_digest(policy.expect("a policy").get())).to_owned()
    };
    let (before, again) = (digest(), digest());
    assert_eq!(before, again);
    watched.write("words.txt", "violet\n");
    assert_ne!(digest(), before, "the digest covers word lists");
}

#[test]
fn policy_file_returns_its_set_with_the_attributes_of_the_conditions() {
    let watched = Watched::new("set");
    let set = || {
        let (status, set) = call(RUBBISH as *const kouling_policy_set, |out| {
            kouling_policy_file_set(Some(&watched.file), out, None)
        });
        assert_eq!(set.is_null(), status != KOULING_STATUS_OK);
        (status, Shared(set))
    };
    let attributes = |set: &Shared<kouling_policy_set>| -> Vec<String> {
        let count = kouling_policy_set_attribute_count(set.get());
        assert_eq!(shown(kouling_policy_set_attribute(set.get(), count)), "");
        (0..count).map(|index| shown(kouling_policy_set_attribute(set.get(), index)).to_owned()).collect()
    };
    assert_eq!(set().0, KOULING_STATUS_UNAVAILABLE, "there is no file yet");
    watched.write(
        "policy.toml",
        "format = 1\n[[population]]\nname = \"a\"\nwhen = { any = [{ role = \"x\" }, { present = \"card\" }, { role = \"y\" }] }\n\
         policy = \"cis\"\n[[population]]\nname = \"b\"\npolicy = \"minimal\"\n",
    );
    let (status, old) = set();
    assert!(status == KOULING_STATUS_OK && attributes(&old) == ["card", "role"]);
    watched.write("policy.toml", &policy_of(8));
    let (status, new) = set();
    assert!(status == KOULING_STATUS_OK && attributes(&new).is_empty());
    assert_eq!(attributes(&old), ["card", "role"], "it stays valid after the file changed");
    watched.write("policy.toml", "format = 2\n");
    assert_eq!(set().0, KOULING_STATUS_INVALID_POLICY);
    for set in [old, new] {
        // SAFETY: this test owns one reference.
        unsafe { kouling_policy_set_free(set.0) };
    }
    let (status, none) =
        call(RUBBISH as *const kouling_policy_set, |out| kouling_policy_file_set(None, out, None));
    assert!(status == KOULING_STATUS_INVALID_ARGUMENT && none.is_null());
    assert_eq!(kouling_policy_set_attribute_count(None), 0);
    assert_eq!(shown(kouling_policy_set_attribute(None, 0)), "");
}

#[test]
fn policy_file_changes_while_threads_evaluate() {
    let watched = Watched::new("changes");
    watched.write("policy.toml", &policy_of(8));
    let file = Shared(&raw const *watched.file);
    let (stop, rounds) = (AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let facts = facts();
                while !stop.load(Ordering::Relaxed) {
                    let policy = Policy::made(|out| kouling_policy_file_policy(file.get(), out, None));
                    let policy = policy.expect("every version is valid");
                    let least: usize = shown(kouling_policy_name(policy.get()))
                        .rsplit('-')
                        .next()
                        .expect("a number")
                        .parse()
                        .expect("one");
                    for length in [least - 1, least] {
                        let outcome = policy.evaluate(text(&"x".repeat(length)), &facts).expect("an outcome");
                        let accepted = kouling_outcome_accepted(Some(&outcome));
                        assert_eq!(accepted, length == least, "a policy does not change after it was returned");
                    }
                    rounds.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let began = Instant::now();
        for least in (9..).take(200) {
            watched.write("policy.toml", &policy_of(least % 40 + 8));
            std::thread::sleep(Duration::from_micros(500));
        }
        while rounds.load(Ordering::Relaxed) < 100 && began.elapsed() < Duration::from_secs(60) {
            std::thread::yield_now();
        }
        stop.store(true, Ordering::Relaxed);
    });
    assert!(rounds.load(Ordering::Relaxed) >= 100);
}

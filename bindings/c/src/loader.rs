//! Loaders: policies with rule kinds of the host, and files from anywhere.

use std::mem::MaybeUninit;
use std::sync::Arc;

use kouling::Loader;
use kouling::policy::Source;
use kouling::policy::document::Start;
use kouling::rules::Definition;

use crate::boundary::{Out, free, required, run};
use crate::failure::{Failure, kouling_report};
use crate::options;
use crate::policy::kouling_policy;
use crate::policy_set::kouling_policy_set;
use crate::rule_kind::kouling_rule_kind;
use crate::source::{Fallback, HostSource, kouling_source};
use crate::status::kouling_status;
use crate::text::kouling_text;
use crate::words::kouling_words;

/// Upper limit of the files, and of the rule kinds, of a loader.
const MAX_ITEMS: usize = 4096;

/// Loads policies with rule kinds of the host and files from memory. One owner; once it is filled in, several threads may
/// load with it at the same time.
#[derive(Default)]
pub struct kouling_loader {
    kinds: Vec<Definition>,
    source: HostSource,
}

impl kouling_loader {
    /// The loader of the engine with these kinds and files.
    fn engine(&self) -> Loader {
        let engine = Loader::new().with_source(self.source.clone());
        self.kinds.iter().fold(engine, |engine, kind| engine.with_kind(kind.clone()))
    }
}

const _: () = {
    const fn is_shared<T: Send + Sync>() {}
    is_shared::<kouling_loader>();
};

fn change(
    loader: Option<&mut kouling_loader>,
    report: Option<&mut kouling_report>,
    change: impl FnOnce(&mut kouling_loader) -> Result<(), Failure>,
) -> kouling_status {
    run(report, || change(required("loader", loader)?))
}

fn add_file(loader: &mut kouling_loader, name: kouling_text, bytes: Arc<[u8]>) -> Result<(), Failure> {
    if loader.source.added.len() >= MAX_ITEMS {
        return Err(Failure::argument(format!("too many files; expected at most {MAX_ITEMS}")));
    }
    let name = loader.source.resolve(name.text("name")?, None);
    loader.source.added.insert(name, bytes);
    Ok(())
}

/// Creates a loader with the built-in rule kinds that reads files from disk. `*loader` receives it; the caller owns it and
/// frees it by `kouling_loader_free`.
/// Returns `KOULING_STATUS_OK`, or `KOULING_STATUS_INVALID_ARGUMENT` if `loader` is NULL. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_loader_new(loader: Option<&mut MaybeUninit<*mut kouling_loader>>) -> kouling_status {
    let mut out = Out::owned("loader", loader);
    run(None, || out.give(kouling_loader::default()))
}

/// Frees a loader. Policies that it loaded stay valid. Passing NULL is a no-op.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_loader_free(loader: Option<Box<kouling_loader>>) {
    free(loader);
}

/// Adds a file from memory, a policy or a word list, under the name that policies use for it, such as `lists/words.txt`.
/// The bytes are copied. A file with the same name is replaced. A loader holds up to 4096 files. `report` may be NULL.
/// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_TEXT` if `name` is not UTF-8; `KOULING_STATUS_INVALID_ARGUMENT`
/// if `loader` is NULL, `bytes` is invalid or there are too many files.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_loader_add_file(
    loader: Option<&mut kouling_loader>,
    name: kouling_text,
    bytes: kouling_text,
    report: Option<&mut kouling_report>,
) -> kouling_status {
    change(loader, report, |loader| add_file(loader, name, bytes.bytes("bytes")?.into()))
}

/// Adds a word list under the name that policies use for it, such as `lists/words.txt`. The list is shared, not copied;
/// the caller may release its reference at once. A file with the same name is replaced. `report` may be NULL.
/// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_TEXT` if `name` is not UTF-8; `KOULING_STATUS_INVALID_ARGUMENT`
/// if `loader` or `words` is NULL or there are too many files.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_loader_add_words(
    loader: Option<&mut kouling_loader>,
    name: kouling_text,
    words: Option<&kouling_words>,
    report: Option<&mut kouling_report>,
) -> kouling_status {
    change(loader, report, |loader| add_file(loader, name, required("words", words)?.bytes.clone()))
}

/// Sets the callback that serves all files which were not added. Without one, they are read from disk. The struct is
/// copied; its context must be valid as long as the loader. `report` may be NULL.
/// Returns `KOULING_STATUS_OK`, or `KOULING_STATUS_INVALID_ARGUMENT` if `loader` or `source` is NULL or `struct_size` is
/// not set.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kouling_loader_set_source(
    loader: Option<&mut kouling_loader>,
    source: *const kouling_source,
    report: Option<&mut kouling_report>,
) -> kouling_status {
    change(loader, report, |loader| {
        // SAFETY: required of the caller by the conventions of the header.
        loader.source.fallback = Fallback::of(&unsafe { options::read("source", source)? });
        Ok(())
    })
}

/// Adds a rule kind of the host. A kind with the same name is replaced. The struct and its texts are copied. On success
/// the library owns the context and calls `free_context` once; on failure the context stays with the caller. `report` may
/// be NULL.
/// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_TEXT` if a text is not UTF-8; `KOULING_STATUS_INVALID_ARGUMENT`
/// if `loader`, `kind` or its `check` is NULL, `struct_size` is not set, or a name or code is invalid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kouling_loader_add_rule_kind(
    loader: Option<&mut kouling_loader>,
    kind: *const kouling_rule_kind,
    report: Option<&mut kouling_report>,
) -> kouling_status {
    change(loader, report, |loader| {
        if loader.kinds.len() >= MAX_ITEMS {
            return Err(Failure::argument(format!("too many kinds of rules; expected at most {MAX_ITEMS}")));
        }
        // SAFETY: required of the caller by the conventions of the header.
        let definition = unsafe { options::read("kind", kind)? }.definition()?;
        loader.kinds.push(definition);
        Ok(())
    })
}

/// Reads and compiles a policy set, or a policy, whose files were added to the loader or are served by its source. `*set`
/// receives the set; the caller owns one reference and releases it by `kouling_policy_set_free`. `report` may be NULL; on
/// failure it lists all errors with their locations.
/// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_UNAVAILABLE` if a file cannot be read; `KOULING_STATUS_INVALID_POLICY` if
/// the set or one of its policies has errors; `KOULING_STATUS_INVALID_TEXT` if `path` is not UTF-8;
/// `KOULING_STATUS_INVALID_ARGUMENT` if `loader` or `set` is NULL. `*set` is NULL on failure. Safe to call from several
/// threads on one loader.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_loader_load_set(
    loader: Option<&kouling_loader>,
    path: kouling_text,
    set: Option<&mut MaybeUninit<*const kouling_policy_set>>,
    report: Option<&mut kouling_report>,
) -> kouling_status {
    let mut out = Out::shared("set", set);
    run(report, || {
        out.share(|| {
            let loader = required("loader", loader)?.engine();
            Ok(Arc::new(kouling_policy_set::new(loader.load_set(Start::Named(path.text("path")?))?)))
        })
    })
}

fn load(
    loader: Option<&kouling_loader>,
    policy: Option<&mut MaybeUninit<*const kouling_policy>>,
    report: Option<&mut kouling_report>,
    load: impl FnOnce(&Loader) -> Result<kouling::Policy, Failure>,
) -> kouling_status {
    let mut out = Out::shared("policy", policy);
    run(report, || {
        out.share(|| {
            let loader = required("loader", loader)?.engine();
            Ok(Arc::new(kouling_policy::new(load(&loader)?)))
        })
    })
}

/// Compiles a policy from TOML text. `name` is the file name in reports; files that the policy names are resolved against
/// it. `*policy` receives the policy; the caller owns one reference and releases it by `kouling_policy_free`. `report` may
/// be NULL; on failure it lists all errors with their locations.
/// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_POLICY` if the policy has errors; `KOULING_STATUS_UNAVAILABLE` if
/// a file cannot be read; `KOULING_STATUS_INVALID_TEXT` if a text is not UTF-8; `KOULING_STATUS_INVALID_ARGUMENT` if
/// `loader` or `policy` is NULL. `*policy` is NULL on failure. Safe to call from several threads on one loader.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_loader_parse(
    loader: Option<&kouling_loader>,
    name: kouling_text,
    text: kouling_text,
    policy: Option<&mut MaybeUninit<*const kouling_policy>>,
    report: Option<&mut kouling_report>,
) -> kouling_status {
    load(loader, policy, report, |loader| Ok(loader.load(Start::Text(name.text("name")?, text.text("text")?))?))
}

/// Reads and compiles a policy file, which was added to the loader or is served by its source. `*policy` receives the
/// policy; the caller owns one reference and releases it by `kouling_policy_free`. `report` may be NULL; on failure it
/// lists all errors with their locations.
/// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_UNAVAILABLE` if a file cannot be read; `KOULING_STATUS_INVALID_POLICY` if
/// the policy has errors; `KOULING_STATUS_INVALID_TEXT` if `path` is not UTF-8; `KOULING_STATUS_INVALID_ARGUMENT` if
/// `loader` or `policy` is NULL. `*policy` is NULL on failure. Safe to call from several threads on one loader.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_loader_load(
    loader: Option<&kouling_loader>,
    path: kouling_text,
    policy: Option<&mut MaybeUninit<*const kouling_policy>>,
    report: Option<&mut kouling_report>,
) -> kouling_status {
    load(loader, policy, report, |loader| Ok(loader.load(Start::Named(path.text("path")?))?))
}

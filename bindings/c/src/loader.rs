//! A loader makes policies that know more than the library: rules of the host's own, files from anywhere.

use std::mem::MaybeUninit;
use std::ptr;
use std::sync::Arc;

use kouling::Loader;
use kouling::policy::Source;
use kouling::policy::document::Start;
use kouling::rules::Definition;

use crate::boundary::{Out, answer, free, given};
use crate::options;
use crate::policy::kouling_policy;
use crate::report::kouling_report;
use crate::rule_kind::kouling_rule_kind;
use crate::source::{Beyond, HostSource, kouling_source};
use crate::status::Failure;
use crate::text::kouling_text;
use crate::words::kouling_words;

/// A loader. One owner, who fills it; then every thread may load by it at once.
#[derive(Default)]
pub struct kouling_loader {
    kinds: Vec<Definition>,
    source: HostSource,
}

// SAFETY of sharing it between threads: what is in it is only read while it loads, and callbacks are made for it.
const _: () = {
    const fn shared<T: Send + Sync>() {}
    shared::<kouling_loader>();
};

/// A loader may have so many files and kinds of rules.
const MOST: usize = 4096;

fn change(
    loader: Option<&mut kouling_loader>,
    report: Option<&mut kouling_report>,
    change: impl FnOnce(&mut kouling_loader) -> Result<(), Failure>,
) -> u32 {
    answer(report, || change(given("loader", loader)?))
}

fn add_file(loader: &mut kouling_loader, name: kouling_text, bytes: Arc<[u8]>) -> Result<(), Failure> {
    if loader.source.added.len() >= MOST {
        return Err(Failure::argument(format!("a loader has at most {MOST} files")));
    }
    let name = loader.source.resolve(name.text("name")?, None);
    loader.source.added.insert(name, bytes);
    Ok(())
}

/// Makes a loader that knows what the library knows, and reads files from disk.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_loader_new(loader: Option<&mut MaybeUninit<*mut kouling_loader>>) -> u32 {
    let mut out = Out::owned("loader", loader);
    answer(None, || out.give(kouling_loader::default()))
}

/// Frees a loader. The policies that it made live on.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_loader_free(loader: Option<Box<kouling_loader>>) {
    free(loader);
}

/// Adds a file, a policy or a word list, by the name that policies call it: `words.txt`, `lists/words.txt`. The bytes are
/// copied. One of the same name is replaced.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_loader_add_file(
    loader: Option<&mut kouling_loader>,
    name: kouling_text,
    bytes: kouling_text,
    report: Option<&mut kouling_report>,
) -> u32 {
    change(loader, report, |loader| add_file(loader, name, bytes.bytes("bytes")?.into()))
}

/// Adds a word list by the name that policies call it. It is shared, not copied, and may be freed at once.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_loader_add_words(
    loader: Option<&mut kouling_loader>,
    name: kouling_text,
    words: Option<&kouling_words>,
    report: Option<&mut kouling_report>,
) -> u32 {
    change(loader, report, |loader| add_file(loader, name, given("words", words)?.bytes.clone()))
}

/// Says where the files are that were not added.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kouling_loader_set_source(
    loader: Option<&mut kouling_loader>,
    source: *const kouling_source,
    report: Option<&mut kouling_report>,
) -> u32 {
    change(loader, report, |loader| {
        // SAFETY: the conventions ask it of the caller.
        loader.source.beyond = Beyond::of(&unsafe { options::read("source", source)? });
        Ok(())
    })
}

/// Adds a kind of rule; one of the same name is replaced. Where this fails, the context stays the caller's to free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kouling_loader_add_rule_kind(
    loader: Option<&mut kouling_loader>,
    kind: *const kouling_rule_kind,
    report: Option<&mut kouling_report>,
) -> u32 {
    change(loader, report, |loader| {
        if loader.kinds.len() >= MOST {
            return Err(Failure::argument(format!("a loader has at most {MOST} kinds of rules")));
        }
        // SAFETY: the conventions ask it of the caller.
        let definition = unsafe { options::read("kind", kind)? }.definition()?;
        loader.kinds.push(definition);
        Ok(())
    })
}

fn load(
    loader: Option<&kouling_loader>,
    policy: Option<&mut MaybeUninit<*const kouling_policy>>,
    report: Option<&mut kouling_report>,
    load: impl FnOnce(&Loader) -> Result<kouling::Policy, Failure>,
) -> u32 {
    let mut out = Out::cleared("policy", policy, ptr::null());
    answer(report, || {
        let place = out.place()?;
        let loader = given("loader", loader)?;
        let made = Loader::new().with_source(loader.source.clone());
        let made = loader.kinds.iter().fold(made, |made, kind| made.with_kind(kind.clone()));
        *place = Arc::into_raw(Arc::new(kouling_policy::new(load(&made)?)));
        Ok(())
    })
}

/// Compiles a policy from a text. `name` is what findings call it, and files that it names are found from there.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_loader_parse(
    loader: Option<&kouling_loader>,
    name: kouling_text,
    text: kouling_text,
    policy: Option<&mut MaybeUninit<*const kouling_policy>>,
    report: Option<&mut kouling_report>,
) -> u32 {
    load(loader, policy, report, |loader| Ok(loader.load(Start::Text(name.text("name")?, text.text("text")?))?))
}

/// Reads and compiles the policy in a file.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_loader_load(
    loader: Option<&kouling_loader>,
    path: kouling_text,
    policy: Option<&mut MaybeUninit<*const kouling_policy>>,
    report: Option<&mut kouling_report>,
) -> u32 {
    load(loader, policy, report, |loader| Ok(loader.load(Start::Named(path.text("path")?))?))
}

//! Checks that the engine generates `tests/vectors/files` byte for byte, so that a change of a file format is
//! noticed. `KOULING_WRITE_VECTOR_FILES=1 cargo test -p kouling --test it vector_files` writes the files.
#![allow(clippy::panic, clippy::expect_used)]

use std::io::Cursor;

use kouling::knowledge::breach_filter::{Builder, Encoding, FilterFormat, HashKind, Plan, Scatter};
use kouling::knowledge::word_list::{ListOptions, compiled};
use kouling_vector_runner::vectors;

/// Passwords, and the number of times each was seen.
const LEAKED: [(&str, usize); 5] = [
    ("correct horse battery staple", 1),
    ("Xq7-vendor-leak", 2),
    ("蓝色的密码", 1),
    ("tenfold-Leak", 12),
    ("hunter-2-Thousand", 1500),
];

const RANKED: &str = "# the commonest first\nwidgetry\nGadgetry\nsprocketeer\nwidgetry\nflangemaster\n";

fn filter(hash: HashKind, format: FilterFormat, expected: u64, min_count: u64) -> Vec<u8> {
    let list: String = LEAKED.iter().map(|(word, count)| format!("{word}\n").repeat(*count)).collect();
    let mut scatter = Scatter::new(hash, || Ok(Cursor::new(Vec::new()))).expect("streams in memory");
    scatter.add_passwords("leaked", list.as_bytes(), Encoding::Utf8, &mut |_| ()).expect("a valid list");
    let plan = Plan { hash, format, expected, min_count, source: "the vectors".to_owned() };
    let mut progress = |_| ();
    let mut builder = Builder::new(Cursor::new(Vec::new()), plan, &mut progress).expect("a valid plan");
    builder.add_scattered(scatter).expect("valid hashes");
    builder.finish().expect("a filter").0.into_inner()
}

#[test]
fn vector_files_match_generated_files() {
    let words = |fold| {
        compiled::compile(RANKED.as_bytes(), &ListOptions { fold, ..ListOptions::default() }, "the vectors")
            .expect("a valid list")
    };
    let leaked = filter(HashKind::Sha1, FilterFormat::Bits16, 1, 1);
    let mut damaged = leaked.clone();
    *damaged.last_mut().expect("a byte") ^= 1;
    let files = [
        ("ranked.words", words(true)),
        ("ranked-as-typed.words", words(false)),
        ("leaked.filter", leaked),
        ("leaked-damaged.filter", damaged),
        ("leaked-ntlm-exact.filter", filter(HashKind::Ntlm, FilterFormat::Exact, 1 << 18, 1)),
        ("leaked-often.filter", filter(HashKind::Sha1, FilterFormat::Bits32, 1, 10)),
    ];
    let folder = vectors().join("files");
    for (name, bytes) in files {
        let path = folder.join(name);
        if std::env::var_os("KOULING_WRITE_VECTOR_FILES").is_some() {
            std::fs::create_dir_all(&folder).expect("a folder");
            std::fs::write(&path, &bytes).expect("a file");
        }
        let found = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert!(found == bytes, "{name} differs from the generated file");
    }
}

//! Static checks of the pages: every file and text is used and exists, every text exists, and nothing
//! violates the security policy of the pages.

#![allow(clippy::unwrap_used, reason = "tests panic on failure")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use kouling::Language;
use kouling_http::pages::{ASSETS, SECURITY_POLICY, asset, forgot, login, texts};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("pages")
}

fn source(name: &str) -> String {
    String::from_utf8(asset(name).unwrap().bytes.to_vec()).unwrap()
}

fn scripts() -> impl Iterator<Item = String> {
    ASSETS.iter().filter(|asset| asset.name.ends_with(".js")).map(|asset| source(asset.name))
}

/// Returns the keys of the texts of the pages.
fn keys() -> BTreeSet<String> {
    let texts: BTreeMap<String, String> = serde_json::from_str(&texts(Language::ENGLISH)).unwrap();
    texts.into_keys().collect()
}

/// Returns everything between double quotes.
fn quoted(text: &str) -> BTreeSet<&str> {
    text.lines().flat_map(|line| line.split('"').skip(1).step_by(2)).collect()
}

#[test]
fn every_file_is_embedded_and_every_reference_resolves() {
    let mut found = BTreeSet::new();
    for kind in ["css", "img", "js"] {
        for entry in std::fs::read_dir(folder().join(kind)).unwrap() {
            found.insert(entry.unwrap().file_name().into_string().unwrap());
        }
    }
    assert_eq!(found, ASSETS.iter().map(|asset| asset.name.to_owned()).collect());
    let styles = ASSETS.iter().filter(|asset| asset.name.ends_with(".css")).map(|asset| source(asset.name));
    for text in [login(""), forgot("")].into_iter().chain(styles) {
        for reference in text.split("/assets/").skip(1) {
            let name = reference.split(['"', ')']).next().unwrap();
            assert!(asset(name).is_some(), "{name}");
        }
    }
    for script in scripts() {
        for name in quoted(&script).iter().filter_map(|string| string.strip_prefix("./")) {
            assert!(asset(name).is_some(), "{name}");
        }
    }
}

#[test]
fn every_text_is_used_and_exists() {
    let keys = keys();
    let pages = [login(""), forgot("")];
    let all: Vec<String> = pages.into_iter().chain(scripts()).collect();
    let used: BTreeSet<&str> = all.iter().flat_map(|text| quoted(text)).collect();
    // The template shows the first in every language; the checklist names its states by their last part only.
    let others = ["page.unreachable", "checklist.met", "checklist.unmet", "checklist.open", "checklist.later"];
    for key in &keys {
        assert!(used.contains(key.as_str()) || others.contains(&key.as_str()), "{key} is never used");
    }
    let prefixes: BTreeSet<&str> = keys.iter().filter_map(|key| key.split('.').next()).collect();
    for string in used {
        let prefix = string.split_once('.').map(|(prefix, _)| prefix);
        let key = prefix.is_some_and(|prefix| prefixes.contains(prefix)) && !string.ends_with(".js");
        assert!(!key || keys.contains(string), "{string} has no text");
    }
}

#[test]
fn pages_comply_with_their_security_policy() {
    assert!(SECURITY_POLICY.starts_with("default-src 'none'; ") && !SECURITY_POLICY.contains("unsafe"));
    for page in [login(""), forgot("")] {
        for forbidden in
            ["<style", " style=", " onclick=", " onload=", "javascript:", "http:", "https:", "<base", "action="]
        {
            assert!(!page.contains(forbidden), "{forbidden}");
        }
        for script in page.split("<script").skip(1) {
            assert!(script.starts_with(" type=\"module\" src=\"/assets/") && script.contains("\"></script>"));
        }
    }
    for script in scripts() {
        for forbidden in
            ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"]
        {
            assert!(!script.contains(forbidden), "{forbidden}");
        }
        let foreign = script.matches("://").count() - script.matches("\"http://www.w3.org/2000/svg\"").count();
        assert_eq!(foreign, 0, "an address of another host");
    }
}

#[test]
fn every_script_begins_with_a_comment() {
    for script in scripts() {
        assert!(script.starts_with("// "), "{script:.60}");
        assert!(script.lines().count() < 200);
    }
}

#[test]
fn every_field_has_a_label_and_an_error_element() {
    for page in [login(""), forgot("")] {
        for input in page.split("<input id=\"").skip(1) {
            let id = input.split('"').next().unwrap();
            let tag = input.split('>').next().unwrap();
            assert!(page.contains(&format!("<label for=\"{id}\"")), "{id}");
            assert!(tag.contains("autocomplete="), "{id}");
            let error = format!("{id}-error");
            assert!(
                tag.contains("readonly") || tag.contains(&error) && page.contains(&format!("id=\"{error}\"")),
                "{id}"
            );
        }
    }
}

#[test]
fn client_id_is_escaped() {
    let page = login(r#"a"><script>&"#);
    let content = page.split(r#"name="kouling-client-id" content=""#).nth(1).unwrap().split('"').next().unwrap();
    // Decimal character references, as the template engine writes them.
    assert_eq!(content, "a&#34;&#62;&#60;script&#62;&#38;");
    assert_ne!(login("one"), login("two"));
    assert_ne!(forgot("one"), forgot("two"));
}

//! The manual (`README.md`) agrees with the program: options, endpoints, metrics and links.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests panic on failure")]

use std::collections::BTreeSet;
use std::path::Path;

use clap::CommandFactory;
use kouling_http::endpoints::endpoints;
use kouling_http::settings::Arguments;

const README: &str = include_str!("../README.md");

/// The rows of the table of options, generated from the declaration.
fn options() -> String {
    let command = Arguments::command();
    let arguments = command.get_arguments().filter(|argument| argument.get_env().is_some());
    arguments
        .map(|argument| {
            let long = argument.get_long().unwrap();
            let value = argument.get_value_names().unwrap_or_default().join(" ").replace('|', "\\|");
            let file = match argument.get_id().as_str() {
                "config" => String::new(),
                id => format!("`{id}`"),
            };
            let default: Vec<_> =
                argument.get_default_values().iter().map(|value| value.to_str().unwrap()).collect();
            let default = if default.is_empty() { String::new() } else { format!("`{}`", default.join(",")) };
            let environment = argument.get_env().unwrap().to_str().unwrap();
            let help = argument.get_help().unwrap().to_string();
            format!("| `--{long}` {value} | `{environment}` | {file} | {default} | {help} |\n")
        })
        .collect()
}

/// On failure, the printed table replaces the one in the manual.
#[test]
fn options_table_matches_the_declaration() {
    let table =
        README.split("<!-- options -->\n").nth(1).unwrap().split("<!-- end of options -->").next().unwrap();
    let rows: String = table.split_inclusive('\n').skip(2).collect();
    assert!(rows == options(), "the table of options in README.md must be:\n{}", options());
}

#[test]
fn every_endpoint_is_listed() {
    for endpoint in endpoints() {
        let path = endpoint.path.trim_start_matches("/api/v2/sdk/");
        let method = endpoint.method.to_uppercase();
        let is_listed = README.contains(&format!("`{method} {path}`")) || README.contains(&format!("`{path}`"));
        assert!(is_listed, "{method} {path}");
    }
}

#[test]
fn every_metric_is_listed() {
    let source = include_str!("../src/observe.rs");
    let names = source.split('"').filter(|text| text.starts_with("kouling_")).collect::<BTreeSet<_>>();
    assert!(names.len() >= 8, "{names:?}");
    for name in names {
        assert!(README.contains(&format!("| `{name}` |")), "{name}");
    }
}

#[test]
fn configuration_example_is_valid() {
    let example = README.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), example).unwrap();
    let arguments = ["kouling-http", "--config", file.path().to_str().unwrap()];
    let settings = Arguments::read(arguments).unwrap_or_else(|error| panic!("{error:?}")).settings;
    assert_eq!(settings.page_client.as_deref(), Some("portal-1"));
}

#[test]
fn every_link_resolves() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let links = README.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    for link in links.filter(|link| !link.starts_with("http") && !link.starts_with('#')) {
        assert!(folder.join(link.split('#').next().unwrap()).exists(), "{link}");
    }
}

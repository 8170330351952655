//! Findings as SARIF 2.1.0, the format that code hosting services read.

use std::collections::BTreeSet;

use kouling::analysis::lint::{Finding, lint_page};
use serde_json::{Value, json};

/// The SARIF log of one run. Columns count code points (`columnKind`).
pub(crate) fn sarif(findings: &[Finding]) -> Value {
    let ids: BTreeSet<&str> = findings.iter().map(|finding| finding.diagnostic.id).collect();
    let ids: Vec<&str> = ids.into_iter().collect();
    let results: Vec<Value> = findings.iter().map(|finding| result(finding, &ids)).collect();
    json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "kouling",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": ids.iter().map(|id| rule(id)).collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn rule(id: &str) -> Value {
    match lint_page(id) {
        None => json!({ "id": id }),
        Some(page) => json!({
            "id": id,
            "shortDescription": { "text": page.title },
            "fullDescription": { "text": page.why },
            "help": { "text": page.fix },
            "defaultConfiguration": { "level": page.level.name() },
        }),
    }
}

fn result(finding: &Finding, ids: &[&str]) -> Value {
    let diagnostic = &finding.diagnostic;
    let help = diagnostic.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
    let marked = finding.text().get(diagnostic.span.start..diagnostic.span.end).unwrap_or_default();
    let (end_line, end_column) = match marked.rsplit_once('\n') {
        Some((before, last)) => (diagnostic.line + before.matches('\n').count() + 1, last.chars().count() + 1),
        None => (diagnostic.line, diagnostic.column + marked.chars().count()),
    };
    let mut result = json!({
        "ruleId": diagnostic.id,
        "ruleIndex": ids.iter().position(|id| *id == diagnostic.id),
        "level": finding.level.name(),
        "message": { "text": format!("{}{help}", diagnostic.message) },
        "locations": [{ "physicalLocation": {
            "artifactLocation": { "uri": uri(&diagnostic.file) },
            "region": {
                "startLine": diagnostic.line,
                "startColumn": diagnostic.column,
                "endLine": end_line,
                "endColumn": end_column,
            },
        } }],
    });
    if let Some(waiver) = &finding.waiver {
        result["suppressions"] = json!([{
            "kind": "inSource",
            "status": "accepted",
            "justification": format!("{} ({}, until {})", waiver.reason, waiver.owner, waiver.until.to_date()),
        }]);
    }
    result
}

/// A path as a URI reference, percent-encoded.
fn uri(path: &str) -> String {
    let mut uri = String::new();
    for byte in path.bytes() {
        match byte {
            b'\\' => uri.push('/'),
            b'/' | b'.' | b'-' | b'_' | b'~' => uri.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => uri.push(char::from(byte)),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

//! The pages `/login` and `/forgot`, and the files under `/assets/`. All are part of the binary: nothing has to be installed,
//! and the pages load nothing from other hosts.

use askama::Template;
use kouling::Language;
use kouling::language::LANGUAGES;

/// The `Content-Security-Policy` of the pages: they load from and connect to this server only.
pub const SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

/// A file under `/assets/`.
#[derive(Clone, Copy, Debug)]
pub struct Asset {
    /// The file name, which is the last part of its path.
    pub name: &'static str,
    /// The `Content-Type`.
    pub content_type: &'static str,
    /// The content.
    pub bytes: &'static [u8],
}

macro_rules! assets {
    ($($content_type:literal: $($folder:literal / $name:literal),+;)+) => {
        &[$($(Asset {
            name: $name,
            content_type: $content_type,
            bytes: include_bytes!(concat!("../pages/", $folder, "/", $name)),
        },)+)+]
    };
}

/// Every file under `/assets/`.
pub const ASSETS: &[Asset] = assets! {
    "text/css; charset=utf-8": "css" / "page.css", "css" / "form.css", "css" / "captcha.css";
    "image/svg+xml": "img" / "logo.svg", "img" / "hills-day.svg", "img" / "hills-night.svg";
    "text/javascript; charset=utf-8":
        "js" / "address.js", "js" / "api.js", "js" / "captcha.js", "js" / "checklist.js", "js" / "code.js",
        "js" / "countdown.js", "js" / "device.js", "js" / "evaluator.js", "js" / "field.js", "js" / "forgot.js", "js" / "icons.js",
        "js" / "language.js", "js" / "login.js", "js" / "notice.js",
        "js" / "policy.js", "js" / "progress.js", "js" / "reveal.js", "js" / "sha256.js", "js" / "slider.js", "js" / "work.js",
        "js" / "worker.js";
};

/// Returns the file with this name.
pub fn asset(name: &str) -> Option<Asset> {
    ASSETS.iter().find(|asset| asset.name == name).copied()
}

/// Returns the texts of the pages in a language, as a JSON object by key. They are served as `/assets/<tag>.json`.
pub fn texts(language: Language) -> String {
    let keys = language.keys().filter_map(|key| Some((key.strip_prefix("pages/")?, language.text(key)?)));
    let texts: serde_json::Map<String, serde_json::Value> =
        keys.map(|(key, text)| (key.to_owned(), text.into())).collect();
    serde_json::Value::Object(texts).to_string()
}

#[derive(Template)]
#[template(path = "login.html")]
struct Login<'p> {
    client_id: &'p str,
}

#[derive(Template)]
#[template(path = "forgot.html")]
struct Forgot<'p> {
    client_id: &'p str,
}

/// Returns the page `/login` with a default client id. The query `?client_id=` overrides it.
pub fn login(client_id: &str) -> String {
    Login { client_id }.to_string()
}

/// Returns the page `/forgot` with a default client id. The query `?client_id=` overrides it.
pub fn forgot(client_id: &str) -> String {
    Forgot { client_id }.to_string()
}

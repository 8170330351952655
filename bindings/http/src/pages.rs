//! The pages `/login` and `/forgot`, and the files under `/assets/`. All are part of the binary: nothing has to be installed,
//! and the pages load nothing from other hosts.

use crate::html;

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

const LOGIN: &str = include_str!("../pages/login.html");
const FORGOT: &str = include_str!("../pages/forgot.html");
/// The place of the default client id in a page.
const CLIENT_ID: &str = r#"name="kouling-client-id" content="""#;

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
    "application/json": "texts" / "en.json", "texts" / "zh.json";
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

/// Returns the page `/login` with a default client id. The query `?client_id=` overrides it.
pub fn login(client_id: &str) -> String {
    with_client_id(LOGIN, client_id)
}

/// Returns the page `/forgot` with a default client id. The query `?client_id=` overrides it.
pub fn forgot(client_id: &str) -> String {
    with_client_id(FORGOT, client_id)
}

fn with_client_id(page: &str, client_id: &str) -> String {
    let escaped = html::escape(client_id);
    page.replace(CLIENT_ID, &format!(r#"name="kouling-client-id" content="{escaped}""#))
}

//! The two pages, `/login` and `/forgot`, and what they load from `/assets/`: all in the binary, so that there is nothing
//! to install beside it and nothing to fetch from elsewhere.

/// What the pages may do: load from here, talk to here, and nothing else. To be sent with them as
/// `Content-Security-Policy`.
pub const SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

/// A file under `/assets/`.
#[derive(Clone, Copy, Debug)]
pub struct Asset {
    /// The last part of its address.
    pub name: &'static str,
    /// Its `Content-Type`.
    pub content_type: &'static str,
    /// Its content.
    pub bytes: &'static [u8],
}

const LOGIN: &str = include_str!("../pages/login.html");
const FORGOT: &str = include_str!("../pages/forgot.html");
/// Where a page holds the client id that it uses when its address names none.
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
        "js" / "countdown.js", "js" / "device.js", "js" / "field.js", "js" / "forgot.js", "js" / "icons.js",
        "js" / "journey.js", "js" / "judge.js", "js" / "language.js", "js" / "login.js", "js" / "notice.js",
        "js" / "policy.js", "js" / "reveal.js", "js" / "sha256.js", "js" / "slider.js", "js" / "work.js",
        "js" / "worker.js";
};

/// The file of that name.
pub fn asset(name: &str) -> Option<Asset> {
    ASSETS.iter().find(|asset| asset.name == name).copied()
}

/// The page `/login`, for an application that the address may override with `?client_id=`.
pub fn login(client_id: &str) -> String {
    filled(LOGIN, client_id)
}

/// The page `/forgot`, for an application that the address may override with `?client_id=`.
pub fn forgot(client_id: &str) -> String {
    filled(FORGOT, client_id)
}

fn filled(page: &str, client_id: &str) -> String {
    let escaped = client_id.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
    page.replace(CLIENT_ID, &format!(r#"name="kouling-client-id" content="{escaped}""#))
}

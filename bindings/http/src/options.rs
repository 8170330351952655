//! Options: from the command line, the environment, a file, and defaults, in this order.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};
use ipnet::IpNet;
use kouling::flow::Secret;
use serde::Deserialize;

use crate::server::Settings;
use crate::start_error::StartError;

const ORDER: &str = "Every option can also stand in the environment (KOULING_HTTP_LISTEN, …) and in the configuration file \
(listen = \"…\", trusted_proxies = [\"…\"]). The command line wins over the environment, the environment over the file, \
the file over the default. Paths are relative to the working directory.

Exit codes: 0 ended as asked, 1 could not go on, 2 wrong options, policy or data.";

/// Password and password-reset server: the reference server of the Kouling policy engine.
#[derive(Debug, Parser)]
#[command(name = "kouling-http", version, after_help = ORDER, args_conflicts_with_subcommands = false)]
pub struct Arguments {
    /// What to do instead of serving.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Options of serving, and of everything else.
    #[command(flatten)]
    pub given: CliOptions,
}

/// What to do instead of serving.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Registered apps
    #[command(subcommand)]
    App(AppCommand),
    /// Users
    #[command(subcommand)]
    User(UserCommand),
}

/// About registered apps.
#[derive(Debug, Subcommand)]
pub enum AppCommand {
    /// Registers an app and prints its client id
    Add {
        /// A name for people
        name: String,
        /// The client id; a random one without it
        #[arg(long)]
        id: Option<String>,
    },
    /// Lists the registered apps: client id and name
    List,
}

/// About users.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Adds users from JSON Lines: username, name, phone, email, language, password or password_hash; all or none
    Import {
        /// The file, or `-` for standard input
        file: PathBuf,
    },
}

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// For machines: one JSON object a line.
    Json,
}

/// The least that is logged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum LogLevel {
    Error,
    Warn,
    #[default]
    Info,
    Debug,
}

/// Options as the command line or the environment gives them.
#[derive(Debug, Default, Args)]
pub struct CliOptions {
    /// Address to listen on; port 0 takes a free one [default: 127.0.0.1:8080]
    #[arg(long, global = true, env = "KOULING_HTTP_LISTEN", value_name = "ADDRESS:PORT", hide_env_values = true)]
    listen: Option<String>,
    /// Folder of everything the server keeps [default: ./kouling-data]
    #[arg(long, global = true, env = "KOULING_HTTP_DATA", value_name = "FOLDER", hide_env_values = true)]
    data: Option<String>,
    /// Password policy: a preset or a file [default: standard]
    #[arg(long, global = true, env = "KOULING_HTTP_POLICY", value_name = "PRESET|FILE", hide_env_values = true)]
    policy: Option<String>,
    /// Wire contract: a built-in one or a file [default: idaas-ciam]
    #[arg(long, global = true, env = "KOULING_HTTP_CONTRACT", value_name = "NAME|FILE", hide_env_values = true)]
    contract: Option<String>,
    /// Mail server: smtps://user:password@host, smtp+starttls://…, or smtp://127.0.0.1:PORT; without it mails become
    /// files in DATA/outbox
    #[arg(long, global = true, env = "KOULING_HTTP_SMTP", value_name = "URL", hide_env_values = true)]
    smtp: Option<String>,
    /// Sender of mails [default: no-reply@localhost]
    #[arg(long, global = true, env = "KOULING_HTTP_FROM", value_name = "MAILBOX", hide_env_values = true)]
    from: Option<String>,
    /// Issuer that id tokens name [default: kouling-http]
    #[arg(long, global = true, env = "KOULING_HTTP_ISSUER", value_name = "NAME", hide_env_values = true)]
    issuer: Option<String>,
    /// Proxies whose X-Forwarded-For is believed; may come more than once
    #[arg(
        long = "trusted-proxy",
        global = true,
        env = "KOULING_HTTP_TRUSTED_PROXIES",
        value_name = "CIDR",
        value_delimiter = ',',
        hide_env_values = true
    )]
    trusted_proxies: Option<Vec<String>>,
    /// Client id that the pages /login and /forgot use
    #[arg(long, global = true, env = "KOULING_HTTP_PAGE_CLIENT", value_name = "ID", hide_env_values = true)]
    page_client: Option<String>,
    /// How log lines look [default: text]
    #[arg(long, global = true, env = "KOULING_HTTP_LOG", value_name = "FORMAT", hide_env_values = true)]
    log: Option<LogFormat>,
    /// The least that is logged [default: info]
    #[arg(long, global = true, env = "KOULING_HTTP_LOG_LEVEL", value_name = "LEVEL", hide_env_values = true)]
    log_level: Option<LogLevel>,
    /// Registers an app and a user to try things with; listens on loopback only
    #[arg(long, global = true, env = "KOULING_HTTP_DEMO", num_args = 0..=1, require_equals = true,
        default_missing_value = "true", value_name = "BOOL", hide_env_values = true)]
    demo: Option<bool>,
    /// Configuration file, in TOML
    #[arg(long, global = true, env = "KOULING_HTTP_CONFIG", value_name = "FILE", hide_env_values = true)]
    config: Option<String>,
}

/// Options as the file gives them.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileOptions {
    listen: Option<String>,
    data: Option<String>,
    policy: Option<String>,
    contract: Option<String>,
    smtp: Option<String>,
    from: Option<String>,
    issuer: Option<String>,
    trusted_proxies: Option<Vec<String>>,
    page_client: Option<String>,
    log: Option<LogFormat>,
    log_level: Option<LogLevel>,
    demo: Option<bool>,
}

/// Options as they are.
#[derive(Debug)]
pub struct Options {
    /// Where to listen.
    pub listen: SocketAddr,
    /// What to open.
    pub settings: Settings,
    /// How log lines look.
    pub log: LogFormat,
    /// The least that is logged.
    pub log_level: LogLevel,
    /// Whether to set up something to try things with.
    pub demo: bool,
}

impl CliOptions {
    /// Lays the command line and the environment over the file, and the file over the defaults.
    ///
    /// # Errors
    /// When the file cannot be read or understood, or a value cannot be.
    pub fn resolve(self) -> Result<Options, StartError> {
        let file = match given(self.config) {
            Some(path) => read(Path::new(&path))?,
            None => FileOptions::default(),
        };
        // An empty value in the environment is how people unset things.
        let pick = |here: Option<String>, there: Option<String>| given(here).or_else(|| given(there));
        let or = |here, there, default: &str| pick(here, there).unwrap_or_else(|| default.to_owned());

        let listen = or(self.listen, file.listen, "127.0.0.1:8080");
        let listen: SocketAddr = listen
            .parse()
            .map_err(|_| StartError::new(format!("`{listen}` is no address and port like `127.0.0.1:8080`")))?;
        let proxies = self.trusted_proxies.or(file.trusted_proxies).unwrap_or_default();
        let proxies: Result<Vec<IpNet>, StartError> =
            proxies.iter().map(|text| text.trim()).filter(|text| !text.is_empty()).map(network).collect();
        let settings = Settings {
            policy: or(self.policy, file.policy, "standard"),
            contract: or(self.contract, file.contract, "idaas-ciam"),
            from: or(self.from, file.from, "no-reply@localhost"),
            smtp: pick(self.smtp, file.smtp).map(Secret::new),
            issuer: or(self.issuer, file.issuer, "kouling-http"),
            trusted_proxies: proxies?,
            page_client: pick(self.page_client, file.page_client),
            ..Settings::new(or(self.data, file.data, "./kouling-data"))
        };
        let demo = self.demo.or(file.demo).unwrap_or(false);
        if demo && !listen.ip().is_loopback() {
            let message =
                format!("`--demo` has a password that everybody knows and does not listen on `{listen}`");
            return Err(StartError::new(format!("{message}\n  help: listen on 127.0.0.1 or [::1]")));
        }
        Ok(Options {
            listen,
            settings,
            log: self.log.or(file.log).unwrap_or_default(),
            log_level: self.log_level.or(file.log_level).unwrap_or_default(),
            demo,
        })
    }
}

fn given(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}

fn network(text: &str) -> Result<IpNet, StartError> {
    let parsed = text.parse().or_else(|_| text.parse().map(|address: std::net::IpAddr| address.into()));
    parsed.map_err(|_| StartError::new(format!("`{text}` is no network like `10.0.0.0/8`")))
}

fn read(path: &Path) -> Result<FileOptions, StartError> {
    let text = std::fs::read_to_string(path).map_err(|error| StartError::file(path, &error))?;
    toml::from_str(&text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
        // Only the message: the excerpt that goes with it could show a password.
        StartError::new(format!("{}:{line}:{column}: {}", path.display(), error.message()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(arguments: &[&str]) -> Result<Options, StartError> {
        let all = std::iter::once("kouling-http").chain(arguments.iter().copied());
        Arguments::try_parse_from(all).map_err(|error| StartError::new(error.to_string()))?.given.resolve()
    }

    fn file(text: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        file
    }

    #[test]
    fn the_command_line_wins_over_the_file_and_the_file_over_the_default() {
        let file =
            file("listen = \"127.0.0.1:1\"\npolicy = \"minimal\"\ntrusted_proxies = [\"10.0.0.0/8\", \"::1\"]\n");
        let path = file.path().to_str().unwrap();
        let options = resolved(&["--config", path, "--listen", "127.0.0.1:2"]).unwrap();
        assert_eq!(options.listen.port(), 2);
        assert_eq!(options.settings.policy, "minimal");
        assert_eq!(options.settings.contract, "idaas-ciam");
        assert_eq!(options.settings.trusted_proxies.len(), 2);
    }

    #[test]
    fn a_wrong_key_of_the_file_is_named_with_its_place_and_no_value_shown() {
        let file = file("listen = \"127.0.0.1:1\"\nsmtpp = \"smtps://u:canary@h\"\n");
        let error = resolved(&["--config", file.path().to_str().unwrap()]).unwrap_err().to_string();
        assert!(error.contains(":2:1: unknown field `smtpp`"), "{error}");
        assert!(!error.contains("canary"));
    }

    #[test]
    fn the_demo_stays_at_home() {
        assert!(resolved(&["--demo"]).unwrap().demo);
        assert!(resolved(&["--demo", "--listen", "[::1]:0"]).is_ok());
        assert!(resolved(&["--demo", "--listen", "0.0.0.0:8080"]).is_err());
        assert!(resolved(&["--listen", "0.0.0.0:8080"]).is_ok());
        assert!(resolved(&["--listen", "8080"]).is_err());
    }
}

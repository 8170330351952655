//! Settings: one declaration for the command line, the environment and the configuration file.
//!
//! clap reads the command line and the environment. The keys of the configuration file are the long names of the same
//! options with `_` for `-`; their values take the place of the defaults.

use std::ffi::OsString;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, Args, Command, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use ipnet::IpNet;
use kouling::flow::Secret;
use toml::de::{DeTable, DeValue};

use crate::mail::Mailbox;
use crate::start_error::StartError;

const AFTER_HELP: &str = "Every option can also be set in the environment (KOULING_HTTP_LISTEN, …) and in the configuration \
file (listen = \"…\", trusted_proxies = [\"…\"]). The command line overrides the environment, the environment overrides the file, \
and the file overrides the default. Paths are relative to the working directory.

Exit status: 0 success, 1 runtime error, 2 invalid options, policy or data.";

/// Password and password-reset server: the reference server of the Kouling policy engine
#[derive(Debug, Parser)]
#[command(name = "kouling-http", version, after_help = AFTER_HELP)]
pub struct Arguments {
    // A doc comment here would end up in the help.
    #[allow(missing_docs)]
    #[command(subcommand)]
    pub command: Option<Task>,
    #[allow(missing_docs)]
    #[command(flatten)]
    pub settings: Settings,
}

/// A task to run instead of the server.
#[derive(Debug, Subcommand)]
pub enum Task {
    /// Manage registered apps
    #[command(subcommand)]
    App(AppTask),
    /// Manage users
    #[command(subcommand)]
    User(UserTask),
    /// Write the man pages to a folder, one for each command
    ///
    /// The folder is created if it does not exist.
    #[command(hide = true)]
    Man {
        /// Folder for the files kouling-http.1, kouling-http-app.1, ...
        folder: PathBuf,
    },
}

/// Tasks for registered apps.
#[derive(Debug, Subcommand)]
pub enum AppTask {
    /// Register an app and print its client id; with --policy, the app has a policy of its own
    Add {
        /// Display name
        name: String,
        /// Client id [default: a random one]
        #[arg(long)]
        id: Option<String>,
        #[arg(skip)]
        #[allow(missing_docs)]
        policy: Option<String>,
    },
    /// Give an app the policy of --policy or, without it, the server's
    Policy {
        /// Client id
        id: String,
        #[arg(skip)]
        #[allow(missing_docs)]
        policy: Option<String>,
    },
    /// List the registered apps: client id, name and, if it has one of its own, policy
    List,
}

/// Tasks for users.
#[derive(Debug, Subcommand)]
pub enum UserTask {
    /// Add users from JSON Lines: username, name, phone, email, language, attributes, password or password_hash; all or none
    Import {
        /// File to read, or `-` for standard input
        file: PathBuf,
    },
    /// Replace attributes of users from JSON Lines: username, attributes; all or none
    Attributes {
        /// File to read, or `-` for standard input
        file: PathBuf,
    },
}

/// The format of log lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Plain text
    #[default]
    Text,
    /// One JSON object per line
    Json,
}

/// The minimum level of log lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum LogLevel {
    Error,
    Warn,
    #[default]
    Info,
    Debug,
}

/// The settings of the server. [`Settings::new`] returns the defaults.
#[derive(Clone, Debug, Args)]
pub struct Settings {
    /// Address to listen on; port 0 selects a free port
    #[arg(long, global = true, env = "KOULING_HTTP_LISTEN", value_name = "HOST:PORT", hide_env_values = true,
        default_value = "127.0.0.1:8080", value_parser = listen_address)]
    pub listen: SocketAddr,
    /// Data folder: database, keys and outbox
    #[arg(
        long,
        global = true,
        env = "KOULING_HTTP_DATA",
        value_name = "FOLDER",
        hide_env_values = true,
        default_value = "./kouling-data"
    )]
    pub data: PathBuf,
    /// Password policy or policy set: the name of a preset, or a file
    #[arg(
        long,
        global = true,
        env = "KOULING_HTTP_POLICY",
        value_name = "PRESET|FILE",
        hide_env_values = true,
        default_value = "standard"
    )]
    pub policy: String,
    /// Wire contract: the name of a built-in contract, or a file
    #[arg(
        long,
        global = true,
        env = "KOULING_HTTP_CONTRACT",
        value_name = "NAME|FILE",
        hide_env_values = true,
        default_value = "idaas-ciam"
    )]
    pub contract: String,
    /// Mail server: smtps://user:password@host, smtp+starttls://…, or smtp://127.0.0.1:PORT; without it, mails are written
    /// to DATA/outbox
    #[arg(long, global = true, env = "KOULING_HTTP_SMTP", value_name = "URL", hide_env_values = true,
        value_parser = secret)]
    pub smtp: Option<Secret>,
    /// Sender of mails
    #[arg(long, global = true, env = "KOULING_HTTP_FROM", value_name = "MAILBOX", hide_env_values = true,
        default_value = "no-reply@localhost", value_parser = mailbox)]
    pub from: Mailbox,
    /// Issuer of id tokens
    #[arg(
        long,
        global = true,
        env = "KOULING_HTTP_ISSUER",
        value_name = "NAME",
        hide_env_values = true,
        default_value = "kouling-http"
    )]
    pub issuer: String,
    /// Proxy whose X-Forwarded-For header is trusted: an address or a network; can be repeated
    #[arg(long = "trusted-proxy", global = true, env = "KOULING_HTTP_TRUSTED_PROXIES", value_name = "CIDR",
        hide_env_values = true, value_delimiter = ',', value_parser = network)]
    pub trusted_proxies: Vec<IpNet>,
    /// Client id that the pages /login and /forgot use
    #[arg(long, global = true, env = "KOULING_HTTP_PAGE_CLIENT", value_name = "ID", hide_env_values = true)]
    pub page_client: Option<String>,
    /// Difficulty of the proof of work that replaces the captcha image, in leading zero bits
    #[arg(long, global = true, env = "KOULING_HTTP_WORK_BITS", value_name = "BITS", hide_env_values = true,
        default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=40))]
    pub work_bits: u32,
    /// Format of log lines
    #[arg(
        long,
        global = true,
        env = "KOULING_HTTP_LOG",
        value_name = "FORMAT",
        hide_env_values = true,
        default_value = "text"
    )]
    pub log: LogFormat,
    /// Minimum log level
    #[arg(
        long,
        global = true,
        env = "KOULING_HTTP_LOG_LEVEL",
        value_name = "LEVEL",
        hide_env_values = true,
        default_value = "info"
    )]
    pub log_level: LogLevel,
    /// Register an app and a user for a demonstration; only listens on loopback
    #[arg(long, global = true, env = "KOULING_HTTP_DEMO", value_name = "BOOL", hide_env_values = true,
        num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false",
        hide_default_value = true, action = clap::ArgAction::Set)]
    pub demo: bool,
    /// Configuration file in TOML
    #[arg(long, global = true, env = "KOULING_HTTP_CONFIG", value_name = "FILE", hide_env_values = true)]
    pub config: Option<PathBuf>,
}

impl Settings {
    /// Returns the defaults for a data folder. Neither the environment nor a file is read.
    ///
    /// # Panics
    /// A default is invalid, which a test excludes.
    #[allow(clippy::expect_used)]
    pub fn new(data: impl Into<PathBuf>) -> Settings {
        let matches = command(false).try_get_matches_from(["kouling-http"]);
        let settings = matches.and_then(|matches| Settings::from_arg_matches(&matches));
        Settings { data: data.into(), ..settings.expect("the defaults are valid") }
    }

    fn check(&self) -> Result<(), StartError> {
        if self.demo && !self.listen.ip().is_loopback() {
            let message = format!(
                "`--demo` uses a publicly known password and only listens on loopback, not on `{}`",
                self.listen
            );
            return Err(StartError::new(format!("{message}\n  help: listen on 127.0.0.1 or [::1]")));
        }
        Ok(())
    }
}

/// Why the arguments cannot be used.
#[derive(Debug)]
pub enum ArgumentError {
    /// An invalid argument, or a request for help or the version; clap prints it and ends the program.
    Clap(clap::Error),
    /// An invalid configuration file, or options that exclude each other.
    Start(StartError),
}

impl From<clap::Error> for ArgumentError {
    fn from(error: clap::Error) -> ArgumentError {
        ArgumentError::Clap(error)
    }
}

impl From<StartError> for ArgumentError {
    fn from(error: StartError) -> ArgumentError {
        ArgumentError::Start(error)
    }
}

impl Arguments {
    /// Reads the command line, the environment and the configuration file that they name.
    ///
    /// # Errors
    /// An argument, a variable or a value of the file is invalid.
    pub fn read(arguments: impl IntoIterator<Item = impl Into<OsString>>) -> Result<Arguments, ArgumentError> {
        let arguments: Vec<OsString> = arguments.into_iter().map(Into::into).collect();
        let matches = command(true).try_get_matches_from(&arguments)?;
        let matches = match config_file(&matches) {
            Some(path) => file_as_defaults(command(true), path)?.try_get_matches_from(&arguments)?,
            None => matches,
        };
        let mut parsed = Arguments::from_arg_matches(&matches)?;
        parsed.settings.check()?;
        if let Some(Task::App(AppTask::Add { policy, .. } | AppTask::Policy { policy, .. })) = &mut parsed.command
        {
            // The environment and the file state the policy of the server.
            let is_of_app = matches.value_source("policy") == Some(ValueSource::CommandLine);
            *policy = is_of_app.then(|| parsed.settings.policy.clone());
        }
        Ok(parsed)
    }
}

fn config_file(matches: &ArgMatches) -> Option<&Path> {
    matches.get_one::<PathBuf>("config").map(PathBuf::as_path)
}

/// Returns the command, with or without the environment. Variables with a blank value count as unset.
fn command(reads_environment: bool) -> Command {
    Arguments::command().mut_args(|argument| {
        let is_blank =
            |name| std::env::var_os(name).is_some_and(|value| value.to_string_lossy().trim().is_empty());
        match argument.get_env() {
            Some(name) if !reads_environment || is_blank(name) => argument.env(clap::builder::Resettable::Reset),
            _ => argument,
        }
    })
}

const EXPECTED: &str = "a string, a number, a boolean or a list of strings";

/// Replaces the defaults of the options by the values of a configuration file.
fn file_as_defaults(mut command: Command, path: &Path) -> Result<Command, StartError> {
    let text = std::fs::read_to_string(path).map_err(|error| StartError::file(path, &error))?;
    let at = |offset: usize, message: &str| {
        let before = text.get(..offset).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
        // No excerpt of the file: it could show a password.
        StartError::new(format!("{}:{line}:{column}: {message}", path.display()))
    };
    let table =
        DeTable::parse(&text).map_err(|error| at(error.span().map_or(0, |span| span.start), error.message()))?;
    for (key, value) in table.get_ref() {
        let name = key.get_ref().as_ref();
        let is_option = command.get_arguments().any(|argument| argument.get_id() == name);
        if !is_option || ["config", "help", "version"].contains(&name) {
            return Err(at(key.span().start, &format!("unknown field `{name}`")));
        }
        let values = values(value.get_ref())
            .ok_or_else(|| at(value.span().start, &format!("invalid value for `{name}`: expected {EXPECTED}")))?;
        if values.iter().all(|value| value.trim().is_empty()) {
            continue;
        }
        command = command.mut_arg(name, |argument| argument.default_values(values));
        // Checked one by one, so that the error names the place in the file.
        let alone = command.clone().mut_args(|argument| argument.env(clap::builder::Resettable::Reset));
        if let Err(error) = alone.try_get_matches_from(["kouling-http"])
            && error.kind() != ErrorKind::DisplayHelp
        {
            let reason = std::error::Error::source(&error).map(|reason| format!(": {reason}")).unwrap_or_default();
            return Err(at(value.span().start, &format!("invalid value for `{name}`{reason}")));
        }
    }
    Ok(command)
}

/// Returns the value of a key in the spelling of the command line.
fn values(value: &DeValue<'_>) -> Option<Vec<String>> {
    match value {
        DeValue::String(text) => Some(vec![text.to_string()]),
        DeValue::Boolean(value) => Some(vec![value.to_string()]),
        DeValue::Integer(number) => Some(vec![number.to_string()]),
        DeValue::Array(items) => {
            let items = items.iter().map(|item| item.get_ref().as_str().map(str::to_owned));
            items.collect()
        }
        _ => None,
    }
}

fn listen_address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "expected HOST:PORT, e.g. `127.0.0.1:8080`".to_owned())
}

fn network(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    let parsed = text.parse().or_else(|_| text.parse().map(|address: IpAddr| address.into()));
    parsed.map_err(|_| "expected an address or a network, e.g. `10.0.0.0/8`".to_owned())
}

fn mailbox(text: &str) -> Result<Mailbox, String> {
    Mailbox::parse(text).map_err(|error| error.to_string())
}

// The URL is checked when the server opens: an error of clap would repeat it, and it may hold a password.
#[allow(clippy::unnecessary_wraps)]
fn secret(text: &str) -> Result<Secret, std::convert::Infallible> {
    Ok(Secret::new(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &[&str]) -> Result<Settings, String> {
        let all = std::iter::once("kouling-http").chain(arguments.iter().copied());
        match Arguments::read(all) {
            Ok(arguments) => Ok(arguments.settings),
            Err(ArgumentError::Clap(error)) => Err(error.to_string()),
            Err(ArgumentError::Start(error)) => Err(error.to_string()),
        }
    }

    fn file(text: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        file
    }

    #[test]
    fn declaration_is_valid() {
        Arguments::command().debug_assert();
        assert_eq!(Settings::new("x").work_bits, 20);
    }

    #[test]
    fn command_line_overrides_file_and_file_overrides_default() {
        let file = file(
            "listen = \"127.0.0.1:1\"\npolicy = \"minimal\"\ntrusted_proxies = [\"10.0.0.0/8\", \"::1\"]\n\
             smtp = \"\"\nwork_bits = 12\ndemo = true\n",
        );
        let path = file.path().to_str().unwrap();
        let settings = read(&["--config", path, "--listen", "127.0.0.1:2"]).unwrap();
        assert_eq!(settings.listen.port(), 2);
        assert_eq!(settings.policy, "minimal");
        assert_eq!(settings.contract, "idaas-ciam");
        assert_eq!(settings.trusted_proxies.len(), 2);
        assert_eq!(settings.work_bits, 12);
        assert!(settings.smtp.is_none() && settings.demo);
        assert!(!read(&["--config", path, "--demo=false"]).unwrap().demo);
        // Global options may follow a subcommand.
        let behind = read(&["app", "list", "--config", path, "--listen", "127.0.0.1:3"]).unwrap();
        assert_eq!((behind.listen.port(), behind.policy.as_str()), (3, "minimal"));
    }

    #[test]
    fn policy_of_an_app_is_that_of_the_command_line() {
        let file = file("policy = \"minimal\"\n");
        let path = file.path().to_str().unwrap();
        let policy = |arguments: &[&str]| match Arguments::read(arguments).map(|arguments| arguments.command) {
            Ok(Some(Task::App(AppTask::Add { policy, .. } | AppTask::Policy { policy, .. }))) => policy,
            _ => panic!("{arguments:?}"),
        };
        let add = ["kouling-http", "app", "add", "name", "--config", path];
        assert_eq!(policy(&add), None);
        assert_eq!(policy(&[&add[..], &["--policy", "cis"]].concat()).as_deref(), Some("cis"));
        let set = ["kouling-http", "app", "policy", "id"];
        assert_eq!(policy(&set), None);
        assert_eq!(policy(&[&set[..], &["--policy", "cis"]].concat()).as_deref(), Some("cis"));
    }

    #[test]
    fn file_errors_name_the_place_and_show_no_value() {
        for (text, expected) in [
            ("listen = \"127.0.0.1:1\"\nsmtpp = \"smtps://u:canary@h\"\n", ":2:1: unknown field `smtpp`"),
            ("config = \"canary\"\n", ":1:1: unknown field `config`"),
            ("listen = \"canary\"\n", ":1:10: invalid value for `listen`: expected HOST:PORT"),
            ("\nlog = \"canary\"\n", ":2:7: invalid value for `log`"),
            ("smtp = { canary = 1 }\n", ":1:8: invalid value for `smtp`"),
            ("smtp = \"canary\n", ":1:"),
        ] {
            let file = file(text);
            let error = read(&["--config", file.path().to_str().unwrap()]).unwrap_err();
            assert!(error.contains(expected), "{error}");
            assert!(!error.contains("canary"), "{error}");
        }
    }

    #[test]
    fn demo_listens_on_loopback_only() {
        assert!(read(&["--demo"]).unwrap().demo);
        assert!(read(&["--demo", "--listen", "[::1]:0"]).is_ok());
        assert!(read(&["--demo", "--listen", "0.0.0.0:8080"]).is_err());
        assert!(read(&["--listen", "0.0.0.0:8080"]).is_ok());
        let error = read(&["--listen", "8080"]).unwrap_err();
        assert!(error.contains("expected HOST:PORT"), "{error}");
    }

    #[test]
    fn mail_server_is_never_shown() {
        let settings = read(&["--smtp", "smtps://u:canary@h"]).unwrap();
        assert!(!format!("{settings:?}").contains("canary"));
    }
}

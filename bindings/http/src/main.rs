//! The reference server, as a program.

use std::io::{Read, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::CommandFactory;
use kouling::User;
use kouling::policy::Watched;
use kouling_http::import::{import, import_attributes};
use kouling_http::loaded_policy::{LoadedPolicy, is_path};
use kouling_http::server::{open_store, system_clock};
use kouling_http::settings::{AppTask, ArgumentError, Arguments, LogFormat, LogLevel, Settings, Task, UserTask};
use kouling_http::store::{Client, NewAccount, Store, StoreError};
use kouling_http::{Server, StartError, observe, random, serve, worker_pool};
use tokio::net::TcpListener;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

const DEMO_CLIENT: &str = "nTo1eRIub60vPb54WeE6aojPwYwImtl4";
const DEMO_PASSWORD: &str = "Kouling-demo-2026";

/// Why the program ends with an error.
enum Failure {
    /// Invalid options, policy or data: exit status 2.
    Invalid(String),
    /// A runtime error: exit status 1.
    Runtime(String),
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Failure {
        Failure::Invalid(error.to_string())
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        Failure::Runtime(error.to_string())
    }
}

fn main() -> ExitCode {
    // Only the place of a panic is logged: its message could contain a secret.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panic");
    }));
    let result = match Arguments::read(std::env::args_os()) {
        Ok(arguments) => run(arguments),
        Err(ArgumentError::Clap(error)) => error.exit(),
        Err(ArgumentError::Start(error)) => Err(error.into()),
    };
    let (code, message) = match result {
        Ok(()) => return ExitCode::SUCCESS,
        Err(Failure::Runtime(message)) => (1, message),
        Err(Failure::Invalid(message)) => (2, message),
    };
    eprintln!("error: {message}");
    ExitCode::from(code)
}

fn run(Arguments { command, settings }: Arguments) -> Result<(), Failure> {
    start_log(&settings);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::Runtime(error.to_string()))?;
    runtime.block_on(async {
        match command {
            None => start(settings).await,
            Some(Task::App(task)) => manage_apps(task, &settings).await,
            Some(Task::User(task)) => manage_users(task, &settings).await,
            Some(Task::Man { folder }) => write_man_pages(&folder),
        }
    })
}

fn write_man_pages(folder: &Path) -> Result<(), Failure> {
    let command = Arguments::command().disable_help_subcommand(true);
    let written = std::fs::create_dir_all(folder).and_then(|()| clap_mangen::generate_to(command, folder));
    written.map_err(|error| Failure::Runtime(format!("{}: {error}", folder.display())))
}

fn start_log(settings: &Settings) {
    let level = match settings.log_level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
    };
    // Libraries log warnings only: their other lines may contain secrets.
    let filter = Targets::new().with_target("kouling", level).with_default(level.min(LevelFilter::WARN));
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_target(false);
    // By default, a failed write is reported on standard error and panics there: a full disk under the log must not fail
    // requests.
    let lines = lines.log_internal_errors(false);
    let registry = tracing_subscriber::registry().with(filter);
    match settings.log {
        LogFormat::Text => registry.with(lines.with_ansi(false)).init(),
        LogFormat::Json => registry.with(lines.json().flatten_event(true)).init(),
    }
}

async fn start(mut settings: Settings) -> Result<(), Failure> {
    let (demo, listen) = (settings.demo, settings.listen);
    if demo {
        settings.page_client.get_or_insert_with(|| DEMO_CLIENT.to_owned());
    }
    observe::start_metrics();
    let server = Server::builder(settings).open().await?;
    if demo {
        set_up_demo(server.store()).await?;
    }
    let failed = |error: std::io::Error| Failure::Runtime(format!("cannot listen on `{listen}`: {error}"));
    let listener = TcpListener::bind(listen).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    print(&format!("listening on http://{address}\n"))?;
    if demo {
        print(&format!(
            "demo: app {DEMO_CLIENT}; user zhangsan (张三, 15200000000, 15200000000@qq.com), password {DEMO_PASSWORD}\n\
             demo: open http://{address}/login; mails are files in the folder `outbox` of the data folder\n"
        ))?;
    }
    let loaded = server.policies().main();
    tracing::info!(%address, policy = loaded.name(), digest = loaded.digest, "listening");
    serve::serve(server, listener).await.map_err(|error| Failure::Runtime(error.to_string()))
}

fn print(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|error| Failure::Runtime(format!("cannot write to standard output: {error}")))
}

async fn set_up_demo(store: &dyn Store) -> Result<(), StartError> {
    let now = system_clock();
    store.add_client(&Client::new(DEMO_CLIENT, "demo"), now).await?;
    let hash = tokio::task::block_in_place(|| worker_pool::hash(DEMO_PASSWORD));
    let user = NewAccount {
        username: "zhangsan".to_owned(),
        name: Some("张三".to_owned()),
        phone: Some("15200000000".to_owned()),
        email: Some("15200000000@qq.com".to_owned()),
        language: None,
        password_hash: hash,
        ..NewAccount::default()
    };
    // The user exists if the demonstration was started before.
    store.add_accounts(&[user], now).await?;
    Ok(())
}

/// Returns the name under which the policy of an app is stored, after it was loaded without errors.
fn policy_of_app(policy: &str, settings: &Settings) -> Result<String, Failure> {
    LoadedPolicy::load(policy, &settings.contract, &Watched::default()).map_err(StartError::from)?;
    if !is_path(policy) {
        return Ok(policy.to_owned());
    }
    // The server may run in another folder.
    let path = std::path::absolute(policy).map_err(|error| StartError::file(Path::new(policy), &error))?;
    path.to_str()
        .map(str::to_owned)
        .ok_or_else(|| Failure::Invalid("the path of the policy is not UTF-8".to_owned()))
}

async fn manage_apps(task: AppTask, settings: &Settings) -> Result<(), Failure> {
    let store = open_store(&settings.data).await?;
    match task {
        AppTask::Add { name, id, policy } => {
            let id = id.unwrap_or_else(|| random::letters(32));
            if id.is_empty() || id.len() > 64 || !id.bytes().all(|byte| byte.is_ascii_graphic()) {
                let message = "invalid client id; expected 1 to 64 printable ASCII characters without spaces";
                return Err(Failure::Invalid(message.to_owned()));
            }
            let policy = policy.map(|policy| policy_of_app(&policy, settings)).transpose()?;
            if !store.add_client(&Client { id: id.clone(), name, policy }, system_clock()).await? {
                return Err(Failure::Invalid(format!("an app with the client id `{id}` is already registered")));
            }
            print(&format!("{id}\n"))?;
        }
        AppTask::Policy { id, policy } => {
            let policy = policy.map(|policy| policy_of_app(&policy, settings)).transpose()?;
            if !store.set_client_policy(&id, policy.as_deref()).await? {
                return Err(Failure::Invalid(format!("no app with the client id `{id}` is registered")));
            }
        }
        AppTask::List => {
            for Client { id, name, policy } in store.clients().await? {
                let policy = policy.map(|policy| format!("\t{policy}")).unwrap_or_default();
                print(&format!("{id}\t{name}{policy}\n"))?;
            }
        }
    }
    store.close().await;
    Ok(())
}

async fn manage_users(task: UserTask, settings: &Settings) -> Result<(), Failure> {
    let (UserTask::Import { file } | UserTask::Attributes { file }) = &task;
    let loaded = LoadedPolicy::load(&settings.policy, &settings.contract, &Watched::default());
    // Says which passwords can be typed. No rule of it is applied.
    let policy = loaded.map_err(StartError::from)?.anonymous(User::new(), "");
    let policy = policy.map_err(|error| Failure::Invalid(error.to_string()))?;
    let mut text = Vec::new();
    let read = match file.to_str() {
        Some("-") => std::io::stdin().lock().read_to_end(&mut text),
        _ => std::fs::File::open(file).and_then(|mut file| file.read_to_end(&mut text)),
    };
    read.map_err(|error| StartError::file(file, &error))?;
    let store = open_store(&settings.data).await?;
    let (result, done) = match &task {
        UserTask::Import { .. } => (import(&store, &policy, &text, system_clock()).await, "added"),
        UserTask::Attributes { .. } => (import_attributes(&store, &text).await, "changed"),
    };
    store.close().await;
    match result? {
        Ok(count) => print(&format!("{count} users {done}\n")),
        Err(errors) => {
            let errors: Vec<String> =
                errors.iter().map(|error| format!("  {}: {error}", file.display())).collect();
            Err(Failure::Invalid(format!("no users were {done}\n{}", errors.join("\n"))))
        }
    }
}

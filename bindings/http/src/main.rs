//! The reference server, as a program.

use std::io::{Read, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::Parser;
use kouling_http::import::import;
use kouling_http::live::Live;
use kouling_http::options::{AppCommand, Arguments, Command, LogFormat, LogLevel, Options, UserCommand};
use kouling_http::server::{open_store, system_clock};
use kouling_http::store::{NewAccount, Store};
use kouling_http::{Server, StartError, observe, random, serve, worker_pool};
use tokio::net::TcpListener;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

const DEMO_CLIENT: &str = "nTo1eRIub60vPb54WeE6aojPwYwImtl4";
const DEMO_PASSWORD: &str = "Kouling-demo-2026";

/// Why the program ends with something else than 0.
enum End {
    /// Options, policy or data are wrong.
    Wrong(String),
    /// It cannot go on.
    Failed(String),
}

impl From<StartError> for End {
    fn from(error: StartError) -> End {
        End::Wrong(error.to_string())
    }
}

fn main() -> ExitCode {
    // A panic is told by its place: its message could hold what was being worked on.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panic");
    }));
    let Arguments { command, given } = Arguments::parse();
    let ended = given.resolve().map_err(End::from).and_then(|options| {
        log(&options);
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        let runtime = runtime.map_err(|error| End::Failed(error.to_string()))?;
        runtime.block_on(run(command, options))
    });
    let (code, message) = match ended {
        Ok(()) => return ExitCode::SUCCESS,
        Err(End::Failed(message)) => (1, message),
        Err(End::Wrong(message)) => (2, message),
    };
    eprintln!("error: {message}");
    ExitCode::from(code)
}

fn log(options: &Options) {
    let level = match options.log_level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
    };
    // What libraries say below a warning is their business, and may hold what ours must not.
    let filter = Targets::new().with_target("kouling", level).with_default(level.min(LevelFilter::WARN));
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_target(false);
    let registry = tracing_subscriber::registry().with(filter);
    match options.log {
        LogFormat::Text => registry.with(lines.with_ansi(false)).init(),
        LogFormat::Json => registry.with(lines.json().flatten_event(true)).init(),
    }
}

async fn run(command: Option<Command>, options: Options) -> Result<(), End> {
    match command {
        None => start(options).await,
        Some(Command::App(command)) => apps(command, &options).await,
        Some(Command::User(UserCommand::Import { file })) => users(&file, &options).await,
    }
}

async fn start(mut options: Options) -> Result<(), End> {
    if options.demo {
        options.settings.page_client.get_or_insert_with(|| DEMO_CLIENT.to_owned());
    }
    observe::begin();
    let server = Server::open(options.settings).await?;
    if options.demo {
        set_up_demo(server.store()).await?;
    }
    let failed = |error: std::io::Error| End::Failed(format!("cannot listen on `{}`: {error}", options.listen));
    let listener = TcpListener::bind(options.listen).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    print(&format!("listening on http://{address}\n"))?;
    if options.demo {
        print(&format!(
            "demo: app {DEMO_CLIENT}; user zhangsan (张三, 15200000000, 15200000000@qq.com), password {DEMO_PASSWORD}\n\
             demo: open http://{address}/login; mails are files in the folder `outbox` of the data folder\n"
        ))?;
    }
    let live = server.live();
    tracing::info!(%address, policy = live.policy.name(), digest = live.digest, "listening");
    serve::serve(server, listener).await.map_err(|error| End::Failed(error.to_string()))
}

fn print(text: &str) -> Result<(), End> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|error| End::Failed(format!("cannot write to standard output: {error}")))
}

async fn set_up_demo(store: &dyn Store) -> Result<(), StartError> {
    let now = system_clock();
    store.add_client(DEMO_CLIENT, "demo", now).await?;
    let hash = tokio::task::block_in_place(|| worker_pool::hash(DEMO_PASSWORD));
    let user = NewAccount {
        username: "zhangsan".to_owned(),
        name: Some("张三".to_owned()),
        phone: Some("15200000000".to_owned()),
        email: Some("15200000000@qq.com".to_owned()),
        language: None,
        password_hash: hash,
    };
    // Somebody of this name is there already: the demo was started before.
    store.add_accounts(&[user], now).await?;
    Ok(())
}

async fn apps(command: AppCommand, options: &Options) -> Result<(), End> {
    let (store, _) = open_store(&options.settings.data).await?;
    let failed = |error: kouling_http::store::StoreError| End::Failed(error.to_string());
    match command {
        AppCommand::Add { name, id } => {
            let id = id.unwrap_or_else(|| random::letters(32));
            if id.is_empty() || id.len() > 64 || !id.bytes().all(|byte| byte.is_ascii_graphic()) {
                return Err(End::Wrong(
                    "a client id is 1 to 64 printable ASCII characters without spaces".to_owned(),
                ));
            }
            if !store.add_client(&id, &name, system_clock()).await.map_err(failed)? {
                return Err(End::Wrong(format!("an app with the client id `{id}` is registered already")));
            }
            print(&format!("{id}\n"))?;
        }
        AppCommand::List => {
            for (id, name) in store.clients().await.map_err(failed)? {
                print(&format!("{id}\t{name}\n"))?;
            }
        }
    }
    store.close().await;
    Ok(())
}

async fn users(file: &Path, options: &Options) -> Result<(), End> {
    let live = Live::load(&options.settings.policy, &options.settings.contract).map_err(StartError::from)?;
    let mut text = Vec::new();
    let read = match file.to_str() {
        Some("-") => std::io::stdin().lock().read_to_end(&mut text),
        _ => std::fs::File::open(file).and_then(|mut file| file.read_to_end(&mut text)),
    };
    read.map_err(|error| StartError::file(file, &error))?;
    let (store, _) = open_store(&options.settings.data).await?;
    let imported = import(&store, &live.policy, &text, system_clock()).await;
    store.close().await;
    match imported.map_err(|error| End::Failed(error.to_string()))? {
        Ok(count) => print(&format!("{count} users added\n")),
        Err(complaints) => {
            let complaints: Vec<String> =
                complaints.iter().map(|complaint| format!("  {}: {complaint}", file.display())).collect();
            Err(End::Wrong(format!("no user was added\n{}", complaints.join("\n"))))
        }
    }
}

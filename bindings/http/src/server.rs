//! The server: everything that a call may use, opened from settings.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use arc_swap::ArcSwap;
use ipnet::IpNet;
use kouling::flow::{CodeKeys, Secret};
use kouling::{Moment, PolicyError};
use tokio::sync::Notify;

use crate::keys::{self, Keys};
pub use crate::live::Live;
use crate::mail::{Couriers, Mailbox};
use crate::start_error::StartError;
use crate::store::sqlite::SqliteStore;
use crate::store::{Seal, Store};
use crate::tokens::Tokens;
use crate::worker_pool::Workshop;

/// What a server is opened from.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The folder of everything it keeps.
    pub data: PathBuf,
    /// A preset's name or a file.
    pub policy: String,
    /// A built-in contract's name or a file.
    pub contract: String,
    /// The sender of its mails.
    pub from: String,
    /// The mail server; without one mails become files.
    pub smtp: Option<Secret>,
    /// Who issues id tokens.
    pub issuer: String,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// The client that the pages use; they are not served without one.
    pub page_client: Option<String>,
    /// Leading zero bits of the work that takes a captcha's picture's place.
    pub work_bits: u32,
}

/// About a million hashes: some seconds of a phone.
const WORK_BITS: u32 = 20;

impl Settings {
    /// The defaults, for a data folder.
    pub fn new(data: impl Into<PathBuf>) -> Settings {
        Settings {
            data: data.into(),
            policy: "standard".to_owned(),
            contract: "idaas-ciam".to_owned(),
            from: "no-reply@localhost".to_owned(),
            smtp: None,
            issuer: "kouling-http".to_owned(),
            trusted_proxies: Vec::new(),
            page_client: None,
            work_bits: WORK_BITS,
        }
    }
}

/// Tells the time.
pub type Clock = Arc<dyn Fn() -> Moment + Send + Sync>;

/// Everything that a call may use.
pub struct Server {
    settings: Settings,
    live: ArcSwap<Live>,
    store: Arc<dyn Store>,
    codes: CodeKeys,
    tokens: Tokens,
    workshop: Workshop,
    couriers: Couriers,
    /// Rung when a message was written.
    bell: Notify,
    clock: Clock,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// The store's file in a data folder.
pub fn database(data: &Path) -> PathBuf {
    data.join("kouling.sqlite")
}

/// Opens the built-in store and the keys of a data folder.
///
/// # Errors
/// When one of them cannot be opened.
pub async fn open_store(data: &Path) -> Result<(SqliteStore, Keys), StartError> {
    keys::private_folder(data).map_err(|error| StartError::file(data, &error))?;
    let keys = Keys::open(&data.join("keys"))?;
    let path = database(data);
    let store = SqliteStore::open(&path, Seal::new(&keys.outbox)).await;
    let store = store.map_err(|error| StartError::new(format!("`{}`: {error}", path.display())))?;
    Ok((store, keys))
}

impl Server {
    /// Opens a server by the system's clock.
    ///
    /// # Errors
    /// When its folder, policy, contract or mail settings cannot be used.
    pub async fn open(settings: Settings) -> Result<Arc<Server>, StartError> {
        Server::open_at(settings, Arc::new(system_clock)).await
    }

    /// The same by another clock.
    ///
    /// # Errors
    /// As above.
    pub async fn open_at(settings: Settings, clock: Clock) -> Result<Arc<Server>, StartError> {
        let live = Live::load(&settings.policy, &settings.contract)?;
        let from = Mailbox::parse(&settings.from)?;
        let (store, keys) = open_store(&settings.data).await?;
        let couriers = Couriers::open(&settings.data.join("outbox"), settings.smtp.as_ref(), from)?;
        Ok(Arc::new(Server {
            live: ArcSwap::from_pointee(live),
            store: Arc::new(store),
            codes: keys.codes,
            tokens: Tokens::new(&keys.id_token, &settings.issuer)?,
            workshop: Workshop::new(),
            couriers,
            bell: Notify::new(),
            clock,
            settings,
        }))
    }

    /// The policy and contract of this moment.
    pub fn live(&self) -> Arc<Live> {
        self.live.load_full()
    }

    /// Loads the policy and the contract again; the last good ones stay when anything is wrong.
    ///
    /// # Errors
    /// Everything that is wrong.
    pub fn reload(&self) -> Result<Arc<Live>, PolicyError> {
        let live = Arc::new(Live::load(&self.settings.policy, &self.settings.contract)?);
        self.live.store(live.clone());
        Ok(live)
    }

    /// Where everything is remembered.
    pub fn store(&self) -> &dyn Store {
        self.store.as_ref()
    }

    /// The keys for hashes of codes.
    pub fn codes(&self) -> &CodeKeys {
        &self.codes
    }

    /// Signs and verifies id tokens.
    pub fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    /// Where dear work is done.
    pub fn workshop(&self) -> &Workshop {
        &self.workshop
    }

    /// Who carries messages.
    pub fn couriers(&self) -> &Couriers {
        &self.couriers
    }

    /// Rung when a message was written.
    pub fn bell(&self) -> &Notify {
        &self.bell
    }

    /// The time.
    pub fn now(&self) -> Moment {
        (self.clock)()
    }

    /// Proxies whose `X-Forwarded-For` is believed.
    pub fn trusted_proxies(&self) -> &[IpNet] {
        &self.settings.trusted_proxies
    }

    /// The client that the pages use.
    pub fn page_client(&self) -> Option<&str> {
        self.settings.page_client.as_deref()
    }

    /// Leading zero bits of the work that takes a captcha's picture's place.
    pub fn work_bits(&self) -> u32 {
        self.settings.work_bits
    }
}

/// The system's clock. A clock before 1970 shows a moment that nothing accepts.
pub fn system_clock() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    Moment::from_unix(i64::try_from(since).unwrap_or(0))
}

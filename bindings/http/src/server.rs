//! The server: everything that an endpoint may use, opened from settings.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use ipnet::IpNet;
use kouling::Moment;
use kouling::flow::{Channel, CodeKeys};
use tokio::sync::{Mutex, Notify};

use crate::keys::{self, Keys};
pub use crate::loaded_policy::LoadedPolicy;
use crate::mail::Transports;
use crate::policies::{Policies, Reloaded};
pub use crate::settings::Settings;
use crate::start_error::StartError;
use crate::store::sqlite::SqliteStore;
use crate::store::{Seal, Store, StoreError, StoreErrorKind};
use crate::tokens::Tokens;
use crate::worker_pool::WorkerPool;

/// How long the result of a readiness check is reused.
const READINESS_CACHE: Duration = Duration::from_secs(2);

/// Returns the current time.
pub type Clock = Arc<dyn Fn() -> Moment + Send + Sync>;

/// Everything that an endpoint may use.
pub struct Server {
    settings: Settings,
    policies: Policies,
    store: Arc<dyn Store>,
    codes: CodeKeys,
    tokens: Tokens,
    worker_pool: WorkerPool,
    transports: Transports,
    /// Wakes a delivery worker of the channel.
    new_mail: Notify,
    new_sms: Notify,
    readiness: Mutex<Option<(Instant, Result<(), StoreErrorKind>)>>,
    /// How many accounts lack each attribute that a policy needs.
    lacking: Mutex<BTreeMap<String, u64>>,
    clock: Clock,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// Returns the database file in a data folder.
pub fn database(data: &Path) -> PathBuf {
    data.join("kouling.sqlite")
}

/// Opens the keys of a data folder; creates what is missing.
///
/// # Errors
/// The folder or a key cannot be used.
pub fn open_keys(data: &Path) -> Result<Keys, StartError> {
    keys::private_folder(data).map_err(|error| StartError::file(data, &error))?;
    Keys::open(&data.join("keys"))
}

/// Opens the built-in store of a data folder; creates it if it is missing.
///
/// # Errors
/// The folder, a key or the database cannot be used.
pub async fn open_store(data: &Path) -> Result<SqliteStore, StartError> {
    let keys = open_keys(data)?;
    let path = database(data);
    let store = SqliteStore::open(&path, Seal::new(&keys.outbox)).await;
    store.map_err(|error| StartError::new(format!("`{}`: {error}", path.display())))
}

/// Opens a [`Server`]; see [`Server::builder`].
pub struct ServerBuilder {
    settings: Settings,
    store: Option<Arc<dyn Store>>,
    transports: Option<Transports>,
    clock: Clock,
}

impl fmt::Debug for ServerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerBuilder").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl ServerBuilder {
    /// Uses this store. Default: SQLite in the data folder.
    #[must_use]
    pub fn store(mut self, store: Arc<dyn Store>) -> ServerBuilder {
        self.store = Some(store);
        self
    }

    /// Uses these transports. Default: the mail server of the settings, and files in `DATA/outbox`.
    #[must_use]
    pub fn transports(mut self, transports: Transports) -> ServerBuilder {
        self.transports = Some(transports);
        self
    }

    /// Uses this clock. Default: the system's.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> ServerBuilder {
        self.clock = clock;
        self
    }

    /// Opens the server.
    ///
    /// # Errors
    /// The data folder, the policy, the contract or the mail settings cannot be used.
    pub async fn open(self) -> Result<Arc<Server>, StartError> {
        let ServerBuilder { settings, store, transports, clock } = self;
        let keys = open_keys(&settings.data)?;
        let store = match store {
            Some(store) => store,
            None => Arc::new(open_store(&settings.data).await?),
        };
        let apps = store.clients().await?;
        let policies = Policies::open(&settings.policy, &settings.contract, &apps)?;
        let transports = match transports {
            Some(transports) => transports,
            None => {
                let folder = settings.data.join("outbox");
                Transports::open(&folder, settings.smtp.as_ref(), settings.from.clone())?
            }
        };
        let server = Server {
            policies,
            store,
            codes: keys.codes,
            tokens: Tokens::new(&keys.id_token, &settings.issuer)?,
            worker_pool: WorkerPool::new(),
            transports,
            new_mail: Notify::new(),
            new_sms: Notify::new(),
            readiness: Mutex::new(None),
            lacking: Mutex::default(),
            clock,
            settings,
        };
        server.count_lacking_attributes().await?;
        Ok(Arc::new(server))
    }
}

impl Server {
    /// Returns a builder with the built-in store, the transports of the settings, and the system's clock.
    pub fn builder(settings: Settings) -> ServerBuilder {
        ServerBuilder { settings, store: None, transports: None, clock: Arc::new(system_clock) }
    }

    /// Returns the policies in use.
    pub fn policies(&self) -> &Policies {
        &self.policies
    }

    /// Loads every policy and the contract again, or only those whose files have changed. Those with errors stay as they are.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn reload(&self, only_changed: bool) -> Result<Vec<Reloaded>, StoreError> {
        let apps = self.store.clients().await?;
        let reloaded = tokio::task::block_in_place(|| match only_changed {
            true => self.policies.reload_changed(&apps),
            false => self.policies.reload(&apps),
        });
        if reloaded.iter().any(|reloaded| reloaded.result.is_ok()) {
            self.count_lacking_attributes().await?;
        }
        Ok(reloaded)
    }

    /// Counts the accounts that lack an attribute that a policy needs, and logs a warning if their number has changed: their
    /// passwords can be neither set nor used until the attribute is imported.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn count_lacking_attributes(&self) -> Result<(), StoreError> {
        let mut known = self.lacking.lock().await;
        let mut lacking = BTreeMap::new();
        for attribute in self.policies.stored_attributes() {
            let accounts = self.store.accounts_without(&attribute).await?;
            if accounts > 0 && known.get(&attribute) != Some(&accounts) {
                tracing::warn!(attribute, accounts, "accounts lack an attribute that a policy needs");
            }
            lacking.insert(attribute, accounts);
        }
        // An attribute that no policy needs any more.
        known.retain(|attribute, _| !lacking.contains_key(attribute));
        let unneeded = known.keys().map(|attribute| (attribute.clone(), 0));
        for (attribute, accounts) in unneeded.chain(lacking.clone()) {
            metrics::gauge!("kouling_accounts_without_attribute", "attribute" => attribute).set(accounts as f64);
        }
        *known = lacking;
        Ok(())
    }

    /// Returns the store.
    pub fn store(&self) -> &dyn Store {
        self.store.as_ref()
    }

    /// Returns whether the store accepts writes. The answer is reused for two seconds, so that frequent checks cost little.
    ///
    /// # Errors
    /// What keeps the store from writing.
    pub async fn check_ready(&self) -> Result<(), StoreErrorKind> {
        let mut last = self.readiness.lock().await;
        if let Some((checked, result)) = *last
            && checked.elapsed() < READINESS_CACHE
        {
            return result;
        }
        let result = self.store.check_writable(self.now()).await.map_err(|error| {
            tracing::error!(%error, "the store accepts no writes");
            error.kind()
        });
        *last = Some((Instant::now(), result));
        result
    }

    /// Returns the keys of code hashes.
    pub fn codes(&self) -> &CodeKeys {
        &self.codes
    }

    /// Returns the signer and verifier of id tokens.
    pub fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    /// Returns the worker pool for CPU-bound work.
    pub fn worker_pool(&self) -> &WorkerPool {
        &self.worker_pool
    }

    /// Returns the transports of outgoing messages.
    pub fn transports(&self) -> &Transports {
        &self.transports
    }

    /// Returns the notifier that wakes a delivery worker of a channel.
    pub fn new_message(&self, channel: Channel) -> &Notify {
        match channel {
            Channel::Email => &self.new_mail,
            Channel::Mobile => &self.new_sms,
        }
    }

    /// Wakes a delivery worker of every channel, after a transaction that may have written messages.
    pub fn notify_delivery(&self) {
        self.new_mail.notify_one();
        self.new_sms.notify_one();
    }

    /// Returns the current time.
    pub fn now(&self) -> Moment {
        (self.clock)()
    }

    /// Returns the proxies whose `X-Forwarded-For` header is trusted.
    pub fn trusted_proxies(&self) -> &[IpNet] {
        &self.settings.trusted_proxies
    }

    /// Returns the client id that the pages use.
    pub fn page_client(&self) -> Option<&str> {
        self.settings.page_client.as_deref()
    }

    /// Returns the difficulty of the proof of work that replaces the captcha image, in leading zero bits.
    pub fn work_bits(&self) -> u32 {
        self.settings.work_bits
    }
}

/// Returns the system time. A clock before 1970 returns a moment that nothing accepts.
pub fn system_clock() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    Moment::from_unix(i64::try_from(since).unwrap_or(0))
}

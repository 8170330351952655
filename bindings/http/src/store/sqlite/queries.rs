//! Reading queries. They never wait for the writer.

use kouling::flow::{Address, Captcha, CaptchaState, Challenge, ChallengeState, Channel, Purpose};
use kouling::{Moment, Previous};
use sqlx::Row;
use sqlx::sqlite::{SqlitePool, SqliteRow};

use crate::store::accounts::address_key;
use crate::store::{Account, Attributes, Client, StoreError, StoredCaptcha, login_key};

/// The number of earlier passwords that are read. With the current one this is the maximum of a `history` rule.
const MAX_HISTORY: i64 = 99;

/// How an account is found.
pub(super) enum By<'a> {
    Id,
    Address(Channel),
    Username,
    Session(Moment),
    /// The hash of the token of a session that can only change the password. The value is its client.
    ChangeToken(&'a [u8; 32], Moment),
}

pub(super) async fn account(read: &SqlitePool, by: By<'_>, value: &str) -> Result<Option<Account>, StoreError> {
    let row = match by {
        By::Id => sqlx::query("SELECT * FROM accounts WHERE id = ?").bind(value),
        By::Username => sqlx::query("SELECT * FROM accounts WHERE username_key = ?").bind(value),
        By::Address(Channel::Email) => sqlx::query("SELECT * FROM accounts WHERE email_key = ?").bind(value),
        By::Address(Channel::Mobile) => sqlx::query("SELECT * FROM accounts WHERE phone_key = ?").bind(value),
        By::Session(now) => sqlx::query(
            "SELECT accounts.* FROM sessions JOIN accounts ON accounts.id = sessions.account
             WHERE sessions.id = ? AND is_revoked = 0 AND sessions.created <= ? AND sessions.expires > ? AND is_active = 1
                 AND only_change = 0",
        )
        .bind(value)
        .bind(now.unix())
        .bind(now.unix()),
        By::ChangeToken(token_hash, now) => sqlx::query(
            "SELECT accounts.* FROM sessions JOIN accounts ON accounts.id = sessions.account
             WHERE sessions.client = ? AND token_hash = ? AND is_revoked = 0 AND sessions.created <= ? AND sessions.expires > ?
                 AND is_active = 1 AND only_change = 1",
        )
        .bind(value)
        .bind(token_hash.as_slice())
        .bind(now.unix())
        .bind(now.unix()),
    };
    let Some(row) = row.fetch_optional(read).await? else { return Ok(None) };
    let id: String = row.try_get("id")?;
    let history =
        sqlx::query("SELECT hash, was_set FROM password_history WHERE account = ? ORDER BY entry DESC LIMIT ?")
            .bind(&id)
            .bind(MAX_HISTORY)
            .fetch_all(read)
            .await?;
    let history: Result<Vec<Previous>, sqlx::Error> = history
        .iter()
        .map(|row| Ok(Previous { hash: row.try_get("hash")?, at: moment(row, "was_set")? }))
        .collect();
    let attributes = attributes(read, &id).await?;
    Ok(Some(Account {
        id,
        username: row.try_get("username")?,
        name: row.try_get("name")?,
        phone: row.try_get("phone")?,
        email: row.try_get("email")?,
        language: row.try_get("language")?,
        password_hash: row.try_get("password_hash")?,
        password_set: moment(&row, "password_set")?,
        is_active: row.try_get::<i64, _>("is_active")? == 1,
        must_change: row.try_get::<i64, _>("must_change")? == 1 || row.try_get::<i64, _>("is_temporary")? == 1,
        history: history?,
        attributes,
    }))
}

async fn attributes(read: &SqlitePool, account: &str) -> Result<Attributes, StoreError> {
    let rows: Vec<(String, String)> =
        sqlx::query_as("SELECT name, value FROM account_attributes WHERE account = ?")
            .bind(account)
            .fetch_all(read)
            .await?;
    let mut attributes = Attributes::new();
    for (name, value) in rows {
        attributes.entry(name).or_default().push(value);
    }
    Ok(attributes)
}

pub(super) async fn accounts_without(read: &SqlitePool, name: &str) -> Result<u64, StoreError> {
    let count: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM accounts WHERE NOT EXISTS
         (SELECT 1 FROM account_attributes WHERE account = accounts.id AND name = ?)",
    )
    .bind(name)
    .fetch_one(read)
    .await?;
    Ok(u64::try_from(count).unwrap_or(0))
}

pub(super) async fn client(read: &SqlitePool, id: &str) -> Result<Option<Client>, StoreError> {
    let row =
        sqlx::query("SELECT id, name, policy FROM clients WHERE id = ?").bind(id).fetch_optional(read).await?;
    Ok(row.as_ref().map(read_client).transpose()?)
}

pub(super) async fn clients(read: &SqlitePool) -> Result<Vec<Client>, StoreError> {
    let rows = sqlx::query("SELECT id, name, policy FROM clients ORDER BY created, id").fetch_all(read).await?;
    let clients: Result<Vec<Client>, sqlx::Error> = rows.iter().map(read_client).collect();
    Ok(clients?)
}

fn read_client(row: &SqliteRow) -> Result<Client, sqlx::Error> {
    Ok(Client { id: row.try_get("id")?, name: row.try_get("name")?, policy: row.try_get("policy")? })
}

fn moment(row: &SqliteRow, column: &str) -> Result<Option<Moment>, sqlx::Error> {
    Ok(row.try_get::<Option<i64>, _>(column)?.map(Moment::from_unix))
}

/// Finds an account by username, phone number or e-mail address. A name that matches two accounts (the username of one is
/// the phone number of the other) matches none.
pub(super) async fn account_named(read: &SqlitePool, name: &str) -> Result<Option<Account>, StoreError> {
    let ways = [
        login_key(name).map(|key| (By::Username, key)),
        address_key(Channel::Mobile, name).map(|key| (By::Address(Channel::Mobile), key)),
        address_key(Channel::Email, name).map(|key| (By::Address(Channel::Email), key)),
    ];
    let mut found: Option<Account> = None;
    for (by, key) in ways.into_iter().flatten() {
        match (account(read, by, &key).await?, &found) {
            (Some(account), Some(other)) if account.id != other.id => return Ok(None),
            (Some(account), _) => found = Some(account),
            (None, _) => {}
        }
    }
    Ok(found)
}

pub(super) async fn challenge(
    read: &SqlitePool,
    purpose: Purpose,
    channel: Channel,
    address: Option<&Address>,
    account: Option<&str>,
    requester: &str,
) -> Result<Option<Challenge>, StoreError> {
    let query = match address {
        Some(address) => sqlx::query(
            "SELECT record, state, submissions_left, expires FROM challenges
             WHERE address = ? AND requester = ? AND purpose = ? AND channel = ? ORDER BY entry DESC LIMIT 1",
        )
        .bind(address.key()),
        None => sqlx::query(
            "SELECT record, state, submissions_left, expires FROM challenges
             WHERE account = ? AND requester = ? AND purpose = ? AND channel = ? ORDER BY entry DESC LIMIT 1",
        )
        .bind(account),
    };
    let row = query.bind(requester).bind(purpose.name()).bind(channel.name()).fetch_optional(read).await?;
    row.map_or(Ok(None), |row| read_challenge(&row).map_err(StoreError::from))
}

/// Reads the engine's record and updates it from the columns. `None`, which is never valid, if the record cannot be read or
/// contradicts its columns.
fn read_challenge(row: &SqliteRow) -> Result<Option<Challenge>, sqlx::Error> {
    let record: Vec<u8> = row.try_get("record")?;
    let left = u64::try_from(row.try_get::<i64, _>("submissions_left")?).unwrap_or(0);
    let state = match row.try_get::<&str, _>("state")? {
        "valid" => ChallengeState::Valid,
        "used" => ChallengeState::Used,
        _ => ChallengeState::Revoked,
    };
    let Ok(mut challenge) = Challenge::from_bytes(&record) else { return Ok(None) };
    if challenge.expires().unix() != row.try_get::<i64, _>("expires")? || challenge.submissions_left() < left {
        return Ok(None);
    }
    while challenge.submissions_left() > left {
        match challenge.with_submission() {
            Some(fewer) => challenge = fewer,
            None => return Ok(None),
        }
    }
    Ok(Some(challenge.with_state(state)))
}

pub(super) async fn captcha(read: &SqlitePool, token: &str) -> Result<Option<StoredCaptcha>, StoreError> {
    let row = sqlx::query("SELECT * FROM captchas WHERE token = ?").bind(token).fetch_optional(read).await?;
    let Some(row) = row else { return Ok(None) };
    let state = match row.try_get::<&str, _>("state")? {
        "open" => CaptchaState::Open,
        "solved" => CaptchaState::Solved {
            sender: serde_json::from_str(row.try_get("sender")?).map_err(StoreError::other)?,
            point: row.try_get("point")?,
        },
        _ => CaptchaState::Used,
    };
    let captcha = Captcha {
        token: row.try_get("token")?,
        answer: serde_json::from_str(row.try_get("answer")?).map_err(StoreError::other)?,
        created: Moment::from_unix(row.try_get("created")?),
        state,
    };
    Ok(Some(StoredCaptcha { captcha, secret_key: row.try_get("secret_key")? }))
}
